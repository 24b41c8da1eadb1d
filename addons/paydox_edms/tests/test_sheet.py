import re
import subprocess

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged, warmup

from odoo.addons.paydox_edms.tools.sign_proof import SignProof

from .common import PDF, PaydoxEdmsCase

REPORT = "paydox_edms.report_approval_sheet"


@tagged("post_install", "-at_install")
class TestSheet(PaydoxEdmsCase):
    """The printed approval sheet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employees = cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "job_title": title}
                for user, title in ((cls.author, "Buyer"), (cls.legal, "Lawyer"), (cls.director, "Director general"))
            ]
        )

    def _render(self, approvals, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.author)
        return reports.with_context(force_report_rendering=True)._render_qweb_pdf(REPORT, approvals.ids)

    def _read(self, approvals, user=None, layout="-layout"):
        content, kind = self._render(approvals, user)
        self.assertEqual(kind, "pdf")
        return subprocess.run(
            ["pdftotext", layout, "-", "-"], input=content, capture_output=True, check=True
        ).stdout.decode()

    def _rows(self, document, user=None):
        sheets = document.with_user(user or self.author).approval_ids._prepare_sheets()
        return [row for _approvals, sheet in sheets for section in sheet["sections"] for row in section["rows"]]

    def _create_two_rounds(self):
        document = self._create_submitted(
            {"users": self.legal, "name": "Legal"},
            {"users": self.director, "name": "Signature", "kind": "sign"},
            name="Supply of pumps",
        )
        document.with_user(self.legal).action_return("Clause 5 is missing")
        document.add_version("b.pdf", PDF + b"2")
        document.action_submit()
        document.with_user(self.legal).action_agree("Mind the term")
        document.with_user(self.director)._decide("agree", answer={"proof": SignProof("password")})
        return document

    def test_sheet_shows_all_rounds_people_positions_results_remarks_versions_and_signatures(self):
        document = self._create_two_rounds()

        rows = self._rows(document)

        signature = document.sudo().signature_ids
        columns = (0, 1, 2, 3, 7, 8, 9)
        results = [[row[column] for column in columns] for row in rows]
        self.assertEqual(
            results,
            [
                ["1", "Legal", "Lawyer", "Legal", "Returned for rework", "Clause 5 is missing", "1"],
                ["1", "Legal", "Lawyer", "Legal", "Agreed with remarks", "Mind the term", "2"],
                ["2", "Signature", "Director general", "Director", "Signed", "", "2"],
            ],
        )
        self.assertIn(signature.hash[:12], rows[-1][10])
        self.assertFalse(rows[0][10])

    def test_pdf_names_document_people_and_hash_on_each_numbered_page(self):
        document = self._create_two_rounds()

        text = self._read(document.approval_ids)

        for words in ("Supply of pumps", "Lawyer", "Director general", "Buyer", "Clause 5 is missing", "Page 1 of 1"):
            self.assertIn(words, text)
        self.assertIn(document.sudo().approval_id.last_hash, text)
        self.assertIn("Round 1", text)
        self.assertIn("Round 2", text)

    def test_forty_approvers_take_pages_with_repeated_heads_and_no_row_is_cut(self):
        users = self.env["res.users"].create(
            [
                {
                    "name": f"Approver {index:02} of the department of supply and logistics",
                    "login": f"approver{index}",
                    "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
                }
                for index in range(40)
            ]
        )
        document = self._create_submitted({"users": users, "name": "Everybody"})
        for index, user in enumerate(users):
            document.with_user(user).action_agree("Remark " * (index % 9 * 4))

        text = self._read(document.approval_ids)

        pages = text.split("\f")[:-1]
        self.assertGreaterEqual(len(pages), 3)
        for number, page in enumerate(pages, start=1):
            self.assertIn("Full name", page)
            self.assertIn(f"Page {number} of {len(pages)}", page)
        names = re.findall(r"Approver \d\d", text)
        self.assertEqual(len(names), 40)

    def test_remark_longer_than_a_page_is_printed_whole(self):
        document = self._create_submitted({"users": self.legal})
        words = " ".join(f"word{index}" for index in range(600))
        document.with_user(self.legal).action_refuse(words[:4900] + "\n" * 80 + "X" * 15)

        text = self._read(document.approval_ids, layout="-raw")

        self.assertEqual(set(re.findall(r"word\d+", text)), set(re.findall(r"word\d+", words[:4900])))
        self.assertIn("X" * 15, text.replace("\n", ""))

    def test_substitute_and_delegate_are_named(self):
        self.env["paydox.substitution"].create(
            {
                "user_id": self.legal.id,
                "substitute_id": self.chief.id,
                "date_from": "2020-01-01",
                "date_to": "2099-01-01",
            }
        )
        document = self._create_submitted({"users": self.legal | self.director})
        document.with_user(self.chief).action_agree()
        document.with_user(self.director).action_delegate(self.exclusive.id, "You know it better")
        document.with_user(self.exclusive).action_agree()

        rows = {row[3]: row for row in self._rows(document)}

        self.assertEqual(rows["Chief for Legal"][7], "Agreed")
        self.assertEqual(rows["Director"][7], "Delegated to Exclusive")
        self.assertIn("Delegated by Director", rows["Exclusive"][8])

    def test_late_decision_shows_its_reason(self):
        with freeze_time("2026-03-02 08:00:00"):
            document = self._create_submitted({"users": self.legal, "deadline_hours": 1})
        with freeze_time("2026-03-05 08:00:00"):
            document.with_user(self.legal).action_agree(delay_reason="Was ill")

        self.assertIn("Reason of the delay: Was ill", self._rows(document)[0][8])

    def test_withdrawal_is_told(self):
        document = self._create_submitted({"users": self.legal})
        document.action_withdraw()

        _approvals, sheet = document.approval_ids._prepare_sheets()[0]

        self.assertIn("Withdrawn by Author", sheet["sections"][0]["notes"][0])

    def test_position_is_that_of_the_day_of_the_decision(self):
        document = self._create_submitted({"users": self.legal})
        document.with_user(self.legal).action_agree()
        employee = self.employees[1]
        employee.version_ids.date_version = "2020-01-01"
        employee.create_version({"date_version": "2090-01-01", "job_title": "Chief lawyer"})

        self.assertEqual(self._rows(document)[0][2], "Lawyer")

    def test_last_round_can_be_printed_alone(self):
        document = self._create_two_rounds()

        everything = document.action_print_sheet()
        last = document.with_context(last_round=True).action_print_sheet()

        self.assertEqual(everything["report_name"], REPORT)
        self.assertEqual(set(everything["context"]["active_ids"]), set(document.approval_ids.ids))
        self.assertEqual(last["context"]["active_ids"], document.approval_id.ids)

    def test_several_documents_are_printed_one_after_another(self):
        first = self._create_submitted({"users": self.legal}, name="First contract")
        second = self._create_submitted({"users": self.legal}, name="Second contract")

        text = self._read((first | second).approval_ids)

        self.assertIn("First contract", text.split("\f")[0])
        self.assertIn("Second contract", text.split("\f")[1])

    def test_never_sent_document_has_no_sheet(self):
        with self.assertRaisesRegex(UserError, "never sent"):
            self._create_document().action_print_sheet()

    def test_stranger_prints_nothing(self):
        document = self._create_submitted({"users": self.legal}, confidentiality="secret")
        approval = document.approval_ids

        for user in (self.stranger, self.clerk, self.manager, self.admin):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._render(approval, user)
                with self.assertRaises(AccessError):
                    document.with_user(user).action_print_sheet()
                with self.assertRaises(AccessError):
                    self.env["ir.actions.report"].with_user(user)._render_qweb_html(REPORT, approval.ids)

    def test_letters_of_three_languages_are_printed(self):
        self.legal.name = "Иванова Ёлка"
        document = self._create_submitted({"users": self.legal}, name="Contract de țevi și pompe „Ștefan” № 5")

        text = self._read(document.approval_ids)

        self.assertIn("Иванова Ёлка", text)
        self.assertIn("Contract de țevi și pompe „Ștefan” № 5", text)

    def test_markup_in_names_is_text(self):
        document = self._create_submitted({"users": self.legal}, name="<b>Bold</b> & <font size=50>")
        document.with_user(self.legal).action_refuse("</para><img src='/etc/passwd'/>")

        text = self._read(document.approval_ids, layout="-raw")
        html = (
            self.env["ir.actions.report"].with_user(self.author)._render_qweb_html(REPORT, document.approval_ids.ids)[0]
        )

        self.assertIn("<b>Bold</b> & <font size=50>", text)
        self.assertIn(b"&lt;b&gt;Bold", html)
        self.assertNotIn(b"<img src='/etc/passwd'", html)

    @warmup
    def test_queries_do_not_grow_with_the_number_of_people(self):
        def count(users):
            document = self._create_submitted({"users": users})
            document.with_user(users[0]).action_agree()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document.with_user(self.author).approval_ids._prepare_sheets()
            return self.env.cr.sql_log_count - before

        users = self.legal | self.chief | self.director | self.exclusive | self.clerk | self.manager
        count(users)
        short, long = count(users[:2]), count(users)

        self.assertLessEqual(long, short + 2)
        self.assertLessEqual(long, 60)

    def test_readers_of_a_route_stand_in_a_table_of_their_own(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director, "kind": "acquaint"})
        document.with_user(self.legal).action_agree()

        _approvals, sheet = document.approval_ids._prepare_sheets()[0]
        step = document.approval_id.step_ids[1]

        decisions, reading = sheet["sections"]
        self.assertEqual([row[3] for row in decisions["rows"]], ["Legal"])
        self.assertEqual([row[3] for row in reading["rows"]], ["Director"])
        self.assertEqual(reading["title"], "Acquaintance")
        self.assertEqual(step.action_print_sheet()["context"]["active_ids"], document.approval_id.ids)

    def test_acquaintance_sheet_shows_departments_opening_and_reading(self):
        department = self.env["hr.department"].create({"name": "Legal department"})
        self.employees[1].department_id = department
        document = self._create_document(name="Order on holidays")
        document.add_version("order.pdf", PDF)
        document.action_register()
        document.action_send_acquaintance([self.legal.id, self.director.id])
        document.with_user(self.legal).action_open_version()
        document.with_user(self.legal).action_agree()
        approval = self.env["paydox.approval"].with_user(self.author).search([("document_id", "=", document.id)])

        _approvals, sheet = approval._prepare_sheets()[0]
        text = self._read(approval)

        section = sheet["sections"][0]
        rows = {row[3]: row for row in section["rows"]}
        self.assertEqual(rows["Legal"][1:3], ["Legal department", "Lawyer"])
        self.assertTrue(rows["Legal"][6] and rows["Legal"][7])
        self.assertEqual(rows["Legal"][8], "1")
        self.assertFalse(rows["Director"][6] or rows["Director"][7])
        self.assertIn("Acquaintance Sheet", text)
        self.assertIn("Legal department", text)
