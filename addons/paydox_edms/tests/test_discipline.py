import base64
import io
import json
from datetime import datetime

from freezegun import freeze_time
from openpyxl import load_workbook
from PyPDF2 import PdfReader

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common_terms import MONDAY, InstructionTermsCase


class TestDiscipline(InstructionTermsCase):
    """What was executed in time, late or not at all, by department and person; the same numbers everywhere."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(MONDAY))
        self.report = self.env["paydox.discipline.report"].with_user(self.head)

    def _finish(self, instruction, moment, **vals):
        instruction.sudo().write({"state": "done", "reported_at": moment, "closed_at": moment} | vals)

    def _fill(self):
        """Ann: one in time, one late by 3 hours, one by 5, one overdue, one running. Bob: one in time."""
        term = datetime(2026, 11, 20, 10)
        in_time, late, later, _overdue = (self._create_instructions(deadline=term) for _index in range(4))
        self._finish(in_time, datetime(2026, 11, 20, 9))
        self._finish(late, datetime(2026, 11, 20, 14), late_hours=3)
        self._finish(later, datetime(2026, 11, 20, 16), late_hours=5)
        self._create_instructions(deadline=datetime(2026, 11, 27, 10))
        self._finish(self._create_instructions(executor_id=self.bob.id, deadline=term), term)

    def _summary(self, user=None, domain=None):
        summary = self.report.with_user(user or self.head).get_summary(domain)
        names = ("total", "in_time_count", "late_count", "overdue_count", "running_count")
        return {row["person"]: tuple(row[name] for name in names) for row in summary["rows"]}

    def test_in_time_late_overdue_and_running_are_counted_by_person(self):
        self._fill()

        self.assertEqual(self._summary(), {"Ann": (5, 1, 2, 1, 1), "Bob": (1, 1, 0, 0, 0)})
        [row] = [row for row in self.report.get_summary()["rows"] if row["person"] == "Ann"]
        self.assertEqual((row["delay_hours"], row["department"]), (4, "Sales"))

    def test_last_agreed_term_counts_and_extensions_are_shown(self):
        instruction = self._create_instructions(deadline=datetime(2026, 11, 23, 12))
        for day, agree in ((24, True), (26, False), (25, True)):
            instruction.with_user(self.ann).action_request_extension(datetime(2026, 11, day, 10), "Waiting for figures")
            instruction.action_decide_extension(agree, "As agreed")
            self.env.flush_all()
        self.clock.move_to(datetime(2026, 11, 25, 12))
        self._finish(instruction, datetime(2026, 11, 24, 10))

        row = self.report.search([("instruction_id", "=", instruction.id)])

        self.assertEqual((row.result, row.extension_count), ("in_time", 2))

    def test_decisions_of_routes_count_with_their_reasons(self):
        document = self._create_submitted({"users": self.ann, "deadline_hours": 2})
        self.clock.move_to(datetime(2026, 11, 23, 16))
        reason = self.env["paydox.delay.reason"].search([], limit=1)
        document.with_user(self.ann).action_agree(delay_reason="Was ill", delay_reason_id=reason.id)

        summary = self.report.get_summary([("item", "=", "decision")])

        [row] = summary["rows"]
        self.assertEqual((row["person"], row["late_count"]), ("Ann", 1))
        self.assertEqual(row["reasons"], f"{reason.name}: 1")
        self.assertAlmostEqual(row["delay_hours"], 4, delta=1.01)

    def test_who_handed_over_is_not_late(self):
        document = self._create_submitted({"users": self.ann, "deadline_hours": 2})
        document.with_user(self.ann).action_delegate(self.bob, "on leave")

        self.assertEqual(set(self._summary(domain=[("item", "=", "decision")])), {"Bob"})

    def test_head_sees_his_department_and_others_only_their_own(self):
        self._fill()
        self._create_instructions(
            author_id=self.author.id, executor_id=self.legal.id, deadline=datetime(2026, 11, 20, 10)
        )

        self.assertEqual(set(self._summary(self.head)), {"Ann", "Bob"})
        self.assertEqual(set(self._summary(self.bob)), {"Bob"})
        self.assertEqual(self._summary(self.stranger), {})
        self.assertFalse(self.report.with_user(self.stranger).search([]))

    def test_list_pivot_pdf_and_xlsx_say_the_same(self):
        self._fill()
        domain = [("result", "!=", "running")]
        summary = self.report.get_summary(domain)
        measures = ["__count", "in_time_count:sum", "late_count:sum", "overdue_count:sum", "delay_hours:avg"]

        [pivot] = self.report.formatted_read_group(domain, [], measures)
        rows = self.report.search(domain)
        sheet = load_workbook(
            io.BytesIO(base64.b64decode(self.report.export_xlsx(domain, ["Term: November"])["content"]))
        ).active
        table = [list(row) for row in sheet.iter_rows(values_only=True)]
        pdf = base64.b64decode(self.report.export_pdf(domain, ["Term: November"])["content"])
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)

        total = summary["total"]
        self.assertEqual((total["total"], len(rows), pivot["__count"]), (5, 5, 5))
        self.assertEqual(total["late_count"], sum(rows.mapped("late_count")))
        self.assertEqual(total["late_count"], pivot["late_count:sum"])
        self.assertEqual(total["delay_hours"], pivot["delay_hours:avg"])
        self.assertEqual(table[-1][2:6], [5, 2, 2, 1])
        self.assertIn("Term: November", str(table))
        self.assertIn("Term: November", text)
        self.assertIn("2026", text)
        for word in ("Ann", "Bob", "Sales"):
            self.assertIn(word, text)

    def test_row_opens_its_item(self):
        self._fill()
        row = self.report.search([("result", "=", "overdue")])

        action = row.action_open_record()

        self.assertEqual((action["res_model"], action["res_id"]), ("paydox.instruction", row.instruction_id.id))
        self.assertEqual(row.record_name, "Call the client")

    def test_grouping_by_result_counts_like_the_numbers(self):
        self._fill()

        groups = dict(self.report._read_group([], ["result"], ["__count"]))

        self.assertEqual(groups, {"in_time": 2, "late": 2, "overdue": 1, "running": 1})

    def test_formulas_in_names_stay_text(self):
        self.ann.name = "=1+1"
        self._fill()

        file = base64.b64decode(self.report.export_xlsx()["content"])

        cells = [
            cell for row in load_workbook(io.BytesIO(file)).active.iter_rows() for cell in row if cell.value == "=1+1"
        ]
        self.assertEqual([cell.data_type for cell in cells], ["s"])

    def test_nothing_to_report_is_a_page_that_says_so(self):
        pdf = base64.b64decode(self.report.with_user(self.stranger).export_pdf()["content"])

        self.assertIn("Nothing with a term", PdfReader(io.BytesIO(pdf)).pages[0].extract_text())

    def test_cannot_be_written(self):
        for verb in (lambda: self.report.create({}), lambda: self.report.search([]).unlink()):
            with self.assertRaises(AccessError):
                self._create_instructions(deadline=MONDAY)
                verb()

    def test_bad_search_is_refused_in_words(self):
        for domain in ("x", [("no", "=", 1)], [("deadline", ">", {"a": 1})], 5):
            with self.subTest(domain), self.assertRaises(UserError):
                self.report.get_summary(domain)

    def test_queries_do_not_grow_with_rows(self):
        counts = []
        for count in (2, 30):
            self._create_instructions(count=count, deadline=datetime(2026, 11, 20, 10))
            self.report.get_summary()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.report.get_summary()
            counts.append(self.env.cr.sql_log_count - before)

        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], 25)


@tagged("post_install", "-at_install")
class TestDisciplineHttp(HttpCase, InstructionTermsCase):
    """The files of the screen, with the rights of who asks."""

    def _post(self, extension, values, login="edms_head"):
        self.authenticate(login, login)
        data = {"data": json.dumps(values), "csrf_token": http.Request.csrf_token(self)}
        return self.url_open(f"/paydox_edms/discipline/{extension}", data=data)

    def test_files_come_with_their_types(self):
        for extension, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
            response = self._post(extension, {"domain": [], "filters": ["All"]})

            self.assertEqual(response.status_code, 200)
            self.assertTrue(response.content.startswith(start))

    def test_bad_requests_are_refused(self):
        for extension, values, status in (
            ("pdf", {"domain": [["no", "=", 1]]}, 400),
            ("pdf", [], 400),
            ("pdf", {"company_ids": [10**6]}, 400),
            ("doc", {}, 404),
        ):
            with self.subTest(extension, values=values):
                self.assertEqual(self._post(extension, values).status_code, status)
