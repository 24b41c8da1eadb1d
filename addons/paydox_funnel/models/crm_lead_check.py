from odoo import models


class CrmLead(models.Model):
    """The warning about the counterparty on each of its deals."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "paydox.counterparty.risk"]
