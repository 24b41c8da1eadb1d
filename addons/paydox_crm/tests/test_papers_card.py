import io
import zipfile
from base64 import b64encode

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import PaydoxCrmCase

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def make_archive(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


class PapersCase(PaydoxCrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["paydox.document.kind"].search([("is_counterparty_paper", "=", True)]).active = False
        cls.licence, cls.charter = cls.env["paydox.document.kind"].create(
            [
                {"name": name, "code": code, "is_counterparty_paper": True, "reminder_days": "30"}
                for name, code in (("Building licence", "BLI"), ("Charter of the firm", "CHF"))
            ]
        )
        cls.contract = cls.env["paydox.document.kind"].create({"name": "No paper", "code": "NOPA"})

    def setUp(self):
        super().setUp()
        self.partner = self._create_partner()

    def _add(self, kind=None, **overrides):
        return self.env["paydox.document"].create(
            {
                "name": "Paper",
                "kind_id": (kind or self.licence).id,
                "partner_id": self.partner.id,
                "responsible_id": self.employee.id,
                **overrides,
            }
        )

    def _get_papers(self, user=None):
        self.env.invalidate_all()
        return self.partner.with_user(user or self.employee).get_papers()["papers"]


@tagged("post_install", "-at_install")
class TestPapersCard(PapersCase):
    """What stands on the card about the papers, and how files become papers."""

    def test_files_of_any_format_become_papers_of_the_kind_that_their_name_tells(self):
        partner = self.partner.with_user(self.employee)
        files = {
            "Charter_2024.pdf": PDF,
            "Building licence no 5.docx": make_archive("[Content_Types].xml", "word/document.xml"),
            "Расчёт.xlsx": make_archive("[Content_Types].xml", "xl/workbook.xml"),
            "scan.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20,
            "all.zip": make_archive("a.txt"),
        }
        for name, content in files.items():
            partner.add_paper(name, content)

        papers = self._get_papers()
        self.assertEqual({paper["filename"] for paper in papers}, set(files))
        kinds = {paper["filename"]: paper["kind"] for paper in papers}
        self.assertEqual(kinds["Charter_2024.pdf"], "Charter of the firm")
        self.assertEqual(kinds["Building licence no 5.docx"], "Building licence")
        self.assertEqual({paper["name"] for paper in papers} & {"Charter 2024", "Расчёт"}, {"Charter 2024", "Расчёт"})

    def test_card_shows_who_brought_which_version_when_and_what_he_noted(self):
        found = self.partner.with_user(self.employee).add_paper("a.pdf", PDF, self.licence.id)
        paper = self.env["paydox.document"].browse(found["id"])
        paper.with_user(self.employee).add_version("a.pdf", PDF + b"2", "<b>certified</b> by a notary")

        [row] = self._get_papers()

        version = paper.current_version_id
        self.assertEqual((row["version"], row["user"]), (2, self.employee.name))
        self.assertEqual(row["moment"], version.create_date.strftime("%Y-%m-%d %H:%M:%S"))
        self.assertEqual(row["comment"], "<b>certified</b> by a notary", "the page escapes it")
        self.assertEqual(paper.version_ids.sorted("number").mapped("state"), ["archived", "actual"])

    def test_each_state_has_a_sign_of_its_own(self):
        route = self.env["paydox.route"].create(
            {"name": "R", "step_ids": [Command.create({"name": "Look", "user_ids": [Command.set(self.manager.ids)]})]}
        )
        route.action_publish()
        asking = self.charter.copy({"code": "CHA", "route_id": route.id})
        expected = {
            self._add(valid_to=self._day(100)): "valid",
            self._add(): "none",
            self._add(valid_to=self._day(0)): "expiring",
            self._add(valid_to=self._day(-1)): "expired",
            self._add(valid_from=self._day(1), valid_to=self._day(9)): "future",
            self._add(asking, valid_to=self._day(100)): "unconfirmed",
        }
        archived, cancelled, old = self._add(), self._add(), self._add(valid_to=self._day(5))
        archived.active = False
        cancelled.action_cancel()
        successor = self.env["paydox.document"].browse(old.action_renew_paper()["res_id"])
        successor.sudo()._transition_to("review")
        successor.sudo()._transition_to("approved")
        expected |= {archived: "archived", cancelled: "archived", old: "superseded", successor: "future"}

        states = {row["id"]: row["state"] for row in self._get_papers()}

        self.assertEqual(states, {paper.id: state for paper, state in expected.items()})

    def test_same_file_is_taken_and_named(self):
        partner = self.partner.with_user(self.employee)
        first = partner.add_paper("First.pdf", PDF)
        self.assertEqual(first["same_as"], [])
        self.assertEqual(partner.add_paper("Second.pdf", b64encode(PDF).decode())["same_as"], ["First"])
        hidden = self._add(confidentiality="secret", responsible_id=False, name="Hidden")
        hidden.add_version("h.pdf", PDF + b"3")
        self.assertEqual(partner.add_paper("Third.pdf", PDF + b"3")["same_as"], [], "it tells nothing of secret papers")
        self.assertNotIn(hidden.id, [row["id"] for row in self._get_papers()])

    def test_bad_files_kinds_and_counterparties_are_refused(self):
        partner = self.partner.with_user(self.employee)
        for name, content, kind in (
            ("empty.pdf", b"", False),
            ("setup.exe", b"MZ\x90\x00" + b"\x00" * 60, False),
            ("really.pdf", b"MZ\x90\x00" + b"\x00" * 60, False),
            ("", PDF, False),
            (False, PDF, False),
            ("a.pdf", None, False),
            ("a.pdf", PDF, self.contract.id),
            ("a.pdf", PDF, -1),
            ("a.pdf", PDF, True),
            ("a.pdf", PDF, [self.licence.id]),
            ("a.pdf", PDF, "x"),
        ):
            with self.subTest(name=name, kind=kind), self.assertRaises(UserError):
                partner.add_paper(name, content, kind)
        self.assertFalse(self._get_papers())
        self.partner.sudo().company_id = self.env["res.company"].create({"name": "Another firm"})
        self.env.invalidate_all()
        for verb in (lambda: partner.add_paper("a.pdf", PDF), partner.get_papers):
            with self.assertRaises(AccessError):
                verb()

    def test_papers_of_a_contact_are_those_of_its_organisation_archived_or_not(self):
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.partner.id})
        contact.with_user(self.employee).add_paper("a.pdf", PDF)
        contact.active = False

        self.assertEqual(len(self._get_papers()), 1)
        self.assertEqual(contact.with_user(self.employee).get_papers()["papers"], self._get_papers())

    def test_queries_do_not_grow_with_the_papers(self):
        counts = []
        for size in (2, 12):
            for _paper in range(size):
                self._add(valid_to=self._day(20)).add_version("a.pdf", PDF)
            self.env.flush_all()
            self.env.invalidate_all()
            partner = self.partner.with_user(self.employee)
            partner.env.user.all_group_ids  # noqa: B018
            before = self.env.cr.sql_log_count
            partner.get_papers()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


