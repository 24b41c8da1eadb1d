import io
import json

import openpyxl

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

XLSX = "/paydox_funnel/export/xlsx"
PDF = "/paydox_funnel/export/pdf"


@tagged("post_install", "-at_install")
class TestFunnelHttp(HttpCase):
    """The routes of the download buttons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "funnel_seller", "sales_team.group_sale_salesman", password="funnel_seller")
        new_test_user(cls.env, "funnel_outsider", "base.group_user", password="funnel_outsider")
        cls.env["crm.lead"].create(
            [{"name": f"Deal {i}", "type": "opportunity", "user_id": cls.seller.id} for i in range(3)]
        )

    def _post(self, url, data, csrf=True):
        form = {"data": data if isinstance(data, str) else json.dumps(data)}
        if csrf:
            form["csrf_token"] = Request.csrf_token(self)
        return self.url_open(url, data=form, allow_redirects=False)

    def assertRefused(self, response, code, text):
        self.assertEqual(response.status_code, code)
        self.assertIn(text, response.text)
        self.assertNotIn("attachment", response.headers.get("Content-Disposition", ""))

    def test_salesman_downloads_his_workbook(self):
        self.authenticate("funnel_seller", "funnel_seller")

        response = self._post(XLSX, {"mode": "cohort", "filters": ["Only mine"]})

        self.assertEqual(response.status_code, 200)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(int(response.headers["Content-Length"]), len(response.content))
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        self.assertEqual(book["Deals"].max_row, 4)

    def test_salesman_downloads_his_page(self):
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            self.skipTest("wkhtmltopdf is not installed")
        self.authenticate("funnel_seller", "funnel_seller")

        response = self._post(PDF, {"mode": "snapshot"})

        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content[:5], b"%PDF-")

    def test_anonymous_gets_the_login_page(self):
        for url in (XLSX, PDF):
            response = self._post(url, {}, csrf=False)
            self.assertNotEqual(response.status_code, 200)
            self.assertNotIn("attachment", response.headers.get("Content-Disposition", ""))

    def test_request_without_token_is_refused(self):
        self.authenticate("funnel_seller", "funnel_seller")

        with mute_logger("odoo.http"):
            response = self._post(XLSX, {}, csrf=False)

        self.assertEqual(response.status_code, 400)

    def test_opening_the_address_makes_no_file(self):
        self.authenticate("funnel_seller", "funnel_seller")

        self.assertEqual(self.url_open(XLSX).status_code, 405)

    def test_bad_requests_come_back_as_readable_messages(self):
        self.authenticate("funnel_seller", "funnel_seller")
        for data, text in (
            ("not json", "not readable"),
            ("", "not readable"),
            ("[1, 2]", "not readable"),
            ({"limit": 5}, "unknown parts: limit"),
            ({"mode": "yearly"}, "no such mode"),
            ({"breakdown": "password"}, "cannot be cut"),
            ({"domain": [["no_such_field", "=", 1]]}, "cannot be read"),
            ({"date_from": "2026-02-01", "date_to": "2026-01-01"}, "before it begins"),
            ({"filters": "text"}, "list of texts"),
            ({"company_ids": [999999]}, "no access to these companies"),
            ({"company_ids": "all"}, "no access to these companies"),
        ):
            with self.subTest(data):
                self.assertRefused(self._post(XLSX, data), 400, text)

    def test_error_is_what_the_web_client_shows(self):
        self.authenticate("funnel_seller", "funnel_seller")

        response = self._post(XLSX, {"mode": "<b>yearly</b>"})

        self.assertNotIn("<b>yearly", response.text)
        self.assertIn("odoo.exceptions.UserError", response.text)

    def test_user_without_deals_gets_no_deals(self):
        self.authenticate("funnel_outsider", "funnel_outsider")

        with mute_logger("odoo.http"):
            response = self._post(XLSX, {})

        self.assertRefused(response, 403, "odoo.exceptions.AccessError")
