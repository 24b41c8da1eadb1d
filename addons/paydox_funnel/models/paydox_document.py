from odoo import api, fields, models


class PaydoxDocument(models.Model):
    """A document may belong to a deal: rules move the deal when something happens to the document."""

    _inherit = "paydox.document"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Deal",
        index="btree_not_null",
        ondelete="set null",
        help="Rules of the deal type may move this deal when the document is agreed, signed or executed.",
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._check_lead_access()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if vals.get("lead_id"):
            self._check_lead_access()
        return result

    # === HELPERS ===#

    def _check_lead_access(self):
        """Who may not read a deal cannot tie a document to it and so make rules move it."""
        if not self.env.su and self.lead_id:
            self.lead_id.check_access("read")

    def _prepare_shared_values(self):
        values = super()._prepare_shared_values()
        return values | {"lead_id": self.lead_id.id} if self.lead_id.has_access("read") else values

    @api.model
    def _get_unlocked_fields(self):
        # Which deal a document belongs to is outside of what was agreed.
        return super()._get_unlocked_fields() | {"lead_id"}
