from odoo import api, fields, models


class PaydoxApproval(models.Model):
    """One run of a route over one record: the approval sheet of one round."""

    _name = "paydox.approval"
    _description = "Approval Sheet"
    _inherit = ["paydox.protected"]
    _order = "id desc"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True, index=True)
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    purpose = fields.Selection(
        selection=[("approval", "Approval"), ("acquaintance", "Acquaintance"), ("vote", "Vote")],
        default="approval",
        required=True,
        readonly=True,
        help="An approval moves the record and locks it; acquaintances and votes run beside it.",
    )
    route_id = fields.Many2one(
        comodel_name="paydox.route",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty for a sheet that was made without a route.",
    )
    revision = fields.Integer(readonly=True, aggregator=None)
    round = fields.Integer(required=True, readonly=True, aggregator=None)
    state = fields.Selection(
        selection=[
            ("running", "Running"),
            ("approved", "Approved"),
            ("rejected", "Refused or returned"),
            ("withdrawn", "Withdrawn"),
        ],
        default="running",
        required=True,
        readonly=True,
    )
    requested_by_id = fields.Many2one(comodel_name="res.users", readonly=True, required=True, index=True)
    author_id = fields.Many2one(comodel_name="res.users", readonly=True, required=True)
    version_id = fields.Many2one(
        comodel_name="paydox.document.version", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    closed_at = fields.Datetime(readonly=True)
    # pinned from the route
    skip_repeat = fields.Boolean(readonly=True)
    allow_ad_hoc = fields.Boolean(string="Approvers May Be Added", readonly=True)
    # Values of the record, those that its kind keeps for some people included.
    material_snapshot = fields.Json(readonly=True, groups=".")
    carried_from_id = fields.Many2one(
        comodel_name="paydox.approval",
        string="Agreements Kept From",
        readonly=True,
        ondelete="set null",
        help="Who had agreed in that round is not asked again.",
    )
    step_ids = fields.One2many(comodel_name="paydox.approval.step", inverse_name="approval_id")
    line_ids = fields.One2many(comodel_name="paydox.approval.line", inverse_name="approval_id")
    decision_ids = fields.One2many(comodel_name="paydox.approval.decision", inverse_name="approval_id")
    # chain
    decision_count = fields.Integer(readonly=True, help="Grows with every decision; carries the lock of the run.")
    last_hash = fields.Char(readonly=True)

    _running_uniq = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'running' AND purpose = 'approval'", "This record is already on approval."
    )
    _round_uniq = models.Constraint("UNIQUE(res_model, res_id, purpose, round)", "This round already exists.")

    # === COMPUTE METHODS === #

    @api.depends("round", "res_model", "res_id")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = self.env._("Round %(number)s", number=approval.round)

    # === HELPERS === #

    @api.model
    def _get_latest_rounds(self, records, purpose="approval"):
        """The latest round of each record: ``{res_id: round}``, as superuser."""
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids), ("purpose", "=", purpose)]
        # sudo: who sends a record again need not be able to read its former sheets
        return {approval.res_id: approval for approval in self.sudo()._search_whole(domain, order="round")}

    def _prepare_common_values(self, with_record=True):
        """Values that every row of the run carries for access rules and lists."""
        self.ensure_one()
        vals = {
            "approval_id": self.id,
            "document_id": self.document_id.id,
            "company_id": self.company_id.id,
        }
        if with_record:
            vals |= {"res_model": self.res_model, "res_id": self.res_id}
        return vals

    def _get_record(self):
        self.ensure_one()
        # Through the relation, the documents of many rows are read together.
        document = self.document_id
        return document if self.res_model == document._name else self.env[self.res_model].browse(self.res_id)

    def _get_records(self):
        """What the runs are over, of one model."""
        return self.env[self[:1].res_model].browse(self.mapped("res_id"))

    def _get_excluded(self):
        """Those who may not decide on their own record, unless the step lets them."""
        self.ensure_one()
        return self.author_id | self.requested_by_id

    def _has_signature(self):
        """Whether somebody signed in this run."""
        return any(step.kind == "sign" and step.state == "agreed" for step in self.step_ids)
