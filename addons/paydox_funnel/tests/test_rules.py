from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase

ENGINE = "odoo.addons.paydox_funnel.models.paydox_rule_engine"


@tagged("post_install", "-at_install")
class TestRules(PaydoxFunnelCase):
    """Rule 18: once for an event, never back, never in the way of the business, and with a line to read."""

    def _get_runs(self, lead):
        return self.env["paydox.rule.run"].search([("lead_id", "=", lead.id)], order="id")

    def _create_and_dispatch(self, **values):
        lead = self._create_lead(**values)
        self._dispatch(f"deal.created:{lead.id}")
        return lead

    def test_rule_moves_the_deal_and_says_so(self):
        self._create_rule(name="Straight on")
        self.seller.lang = "en_US"

        lead = self._create_and_dispatch()

        self.assertHistory(lead, "new", "contract")
        self.assertRecordValues(lead.status_event_id, [{"origin": "rule", "reason": "Straight on"}])
        run = self._get_runs(lead)
        self.assertEqual(run.state, "done")
        self.assertIn("from New to Contract", run.message)
        said = lead.message_ids.filtered(lambda message: "Straight on" in (message.body or ""))
        self.assertEqual(said.author_id, self.env.ref("base.partner_root"))
        self.assertIn("Deal created", said.body)

    def test_rule_runs_once_for_an_event(self):
        self._create_rule(action="post_note", note="Hello")
        lead = self._create_and_dispatch()
        event = self._dispatch(f"deal.created:{lead.id}")
        event.write({"state": "pending"})

        event._dispatch()

        self.assertEqual(len(self._get_runs(lead)), 1)
        self.assertEqual(len(lead.message_ids.filtered(lambda message: "Hello" in message.body)), 1)

    def test_event_that_comes_again_does_not_stumble_over_what_was_skipped(self):
        self._create_rule(action="post_note", note="Hello", domain="[('name', '=', 'Another')]")
        lead = self._create_and_dispatch()
        event = self._dispatch(f"deal.created:{lead.id}")
        event.write({"state": "pending"})

        with mute_logger("odoo.sql_db", "odoo.addons.paydox_edms.models.paydox_event"):
            event._dispatch()

        self.assertEqual(event.state, "done")
        self.assertEqual(self._get_runs(lead).mapped("state"), ["skipped"])

    def test_second_worker_stops_at_the_unique_key(self):
        rule = self._create_rule(action="post_note", note="Hello")
        lead = self._create_and_dispatch()
        event = self.env["paydox.event"].search([("key", "=", f"deal.created:{lead.id}")])

        with mute_logger("odoo.sql_db"):
            rule.sudo()._run(event.sudo(), lead.sudo())

        self.assertEqual(len(self._get_runs(lead)), 1)
        self.assertEqual(len(lead.message_ids.filtered(lambda message: "Hello" in message.body)), 1)
        run = self._get_runs(lead)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            run.sudo().create(
                {field: run[field] for field in ("event_key", "res_model", "res_id", "state")} | {"rule_id": rule.id}
            )

    def test_rule_does_not_move_back(self):
        self._create_rule(status_id=self.status["new"].id)

        lead = self._create_and_dispatch(stage="Offer")

        self.assertHistory(lead, "offer")
        self.assertEqual(self._get_runs(lead).state, "skipped")
        self.assertIn("does not move deals back", self._get_runs(lead).message)

    def test_rule_that_says_so_moves_back(self):
        self._create_rule(status_id=self.status["new"].id, allow_backward=True)

        lead = self._create_and_dispatch(stage="Offer")

        self.assertHistory(lead, "offer", "new")

    def test_rule_leaves_won_deals_alone(self):
        self._create_rule(status_id=self.status["lost"].id)

        lead = self._create_and_dispatch(stage="Deal")

        self.assertHistory(lead, "won")
        self.assertEqual(self._get_runs(lead).state, "skipped")

    def test_rule_that_fails_stops_no_other_and_no_event(self):
        self._create_rule(name="Bad", sequence=1, action="post_note", note="x")
        self._create_rule(name="Good", sequence=2)
        model = self.env.registry["paydox.rule"]

        with (
            patch.object(model, "_do_post_note", side_effect=ZeroDivisionError("broken")),
            mute_logger(ENGINE),
        ):
            lead = self._create_lead()
            event = self._dispatch(f"deal.created:{lead.id}")

        self.assertEqual(event.state, "done")
        self.assertEqual(self._get_runs(lead).mapped("state"), ["failed", "done"])
        self.assertIn("broken", self._get_runs(lead)[0].message)
        self.assertHistory(lead, "new", "contract")

    def test_half_done_rule_leaves_nothing_behind(self):
        self._create_rule()
        lead = self._create_lead()

        def post(*args, **kwargs):
            raise UserError("no mail")  # pylint: disable=translation-required

        with patch.object(self.env.registry["crm.lead"], "_message_log", post), mute_logger(ENGINE):
            self._dispatch(f"deal.created:{lead.id}")

        self.assertHistory(lead, "new")
        self.assertEqual(self._get_runs(lead).state, "failed")

    def test_failed_run_is_run_again_by_a_manager_only(self):
        rule = self._create_rule()
        lead = self._create_lead(self.service)
        self._dispatch(f"deal.created:{lead.id}")
        run = self._get_runs(lead)
        self.assertEqual(run.state, "failed")
        self.assertIn("next stage is Check", run.message)

        with self.assertRaises(AccessError):
            run.with_user(self.seller).action_retry()
        lead.stage_id = self._stage(self.service, "Check")
        run.with_user(self.boss).action_retry()

        self.assertEqual((run.state, run.rule_id), ("done", rule))
        self.assertHistory(lead, "new", "qualified", "contract")
        with self.assertRaises(UserError):
            run.with_user(self.boss).action_retry()

    def test_rule_asks_for_the_condition_the_type_and_the_event(self):
        self._create_rule(name="Big", domain="[('expected_revenue', '>', 1000)]")
        self._create_rule(name="Other type", deal_type_id=self.service.id, status_id=self.status["qualified"].id)
        self._create_rule(name="Other event", event_name="document.signed")
        archived = self._create_rule(name="Off")
        archived.active = False

        small, big = self._create_and_dispatch(), self._create_and_dispatch(expected_revenue=2000)

        self.assertHistory(small, "new")
        self.assertRecordValues(self._get_runs(small), [{"state": "skipped"}])
        self.assertIn("condition", self._get_runs(small).message)
        self.assertHistory(big, "new", "contract")
        self.assertEqual(self._get_runs(big).rule_id.name, "Big")

    def test_rule_switched_off_runs_no_more(self):
        rule = self._create_rule().with_user(self.boss)
        self._create_and_dispatch()

        rule.active = False
        lead = self._create_and_dispatch()

        self.assertFalse(self._get_runs(lead))

    def test_lost_and_deleted_deals_are_skipped(self):
        self._create_rule()
        lost, deleted = self._create_lead(), self._create_lead()
        lost.action_set_lost()
        key = f"deal.created:{deleted.id}"
        deleted.unlink()

        self._dispatch(f"deal.created:{lost.id}")
        self._dispatch(key)

        self.assertEqual(self._get_runs(lost).state, "skipped")
        run = self.env["paydox.rule.run"].search([("event_key", "=", key)])
        self.assertEqual((run.state, bool(run.lead_id)), ("skipped", False))

    def test_rules_that_set_each_other_off_are_stopped(self):
        for start, end in (("new", "contract"), ("contract", "new")):
            self._create_rule(
                name=f"To {end}",
                event_name="deal.status",
                domain=f"[('deal_status_id', '=', {self.status[start].id})]",
                status_id=self.status[end].id,
                allow_backward=True,
            )
        lead = self._create_lead()

        for _round in range(8):
            events = self.env["paydox.event"].search(
                [("state", "=", "pending"), ("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)], order="id"
            )
            for event in events:
                event._dispatch()

        self.assertFalse(events)
        self.assertLessEqual(len(lead.status_event_ids), 6)
        self.assertTrue(self._get_runs(lead).filtered(lambda run: "loop" in (run.message or "")))

    def test_activity_is_scheduled(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        self._create_rule(name="Call", action="schedule_activity", activity_type_id=todo.id, activity_days=3)

        lead = self._create_and_dispatch()

        self.assertRecordValues(lead.activity_ids, [{"user_id": self.seller.id, "summary": "Call"}])

    def test_document_of_the_deal_moves_the_deal(self):
        kind, other_kind = self.env["paydox.document.kind"].create(
            [{"name": "Test contract", "code": "t1"}, {"name": "Test letter", "code": "t2"}]
        )
        self._create_rule(name="Contract", event_name="document.approved", kind_id=kind.id)
        self._create_rule(
            name="Letter", event_name="document.approved", kind_id=other_kind.id, status_id=self.status["paid"].id
        )
        lead = self._create_lead()
        document = (
            self.env["paydox.document"]
            .with_user(self.seller)
            .create({"name": "Contract", "kind_id": kind.id, "lead_id": lead.id})
        )

        self.env["paydox.event"]._emit("document.approved", document, "test:approved")
        self._dispatch("test:approved")

        self.assertHistory(lead, "new", "contract")
        self.assertRecordValues(self._get_runs(lead), [{"state": "done"}])

    def test_condition_that_cannot_be_read_is_refused_when_saved(self):
        for domain in (
            "[('nothing', '=', 1)]",
            "[('name', '=')]",
            "__import__('os').system('true')",
            "['|']",
            "{}",
            "[",
            "[('user_id.password', '!=', False)]",
        ):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self._create_rule(domain=domain)

    def test_rule_that_says_nothing_is_refused(self):
        for values in (
            {"status_id": False},
            {"action": "post_note"},
            {"action": "schedule_activity"},
            {"kind_id": self.env["paydox.document.kind"].create({"name": "Test kind", "code": "t3"}).id},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._create_rule(**values)
        with self.assertRaises(ValidationError):
            self._create_rule(event_name="no.such.event")

    def test_rule_with_a_log_is_archived_but_not_deleted(self):
        rule = self._create_rule()
        self._create_and_dispatch()

        with self.assertRaises(UserError):
            rule.with_user(self.boss).unlink()
