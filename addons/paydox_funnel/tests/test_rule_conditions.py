from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestRuleConditions(PaydoxFunnelCase):
    """Conditions are asked as superuser: who writes them learns nothing by them that he may not read himself."""

    def _create_check(self, condition):
        return (
            self.env["paydox.deal.stage.check"]
            .with_user(self.boss)
            .create(
                {
                    "stage_id": self._stage(self.service, "Check").id,
                    "kind": "condition",
                    "condition": condition,
                    "message": "Not yet",
                }
            )
        )

    def _create_boss_rule(self, domain):
        values = {"name": "R", "event_name": "deal.created", "action": "post_note", "note": "x", "domain": domain}
        return self.env["paydox.rule"].with_user(self.boss).create(values)

    def test_what_is_kept_from_the_manager_is_no_condition(self):
        for condition in (
            "[('partner_id.bank_ids.acc_number', '=like', '4%')]",
            "['!', ('partner_id', 'any', [('bank_ids.acc_number', '=like', '4%')])]",
            "[('partner_id', 'any', [('bank_ids', '!=', False)])]",
            "[('partner_id.requisites_ids.bank_snapshot', '!=', False)]",
            "[('create_uid.totp_secret', '=like', 'A%')]",
        ):
            for create in (self._create_boss_rule, self._create_check):
                with self.subTest(condition, create=create.__name__), self.assertRaises(ValidationError):
                    create(condition)

    def test_who_sees_bank_details_may_ask_for_them(self):
        self.boss.group_ids |= self.env.ref("paydox_crm.paydox_crm_group_bank")
        condition = "[('partner_id.bank_ids', '=', False)]"

        self._create_boss_rule(condition)
        self._create_check(condition)

    def test_amount_and_rating_together(self):
        condition = "[('expected_revenue', '>', 1e6), ('partner_id.reliability_score', '<', 50)]"
        rule = self._create_boss_rule(condition)
        weak, strong = self.env["res.partner"].create([{"name": "Weak"}, {"name": "Strong"}])
        self.env.flush_all()
        scores = {weak.id: 30, strong.id: 80}
        for partner_id, score in scores.items():
            self.env.cr.execute("UPDATE res_partner SET reliability_score = %s WHERE id = %s", (score, partner_id))
        self.env.invalidate_all()
        found = self._create_lead(partner_id=weak.id, expected_revenue=2e6)
        others = [
            self._create_lead(partner_id=strong.id, expected_revenue=2e6),
            self._create_lead(partner_id=weak.id, expected_revenue=1e6),
        ]

        for lead in (found, *others):
            self._dispatch(f"deal.created:{lead.id}")

        runs = self.env["paydox.rule.run"].search([("rule_id", "=", rule.id)])
        self.assertEqual(runs.filtered(lambda run: run.state == "done").lead_id, found)
