from datetime import timedelta

from psycopg2 import IntegrityError
from psycopg2.errors import ExclusionViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestRelation(TransactionCase):
    """The manager of contacts enters relations, everybody sees them, sensitive ones a few."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "rel_manager", groups="base.group_user,base.group_partner_manager")
        cls.employee = new_test_user(cls.env, "rel_employee", groups="base.group_user")
        cls.insider = new_test_user(
            cls.env,
            "rel_insider",
            groups="base.group_user,base.group_partner_manager,paydox_crm.paydox_crm_group_sensitive",
        )
        partners = cls.env["res.partner"]
        cls.firms = partners.create([{"name": f"Firm {name}", "is_company": True} for name in "ABC"])
        cls.a, cls.b, cls.c = cls.firms
        cls.anna, cls.boris = partners.create([{"name": "Anna", "parent_id": cls.a.id}, {"name": "Boris"}])
        refs = ("subsidiary", "dealer", "competitor", "decides", "knows", "relative")
        cls.types = {name: cls.env.ref(f"paydox_crm.paydox_relation_type_{name}") for name in refs}

    def _relate(self, source, kind, target, user=None, **values):
        return (
            self.env["paydox.relation"]
            .with_user(user or self.manager)
            .create({"source_id": source.id, "type_id": self.types[kind].id, "target_id": target.id} | values)
        )

    def _sides(self, partner, user=None):
        self.env.flush_all()
        return (
            self.env["paydox.relation.side"].with_user(user or self.employee).search([("partner_id", "=", partner.id)])
        )

    def test_relation_is_shown_from_both_sides(self):
        self._relate(self.a, "subsidiary", self.b)

        self.assertEqual([(side.label, side.other_id) for side in self._sides(self.a)], [("subsidiary of", self.b)])
        self.assertEqual([(side.label, side.other_id) for side in self._sides(self.b)], [("parent of", self.a)])
        self.assertEqual(self.b.with_user(self.employee).card_relation_count, 1)

    @mute_logger("odoo.sql_db")
    def test_nobody_has_a_relation_to_himself(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._relate(self.a, "dealer", self.a)

    @mute_logger("odoo.sql_db")
    def test_same_relation_is_entered_once_for_the_same_days(self):
        self._relate(self.a, "dealer", self.b, date_from="2025-01-01", date_to="2025-12-31")
        self._relate(self.a, "dealer", self.b, date_from="2026-01-01")

        with self.assertRaises(ExclusionViolation), self.cr.savepoint():
            self._relate(self.a, "dealer", self.b, date_from="2025-06-01")

    @mute_logger("odoo.sql_db")
    def test_mutual_relation_is_kept_once_whoever_is_named_first(self):
        self._relate(self.b, "competitor", self.a)

        with self.assertRaises(ExclusionViolation), self.cr.savepoint():
            self._relate(self.a, "competitor", self.b)

    def test_hierarchy_has_no_circle(self):
        self._relate(self.a, "subsidiary", self.b)
        self._relate(self.b, "subsidiary", self.c)

        with self.assertRaises(ValidationError):
            self._relate(self.c, "subsidiary", self.a)

    def test_circle_of_different_years_is_none(self):
        self._relate(self.a, "subsidiary", self.b, date_to="2024-12-31")

        self._relate(self.b, "subsidiary", self.a, date_from="2025-01-01")

    def test_circle_is_found_when_a_relation_is_changed(self):
        self._relate(self.a, "subsidiary", self.b)
        later = self._relate(self.b, "subsidiary", self.c)

        with self.assertRaises(ValidationError):
            later.target_id = self.a

    def test_dealer_of_each_other_is_no_circle(self):
        self._relate(self.a, "dealer", self.b)

        self._relate(self.b, "dealer", self.a)

    def test_person_stands_where_a_person_is_meant(self):
        for source, kind, target in (
            (self.anna, "dealer", self.b),
            (self.a, "knows", self.b),
            (self.a, "decides", self.b),
        ):
            with self.assertRaises(ValidationError):
                self._relate(source, kind, target)

    def test_ended_relation_is_told_as_ended(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        relation = self._relate(self.a, "dealer", self.b, date_from="2020-01-01", date_to=yesterday)

        self.assertTrue(relation.is_ended)
        self.assertEqual(self._sides(self.a).mapped("is_ended"), [True])

    def test_sensitive_relation_is_seen_by_insiders_only(self):
        relation = self._relate(self.anna, "relative", self.boris, self.insider)

        self.assertTrue(self._sides(self.anna, self.insider))
        self.assertFalse(self._sides(self.anna, self.manager))
        self.assertEqual(self.anna.with_user(self.manager).card_relation_count, 0)
        with self.assertRaises(AccessError):
            relation.with_user(self.manager).read(["note"])
        with self.assertRaises(AccessError):
            self._relate(self.anna, "relative", self.boris, self.manager)
        with self.assertRaises(AccessError):
            relation.with_user(self.manager).is_sensitive = False

    def test_person_who_moved_shows_where_he_works_now(self):
        self._relate(self.anna, "knows", self.boris)
        self.anna.parent_id = self.b

        self.assertEqual(self._sides(self.boris).other_company_id, self.b)

    def test_employee_reads_and_does_not_enter(self):
        with self.assertRaises(AccessError):
            self._relate(self.a, "dealer", self.b, self.employee)

    def test_relation_with_a_counterparty_of_another_company_is_hidden(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["res.partner"].create({"name": "Foreign", "is_company": True, "company_id": company.id})
        self.env["paydox.relation"].create(
            {"source_id": self.a.id, "type_id": self.types["dealer"].id, "target_id": foreign.id}
        )

        self.assertFalse(self._sides(self.a))
        with self.assertRaises(AccessError):
            self._relate(self.a, "dealer", foreign)

    def test_used_type_keeps_its_shape(self):
        self._relate(self.a, "dealer", self.b)

        with self.assertRaises(UserError):
            self.types["dealer"].is_mutual = True
        self.types["dealer"].name = "official dealer of"

    def test_relation_ends_today(self):
        relation = self._relate(self.a, "dealer", self.b)

        self._sides(self.b, self.manager).action_end()

        self.assertEqual(relation.date_to, fields.Date.context_today(relation))
