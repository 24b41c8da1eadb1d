# Real transactions are the subject here: what a test commits, it removes.
# pylint: disable=invalid-commit
from odoo.fields import Command
from odoo.tests import tagged

from .test_concurrency import TestConcurrency


@tagged("post_install", "-at_install")
class TestInstructionConcurrency(TestConcurrency):
    """Whatever is pressed at once, an instruction is taken, reported and accepted once."""

    def _clean_up_rows(self):
        cr = self.cr
        cr.execute("SELECT id FROM paydox_instruction WHERE name = 'Race'")
        ids = tuple(row[0] for row in cr.fetchall()) or (0,)
        for statement in (
            "DELETE FROM mail_activity WHERE res_model = 'paydox.instruction' AND res_id IN %(ids)s",
            "DELETE FROM mail_message WHERE model = 'paydox.instruction' AND res_id IN %(ids)s",
            "DELETE FROM mail_followers WHERE res_model = 'paydox.instruction' AND res_id IN %(ids)s",
            "DELETE FROM paydox_event WHERE res_model = 'paydox.instruction' AND res_id IN %(ids)s",
            "DELETE FROM paydox_instruction_notice WHERE instruction_id IN %(ids)s",
            "DELETE FROM paydox_instruction_transition WHERE instruction_id IN %(ids)s",
            "DELETE FROM paydox_instruction_executor WHERE instruction_id IN %(ids)s",
            "DELETE FROM paydox_instruction WHERE id IN %(ids)s",
        ):
            cr.execute(statement, {"ids": ids})
        return super()._clean_up_rows()

    def _give_race(self, **values):
        instruction = self.env["paydox.instruction"].with_user(self.author).create({"name": "Race"} | values)
        instruction.action_assign()
        self.cr.commit()
        return instruction.sudo()

    def _actions(self, instruction):
        return instruction.transition_ids.mapped("action")

    def test_of_two_who_take_it_at_once_one_has_it(self):
        instruction = self._give_race(candidate_ids=[Command.set((self.legal | self.director).ids)])

        requests = [self._request(user, instruction, "action_take") for user in (self.legal, self.director)]
        self._race(*requests)

        [error] = [request.error for request in requests if request.error]
        self.assertIn("already", str(error))
        self.assertIn(instruction.executor_id, self.legal | self.director)
        self.assertEqual(self._actions(instruction), ["assign", "take"])
        activities = self.env["mail.activity"].search(
            [("res_model", "=", instruction._name), ("res_id", "=", instruction.id)]
        )
        self.assertEqual(activities.user_id, instruction.executor_id)

    def test_report_that_is_clicked_twice_closes_it_once(self):
        instruction = self._give_race(executor_id=self.legal.id)

        requests = [self._request(self.legal, instruction, "action_report", "Done") for _ in range(2)]
        self._race(*requests)

        self.assertEqual(len([request for request in requests if request.error]), 1)
        self.assertEqual(self._actions(instruction), ["assign", "report"])
        events = self.env["paydox.event"].search(
            [("name", "=", "instruction.done"), ("res_model", "=", instruction._name), ("res_id", "=", instruction.id)]
        )
        self.assertEqual(len(events), 1)

    def test_report_and_cancellation_at_once_do_not_mix(self):
        instruction = self._give_race(executor_id=self.legal.id)

        requests = [
            self._request(self.legal, instruction, "action_report", "Done"),
            self._request(self.author, instruction, "action_cancel", "Not needed"),
        ]
        self._race(*requests)

        self.assertEqual(len([request for request in requests if request.error]), 1)
        self.assertIn(self._actions(instruction), (["assign", "report"], ["assign", "cancel"]))
