from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestRuleGuards(PaydoxFunnelCase):
    """Rule 18: what keeps rules harmless, guard by guard."""

    def _get_events(self, lead, name="deal.status"):
        return self.env["paydox.event"].search([("name", "=", name), ("res_id", "=", lead.id)], order="id")

    def _get_runs(self, lead):
        return self.env["paydox.rule.run"].search([("lead_id", "=", lead.id)], order="id")

    def test_status_that_follows_from_a_rule_at_the_very_end_carries_the_rule(self):
        """What is recomputed outside of ``write`` is noticed before the commit only, and is no way around the loop guard."""
        rule = self._create_rule(event_name="deal.status", action="post_note", note="Note")
        lead = self._create_lead()
        offer = self._stage(self.goods, "Offer")

        def recompute(self, event, lead):
            lead.flush_recordset()
            self.env.cr.execute("UPDATE crm_lead SET stage_id = %s WHERE id = %s", (offer.id, lead.id))
            lead.invalidate_recordset(["stage_id"])
            self.env.add_to_compute(lead._fields["deal_status_id"], lead)
            return "done"

        with patch.object(type(rule), "_do_post_note", recompute):
            self._get_events(lead)._dispatch()
            second = self._get_events(lead)[-1]
            self.assertEqual(second.payload.get("rules"), rule.ids)
            second._dispatch()

        self.assertHistory(lead, "new", "offer")
        self.assertEqual(self._get_runs(lead).mapped("state"), ["done", "skipped"])
        self.assertIn("loop", self._get_runs(lead)[-1].message)

    def test_events_that_come_again_after_a_kill_do_nothing_twice(self):
        """A worker is killed after the rules and before the outbox knew: all of the events are pending again."""
        self._create_rule(event_name="deal.created", action="post_note", note="Once")
        self._create_rule(event_name="deal.created")
        self._create_rule(event_name="deal.created", domain="[('id', '=', 0)]")
        lead = self._create_lead()
        events = self._get_events(lead, "deal.created")
        events._dispatch()
        before = (self._get_runs(lead), self._get_history(lead), lead.message_ids)

        for _time in range(3):
            events.sudo().write({"state": "pending"})
            events._dispatch()

        self.assertEqual(events.state, "done")
        self.assertEqual((self._get_runs(lead), self._get_history(lead), lead.message_ids), before)
        self.assertEqual(sorted(self._get_runs(lead).mapped("state")), ["done", "done", "skipped"])

    def test_event_that_is_told_twice_is_one(self):
        lead = self._create_lead()
        events = self.env["paydox.event"].sudo()

        for _time in range(2):
            events._emit("deal.mail", lead, "deal.mail:test")
            events._emit_batch("deal.mail", [(lead, "deal.mail:test", {}), (lead, "deal.mail:test", {})])

        self.assertEqual(len(self._get_events(lead, "deal.mail")), 1)

    def test_nobody_tells_events_or_runs_rules_by_rpc(self):
        lead = self._create_lead()

        for user in (self.seller, self.boss, self.env.ref("base.user_admin")):
            events = self.env["paydox.event"].with_user(user)
            with self.assertRaises(AccessError):
                events.create({"name": "deal.created", "key": "x", "res_model": "crm.lead", "res_id": lead.id})
            with self.assertRaises(AccessError):
                self._get_events(lead).with_user(user).write({"state": "pending"})
