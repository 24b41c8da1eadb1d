from odoo import api, fields, models


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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        permissions = super().create(vals_list)
        for permission in permissions:
            permission._log(False, permission._get_log_text())
        return permissions

    def write(self, vals):
        before = [permission._get_log_text() for permission in self]
        result = super().write(vals)
        # The rule holds after the change too: nobody moves his permission over to another document.
        self.check_access("write")
        for permission, old in zip(self, before, strict=True):
            permission._log(old, permission._get_log_text())
        return result

    def unlink(self):
        self.check_access("unlink")
        for permission in self:
            permission._log(permission._get_log_text(), False)
        return super().unlink()

    # === HELPERS === #

    def _log(self, old, new):
        self.document_id._log_change("access", self.env._("Permission"), old, new)
