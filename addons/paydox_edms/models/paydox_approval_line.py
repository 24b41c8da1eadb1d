from odoo import api, fields, models
from odoo.fields import Domain


class PaydoxApprovalLine(models.Model):
    """One person's decision on one step."""

    _name = "paydox.approval.line"
    _description = "Decision to Take"
    _inherit = ["paydox.protected"]
    _order = "step_id, sequence, id"
    _rec_name = "user_id"

    approval_id = fields.Many2one(
        comodel_name="paydox.approval", required=True, readonly=True, ondelete="cascade", index=True
    )
    step_id = fields.Many2one(
        comodel_name="paydox.approval.step", required=True, readonly=True, ondelete="cascade", index=True
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(related="step_id.kind", store=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="restrict", index=True)
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("pending", "To decide"),
            ("agreed", "Agreed"),
            ("remarks", "Agreed with remarks"),
            ("refused", "Refused"),
            ("delegated", "Delegated"),
            ("skipped", "Not needed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    requested_at = fields.Datetime(string="Received On", readonly=True)
    deadline = fields.Datetime(readonly=True)
    # decision
    decided_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", help="The person who decided, maybe as a substitute."
    )
    decided_at = fields.Datetime(readonly=True)
    comment = fields.Text(readonly=True)
    delay_reason = fields.Text(readonly=True)
    version_id = fields.Many2one(
        comodel_name="paydox.document.version",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The version on which the person decided.",
    )
    delegated_from_id = fields.Many2one(comodel_name="paydox.approval.line", readonly=True)
    activity_id = fields.Many2one(comodel_name="mail.activity", readonly=True, ondelete="set null", index="btree_not_null")

    # helpers of the screens
    can_decide = fields.Boolean(compute="_compute_can_decide", search="_search_can_decide")
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _pending_idx = models.Index("(user_id, deadline, id) WHERE state = 'pending'")
    _open_uniq = models.UniqueIndex(
        "(step_id, user_id) WHERE state IN ('waiting', 'pending')", "This person is already asked on this step."
    )

    #=== COMPUTE METHODS ===#

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        principals = self.env.user._get_document_principals()
        for line in self:
            line.can_decide = line.state == "pending" and line.user_id in principals

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        principals = self.env.user._get_document_principals()
        domain = Domain("state", "=", "pending") & Domain("user_id", "in", principals.ids)
        return domain if True in value else ~domain

    @api.depends("deadline", "state", "decided_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for line in self:
            end = line.decided_at or (now if line.state == "pending" else False)
            line.is_late = bool(line.deadline and end and end > line.deadline)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "pending") & Domain("deadline", "<", fields.Datetime.now())
        return domain if True in value else ~domain
