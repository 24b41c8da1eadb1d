from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_instruction import PaydoxInstructionCase


@tagged("post_install", "-at_install")
class TestInstructionForged(PaydoxInstructionCase):
    """What the verbs write is neither emptied by hand nor brought along by a context key."""

    def test_author_does_not_empty_what_the_verbs_wrote(self):
        instruction = self._give(self.worker)
        instruction.action_report("Sent", result="Sent")
        as_author = instruction.with_user(self.head)

        for vals in ({"state": "draft"}, {"report": False}, {"reported_at": False}, {"reported_by_id": None}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                as_author.write(vals)
        self.assertInstruction(instruction, "done")
        self.assertTrue(instruction.report)

    def test_number_of_the_user_is_no_event_of_the_calendar(self):
        instruction = self._create_instruction()
        for name in ("calendar_event_id", "return_count", "reported_by_id"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                instruction.write({name: self.head.id})

    def test_context_makes_no_instruction_that_is_done(self):
        event = self.env["calendar.event"].create({"name": "Board"})
        forged = {
            "default_state": "done",
            "default_report": "Done",
            "default_calendar_event_id": event.id,
            "default_return_count": 3,
        }
        model = self.env["paydox.instruction"].with_user(self.head).with_context(**forged)
        instruction = model.create({"name": "Forged", "executor_id": self.worker.id})

        self.assertEqual(instruction.state, "draft")
        self.assertFalse(instruction.report or instruction.return_count)
        self.assertFalse(instruction.sudo().calendar_event_id)
        self.assertEqual(model.default_get(["state"]), {"state": "draft"})

    def test_context_makes_no_part_that_is_reported(self):
        instruction = self._create_instruction()
        lines = self.env["paydox.instruction.executor"].with_user(self.head)
        line = lines.with_context(default_state="reported", default_report="Done").create(
            {"instruction_id": instruction.id, "user_id": self.helper.id}
        )
        self.assertEqual((line.state, line.report), ("waiting", False))
