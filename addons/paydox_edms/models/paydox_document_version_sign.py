from odoo import api, fields, models


class PaydoxDocumentVersion(models.Model):
    """Signatures under the version."""

    _inherit = "paydox.document.version"

    signature_ids = fields.One2many(comodel_name="paydox.signature", inverse_name="version_id", readonly=True)
    signed_by = fields.Char(compute="_compute_signed_by", help="Who signed this file.")

    # === COMPUTE METHODS === #

    @api.depends("signature_ids")
    def _compute_signed_by(self):
        for version in self:
            version.signed_by = ", ".join(version.signature_ids.mapped("signer_name"))
