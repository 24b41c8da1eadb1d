from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    instruction_scope = fields.Selection(related="company_id.instruction_scope", readonly=False)
    instruction_take_minutes = fields.Integer(related="company_id.instruction_take_minutes", readonly=False)
    document_tree_access = fields.Selection(related="company_id.document_tree_access", readonly=False)
