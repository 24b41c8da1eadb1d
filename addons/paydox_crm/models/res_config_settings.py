from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    survey_after_case = fields.Boolean(related="company_id.survey_after_case", readonly=False)
    bank_change_approval = fields.Boolean(related="company_id.bank_change_approval", readonly=False)
    bank_change_route_id = fields.Many2one(related="company_id.bank_change_route_id", readonly=False)
