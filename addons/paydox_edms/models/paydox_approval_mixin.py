from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

MAX_COMMENT = 5000


class PaydoxApprovalMixin(models.AbstractModel):
    """Makes any model approvable: the verbs, who may use them, and the hooks for the model."""

    _name = "paydox.approval.mixin"
    _description = "Approvable"
    # Activities are up to the model: beside "mail.thread" their place in the order of inheritance differs in Odoo.
    _inherit = ["mail.thread"]

    approval_ids = fields.One2many(
        comodel_name="paydox.approval",
        inverse_name="res_id",
        string="Rounds",
        domain=lambda self: [("res_model", "=", self._name), ("purpose", "=", "approval")],
        bypass_search_access=True,
        readonly=True,
        copy=False,
    )
    approval_id = fields.Many2one(comodel_name="paydox.approval", string="Latest Round", compute="_compute_approval_id")
    approval_state = fields.Selection(
        selection=[
            ("none", "Never sent"),
            ("running", "Running"),
            ("approved", "Approved"),
            ("rejected", "Refused or returned"),
            ("withdrawn", "Withdrawn"),
        ],
        compute="_compute_approval_id",
        help="State of the latest round.",
    )
    can_decide = fields.Boolean(string="Waits for Me", compute="_compute_can_decide", search="_search_can_decide")

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.state")
    def _compute_approval_id(self):
        # sudo: who reads the record may know how its approval stands; the sheet has its own access rules
        approvals_sudo = (
            self.env["paydox.approval"]
            .sudo()
            .search(
                [("res_model", "=", self._name), ("res_id", "in", self._origin.ids), ("purpose", "=", "approval")],
                order="round",
            )
        )
        latest = {approval.res_id: approval for approval in approvals_sudo}
        for record in self:
            approval_sudo = latest.get(record._origin.id)
            record.approval_id = approval_sudo and approval_sudo.id
            record.approval_state = approval_sudo.state if approval_sudo else "none"

    @api.depends("approval_ids.state", "approval_ids.line_ids.state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        decidable = set(self._get_decidable_lines(self._origin.ids).mapped("res_id"))
        for record in self:
            record.can_decide = record._origin.id in decidable

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["paydox.approval.line"]
        domain = lines._get_to_decide_domain() & Domain("res_model", "=", self._name)
        # sudo: the answer is about the current user's own turn
        query = lines.sudo()._search(domain)
        decidable = Domain("id", "in", query.subselect(SQL.identifier(query.table, "res_id")))
        return decidable if True in value else ~decidable

    # === ACTIONS === #

    def action_request_approval(self, scope="all"):
        """Send the records on their routes; each starts a new round.

        :param str scope: ``all``: everybody decides again; ``not_agreed``: only those who had not agreed in the former
            round, unless a material fact changed meanwhile
        """
        self._request_approval(scope)
        return True

    def action_agree(self, comment=None, delay_reason=None, delay_reason_id=None):
        """Agree; a comment makes it “agreed with remarks”. A late decision needs a comment or a reason of delay.

        :param delay_reason_id: a ``paydox.delay.reason`` or its id
        """
        self._decide("agree", comment, delay_reason, answer={"delay_reason_id": delay_reason_id})
        return True

    def action_refuse(self, comment=None, delay_reason=None, delay_reason_id=None):
        """Refuse, saying why."""
        self._decide("refuse", comment, delay_reason, answer={"delay_reason_id": delay_reason_id})
        return True

    def action_return(self, comment=None, delay_reason=None, delay_reason_id=None, step=None):
        """Return for rework, saying what to change: to the author, or to an earlier step, which then decides again.

        :param step: a ``paydox.approval.step`` of the same run or its id; empty: the author
        """
        for record in self:
            record._return(comment, delay_reason, delay_reason_id, step)
        return True

    def action_delegate(self, user, comment=None):
        """Let another person decide instead.

        :param user: a ``res.users`` record or its id
        """
        for record in self:
            record._delegate(user, comment)
        return True

    def action_recuse(self, comment=None):
        """Step out of the decision, saying why; the others go on, or the manager is asked when nobody remains."""
        self._decide("recuse", comment)
        return True

    def action_add_approver(self, users, comment=None, after=False):
        """Ask further people in the step that runs, when the route lets it; all of them must agree too.

        :param users: ``res.users`` records, an id or a list of ids
        :param bool after: ask them after those who are asked now
        """
        for record in self:
            record._add_approvers(users, comment, after)
        return True

    def action_withdraw(self):
        """Take the records back from approval; the round stays on file."""
        self._withdraw("withdraw")
        return True

    def action_stop(self, reason=None):
        """End the approval for good, saying why; the round stays on file."""
        self._withdraw("stop", reason)
        return True

    def action_bypass_step(self, reason=None):
        """Pass over the step that runs, in an emergency: for managers of the registry, and never over a signature."""
        for record in self:
            record._bypass_step(reason)
        return True

    def action_open_decide(self):
        """Open the window that asks for a comment before the decision."""
        self.ensure_one()
        self.check_access("read")
        decision = self.env.context.get("default_decision", "agree")
        return self._get_decide_action(decision, self._get_decidable_lines(self.ids)[:1])

    # === HELPERS === #

    @api.model
    def _get_decidable_lines(self, ids, only=Domain.TRUE):
        """Lines of these records on which the current user may decide now."""
        lines = self.env["paydox.approval.line"]
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "in", ids) & only
        # sudo: the answer is about the current user's own turn
        return lines.sudo().search(domain & lines._get_to_decide_domain(), order="id")

    def _get_decide_action(self, decision, line):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decision"),
            "res_model": "paydox.approval.decide",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_id": line.id, "default_decision": decision},
        }

    @api.model
    def _clean_text(self, text):
        return str(text).strip()[:MAX_COMMENT] or False if text else False

    # === HOOKS === #

    def _get_approval_route(self):
        """The route of the record; a model that is approvable must say it."""
        raise NotImplementedError

    def _check_approval_request(self):
        """Raise a ``UserError`` when the record cannot be sent now."""

    def _on_approval_started(self, approval):
        """Called as superuser when a round started."""

    def _on_approval_closed(self, approval, reason=None):
        """Called as superuser when a round ended with ``approval.state``."""

    def _on_approvals_started(self, approvals):
        """Called as superuser once for all records that were sent together."""
        for record, approval in zip(self, approvals, strict=True):
            record._on_approval_started(approval)

    def _on_approvals_closed(self, approvals, reason=None):
        """Called as superuser once for all records whose rounds ended together."""
        for record, approval in zip(self, approvals, strict=True):
            record._on_approval_closed(approval, reason)

    def _on_approvals_announced(self, approvals, reason=None):
        """Called as superuser once for all records whose rounds ended together, after ``_on_approvals_closed``."""

    def _get_material_fields(self):
        """Names of the fields whose change makes everybody decide again, unless the route names others."""
        return ()

    def _add_approval_participants(self, users):
        """Called as superuser before ``users`` are asked, so that they can read the record."""

    def _can_withdraw(self):
        """Whether the current user may take the record back from approval."""
        return self.has_access("write")

    def _get_approval_author(self):
        return self.create_uid

    def _get_approval_company(self):
        return self.company_id if "company_id" in self._fields else self.env.company

    def _get_approval_department(self):
        author = self._get_approval_author().with_company(self._get_approval_company())
        return author.employee_id.department_id

    def _get_approval_version(self):
        """The version on which people decide, for models that have files."""
        return self.env["paydox.document.version"]

    def _get_approval_document(self):
        """The document behind the record, for access rules."""
        return self.env["paydox.document"]
