from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestRulesUi(HttpCase):
    """A sales manager writes a rule with two actions, without code."""

    def test_manager_writes_a_rule_with_two_actions(self):
        boss = new_test_user(
            self.env, "tour_rule_boss", "base.group_user,sales_team.group_sale_manager", password="tour_rule_boss"
        )
        status = self.env["paydox.deal.status"].create({"name": "Tour paid status", "code": "tour_paid", "sequence": 1})
        deal_type = self.env["paydox.deal.type"].create(
            {"name": "Tour type", "code": "tour_rule", "stage_control": "none", "active": True}
        )
        draft = self.env["paydox.deal.type.revision"].with_user(boss).create({"deal_type_id": deal_type.id})

        self.start_tour(f"/odoo/deal-type-rules/{draft.id}", "paydox_funnel_rule_actions", login=boss.login)

        rule = draft.rule_ids
        self.assertRecordValues(rule, [{"name": "Tour paid", "action": "set_status", "status_id": status.id}])
        self.assertRecordValues(rule.child_ids, [{"action": "schedule_activity", "activity_summary": "Tour ship"}])
