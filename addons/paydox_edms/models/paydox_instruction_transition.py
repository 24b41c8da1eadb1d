from odoo import api, fields, models

from .paydox_instruction import STATES


class PaydoxInstructionTransition(models.Model):
    """One step of the course of an instruction: rows are added by the verbs and never changed."""

    _name = "paydox.instruction.transition"
    _description = "Step of an Instruction"
    _inherit = ["paydox.protected"]
    _order = "id"
    _rec_name = "action"

    instruction_id = fields.Many2one(
        comodel_name="paydox.instruction", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="instruction_id.company_id", store=True, index=True)
    action = fields.Char(required=True, readonly=True)
    from_state = fields.Selection(selection=STATES, readonly=True)
    to_state = fields.Selection(selection=STATES, readonly=True)
    occurred_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="restrict")
    for_user_id = fields.Many2one(
        comodel_name="res.users", string="For", readonly=True, help="Whom the person substituted."
    )
    comment = fields.Text(readonly=True)

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    # === BUSINESS METHODS === #

    @api.model
    def _append(self, instructions, action, to_state, comment=None, for_users=None):
        """Record what happens to the instructions now, by the current user; called before their state changes.

        :param dict for_users: ``{instruction id: user}`` whom the current user substitutes
        """
        now = fields.Datetime.now()
        # sudo: nobody writes these rows by hand
        return self.sudo().create(
            [
                {
                    "instruction_id": instruction.id,
                    "action": action,
                    "from_state": instruction.state,
                    "to_state": to_state or instruction.state,
                    "occurred_at": now,
                    "user_id": self.env.uid,
                    "for_user_id": (for_users or {}).get(instruction.id),
                    "comment": comment or False,
                }
                for instruction in instructions
            ]
        )
