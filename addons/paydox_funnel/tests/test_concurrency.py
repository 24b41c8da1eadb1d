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