@tagged("post_install", "-at_install")
class TestPaperUpload(HttpCase):
    def test_file_that_is_sent_becomes_a_paper_and_bad_ones_are_answered_in_words(self):
        user = new_test_user(self.env, "paper_bringer", groups="base.group_user")
        partner = self.env["res.partner"].create({"name": "Romashka", "is_company": True})
        hidden = self.env["res.partner"].create(
            {"name": "Hidden", "company_id": self.env["res.company"].create({"name": "Another firm"}).id}
        )
        self.authenticate(user.login, user.login)

        def send(partner_id, name, body, **values):
            values |= {"filename": name, "csrf_token": http.Request.csrf_token(self)}
            return self.opener.post(
                f"{self.base_url()}/paydox/partner/{partner_id}/paper",
                params=values,
                data=body,
                headers={"Content-Type": "application/octet-stream"},
            )

        answer = send(partner.id, "Устав.pdf", PDF, comment="Copy")
        self.assertEqual((answer.status_code, answer.json()["name"]), (200, "Устав"))
        version = self.env["paydox.document"].browse(answer.json()["id"]).current_version_id
        self.assertEqual((version.create_uid, version.comment), (user, "Copy"))
        for partner_id, name, body, values, status in (
            (hidden.id, "a.pdf", PDF, {}, 404),
            (0, "a.pdf", PDF, {}, 404),
            (partner.id, "a.pdf", b"", {}, 422),
            (partner.id, "a.pdf", PDF, {"kind": "charter"}, 422),
        ):
            with self.subTest(name=name, status=status):
                answer = send(partner_id, name, body, **values)
                self.assertEqual(answer.status_code, status)
                self.assertTrue(answer.json()["error"])
