import json
import random
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..tools.funnel_scope import BREAKDOWNS
from .common_files import FunnelFilesMixin
from .test_funnel import FunnelCase

DEALS = 30
ASKED = (
    {},
    {"date_from": "2026-01-10"},
    {"mode": "snapshot"},
    {"date_to": "2026-01-25"},
    {"date_from": "2026-01-05", "date_to": "2026-02-01"},
)
# What an administrator may add to the rights: (model, domain, group or None for everybody).
RULES = {
    "none": [],
    "hidden from all": [("crm.lead", "[('priority', '!=', '3')]", None)],
    "more for sellers": [("crm.lead", "[('team_id.user_id', '=', user.id)]", "sales_team.group_sale_salesman")],
    "by customer": [("crm.lead", "[('partner_id.category_id.name', '!=', 'Secret')]", None)],
    "by history": [("crm.lead", "[('status_event_ids.to_status_id.code', '!=', 'paid')]", None)],
    "events only": [("paydox.deal.status.event", "[('owner_id', '!=', False)]", None)],
    "closed ones": [
        ("crm.lead", "['|', ('won_status', '=', 'pending'), ('user_id', '=', user.id)]", None),
        ("crm.lead", "[('department_id', '=', False)]", "sales_team.group_sale_salesman"),
    ],
}


@tagged("post_install", "-at_install")
class TestFunnelRights(FunnelCase, FunnelFilesMixin):
    """Rule 17 with rights that an administrator added, in one company and in two:
    layer = list that opens = XLSX = PDF, for a salesperson, for who sees all deals and for a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.env.company
        cls.two = cls.env["res.company"].create(
            {
                "name": "Two",
                "currency_id": cls.env.ref("base.RON" if cls.one.currency_id.name != "RON" else "base.EUR").id,
            }
        )
        people = cls.seller | cls.rival | cls.head | cls.boss
        people.company_ids = [Command.link(cls.two.id)]
        cls.env["res.currency.rate"].create({"currency_id": cls.two.currency_id.id, "rate": 5, "name": "2020-01-01"})
        secret = cls.env["res.partner.category"].create({"name": "Secret"})
        cls.secret = cls.env["res.partner"].create({"name": "Other", "category_id": secret.ids})
        cls.scope = [("partner_id", "in", (cls.partner | cls.secret).ids)]
        cls.team = cls.env["crm.team"].create({"name": "Team", "user_id": cls.seller.id, "company_id": False})
        cls._live(random.Random(5))

    @classmethod
    def _live(cls, dice):
        now = fields.Datetime.to_datetime("2026-01-01 09:00:00")
        types = [cls.goods, cls.service, cls.project]
        for number in range(DEALS):
            now += timedelta(hours=dice.randint(1, 40))
            with freeze_time(now):
                lead = cls._create_lead(
                    dice.choice(types),
                    user=dice.choice([cls.seller, cls.rival, cls.head, cls.env["res.users"]]),
                    created=now,
                    partner_id=dice.choice([cls.partner, cls.partner, cls.secret]).id,
                    company_id=False,
                    team_id=dice.choice([cls.team.id, False]),
                    priority=dice.choice("0123"),
                    expected_revenue=dice.randint(1, 1000),
                )
                if number % 3:
                    lead.company_id = cls.two if number % 3 == 1 else cls.one
                for code in dice.sample(["offer", "contract", "paid", "lost", "won"], 2):
                    if lead.deal_type_id != cls.service:
                        lead.set_deal_status(code)
        cls.env.flush_all()
        cls.env.cr.flush()

    def test_layer_is_list_is_files_whatever_rights_were_added(self):
        dice = random.Random(1)
        chosen = [self.one, self.two, self.one | self.two]
        for name, rules in RULES.items():
            with self.env.cr.savepoint() as savepoint:
                for model, domain, group in rules:
                    self.env["ir.rule"].create(
                        {
                            "name": name,
                            "model_id": self.env["ir.model"]._get_id(model),
                            "domain_force": domain,
                            "groups": [Command.set(self.env.ref(group).ids)] if group else False,
                        }
                    )
                for user, companies in zip((self.seller, self.head, self.boss), dice.sample(chosen, 3), strict=True):
                    funnel = self.env["paydox.funnel"].with_user(user)
                    env = funnel.with_context(allowed_company_ids=companies.ids).env
                    with self.subTest(rules=name, user=user.login, companies=companies.mapped("name")):
                        self._compare(env)
                savepoint.rollback()

    def _compare(self, env):
        for arguments, breakdown in zip(ASKED, BREAKDOWNS, strict=True):
            data = env["paydox.funnel"].get_funnel(self.scope, breakdown=breakdown, **arguments)
            self._compare_lists(env, data, breakdown)
        self.assertFilesAgree(env, self.scope)

    def _count(self, env, domain):
        """In the list that opens, as the client has the domain."""
        return env["crm.lead"].search_count(json.loads(json.dumps(domain)))

    def _compare_lists(self, env, data, breakdown):
        for layer in data["layers"]:
            self.assertEqual(self._count(env, layer["domain"]), layer["count"])
            if layer["reached_domain"]:
                self.assertEqual(self._count(env, layer["reached_domain"]), layer["reached"])
                self.assertEqual(self._count(env, layer["lost_domain"]), layer["lost_here"])
            self.assertEqual(sum(cut["count"] for cut in layer["breakdown"]), layer["count"])
            for cut in layer["breakdown"]:
                piece = ["&", [breakdown, "=", cut["key"]], *layer["domain"]]
                self.assertEqual(self._count(env, piece), cut["count"])
        for part in (data["won"], data["lost"], data["no_status"]):
            self.assertEqual(self._count(env, part["domain"]), part["count"])
        self.assertEqual(self._count(env, data["domain"]), data["cohort"])
