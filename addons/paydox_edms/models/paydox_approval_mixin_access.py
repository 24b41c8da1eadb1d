from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


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
        """Asked with every reading of the model by everybody, so it starts from what is open and not from all lines ever."""
        user = self.env.user
        self.env["paydox.approval.line"].flush_model(
            ["approval_id", "res_model", "res_id", "state", "user_id", "decided_by_id"]
        )
        self.env["paydox.approval"].flush_model(["res_model", "state"])
        # SQL without rules: the answer decides on access, so it cannot depend on it
        rows = self.env.execute_query(
            SQL(
                """
                SELECT res_id FROM paydox_approval_line
                 WHERE state = 'pending' AND user_id IN %(principals)s AND res_model = %(model)s
                 UNION
                SELECT line.res_id FROM paydox_approval run JOIN paydox_approval_line line ON line.approval_id = run.id
                 WHERE run.state = 'running' AND run.res_model = %(model)s AND line.res_model = %(model)s
                   AND (line.user_id = %(user)s OR line.decided_by_id = %(user)s)
                """,
                model=self._name,
                principals=tuple(user._get_document_principal_ids()) or (0,),
                user=user.id,
            )
        )
        return {res_id for [res_id] in rows}

    # === HOOKS === #

    def _get_field_approver(self, name):
        """The user whom a step names by a field of the record.

        :param str name: one of ``_get_approver_fields`` of the step
        """
        return self[name] if name in self._fields else self.env["res.users"]
