from odoo import api, fields, models
from odoo.fields import Domain

DOCUMENT = "paydox.document"


class PaydoxApprovalReadable(models.AbstractModel):
    """Rows of a run over a record that is no document: who reads the record reads them."""

    _name = "paydox.approval.readable"
    _description = "Read with its record"

    is_record_readable = fields.Boolean(
        compute="_compute_is_record_readable",
        search="_search_is_record_readable",
        help="The current user may read the record that is approved. For access rules; documents have rules of their own.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_record_readable(self):
        # sudo: the answer decides on access, so it cannot depend on it
        readable_sudo = self.sudo().search(Domain("id", "in", self.ids) & self._get_readable_domain())
        for row in self:
            row.is_record_readable = row.id in readable_sudo._ids

    def _search_is_record_readable(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_readable_domain() if True in value else ~self._get_readable_domain()

    @api.model
    def _get_readable_domain(self):
        if "res_model" not in self._fields:
            return Domain("approval_id", "any!", self.env["paydox.approval"]._get_readable_domain())
        return Domain.OR(
            Domain("res_model", "=", model._name) & Domain("res_id", "in", model._search([]))
            for model in self._get_other_models()
        )

    @api.model
    def _get_other_models(self):
        """The approvable models other than documents that the current user may read, as empty recordsets of his."""
        names = self.env["paydox.approval"]._get_approvable_models()
        models = [self.env[name].sudo(False).with_context(active_test=False) for name in names if name != DOCUMENT]
        return [model for model in models if model.has_access("read")]


class PaydoxApproval(models.Model):
    _name = "paydox.approval"
    _inherit = ["paydox.approval", "paydox.approval.readable"]

    # === ACTIONS === #

    def action_open_record(self):
        """Open what the sheet is about."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === HELPERS === #

    @api.model
    def _get_approvable_models(self):
        """Names of the models whose records can be sent on a route."""
        registry = self.env.registry
        names = registry.descendants(["paydox.approval.mixin"], "_inherit")
        return [name for name in names if not registry[name]._abstract]


class PaydoxApprovalStep(models.Model):
    _name = "paydox.approval.step"
    _inherit = ["paydox.approval.step", "paydox.approval.readable"]


class PaydoxApprovalLine(models.Model):
    _name = "paydox.approval.line"
    _inherit = ["paydox.approval.line", "paydox.approval.readable"]


class PaydoxApprovalDecision(models.Model):
    _name = "paydox.approval.decision"
    _inherit = ["paydox.approval.decision", "paydox.approval.readable"]
