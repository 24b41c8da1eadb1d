# Real transactions are the subject here: what a test commits, it removes.
# pylint: disable=invalid-commit
import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.paydox_edms.tests.test_concurrency import _Request


@tagged("post_install", "-at_install")
class TestDealConcurrency(BaseCase):
    """Two people move one deal at the same moment: both get an answer, and the history has no gap and no double."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.cr = self.registry.cursor()
        self.addCleanup(self._clean_up)
        self.env = api.Environment(self.cr, SUPERUSER_ID, {"tracking_disable": True})
        self._clean_up_rows()
        statuses = self.env["paydox.deal.status"].search([("outcome", "=", "open")], order="sequence, id", limit=3)
        self.deal_type = self.env["paydox.deal.type"].create(
            {
                "name": "Race",
                "code": "race",
                "active": True,
                "stage_control": "strict",
                "stage_ids": [
                    (0, 0, {"name": f"Race {number}", "sequence": number, "status_id": status.id})
                    for number, status in enumerate(statuses)
                ],
            }
        )
        self.lead = self.env["crm.lead"].create(
            {"name": "Race", "type": "opportunity", "deal_type_id": self.deal_type.id}
        )
        self.cr.commit()

    def _clean_up(self):
        self.cr.rollback()
        self._clean_up_rows()
        self.cr.close()

    def _clean_up_rows(self):
        for statement in (
            "DELETE FROM mail_message WHERE model = 'crm.lead' AND res_id IN (SELECT id FROM crm_lead WHERE name = 'Race')",
            "DELETE FROM mail_followers WHERE res_model = 'crm.lead' AND res_id IN (SELECT id FROM crm_lead WHERE name = 'Race')",
            "DELETE FROM paydox_rule_run WHERE rule_id IN (SELECT id FROM paydox_rule WHERE revision_id IN ("
            "SELECT id FROM paydox_deal_type_revision WHERE deal_type_id IN (SELECT id FROM paydox_deal_type WHERE code = 'race')))",
            "DELETE FROM paydox_rule WHERE revision_id IN ("
            "SELECT id FROM paydox_deal_type_revision WHERE deal_type_id IN (SELECT id FROM paydox_deal_type WHERE code = 'race'))",
            "DELETE FROM paydox_deal_type_revision WHERE deal_type_id IN (SELECT id FROM paydox_deal_type WHERE code = 'race')",
            "DELETE FROM paydox_event WHERE res_model = 'crm.lead' AND res_id IN (SELECT id FROM crm_lead WHERE name = 'Race')",
            "DELETE FROM crm_lead WHERE name = 'Race'",
            "DELETE FROM crm_stage WHERE deal_type_id IN (SELECT id FROM paydox_deal_type WHERE code = 'race')",
            "DELETE FROM paydox_deal_type WHERE code = 'race'",
        ):
            self.cr.execute(statement)
        self.cr.commit()
        self.registry.clear_cache()

    def _race(self, *actions):
        requests = [_Request(self.registry, SUPERUSER_ID, action) for action in actions]
        barrier = threading.Barrier(len(requests))
        threads = [threading.Thread(target=request, args=(barrier,)) for request in requests]
        with patch.object(Registry, "_lock", DummyRLock()), mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.cr.rollback()
        self.env.invalidate_all()
        return requests

    def _move(self, stage):
        return lambda env: env["crm.lead"].browse(self.lead.id).write({"stage_id": stage.id})

    def test_two_who_move_one_deal_to_the_next_stage_move_it_once(self):
        stages = self.deal_type.stage_ids

        requests = self._race(self._move(stages[1]), self._move(stages[1]))

        self.assertEqual([request.error for request in requests], [None, None])
        self.assertEqual(len(self.lead.status_event_ids), 2)

    def test_two_who_move_one_deal_to_different_stages_leave_one_unbroken_history(self):
        stages = self.deal_type.stage_ids
        self.deal_type.stage_control = "manual"
        self.cr.commit()

        requests = self._race(self._move(stages[1]), self._move(stages[2]))

        self.assertEqual([request.error for request in requests], [None, None])
        events = self.lead.status_event_ids.sorted("id")
        self.assertEqual(len(events), 3)
        for event, following in zip(events, events[1:], strict=False):
            self.assertEqual((event.to_status_id, event.left_at), (following.from_status_id, following.occurred_at))
        self.assertEqual(self.lead.deal_status_id, events[-1].to_status_id)

    # === STATUS BY HAND, RULES ===#

    def _create_rule(self, **values):
        revision = self.env["paydox.deal.type.revision"].create({"deal_type_id": self.deal_type.id})
        rule = self.env["paydox.rule"].create(
            {
                "revision_id": revision.id,
                "name": "Race",
                "event_name": "deal.status",
                "action": "post_note",
                "note": "Race",
                **values,
            }
        )
        revision.action_publish()
        return rule

    def _get_notes(self):
        return self.env["mail.message"].search_count(
            [("model", "=", "crm.lead"), ("res_id", "=", self.lead.id), ("body", "ilike", "Race")]
        )

    def assertUnbroken(self):
        events = self.lead.status_event_ids.sorted("id")
        for event, following in zip(events, events[1:], strict=False):
            self.assertEqual((event.to_status_id, event.left_at), (following.from_status_id, following.occurred_at))
            self.assertNotEqual(event.to_status_id, following.to_status_id)
        self.assertEqual(self.lead.deal_status_id, events[-1].to_status_id)
        self.assertEqual(self.lead.status_event_id, events[-1])
        return events

    def test_status_by_hand_and_a_drag_at_once_leave_one_unbroken_history(self):
        stages = self.deal_type.stage_ids
        self.deal_type.stage_control = "manual"
        agreed = self.env["paydox.deal.status"].search([("code", "=", "agreed")])
        self.cr.commit()

        requests = self._race(
            lambda env: env["crm.lead"].browse(self.lead.id).set_deal_status(agreed.id, "by hand"),
            self._move(stages[2]),
            lambda env: env["crm.lead"].browse(self.lead.id).action_set_lost(),
        )

        self.assertEqual([request.error for request in requests], [None, None, None])
        self.assertIn(len(self.assertUnbroken()), (3, 4))

    def test_deal_that_is_deleted_while_it_is_moved_leaves_nothing(self):
        stages = self.deal_type.stage_ids
        lead_id = self.lead.id

        self._race(self._move(stages[1]), lambda env: env["crm.lead"].browse(lead_id).unlink())

        self.assertFalse(self.lead.exists())
        self.cr.execute("SELECT COUNT(*) FROM paydox_deal_status_event WHERE lead_id = %s", (lead_id,))
        self.assertEqual(self.cr.fetchone(), (0,))

    def test_two_jobs_of_rules_at_once_run_each_rule_once(self):
        rule = self._create_rule()
        self.cr.execute("DELETE FROM paydox_event WHERE res_model = 'crm.lead' AND res_id = %s", (self.lead.id,))
        self.lead.stage_id = self.deal_type.stage_ids[1]
        self.cr.commit()

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0):
            requests = self._race(*[lambda env: env["paydox.event"]._cron_dispatch()] * 3)

        self.assertEqual([request.error for request in requests], [None, None, None])
        runs = self.env["paydox.rule.run"].search([("rule_id", "=", rule.id)])
        self.assertEqual((len(runs), runs.mapped("state")), (1, ["done"]))
        # the note itself and the line of the rule are one message
        self.assertEqual(self._get_notes(), 1)
        events = self.env["paydox.event"].search([("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id)])
        self.assertEqual(set(events.mapped("state")), {"done"})

    def test_rule_that_meets_a_person_at_its_deal_is_tried_again_and_loses_nothing(self):
        offer = self.env["paydox.deal.status"].search([("code", "=", "agreed")])
        self.deal_type.stage_control = "manual"
        rule = self._create_rule(event_name="deal.stage", action="set_status", status_id=offer.id)
        self.lead.stage_id = self.deal_type.stage_ids[1]
        self.cr.commit()

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0):
            requests = self._race(
                lambda env: env["paydox.event"]._cron_dispatch(),
                lambda env: env["crm.lead"].browse(self.lead.id).write({"expected_revenue": 5, "priority": "2"}),
            )
        self.assertEqual([request.error for request in requests], [None, None])
        event = self.env["paydox.event"].search([("name", "=", "deal.stage"), ("res_id", "=", self.lead.id)])[0]
        if event.state == "pending":
            event._dispatch()

        self.assertEqual(self.lead.expected_revenue, 5)
        self.assertEqual(self.env["paydox.rule.run"].search([("rule_id", "=", rule.id)]).mapped("state"), ["done"])
        self.assertEqual(self.assertUnbroken()[-1].origin, "rule")

    def test_two_who_run_a_failed_rule_again_run_it_once(self):
        rule = self._create_rule()
        self.lead.stage_id = self.deal_type.stage_ids[1]
        event = self.env["paydox.event"].search([("name", "=", "deal.status"), ("res_id", "=", self.lead.id)])[0]
        with (
            patch.object(type(rule), "_do_post_note", side_effect=ZeroDivisionError("broken")),
            mute_logger("odoo.addons.paydox_funnel.models.paydox_rule_engine"),
        ):
            event._dispatch()
        run = self.env["paydox.rule.run"].search([("rule_id", "=", rule.id)])
        self.assertEqual(run.state, "failed")
        run.next_attempt_at = run.create_date
        self.cr.commit()

        def retry(env):
            env["paydox.rule.run"].browse(run.id).action_retry()

        def job(env):
            env["paydox.rule.run"]._cron_retry()

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0):
            self._race(retry, retry, job)

        self.assertEqual((run.state, run.attempts), ("done", 2))
        self.assertEqual(self._get_notes(), 1)
