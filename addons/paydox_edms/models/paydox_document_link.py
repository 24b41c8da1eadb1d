from odoo import api, fields, models
from odoo.exceptions import ValidationError

SUPERSEDING_TYPES = ("replaces", "cancels")


class PaydoxDocumentLink(models.Model):
    _name = "paydox.document.link"
    _description = "Link between Documents"
    _order = "document_id, id"
    _rec_name = "target_id"

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, ondelete="cascade", index=True, readonly=False
    )
    target_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade", index=True)
    type = fields.Selection(
        selection=[
            ("reply", "In reply to"),
            ("amends", "Amends"),
            ("replaces", "Replaces"),
            ("cancels", "Cancels"),
            ("annex", "Annex to"),
            ("basis", "Based on"),
        ],
        required=True,
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)

    _link_uniq = models.Constraint("UNIQUE(document_id, target_id, type)", "These two documents are already linked so.")
    _not_itself = models.Constraint("CHECK(document_id <> target_id)", "A document cannot be linked to itself.")

    # === CONSTRAINT METHODS === #

    @api.constrains("document_id", "target_id")
    def _check_company(self, fnames=None):
        for link in self:
            if link.document_id.company_id != link.target_id.sudo().company_id:
                raise ValidationError(self.env._("Documents of different companies cannot be linked."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        links.document_id._open_content()
        links.target_id.check_access("read")
        return links

    def write(self, vals):
        self.document_id._open_content()
        result = super().write(vals)
        self.check_access("write")
        self.document_id._open_content()
        self.target_id.check_access("read")
        return result

    def unlink(self):
        self.document_id._open_content()
        return super().unlink()
