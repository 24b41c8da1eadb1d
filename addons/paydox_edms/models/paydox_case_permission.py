from odoo import api, fields, models
from odoo.fields import Domain


class PaydoxCasePermission(models.Model):
    """A permission that goes down to the documents of a case, all but the secret ones."""

    _name = "paydox.case.permission"
    _description = "Permission of a Case"
    _inherit = ["paydox.permission"]
    _order = "case_id, id"
    _rec_name = "case_id"

    case_id = fields.Many2one(comodel_name="paydox.case", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)

    _one_grantee = models.Constraint(
        "CHECK(num_nonnulls(user_id, group_id, department_id) = 1)",
        "A permission is given to one person, one group or one department.",
    )

    # === HOOKS === #

    def _check_giver(self):
        if not self.env.su:
            self.case_id._check_editable({"permission_ids": self.ids})

    def _log(self, old, new):
        self.case_id._message_log(
            body=self.env._("Access to the documents: %(old)s → %(new)s", old=old or "—", new=new or "—")
        )


class PaydoxCase(models.Model):
    _inherit = "paydox.case"

    permission_ids = fields.One2many(
        comodel_name="paydox.case.permission",
        inverse_name="case_id",
        string="Access to the Documents",
        copy=False,
        help="They read or edit all documents of the case but the secret ones. The case itself is read by its people.",
    )


class PaydoxDocument(models.Model):
    """Permissions that come down from the case in which a document is filed."""

    _inherit = "paydox.document"

    # === COMPUTE METHODS === #

    @api.depends("case_id", "case_id.permission_ids")
    def _compute_is_involved(self):
        return super()._compute_is_involved()

    @api.depends("case_id", "case_id.permission_ids")
    def _compute_inherited_text(self):
        return super()._compute_inherited_text()

    # === HELPERS === #

    @api.model
    def _get_inheritance_sources(self):
        taking = Domain("inherits_permissions", "=", True) & Domain("confidentiality", "!=", "secret")
        return [*super()._get_inheritance_sources(), ("case_id", taking)]

    @api.model
    def _get_placing_fields(self):
        return (*super()._get_placing_fields(), "case_id")
