from odoo.tests import HttpCase, tagged

from .common_instruction import PaydoxInstructionMixin


@tagged("post_install", "-at_install")
class TestInstructionTour(PaydoxInstructionMixin, HttpCase):
    """CAS-05: a resolution on a letter, from the head who writes it to the controller who accepts the report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()

    def test_resolution_on_an_incoming_letter(self):
        incoming = self._create_kind(name="Tour Incoming", code="TIN", direction="incoming")
        letter = self._create_document(name="Tour letter", kind_id=incoming.id, responsible_id=self.head.id)

        self.start_tour(f"/odoo/documents/{letter.id}", "paydox_edms_head_writes_a_resolution", login="instr_head")

        self.env.invalidate_all()
        instruction = letter.sudo().instruction_ids
        self.assertEqual((instruction.name, instruction.author_id), ("Prepare the answer", self.head))
        self.assertEqual(instruction.co_executor_ids.user_id, self.helper | self.chief)
        self.assertTrue(instruction.deadline)
        told = {user for user in (self.worker, self.helper, self.chief, self.controller) if self._told(user)}
        self.assertEqual(told, {self.worker, self.helper, self.chief, self.controller})

        self.start_tour("/odoo/instructions", "paydox_edms_helper_reports", login="instr_helper")
        self.start_tour("/odoo/instructions", "paydox_edms_responsible_reports", login="instr_worker")
        self.start_tour("/odoo/instructions", "paydox_edms_controller_returns_the_report", login="instr_controller")
        self.start_tour("/odoo/instructions", "paydox_edms_responsible_reports", login="instr_worker")
        self.start_tour("/odoo/instructions", "paydox_edms_controller_accepts_the_report", login="instr_controller")

        self.assertInstruction(instruction, "done")
        self.assertEqual(
            instruction.sudo().transition_ids.mapped("action"), ["assign", "report", "return", "report", "finish"]
        )
        self.assertEqual(instruction.return_count, 1)
