from odoo import api, fields, models
from odoo.fields import Domain


class PaydoxApprovalMixin(models.AbstractModel):
    """Who is asked may read what he is asked about, for as long as the round runs."""

    _inherit = "paydox.approval.mixin"

    is_asked = fields.Boolean(
        compute="_compute_is_asked",
        search="_search_is_asked",
        help="The current user takes part in the running round. For access rules.",
    )

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.line_ids.state")
    @api.depends_context("uid")
    def _compute_is_asked(self):
        asked = self._get_asked_ids()
        for record in self:
            record.is_asked = record._origin.id in asked

    def _search_is_asked(self, operator, value):
        if operator != "in":
            return NotImplemented
        # The few ids, and not a subquery, so that the rules of the model go on using their indexes.
        domain = Domain("id", "in", self._get_asked_ids())
        return domain if True in value else ~domain

    # === HELPERS === #

    @api.model
    def _get_asked_ids(self):
        user = self.env.user
        his_turn = Domain("state", "=", "pending") & Domain("user_id", "in", user._get_document_principal_ids())
        his_part = Domain("user_id", "=", user.id) | Domain("decided_by_id", "=", user.id)
        running = his_part & Domain("approval_id.state", "=", "running")
        # sudo: the answer decides on access, so it cannot depend on it
        lines_sudo = self.env["paydox.approval.line"].sudo()
        lines_sudo = lines_sudo.search_fetch(Domain("res_model", "=", self._name) & (his_turn | running), ["res_id"])
        return set(lines_sudo.mapped("res_id"))

    # === HOOKS === #

    def _get_field_approver(self, name):
        """The user whom a step names by a field of the record.

        :param str name: one of ``_get_approver_fields`` of the step
        """
        return self[name] if name in self._fields else self.env["res.users"]
