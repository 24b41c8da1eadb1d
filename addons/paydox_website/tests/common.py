import re
import uuid

from odoo.tests import HttpCase, TransactionCase, new_test_user


class PaydoxOrderCase(TransactionCase):
    """Factories for order forms; a deal type of its own, so that no setting of the database matters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.company = cls.website.company_id
        cls.deal_type = cls._create_deal_type("tv")
        cls.form = cls._create_form()
        cls.product = cls.form.product_ids[0]
        cls.env["ir.config_parameter"].set_param("paydox_website.order_limit", "1000")

    @classmethod
    def _create_deal_type(cls, code, **values):
        statuses = {
            status_code: cls.env["paydox.deal.status"].search([("code", "=", status_code)])
            for status_code in ("new", "won")
        }
        deal_type = cls.env["paydox.deal.type"].create({"name": f"Type {code}", "code": code, "active": False})
        cls.env["crm.stage"].create(
            [
                {"name": "Incoming", "sequence": 1, "deal_type_id": deal_type.id, "status_id": statuses["new"].id},
                {
                    "name": "Delivered",
                    "sequence": 2,
                    "is_won": True,
                    "deal_type_id": deal_type.id,
                    "status_id": statuses["won"].id,
                },
            ]
        )
        deal_type.write({"active": True, **values})
        return deal_type

    @classmethod
    def _create_form(cls, **values):
        return cls.env["paydox.order.form"].create(
            {
                "name": "Order a television",
                "slug": f"tv-{uuid.uuid4().hex[:8]}",
                "deal_type_id": cls.deal_type.id,
                "is_published": True,
                "product_ids": [
                    (0, 0, {"name": "Television 43", "max_quantity": 50}),
                    (0, 0, {"name": "Television 75", "max_quantity": 5}),
                ],
                **values,
            }
        )

    @classmethod
    def _create_salesman(cls, login, groups="sales_team.group_sale_salesman", **values):
        return new_test_user(
            cls.env, login, groups, email=f"{login}@company.example", notification_type="email", **values
        )

    def _order_values(self, **values):
        """What a visitor types."""
        return {
            "product": str(self.product.id),
            "quantity": "3",
            "name": "Olga Petrova",
            "region": "Ilfov",
            "city": "Voluntari",
            "email": "olga@customer.example",
            "phone": "+40 21 555 01 02",
            "comment": "Call before noon",
            **values,
        }

    def _leads(self, form=None):
        return (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("order_form_id", "=", (form or self.form).id)])
        )

    def _place(self, form=None, order_key=None, **values):
        """Send an order past the web server.

        :return: the deal
        """
        form = form or self.form
        public_form = form.with_user(self.env.ref("base.public_user")).sudo()
        order, errors = public_form._check_order(self._order_values(product=str(form.product_ids[0].id)) | values)
        self.assertFalse(errors)
        lead = public_form._place_order(order, order_key or str(uuid.uuid4()), self.website)
        return lead.with_env(self.env)


class PaydoxOrderHttpCase(HttpCase, PaydoxOrderCase):
    """A visitor with a browser that knows forms, hidden fields and cookies, but no JavaScript."""

    def _open(self, form=None, path=""):
        response = self.url_open(f"/order/{(form or self.form).slug}{path}")
        self.hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]*? value="([^"]*)"', response.text))
        return response

    def _send(self, form=None, hidden=None, **values):
        form = form or self.form
        data = {**(self.hidden if hidden is None else hidden), **self._order_values(**values)}
        response = self.url_open(f"/order/{form.slug}", data=data, allow_redirects=False)
        if response.status_code != 303:
            self.hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]*? value="([^"]*)"', response.text))
        return response

    def assertThanked(self, response, form=None):
        self.assertEqual(response.status_code, 303, response.text[:500])
        self.assertTrue(response.headers["Location"].endswith(f"/order/{(form or self.form).slug}/thanks"))
