from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

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

    def test_nobody_writes_history_ledger_or_outbox_even_when_a_right_was_added(self):
        """An access line added by an administrator later opens nothing."""
        self._create_rule(event_name="deal.created", action="post_note", note="Once")
        lead = self._create_lead()
        self._get_events(lead, "deal.created")._dispatch()
        records = (lead.status_event_id, self._get_runs(lead)[0], self._get_events(lead)[0])
        for record in records:
            self.env["ir.model.access"].create(
                {
                    "name": "everything",
                    "model_id": self.env["ir.model"]._get_id(record._name),
                    "group_id": self.env.ref("base.group_user").id,
                    **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
                }
            )

        for user in (self.seller, self.boss, self.env.ref("base.user_admin")):
            for record in records:
                record = record.with_user(user)
                values = record.sudo().copy_data()[0]
                for attack in (
                    lambda record=record: record.write({"create_uid": 1}),
                    lambda record=record, values=values: record.create(values),
                    lambda record=record: record.unlink(),
                ):
                    with self.subTest(user=user.login, model=record._name), self.assertRaises(AccessError):
                        attack()

    def test_long_row_of_rules_is_stopped(self):
        codes = ["new", "qualified", "offer", "contract", "agreed", "paid", "won"]
        for code, following in zip(codes, codes[1:], strict=False):
            self._create_rule(
                name=f"To {following}",
                event_name="deal.status",
                trigger_status_id=self.status[code].id,
                status_id=self.status[following].id,
            )
        lead = self._create_lead(self.project)

        while pending := self._get_events(lead).filtered(lambda event: event.state == "pending"):
            pending._dispatch()

        self.assertHistory(lead, *codes[:-1])
        self.assertEqual(self._get_runs(lead).mapped("state"), ["done"] * 5 + ["skipped"])
        self.assertIn("long row of rules", self._get_runs(lead)[-1].message)

    def test_event_whose_transaction_is_void_is_tried_again_whole(self):
        """A conflict with another transaction is no failure of the rule: nothing is written down, the event waits."""
        rule = self._create_rule(event_name="deal.created", action="post_note", note="Once")
        lead = self._create_lead()
        event = self._get_events(lead, "deal.created")

        for name in ("_do_post_note", "_get_rule_obstacle"):
            with (
                patch.object(type(rule), name, side_effect=SerializationFailure("conflict")),
                mute_logger("odoo.addons.paydox_edms.models.paydox_event"),
            ):
                event._dispatch()
            self.assertEqual(event.state, "pending")
            self.assertFalse(self._get_runs(lead))

        event._dispatch()
        self.assertEqual(self._get_runs(lead).mapped("state"), ["done"])

    def test_error_with_broken_signs_is_written_down(self):
        rule = self._create_rule(event_name="deal.created", action="post_note", note="Once")
        lead = self._create_lead()

        with (
            patch.object(type(rule), "_do_post_note", side_effect=ValueError("a\0b\ud800")),
            mute_logger("odoo.addons.paydox_funnel.models.paydox_rule_engine"),
        ):
            self._get_events(lead, "deal.created")._dispatch()

        self.assertEqual(self._get_runs(lead).state, "failed")
        self.assertIn("ab?", self._get_runs(lead).message)

    def test_letter_that_a_rule_causes_does_not_set_it_off_again(self):
        rule = self._create_rule(event_name="deal.mail", action="post_note", note="Once")
        lead = self._create_lead()

        def answer(self, event, lead):
            lead.message_post(body="Out of office", message_type="email")
            return "answered"

        lead.message_post(body="Hello", message_type="email")
        with patch.object(type(rule), "_do_post_note", answer):
            self._get_events(lead, "deal.mail")._dispatch()
            self._get_events(lead, "deal.mail")[-1]._dispatch()

        self.assertEqual(len(self._get_events(lead, "deal.mail")), 2)
        self.assertEqual(self._get_runs(lead).mapped("state"), ["done", "skipped"])

    def test_stage_before_is_a_step_back_although_the_status_is_the_same(self):
        deal_type = self._create_type("twins", stages=[("First", "offer"), ("Second", "offer")])
        lead = self._create_lead(deal_type, "Second")
        first = self._stage(deal_type, "First")
        rule = self._create_rule(event_name="deal.created", action="move_stage", stage_id=first.id)

        self._get_events(lead, "deal.created")._dispatch()

        self.assertEqual(self._get_runs(lead).mapped("state"), ["skipped"])
        self.assertIn("does not move deals back", self._get_runs(lead).message)
        self.assertEqual(lead.stage_id.name, "Second")
        self.assertEqual(rule.run_count, 1)

    def test_deal_that_is_archived_or_gone_is_left_alone(self):
        self._create_rule(event_name="deal.created", action="post_note", note="Unwanted")
        archived, gone = self._create_lead(), self._create_lead()
        archived.active = False
        events = self._get_events(archived, "deal.created") | self._get_events(gone, "deal.created")
        gone_id = gone.id
        gone.unlink()

        for event in events:
            event._dispatch()

        run = self._get_runs(archived)
        self.assertEqual((run.state, run.message), ("skipped", "The deal is archived or lost."))
        self.assertFalse(archived.message_ids.filtered(lambda message: "Unwanted" in message.body))
        run = self.env["paydox.rule.run"].search([("res_model", "=", "crm.lead"), ("res_id", "=", gone_id)])
        self.assertEqual((run.state, run.message), ("skipped", "The deal no longer exists."))

    def test_condition_that_breaks_in_the_database_stops_no_other_rule(self):
        bad = self._create_rule(event_name="deal.created", action="post_note", note="Bad", sequence=1)
        self._create_rule(event_name="deal.created", action="post_note", note="Good", sequence=2)
        lead = self._create_lead()
        judge = type(bad)._get_deal_obstacle

        def break_down(self, lead):
            if self == bad:
                self.env.cr.execute("SELECT 1 / 0")
            return judge(self, lead)

        with (
            patch.object(type(bad), "_get_deal_obstacle", break_down),
            mute_logger("odoo.sql_db", "odoo.addons.paydox_funnel.models.paydox_rule_engine"),
        ):
            self._get_events(lead, "deal.created")._dispatch()

        self.assertEqual(self._get_runs(lead).mapped("state"), ["failed", "done"])
        self.assertIn("division by zero", self._get_runs(lead)[0].message)

    def test_second_try_that_fails_half_way_leaves_nothing_behind(self):
        rule = self._create_rule(event_name="deal.created", action="post_note", note="Once")
        lead = self._create_lead()

        def half(self, event, lead):
            lead.write({"expected_revenue": 77})
            lead.flush_recordset()
            raise ZeroDivisionError("broken")

        engine = "odoo.addons.paydox_funnel.models.paydox_rule_engine"
        with patch.object(type(rule), "_do_post_note", half), mute_logger(engine):
            self._get_events(lead, "deal.created")._dispatch()
            self._get_runs(lead).with_user(self.boss).action_retry()

        run = self._get_runs(lead)
        self.assertEqual((run.state, run.attempts, lead.expected_revenue), ("failed", 2, 0))
        run.with_user(self.boss).action_retry()
        self.assertEqual((run.state, run.attempts), ("done", 3))
