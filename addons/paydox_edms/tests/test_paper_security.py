from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_paper import HIDDEN, PaperCase


@tagged("post_install", "-at_install")
class TestPaperSecurity(PaperCase):
    """Who may, and what a hostile user can try."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls._create_document(confidentiality="secret", name=HIDDEN)
        cls.secret.action_register()
        cls.paper = cls._create_stored(cls.secret)
        cls.everybody = (
            cls.author | cls.legal | cls.director | cls.stranger | cls.clerk | cls.manager | cls.exclusive | cls.admin
        )

    def test_matrix_of_roles(self):
        internal = self._create_document()
        open_paper, internal_paper = self._create_stored(), self._create_stored(internal)
        movement = {paper: paper.movement_ids for paper in (open_paper, internal_paper, self.paper)}
        keepers = self.clerk | self.manager | self.admin | self.archivist
        readers = {
            open_paper: self.everybody | self.archivist,
            internal_paper: self.author | self.exclusive | keepers,
            self.paper: self.author | keepers,
        }
        for paper, expected in readers.items():
            for user in self.everybody | self.archivist:
                for row in (paper, movement[paper]):
                    row.invalidate_recordset()
                    with self.subTest(user=user.login, model=row._name, level=paper.sudo().document_id.confidentiality):
                        self.assertEqual(row.with_user(user).has_access("read"), user in expected)
                        self.assertEqual(bool(row.with_user(user).search([("id", "in", row.ids)])), user in expected)
                paper.invalidate_recordset()
                self.assertEqual(paper.with_user(user).has_access("write"), user in self.author | keepers)
                self.assertFalse(movement[paper].with_user(user).has_access("write"))
                self.assertEqual(self.box.with_user(user).has_access("write"), user in keepers)

    def test_keeper_of_a_secret_paper_does_not_learn_what_it_is_about(self):
        paper = self.paper.with_user(self.archivist)
        paper.action_issue(self.author, self._day(1))
        number = self.secret.number
        moves = self.env["paydox.paper.original.move"].with_user(self.archivist)
        window = moves.create({"action": "return", "original_ids": paper.ids})
        seen = [
            paper.display_name,
            str(paper.read()),
            str(paper.movement_ids.read()),
            str(paper.web_read({"document_id": {"fields": {"display_name": {}}}, "code": {}})),
            str(paper.formatted_read_group([("id", "=", paper.id)], ["document_id"], ["__count"])),
            str(window.read()),
            str(
                self.env["mail.message"]
                .with_user(self.archivist)
                .search([("res_id", "=", paper.id), ("model", "=", paper._name)])
                .read(["body", "record_name", "subject"])
            ),
        ]

        for text in seen:
            self.assertNotIn(HIDDEN, text)
            self.assertNotIn(number, text)
        self.assertIn("no access", seen[3])
        for domain in (
            [("document_id", "ilike", "Takeover")],
            [("document_id.name", "ilike", "Takeover")],
            [("document_id.number", "=", number)],
        ):
            self.assertFalse(paper.search(domain))
        self.assertFalse(self.secret.with_user(self.archivist).has_access("read"))

    def test_paper_is_not_given_to_who_may_not_read_the_document(self):
        for holder in (self.stranger, self.archivist, self.director):
            with self.subTest(holder=holder.login), self.assertRaisesRegex(UserError, "may not read the document"):
                self.paper.action_issue(holder, self._day(1))
        with self.assertRaisesRegex(UserError, "is a colleague"):
            self.paper.action_send(self.stranger.partner_id)
        self.paper.action_issue(self.author, self._day(1))

    def test_verbs_are_for_archivists_and_clerks(self):
        paper = self._create_stored()
        verbs = {
            "action_receive": (self.box.id,),
            "action_issue": (self.legal.id, self._day(1).isoformat()),
            "action_send": (self.partner.id,),
            "action_return": (),
            "action_move": (self.box.id,),
            "action_extend": (self._day(1).isoformat(),),
            "action_report_lost": ("x",),
            "action_report_found": (self.box.id,),
            "action_destroy": ("x",),
        }
        for user in (self.author, self.legal, self.stranger, self.exclusive):
            for verb, args in verbs.items():
                with self.subTest(user=user.login, verb=verb), self.assertRaises(AccessError):
                    getattr(paper.with_user(user), verb)(*args)
            with self.assertRaises(AccessError):
                self.env["paydox.paper.original.move"].with_user(user).create({"original_ids": paper.ids})
        self.assertEqual(self._actions(paper), ["receive"])
        paper.with_user(self.clerk).action_issue(self.legal.id, self._day(1))
        self.assertEqual(paper.issued_by_id, self.clerk)

    def test_facts_are_not_written_by_hand(self):
        paper = self._create_stored()
        forged = {
            "state": "stored",
            "place_id": self.other_box.id,
            "holder_id": self.partner.id,
            "holder_user_id": self.legal.id,
            "date_due": self.today,
            "issued_by_id": self.legal.id,
            "number": 9,
            "received_at": fields.Datetime.now(),
            "reminder_level": 2,
            "movement_ids": [(5, 0, 0)],
        }
        for user in (self.author, self.archivist, self.clerk, self.manager, self.admin):
            as_user = paper.with_user(user)
            for name, value in forged.items():
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        as_user.write({name: value})
                    with self.assertRaises(AccessError):
                        as_user.create({"document_id": self.document.id, name: value})
            with self.assertRaises(AccessError):
                self.document.with_user(user).write({"original_ids": [(1, paper.id, {"state": "lost"})]})
            with self.assertRaises(AccessError):
                self.document.with_user(user).write({"paper_movement_ids": [(5, 0, 0)]})
        context = {f"default_{name}": value for name, value in forged.items()}
        made = paper.with_context(**context).create({"document_id": self.document.id})
        self.assertRecordValues(
            made, [{"state": "expected", "place_id": False, "holder_id": False, "date_due": False, "reminder_level": 0}]
        )
        self.assertFalse(made.movement_ids)
        with self.assertRaisesRegex(UserError, "stays with its document"):
            paper.with_user(self.author).document_id = self.secret

    def test_trail_is_written_by_nobody(self):
        movement = self.paper.movement_ids
        values = movement.copy_data()[0]
        for user in self.everybody | self.archivist:
            for context in ({}, {"su": True, "install_mode": True, "force": True}):
                forged = movement.with_user(user).with_context(**context)
                with self.subTest(user=user.login):
                    with self.assertRaises(AccessError):
                        forged.write({"note": "x"})
                    with self.assertRaises(AccessError):
                        forged.create(values)
                    with self.assertRaises(AccessError):
                        forged.unlink()
        with self.assertRaises(AccessError):
            movement.sudo().write({"note": "x"})
        with self.assertRaises(AccessError):
            movement.sudo().unlink()

    def test_copy_of_a_hidden_document_is_not_added(self):
        papers = self.env["paydox.paper.original"]
        for user in (self.stranger, self.archivist, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                papers.with_user(user).create({"document_id": self.secret.id})
        with self.assertRaises(AccessError):
            papers.with_user(self.stranger).create({"document_id": self.document.id})
        for value in (None, "x", -1, 2**40, [1], True):
            with self.subTest(value=value), self.assertRaises(UserError):
                papers.with_user(self.archivist).create({"document_id": value})

    def test_hostile_arguments_are_refused_in_words(self):
        paper = self._create_stored()
        for value in (
            None,
            False,
            True,
            -1,
            0,
            2**40,
            "x",
            [1],
            {"id": 1},
            self.env["res.users"],
            self.env.ref("base.public_user").id,
        ):
            for verb, args in {
                "action_move": (value,),
                "action_issue": (value, self._day(1)),
                "action_send": (value,),
            }.items():
                if verb != "action_issue" and isinstance(value, int) and not isinstance(value, bool) and value > 1:
                    continue
                with self.subTest(verb=verb, value=value), self.assertRaises(UserError), self.env.cr.savepoint():
                    getattr(paper, verb)(*args)
        paper.action_issue(self.legal.id, self._day(1), {"a": 1}, "x" * 100_000)
        self.assertEqual(len(paper.movement_ids.sorted("id")[-1].note), 500)

    def test_other_company_neither_sees_nor_takes(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "edms_foreign",
            groups="base.group_user,paydox_edms.paydox_edms_group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        place = self.env["paydox.paper.place"].with_user(foreign).create({"name": "Theirs", "code": "T-B-7"})
        paper = self._create_stored()

        self.assertFalse(paper.with_user(foreign).search([]))
        self.assertFalse(self.box.with_user(foreign).search([("id", "=", self.box.id)]))
        for verb, args in {"action_issue": (foreign.id, self._day(1)), "action_move": (self.box.id,)}.items():
            with self.assertRaises(UserError):
                getattr(paper.with_user(foreign), verb)(*args)
        with self.assertRaisesRegex(UserError, "Choose a storage place"):
            paper.action_move(place.id)
        with self.assertRaisesRegex(UserError, "Choose an active colleague"):
            paper.action_issue(foreign.id, self._day(1))
        self.archivist.company_ids |= company
        both = paper.with_context(allowed_company_ids=(self.company | company).ids)
        with self.assertRaisesRegex(UserError, "Choose a storage place"):
            both.action_move(place.id)
        with self.assertRaises(UserError):
            self.box.with_context(allowed_company_ids=(self.company | company).ids).parent_id = place

    def test_database_refuses_a_paper_that_is_nowhere(self):
        paper = self._create_stored()
        for vals in ({"place_id": False}, {"state": "issued"}, {"holder_id": self.partner.id}, {"sheets": -1}):
            with (
                self.subTest(vals=vals),
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                paper.sudo().write(vals)
                paper.flush_recordset()
            paper.invalidate_recordset()

    def test_inner_methods_are_closed_to_rpc(self):
        from odoo.service.model import get_public_method

        for model, names in {
            "paydox.paper.original": ("_handle", "_cron_remind", "_remind"),
            "paydox.paper.place": ("_log_relocation", "_find_by_code"),
        }.items():
            for name in names:
                self.assertTrue(hasattr(self.env[model], name), name)
                with self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)
