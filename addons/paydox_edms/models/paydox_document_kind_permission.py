from odoo import fields, models


class PaydoxDocumentKindPermission(models.Model):
    """A permission that goes down to all documents of a kind but the secret ones."""

    _name = "paydox.document.kind.permission"
    _description = "Permission of a Document Kind"
    _inherit = ["paydox.permission"]
    _order = "kind_id, id"
    _rec_name = "kind_id"

    kind_id = fields.Many2one(comodel_name="paydox.document.kind", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="kind_id.company_id", store=True, index=True)

    _one_grantee = models.Constraint(
        "CHECK(num_nonnulls(user_id, group_id, department_id) = 1)",
        "A permission is given to one person, one group or one department.",
    )


class PaydoxDocumentKind(models.Model):
    _inherit = "paydox.document.kind"

    permission_ids = fields.One2many(
        comodel_name="paydox.document.kind.permission", inverse_name="kind_id", string="Permissions", copy=True
    )
