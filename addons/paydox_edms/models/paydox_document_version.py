from odoo import fields, models


class PaydoxDocumentVersion(models.Model):
    """One file of a document. Its bytes, name, checksum and author never change: new bytes are a new version."""

    _name = "paydox.document.version"
    _description = "Document Version"
    _inherit = ["paydox.protected"]
    _order = "document_id, number desc, id desc"
    _rec_name = "filename"

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    state = fields.Selection(
        selection=[("actual", "Actual"), ("archived", "Archived")], default="actual", required=True, readonly=True
    )
    # file
    filename = fields.Char(required=True, readonly=True)
    file = fields.Binary(attachment=True, required=True, readonly=True)
    checksum = fields.Char(string="SHA-256", required=True, readonly=True, index=True)
    size = fields.Integer(string="Size, bytes", required=True, readonly=True, aggregator=None)
    mimetype = fields.Char(readonly=True)
    comment = fields.Char(readonly=True)

    _number_uniq = models.Constraint("UNIQUE(document_id, number)", "This version number is already taken.")
    _actual_uniq = models.UniqueIndex(
        "(document_id) WHERE state = 'actual'", "A document has one actual version at a time."
    )
