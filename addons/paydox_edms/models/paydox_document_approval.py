from odoo import models


class PaydoxDocument(models.Model):
    _inherit = "paydox.document"
