from odoo import models


class PaydoxDocument(models.Model):
    """Resolutions and other instructions on a document."""

    _name = "paydox.document"
    _inherit = ["paydox.document", "paydox.instruction.mixin"]
