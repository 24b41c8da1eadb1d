from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.paydox_website.tests.common import PaydoxOrderCase

MODELS = ("paydox.order.form", "paydox.order.form.product", "paydox.order.throttle")


@tagged("post_install", "-at_install")
class TestOrderSecurity(PaydoxOrderCase):
    def _rights(self, user, model):
        model = self.env[model].with_user(user)
        return "".join(right[0] for right in ("create", "read", "write", "unlink") if model.has_access(right))

    def test_rights_of_each_role(self):
        """Who may do what: c(reate) r(ead) w(rite) u(nlink)."""
        expected = {
            "base.group_public": ("", "", ""),
            "base.group_portal": ("", "", ""),
            "base.group_user": ("", "", ""),
            "sales_team.group_sale_salesman": ("r", "r", ""),
            "sales_team.group_sale_manager": ("crwu", "crwu", ""),
            "website.group_website_restricted_editor": ("", "", ""),
            "website.group_website_designer": ("crwu", "crwu", ""),
        }
        for number, (group, rights) in enumerate(expected.items()):
            user = new_test_user(self.env, f"tv_role_{number}", group)
            with self.subTest(group=group):
                self.assertEqual(tuple(self._rights(user, model) for model in MODELS), rights)

    def test_visitors_and_clients_get_nothing_by_rpc(self):
        self._place()
        portal = new_test_user(self.env, "tv_portal", "base.group_portal")
        for user in (self.env.ref("base.public_user"), portal):
            for model in (*MODELS, "crm.lead", "paydox.event", "paydox.deal.type"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([]).read(["id"])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["crm.lead"].with_user(user).create({"name": "x", "order_form_id": self.form.id})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.form.with_user(user).website_publish_button()

    def test_verbs_of_the_intake_are_not_public(self):
        for name in dir(type(self.env["paydox.order.form"])):
            if name in ("_place_order", "_check_order", "_find_published", "_sign_order_key", "_send_notice"):
                self.assertTrue(name.startswith("_"))
        self.assertFalse(
            [name for name in ("place_order", "check_order", "take") if hasattr(self.env["paydox.order.form"], name)]
        )

    def test_salesman_cannot_read_or_take_a_key(self):
        salesman = self._create_salesman("tv_salesman")
        lead = self._place()
        lead.user_id = salesman
        with self.assertRaises(AccessError):
            lead.with_user(salesman).read(["order_key"])
        with self.assertRaises(AccessError):
            lead.with_user(salesman).write({"order_key": "0b1b4d6c-7c0e-4d53-9d4b-2f4f9a3b7c11"})

    def test_designer_without_sales_rights_can_use_the_form(self):
        designer = new_test_user(self.env, "tv_designer", "website.group_website_designer")
        form = self.form.with_user(designer)
        view = (
            self.env["paydox.order.form"]
            .with_user(designer)
            .get_view(self.env.ref("paydox_website.paydox_order_form_view_form").id)
        )
        self.assertNotIn("lead_count", view["arch"])
        self.assertEqual(form.deal_type_id.name, self.deal_type.name)
        form.website_publish_button()
        self.assertFalse(self.form.is_published)
