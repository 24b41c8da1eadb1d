from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    survey_after_case = fields.Boolean(related="company_id.survey_after_case", readonly=False)
