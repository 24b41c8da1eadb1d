from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .common_case_discussion import PaydoxCaseDiscussionMixin
from .common_instruction import PaydoxInstructionMixin


@tagged("post_install", "-at_install")
class TestCaseActionInstruction(PaydoxInstructionMixin, PaydoxCaseDiscussionMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.case = cls._create_case(participant_ids=[Command.set((cls.worker | cls.head).ids)])

    def _give_in_case(self, **overrides):
        return self._give(res_model="paydox.case", res_id=self.case.id, **overrides)

    def _rows(self, user, **values):
        self.env.invalidate_all()
        domain = [("is_mine", "=", True), ("instruction_id", "!=", False)]
        return (
            self.env["paydox.case.action"]
            .with_user(user)
            .search(domain + [(name, "=", value) for name, value in values.items()])
        )

    def test_instruction_is_marked_done_in_the_list_of_its_case(self):
        instruction = self._give_in_case()
        row = self._rows(self.worker, case_id=self.case.id)
        self.assertEqual((row.kind, row.subject), ("instruction", "Prepare an answer"))

        row.action_done()

        self.assertEqual(instruction.sudo().state, "done")
        self.assertFalse(self._rows(self.worker))

    def test_part_is_reported_in_the_list(self):
        part = Command.create({"user_id": self.helper.id, "note": "The figures"})
        instruction = self._give_in_case(co_executor_ids=[part])
        self.assertFalse(self._rows(self.helper))
        row = self.env["paydox.case.action"].with_user(self.helper).search([("is_mine", "=", True)])
        self.assertEqual((row.kind, row.subject), ("part", "Prepare an answer: The figures"))
        self.assertFalse(self.env["paydox.case.action"].with_user(self.stranger).search([("kind", "=", "part")]))
        with self.assertRaises(UserError):
            (row.with_user(self.head) | self._rows(self.head)).sudo(False).action_start()

        row.action_done("Counted")

        self.assertEqual(instruction.sudo().co_executor_ids.state, "reported")
        self.assertFalse(self.env["paydox.case.action"].with_user(self.helper).search([("is_mine", "=", True)]))

    def test_call_asks_what_came_of_it(self):
        self._give(kind="call")
        action = self._rows(self.worker).action_done()
        self.assertEqual(action["target"], "new")

    def test_controller_accepts_or_returns_the_report(self):
        instruction = self._give_in_case(controller_id=self.controller.id)
        self._rows(self.worker).action_done()
        self.assertFalse(self._rows(self.worker))
        row = self._rows(self.controller)
        self.assertEqual(row.kind, "report")
        self.assertEqual(row.action_decide()["target"], "new")

        row.action_agree()

        self.assertEqual(instruction.sudo().state, "done")

    def test_first_of_a_group_takes_it_and_the_next_is_told(self):
        instruction = self._give(executor_id=False, candidate_ids=[Command.set((self.worker | self.helper).ids)])
        rows = {user: self._rows(user) for user in (self.worker, self.helper)}
        self.assertEqual({row.kind for row in rows.values()}, {"offer"})

        rows[self.worker].action_take()

        self.assertEqual(instruction.sudo().executor_id, self.worker)
        self.assertEqual(rows[self.helper].action_take()["tag"], "display_notification")

    def test_steps_and_instructions_are_not_mixed(self):
        self._give()
        self._ask(self.case, self.worker)
        rows = self.env["paydox.case.action"].with_user(self.worker).search([("is_mine", "=", True)])
        self.assertEqual(len(rows), 2)
        with self.assertRaisesRegex(UserError, "separately"):
            rows.action_done()

    def test_stranger_sees_no_instruction(self):
        self._give_in_case()
        self.assertFalse(self.env["paydox.case.action"].with_user(self.stranger).search([]))
