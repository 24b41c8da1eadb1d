from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    survey_after_case = fields.Boolean(
        string="Ask Clients",
        help="When a claim or a service request is closed, the client gets a letter with a link to say how satisfied he is.",
    )
