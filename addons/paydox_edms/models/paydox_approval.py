from odoo import api, fields, models
from odoo.exceptions import UserError


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

    # === BUSINESS METHODS === #

    @api.model
    def _start(self, record, route):
        """Start a run over ``record``: pin the steps, ask the people of the first one.

        Everything that could stop the run later is checked first, so that nothing is changed when it is refused.
        """
        record.ensure_one()
        steps = self._check_startable(record, route)
        approval = self._create_run(record, {"route_id": route.id, "revision": route.revision})
        approval._pin_steps(
            [
                step._prepare_pinned_values() | {"state": "waiting" if step in steps else "skipped"}
                for step in route.step_ids
            ]
        )
        record._on_approval_started(approval)
        approval._advance()
        return approval

    @api.model
    def _create_run(self, record, vals):
        """The row of a new round over ``record``; the steps are pinned next."""
        purpose = vals.get("purpose", "approval")
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id), ("purpose", "=", purpose)]
        former = self.search(domain, order="round desc", limit=1)
        return self.create(
            {
                "res_model": record._name,
                "res_id": record.id,
                "document_id": record._get_approval_document().id,
                "company_id": record._get_approval_company().id,
                "round": former.round + 1,
                "requested_by_id": self.env.uid,
                "author_id": record._get_approval_author().id,
                "version_id": record._get_approval_version().id,
            }
            | vals
        )

    def _pin_steps(self, vals_list):
        """Copy the definition of the steps into the run and make it the first link of the chain.

        :param vals_list: values of ``paydox.approval.step`` in the order of the steps
        """
        self.ensure_one()
        common = self._prepare_common_values(with_record=False)
        self.env["paydox.approval.step"].create(
            [common | vals | {"sequence": position} for position, vals in enumerate(vals_list)]
        )
        self._append("start", definition=self._get_definition())

    def _check_startable(self, record, route):
        """The steps that apply to the record; refused with the name of the step that cannot be taken."""
        name = record.display_name
        if not route or route.state != "published" or not route.active:
            raise UserError(
                self.env._("%(record)s has no published route. Choose one in the settings of its kind.", record=name)
            )
        if not route.step_ids:
            raise UserError(self.env._("The route %(route)s has no step.", route=route.display_name))
        steps = route.step_ids.filtered(lambda step: record.filtered_domain(step._get_condition()))
        if not steps:
            raise UserError(
                self.env._(
                    "No step of the route %(route)s applies to %(record)s. Check the conditions of the steps.",
                    route=route.display_name,
                    record=name,
                )
            )
        excluded = record._get_approval_author() | self.env.user
        for step in steps:
            _users, reason = step._find_approvers(record, excluded)
            if reason:
                raise UserError(
                    self.env._(
                        "%(record)s cannot be sent: in the step “%(step)s” %(reason)s.",
                        record=name,
                        step=step.name,
                        reason=reason,
                    )
                )
        return steps

    def _advance(self):
        """Open the next step, or finish the run after the last one."""
        self.ensure_one()
        step = self.step_ids.filtered(lambda step: step.state == "waiting")[:1]
        if not step:
            self._close("approved")
            return
        users, reason = step._find_approvers(self._get_record(), self.author_id | self.requested_by_id)
        if reason:
            # The people changed since the start; the author hears of it and sends the record again.
            self._close("rejected", self.env._("In the step “%(step)s” %(reason)s.", step=step.name, reason=reason))
            return
        step._open(users)

    def _close(self, state, reason=None):
        """Finish the run and hand the outcome to the record."""
        self.ensure_one()
        self.line_ids.filtered(lambda line: line.state in ("waiting", "pending"))._skip()
        self.step_ids.filtered(lambda step: step.state in ("waiting", "running")).write({"state": "skipped"})
        self.write({"state": state, "closed_at": fields.Datetime.now()})
        self._on_closed(reason)

    def _on_closed(self, reason):
        """Hand the outcome to whom it concerns; each purpose extends it."""
        if self.purpose == "approval":
            self._get_record()._on_approval_closed(self, reason)

    # === HELPERS === #

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
        return self.env[self.res_model].browse(self.res_id)

    def _has_signature(self):
        """Whether somebody signed in this run."""
        return any(step.kind == "sign" and step.state == "agreed" for step in self.step_ids)
