from odoo import fields, models

from .res_partner_contact import CALL_PARAMETER, CALL_PROTOCOLS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    call_protocol = fields.Selection(
        selection=CALL_PROTOCOLS,
        default="tel",
        config_parameter=CALL_PARAMETER,
        help="What opens when somebody presses Call: the program that is installed for it on the computer of the user.",
    )
