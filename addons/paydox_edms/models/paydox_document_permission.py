from odoo import fields, models


class PaydoxDocumentPermission(models.Model):
    """One line of the list of those who may read, edit or manage one document beyond the rules for everybody."""

    _name = "paydox.document.permission"
    _description = "Document Permission"
    _inherit = ["paydox.permission"]
    _order = "document_id, id"
    _rec_name = "document_id"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)

    _one_grantee = models.Constraint(
        "CHECK(num_nonnulls(user_id, group_id, department_id) = 1)",
        "A permission is given to one person, one group or one department.",
    )

    # === HOOKS === #

    def _log(self, old, new):
        self.document_id._log_change("access", self.env._("Permission"), old, new)
