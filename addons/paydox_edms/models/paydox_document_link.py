from markupsafe import Markup

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
    # A draft that others refer to is not deleted: their content would change with it.
    target_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="restrict", index=True)
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
    inverse_name = fields.Char(
        string="Relation", compute="_compute_inverse_name", help="What the link is called at its other end."
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)

    _link_uniq = models.Constraint("UNIQUE(document_id, target_id, type)", "These two documents are already linked so.")
    _not_itself = models.Constraint("CHECK(document_id <> target_id)", "A document cannot be linked to itself.")

    # === COMPUTE METHODS === #

    @api.depends("type")
    @api.depends_context("lang")
    def _compute_inverse_name(self):
        names = self._get_inverse_names()
        for link in self:
            link.inverse_name = names.get(link.type)

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
        links._log(self.env._("Link added"))
        return links

    def write(self, vals):
        self.document_id._open_content()
        changed = vals.keys() & {"document_id", "target_id", "type"}
        if changed:
            self._log(self.env._("Link removed"))
        result = super().write(vals)
        self.check_access("write")
        self.document_id._open_content()
        self.target_id.check_access("read")
        if changed:
            self._log(self.env._("Link added"))
        return result

    def unlink(self):
        self.document_id._open_content()
        self._log(self.env._("Link removed"))
        return super().unlink()

    # === HELPERS === #

    def _prepare_copy(self):
        """Values of the same link on another document."""
        self.ensure_one()
        vals = self.copy_data()[0]
        vals.pop("document_id", None)
        return vals

    @api.model
    def _get_inverse_names(self):
        return {
            "reply": self.env._("Answered by"),
            "amends": self.env._("Amended by"),
            "replaces": self.env._("Replaced by"),
            "cancels": self.env._("Cancelled by"),
            "annex": self.env._("Has the annex"),
            "basis": self.env._("Basis for"),
        }

    def _log(self, happening):
        """Note on both ends what happened to the links, so that the history of neither has a hole."""
        names = dict(self._fields["type"]._description_selection(self.env))
        inverse_names = self._get_inverse_names()
        lines = {}
        for link in self:
            lines.setdefault(link.document_id, []).append((names[link.type], link.target_id))
            lines.setdefault(link.target_id, []).append((inverse_names[link.type], link.document_id))
        bodies = {
            document.id: Markup("<br/>").join(
                Markup("%s: %s %s") % (happening, name, other._get_guarded_link()) for name, other in rows
            )
            for document, rows in lines.items()
        }
        self.env["paydox.document"].browse(bodies)._message_log_batch(bodies=bodies)
