from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    document_tree_access = fields.Selection(related="company_id.document_tree_access", readonly=False)
