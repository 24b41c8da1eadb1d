import base64
import io
import shutil
import subprocess
import zipfile
from collections import Counter
from unittest.mock import patch

import openpyxl

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PaydoxFunnelCase

FORMULA = '=HYPERLINK("http://example.com","click")'


@tagged("post_install", "-at_install")
class TestFunnelExport(PaydoxFunnelCase):
    """The files have the numbers of get_funnel, for every user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).unlink()
        path = ("new", "qualified", "offer", "contract", "won")
        for index, depth in enumerate((1, 1, 2, 3, 3, 3, 5)):
            for user in (cls.seller, cls.rival) if index % 2 else (cls.seller,):
                lead = cls._create_lead(cls.project, user=user, expected_revenue=1000 * (index + 1))
                for code in path[1:depth]:
                    lead.set_deal_status(cls.status[code])
        cls.lost = cls._create_lead(cls.project, user=cls.rival, name="Lost one")
        cls.lost.set_deal_status(cls.status["offer"])
        cls.lost.set_deal_status(cls.status["lost"])
        cls.hostile = cls._create_lead(cls.project, name=FORMULA, partner_name="+1+cmd|' /C calc'!A0")
        cls.env.flush_all()

    def _funnel(self, user, **context):
        return self.env["paydox.funnel"].with_user(user).with_context(**context)

    def _open_xlsx(self, result):
        content = base64.b64decode(result["content"])
        return content, openpyxl.load_workbook(io.BytesIO(content))

    def _read_layers(self, sheet):
        """The table of the first sheet: {status: {title: value}}."""
        rows = list(sheet.iter_rows(max_col=8, values_only=True))
        start = next(index for index, row in enumerate(rows) if row[0] == "Status")
        titles = rows[start]
        table = rows[start + 1 :]
        return {row[0]: dict(zip(titles, row, strict=True)) for row in table if row[0]}

    def _read_pdf(self, result):
        if not shutil.which("pdftotext"):
            self.skipTest("pdftotext (poppler-utils) is not installed")
        return subprocess.run(
            ["pdftotext", "-layout", "-", "-"],
            input=base64.b64decode(result["content"]),
            capture_output=True,
            check=True,
        ).stdout.decode()

    def _skip_without_wkhtmltopdf(self):
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            self.skipTest("wkhtmltopdf is not installed")

    def test_xlsx_has_the_numbers_of_the_funnel_for_three_users(self):
        cohorts = set()
        for user in (self.seller, self.rival, self.boss):
            funnel = self._funnel(user)
            data = funnel.get_funnel()
            _content, book = self._open_xlsx(funnel.export_xlsx())

            layers = self._read_layers(book["Funnel"])
            deals = Counter(row[4] for row in book["Deals"].iter_rows(2, values_only=True))
            for layer in data["layers"]:
                row = layers[layer["name"]]
                self.assertEqual(row["Now"], layer["count"])
                self.assertEqual(row["Reached"], layer["reached"])
                self.assertEqual(row["Lost here"], layer["lost_here"])
                self.assertEqual(deals[layer["name"]], layer["count"])
                self.assertAlmostEqual(row[f"Amount, {data['currency']}"], layer["amount"])
            self.assertEqual(sum(deals.values()), data["cohort"])
            self.assertEqual(deals["Lost"], data["lost"]["count"])
            cohorts.add(data["cohort"])
        self.assertEqual(len(cohorts), 3, "Each user sees other deals.")

    def test_xlsx_numbers_are_numbers_and_the_chart_is_native(self):
        content, book = self._open_xlsx(self._funnel(self.boss).export_xlsx())

        row = self._read_layers(book["Funnel"])[self.status["new"].name]
        self.assertIsInstance(row["Now"], int)
        self.assertIsInstance(row["To next"], float)
        self.assertTrue(book["Deals"]["H2"].is_date)
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        self.assertIn("xl/charts/chart1.xml", names)

    def test_formulas_in_names_stay_text(self):
        _content, book = self._open_xlsx(self._funnel(self.boss).export_xlsx())

        cells = [cell for row in book["Deals"].iter_rows(2) for cell in row]
        [name] = [cell for cell in cells if cell.value == FORMULA]
        self.assertIn(name.data_type, ("s", "inlineStr"))
        self.assertFalse([cell for cell in cells if cell.data_type == "f" or cell.hyperlink])

    def test_breakdown_has_a_sheet_and_adds_up(self):
        funnel = self._funnel(self.boss)
        _content, book = self._open_xlsx(funnel.export_xlsx(breakdown="user_id"))

        counts = Counter()
        for status, _key, count, _amount in book["Breakdown"].iter_rows(2, values_only=True):
            counts[status] += count
        for layer in funnel.get_funnel()["layers"]:
            self.assertEqual(counts[layer["name"]], layer["count"])

    def test_comparison_losses_and_trend_have_sheets_with_native_charts(self):
        reason = self.env["crm.lost.reason"].create({"name": FORMULA})
        lost = self._create_lead(self.project, user=self.seller, expected_revenue=50)
        lost.action_set_lost(lost_reason_id=reason.id)
        funnel = self._funnel(self.boss)
        sides = funnel.get_comparison(by="user_id")["sides"]
        self.assertEqual(len(sides), 2)

        content, book = self._open_xlsx(funnel.export_xlsx(by="user_id"))

        rows = list(book["Comparison"].iter_rows(values_only=True))
        self.assertEqual([value for value in rows[0] if value], [side["name"] for side in sides])
        self.assertEqual(
            [value for value in rows[1][1:] if value is not None], [side["funnel"]["cohort"] for side in sides]
        )
        width = rows[5].index(rows[5][1], 2) - 1
        for layers, row in zip(zip(*(side["funnel"]["layers"] for side in sides), strict=True), rows[6:], strict=False):
            self.assertEqual(row[0], layers[0]["name"])
            self.assertEqual([row[1], row[1 + width]], [layer["count"] for layer in layers])
        insights = funnel.get_insights()
        losses = list(book["Losses"].iter_rows(2, 1 + len(insights["losses"]), values_only=True))
        self.assertEqual([(row[0], row[1]) for row in losses], [(r["name"], r["count"]) for r in insights["losses"]])
        self.assertEqual(
            sum(row[2] for row in book["Trend"].iter_rows(2, values_only=True) if row[2]),
            len(self.env["crm.lead"].with_context(active_test=False).search([])),
        )
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        self.assertEqual(len([name for name in names if name.startswith("xl/charts/chart")]), 4)
        self.assertFalse([c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"])

    def test_pdf_of_a_comparison_has_a_second_page_with_the_sides(self):
        self._skip_without_wkhtmltopdf()
        funnel = self._funnel(self.boss)

        text = self._read_pdf(funnel.export_pdf(by="user_id"))

        self.assertEqual(text.count("\f"), 2)
        for side in funnel.get_comparison(by="user_id")["sides"]:
            self.assertIn(side["name"], text)

    def test_page_is_the_same_with_and_without_the_patched_program(self):
        """Neither a header nor a footer, nor a table of contents: all that the patches of wkhtmltopdf are for."""
        self._skip_without_wkhtmltopdf()
        report = type(self.env["ir.actions.report"])
        commands = []
        build = report._build_wkhtmltopdf_args

        def watch(self, *args, **kwargs):
            commands.append(build(self, *args, **kwargs))
            return commands[-1]

        with patch.object(report, "_build_wkhtmltopdf_args", watch):
            self._funnel(self.boss).export_pdf()

        self.assertFalse({"--header-html", "--footer-html", "--toc"} & set(map(str, commands[0])))

    def test_files_print_mode_period_filters_moment_and_user(self):
        today = fields.Date.to_string(fields.Date.context_today(self.env.user))
        result = self._funnel(self.boss).export_xlsx(
            [("user_id", "=", self.seller.id)], today, today, filters=["Salesperson: Seller"]
        )

        _content, book = self._open_xlsx(result)

        facts = {row[0]: row[1] for row in book["Funnel"].iter_rows(values_only=True) if row[0]}
        self.assertIn("created in the period", facts["What is counted"])
        self.assertEqual(facts["Filters"], "Salesperson: Seller")
        self.assertIn("–", facts["Period"])
        self.assertIn(self.boss.name, facts["Made"])
        self.assertIn(today, result["filename"])

    def test_past_period_is_exported_as_it_stood_on_its_last_day(self):
        funnel = self._funnel(self.boss)
        self.env.cr.execute("UPDATE crm_lead SET create_date = create_date - interval '10 days'")
        self.env.cr.execute(
            "UPDATE paydox_deal_status_event SET occurred_at = occurred_at - interval '10 days'"
            " WHERE from_status_id IS NULL"
        )
        self.env.invalidate_all()
        yesterday = fields.Date.to_string(fields.Date.subtract(fields.Date.today(), days=1))
        data = funnel.get_funnel(date_to=yesterday)
        self.assertEqual(data["layers"][0]["count"], data["cohort"], "All of them were new yesterday.")

        _content, book = self._open_xlsx(funnel.export_xlsx(date_to=yesterday))

        deals = Counter(row[4] for row in book["Deals"].iter_rows(2, values_only=True))
        self.assertEqual(deals, {self.status["new"].name: data["cohort"]})

    def test_filters_are_made_from_the_domain_when_not_given(self):
        result = self._funnel(self.boss).export_xlsx([("expected_revenue", ">", 10)])

        _content, book = self._open_xlsx(result)

        facts = {row[0]: row[1] for row in book["Funnel"].iter_rows(values_only=True) if row[0]}
        self.assertEqual(facts["Filters"], "Expected Revenue > 10")

    def test_filters_of_a_domain_name_records_and_choices_to_who_may_read_them(self):
        hidden = self.env["res.partner"].create({"name": "Hidden client"})
        domain = [("user_id", "=", self.seller.id), ("type", "=", "opportunity"), ("partner_id", "in", [hidden.id])]
        rule = {"name": "hidden", "model_id": self.env["ir.model"]._get_id("res.partner")}
        self.env["ir.rule"].create({**rule, "domain_force": f"[('id', '!=', {hidden.id})]"})

        texts = self._funnel(self.boss)._get_filter_texts(domain, None)

        self.assertEqual(texts, [f"Salesperson = {self.seller.name}", "Type = Opportunity", "Contact = …"])

    def test_snapshot_has_open_deals_only(self):
        funnel = self._funnel(self.boss)
        data = funnel.get_funnel(mode="snapshot")
        _content, book = self._open_xlsx(funnel.export_xlsx(mode="snapshot"))

        deals = Counter(row[4] for row in book["Deals"].iter_rows(2, values_only=True))
        self.assertEqual(sum(deals.values()), data["cohort"])
        self.assertNotIn("Lost", deals)
        self.assertNotIn("Reached", self._read_layers(book["Funnel"])[self.status["new"].name])

    def test_no_deals_give_readable_files(self):
        self._skip_without_wkhtmltopdf()
        funnel = self._funnel(self.boss)
        nothing = [("id", "=", 0)]

        _content, book = self._open_xlsx(funnel.export_xlsx(nothing, breakdown="team_id"))

        self.assertEqual(book.sheetnames, ["Funnel", "Breakdown", "Deals"])
        self.assertEqual(book["Deals"].max_row, 1)
        self.assertTrue(funnel.export_pdf(nothing)["content"])

    def test_pdf_has_the_numbers_of_the_funnel_for_three_users(self):
        self._skip_without_wkhtmltopdf()
        for user in (self.seller, self.rival, self.boss):
            funnel = self._funnel(user)
            data = funnel.get_funnel()

            text = self._read_pdf(funnel.export_pdf())

            words = {line.split()[0]: line.split() for line in text.splitlines() if line.split()}
            for layer in data["layers"]:
                line = words[layer["name"].split()[0]]
                self.assertIn(str(layer["count"]), line)
                self.assertIn(str(layer["lost_here"]), line)
            self.assertIn(user.name, text)

    def test_pdf_is_one_page_with_cyrillic_and_romanian_letters(self):
        self._skip_without_wkhtmltopdf()
        self.status["new"].name = "Новая сделка"
        self.status["offer"].name = "Ofertă țintă"

        result = self._funnel(self.boss).export_pdf(filters=["Отдел: Продажи"])

        text = self._read_pdf(result)
        self.assertIn("Новая сделка", text)
        self.assertIn("Ofertă țintă", text)
        self.assertIn("Отдел: Продажи", text)
        self.assertEqual(text.count("\f"), 1)

    def test_sixty_statuses_with_long_hostile_names_are_legible_on_three_pages(self):
        self._skip_without_wkhtmltopdf()
        self.env["paydox.deal.status"].create(
            [{"name": f"<b>{index}</b> " + "x" * 190, "code": f"s{index}", "sequence": 15} for index in range(60)]
        )

        text = self._read_pdf(self._funnel(self.boss).export_pdf())

        self.assertEqual(text.count("\f"), 3)
        for index in range(60):
            self.assertIn(f"<b>{index}</b>", text)

    def test_without_wkhtmltopdf_the_user_is_told_what_to_do(self):
        report = type(self.env["ir.actions.report"])
        with (
            patch.object(report, "get_wkhtmltopdf_state", lambda _self: "install"),
            self.assertRaisesRegex(UserError, "wkhtmltopdf.*administrator"),
        ):
            self._funnel(self.boss).export_pdf()

    def test_hostile_arguments_are_refused(self):
        funnel = self._funnel(self.seller)
        for arguments in (
            {"mode": "cohort; DROP TABLE crm_lead"},
            {"breakdown": "password"},
            {"domain": [("no_such_field", "=", 1)]},
            {"date_from": "yesterday"},
            {"filters": {"a": 1}},
            {"filters": [["nested"]]},
        ):
            with self.subTest(arguments), self.assertRaises(UserError):
                funnel.export_xlsx(**arguments)

    def test_deals_are_read_batch_by_batch_and_forgotten(self):
        funnel = self._funnel(self.boss)
        data = funnel.get_funnel()
        self.env.invalidate_all()
        names = self.env["crm.lead"]._fields["name"]
        cached = []

        with patch("odoo.addons.paydox_funnel.models.paydox_funnel_export.DEALS_BATCH", 2):
            for _row in funnel._iter_deals(data):
                cached.append(len(names._get_cache(funnel.env)))

        self.assertEqual(len(cached), data["cohort"])
        self.assertLessEqual(max(cached), 2)
