from odoo import fields, models


class PaydoxInstructionExtension(models.Model):
    """A request for another term: the old one, the new one, why, who decided. Written by the verbs only."""

    _name = "paydox.instruction.extension"
    _description = "Extension of a Term"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "new_deadline"

    instruction_id = fields.Many2one(
        comodel_name="paydox.instruction", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="instruction_id.company_id", store=True, index=True)
    old_deadline = fields.Datetime(string="Old Term", readonly=True)
    new_deadline = fields.Datetime(string="New Term", required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    requested_by_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True)
    state = fields.Selection(
        selection=[("requested", "Requested"), ("agreed", "Agreed"), ("refused", "Refused"), ("dropped", "Dropped")],
        default="requested",
        required=True,
        readonly=True,
    )
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    comment = fields.Text(readonly=True)

    _one_open = models.UniqueIndex(
        "(instruction_id) WHERE state = 'requested'", "An extension is already requested. Wait for the answer."
    )
