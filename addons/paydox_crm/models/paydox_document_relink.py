from odoo import api, fields, models


class PaydoxDocumentRelink(models.Model):
    """A document that was another counterparty's until some moment: what happened before stays in that history."""

    _name = "paydox.document.relink"
    _description = "Former Counterparty of a Document"
    _inherit = ["paydox.protected"]
    _order = "until desc, id desc"
    _rec_name = "until"

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", required=True, readonly=True, ondelete="cascade", index=True
    )
    new_partner_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, ondelete="set null", index="btree_not_null"
    )
    until = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Changed By", required=True, readonly=True)


class PaydoxDocument(models.Model):
    _inherit = "paydox.document"

    # === CRUD METHODS === #

    def write(self, vals):
        former = {document: document.partner_id for document in self} if "partner_id" in vals else {}
        result = super().write(vals)
        self.browse()._remember_relinked(former)
        return result

    # === HELPERS === #

    @api.model
    def _remember_relinked(self, former):
        """Keep whose the documents were, when they belong to another counterparty now."""
        # sudo: nobody writes these rows by hand
        relink_sudo = self.env["paydox.document.relink"].sudo()
        relink_sudo.create(
            [
                {
                    "document_id": document.id,
                    "partner_id": partner.id,
                    "new_partner_id": document.sudo().partner_id.id,
                    "until": fields.Datetime.now(),
                    "user_id": self.env.uid,
                }
                for document, partner in former.items()
                if partner and partner.sudo().commercial_partner_id != document.sudo().partner_id.commercial_partner_id
            ]
        )
