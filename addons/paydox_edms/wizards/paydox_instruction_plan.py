from odoo import fields, models


class PaydoxInstructionPlan(models.TransientModel):
    """Asks for another day or another person: what dragging in the load does, for keyboards and phones."""

    _name = "paydox.instruction.plan"
    _description = "Move an Instruction"

    instruction_id = fields.Many2one(
        comodel_name="paydox.instruction", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Executor", required=True, domain="[('share', '=', False)]"
    )
    day = fields.Date(string="Term", help="The time of the day stays.")
    reason = fields.Char(help="Told to the people concerned.")

    # === ACTIONS === #

    def action_confirm(self):
        """Move it, as who may."""
        self.ensure_one()
        self.check_access("write")
        return self.instruction_id.action_plan(self.user_id.id, self.day, self.reason)
