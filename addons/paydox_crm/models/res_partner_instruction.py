from odoo import fields, models


class ResPartner(models.Model):
    """Instructions about a counterparty."""

    _name = "res.partner"
    _inherit = ["res.partner", "paydox.instruction.mixin"]

    instruction_ids = fields.One2many(string="Instructions About It", groups="base.group_user")
    instruction_count = fields.Integer(groups="base.group_user")
    instruction_open_count = fields.Integer(groups="base.group_user")

    # === HELPERS === #

    def _prepare_instruction_defaults(self):
        return super()._prepare_instruction_defaults() | {"default_partner_id": self.id}
