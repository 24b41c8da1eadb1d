from odoo import api, fields, models
from odoo.fields import Domain


class PaydoxDocument(models.Model):
    """Who may read a document, and what a person sees who may not."""

    _inherit = "paydox.document"

    is_involved = fields.Boolean(
        compute="_compute_is_involved",
        search="_search_is_involved",
        help="The current user takes part in the document, heads those who do, or is asked to decide. For access rules.",
    )
    approval_line_ids = fields.One2many(comodel_name="paydox.approval.line", inverse_name="document_id")

    #=== COMPUTE METHODS ===#

    @api.depends(
        "author_id", "responsible_id", "participant_ids", "confidentiality", "department_id", "approval_line_ids.state"
    )
    @api.depends_context("uid")
    def _compute_is_involved(self):
        # sudo: the answer is what decides on access, so it cannot depend on it
        involved_sudo = self.sudo().filtered_domain(self._get_involved_domain())
        for document in self:
            document.is_involved = document.id in involved_sudo._ids

    def _search_is_involved(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_involved_domain() if True in value else ~self._get_involved_domain()

    @api.model
    def _get_involved_domain(self):
        """Documents in which the current user takes part. The one place where rule 4 is put into words."""
        user = self.env.user
        domain = self._get_people_domain(user.ids) | self._get_to_decide_domain()
        departments, subordinates = user._get_document_subordinates()
        if departments:
            headed = Domain("department_id", "in", departments.ids) | self._get_people_domain(subordinates.ids)
            domain |= Domain("confidentiality", "=", "internal") & headed
        return domain

    @api.model
    def _get_people_domain(self, user_ids):
        return Domain.OR([Domain(name, "in", user_ids) for name in ("author_id", "responsible_id", "participant_ids")])

    @api.model
    def _get_to_decide_domain(self):
        """Documents on which the current user may decide now, for himself or for whom he substitutes."""
        principals = self.env.user._get_document_principals()
        lines = Domain("user_id", "in", principals.ids) & Domain("state", "=", "pending")
        return Domain("approval_line_ids", "any!", lines)
