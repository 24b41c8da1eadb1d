from odoo.exceptions import ValidationError

from .common import PaydoxFunnelCase


class TestFunnelView(PaydoxFunnelCase):
    """The arch of the view type is checked when it is saved."""

    def _create_view(self, arch, model="crm.lead"):
        return self.env["ir.ui.view"].create({"name": "test.funnel", "model": model, "type": "funnel", "arch": arch})

    def test_known_attributes_are_accepted(self):
        view = self._create_view('<funnel string="Sales" mode="snapshot" export="0"/>')

        self.assertEqual(view.type, "funnel")

    def test_type_is_read_from_the_arch(self):
        view = self.env["ir.ui.view"].create({"name": "f", "model": "crm.lead", "arch": "<funnel/>"})

        self.assertEqual(view.type, "funnel")

    def test_unknown_mode_is_refused_with_the_known_ones(self):
        with self.assertRaisesRegex(ValidationError, "cohort, snapshot.*“yearly”"):
            self._create_view('<funnel mode="yearly"/>')

    def test_unknown_attribute_is_refused_by_name(self):
        with self.assertRaisesRegex(ValidationError, "Unknown attributes.*colour"):
            self._create_view('<funnel colour="red"/>')

    def test_export_is_yes_or_no(self):
        with self.assertRaisesRegex(ValidationError, "1 or 0"):
            self._create_view('<funnel export="maybe"/>')

    def test_content_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "<field>"):
            self._create_view('<funnel><field name="name"/></funnel>')

    def test_other_models_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "crm.lead"):
            self._create_view("<funnel/>", model="res.partner")

    def test_users_get_the_view_with_its_search(self):
        action = self.env.ref("paydox_funnel.crm_lead_action_funnel")

        result = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .get_views([(action.view_id.id, "funnel"), (action.search_view_id.id, "search")])
        )

        self.assertIn("<funnel", result["views"]["funnel"]["arch"])
        self.assertIn("last_12_months", result["views"]["search"]["arch"])

    def test_funnel_is_one_click_from_the_pipeline(self):
        action = self.env.ref("crm.crm_lead_action_pipeline")

        self.assertIn("funnel", [mode for _view, mode in action.views])

    def test_view_type_has_an_icon_and_shows_many_records(self):
        info = self.env["ir.ui.view"].get_view_info()["funnel"]

        self.assertTrue(info["icon"])
        self.assertTrue(info["multi_record"])
