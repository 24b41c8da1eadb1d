from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestStatusLock(PaydoxFunnelCase):
    """Of a person and a rule the last one wins, unless the person keeps the status."""

    def _emit(self, lead, key):
        self.env["paydox.event"]._emit("deal.approved", lead, key)
        self._dispatch(key)
        return self.env["paydox.rule.run"].search([("event_key", "=", key)])

    def test_last_one_wins_and_both_stand_in_the_history(self):
        self._create_rule(event_name="deal.approved", allow_backward=True)
        lead = self._create_lead(self.project)
        lead.with_user(self.seller).set_deal_status("offer")

        self._emit(lead, "test:one")

        self.assertHistory(lead, "new", "offer", "contract")
        self.assertEqual(lead.status_event_ids.sorted("id").mapped("origin")[-2:], ["manual", "rule"])

    def test_kept_status_is_left_by_rules_that_move_and_not_by_others(self):
        moving = [
            {"name": "Status"},
            {"name": "Stage", "action": "move_stage", "stage_id": self._stage(self.goods, "Offer").id},
            {"name": "Type", "action": "set_type", "target_type_id": self.project.id},
        ]
        rules = self.env["paydox.rule"]
        for values in moving:
            rules |= self._create_rule(event_name="deal.approved", **values)
        note = self._create_rule(name="Note", event_name="deal.approved", action="post_note", note="x")
        lead = self._create_lead()
        window = self.env["crm.lead.set.status"].with_user(self.seller).with_context(default_lead_ids=lead.ids)
        with Form(window) as form:
            form.status_id = self.status["qualified"]
            form.is_status_locked = True
        form.record.action_apply()
        self.assertTrue(lead.is_status_locked)

        runs = self._emit(lead, "test:kept")

        self.assertHistory(lead, "new", "qualified")
        self.assertEqual(lead.deal_type_id, self.goods)
        self.assertEqual({run.rule_id: run.state for run in runs}, {**dict.fromkeys(rules, "skipped"), note: "done"})
        self.assertIn("keeps the status", runs.filtered(lambda run: run.rule_id in rules)[0].message)

        lead.with_user(self.seller).is_status_locked = False
        self._emit(lead, "test:free")
        self.assertEqual(lead.status_event_ids.sorted("id")[-1].origin, "rule")

    def test_who_may_not_write_the_deal_keeps_nothing(self):
        with self.assertRaises(AccessError):
            self._create_lead().with_user(self.rival).is_status_locked = True
