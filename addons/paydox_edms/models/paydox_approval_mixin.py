from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_approval_decision import LINE_STATES

COMMENT_REQUIRED = ("refuse", "return")
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

    def action_request_approval(self):
        """Send the records on their routes; each starts a new round."""
        self.check_access("write")
        lock_rows(self)
        for record in self:
            record._check_approval_request()
            # sudo: the rows of the run are written by the engine only; as superuser it also finds approvers out of sight
            self.env["paydox.approval"].sudo()._start(record.sudo(), record.sudo()._get_approval_route())
        return True

    def action_agree(self, comment=None, delay_reason=None):
        """Agree; a comment makes it “agreed with remarks”. A late decision needs a comment or a reason of delay."""
        for record in self:
            record._decide("agree", comment, delay_reason)
        return True

    def action_refuse(self, comment=None, delay_reason=None):
        """Refuse, saying why."""
        for record in self:
            record._decide("refuse", comment, delay_reason)
        return True

    def action_return(self, comment=None, delay_reason=None):
        """Return to the author for rework, saying what to change."""
        for record in self:
            record._decide("return", comment, delay_reason)
        return True

    def action_delegate(self, user, comment=None):
        """Let another person decide instead.

        :param user: a ``res.users`` record or its id
        """
        for record in self:
            record._delegate(user, comment)
        return True

    def action_withdraw(self):
        """Take the records back from approval; the round stays on file."""
        self.check_access("read")
        for record in self:
            if not record._can_withdraw():
                raise AccessError(
                    self.env._(
                        "%(record)s can be withdrawn by its author, its responsible person or a manager.",
                        record=record.display_name,
                    )
                )
            approval_sudo = record._lock_running_approvals(("purpose", "=", "approval"))
            approval_sudo._append("withdraw")
            approval_sudo._close("withdrawn")
        return True

    def action_open_decide(self):
        """Open the window that asks for a comment before the decision."""
        self.ensure_one()
        self.check_access("read")
        decision = self.env.context.get("default_decision", "agree")
        return self._get_decide_action(decision, self._get_decidable_lines(self.ids)[:1])

    # === BUSINESS METHODS === #

    def _decide(self, action, comment=None, delay_reason=None, line=None, target=None, answer=None):
        """Take the current user's decision, close what it closes and hand over to the next.

        :param line: the line decided on, when the user has more than one turn
        :param target: the person to whom the decision is delegated
        :param dict answer: what the kind of the step asks for besides yes or no, such as the option of a vote
        """
        self.ensure_one()
        self.check_access("read")
        comment, delay_reason = self._clean_text(comment), self._clean_text(delay_reason)
        line_sudo = self._get_turn(self._lock_running_approvals(), line)
        approval_sudo = line_sudo.approval_id
        self._check_decision(action, line_sudo, comment, delay_reason, target)
        line_vals, decision_vals = line_sudo._accept_answer(action, answer or {})
        if action == "agree" and comment:
            action = "remarks"
        now = fields.Datetime.now()
        line_sudo._drop_activities()
        line_sudo.write(
            {
                "state": LINE_STATES[action],
                "decided_by_id": self.env.uid,
                "decided_at": now,
                "comment": comment,
                "delay_reason": delay_reason,
                "version_id": self.sudo()._get_approval_version().id,
            }
            | line_vals
        )
        approval_sudo._append(
            action,
            line_sudo,
            decided_at=now,
            comment=comment,
            delay_reason=delay_reason,
            target_user_id=target.id if target else False,
            **decision_vals,
        )
        line_sudo._admit(self.env.user)
        self._log_decision(action, line_sudo, comment, target)
        self._hand_over(action, line_sudo, target)

    def _hand_over(self, action, line_sudo, target):
        approval_sudo, step_sudo = line_sudo.approval_id, line_sudo.step_id
        if action == "return":
            step_sudo._close("refused")
            approval_sudo._close("rejected")
        elif action == "delegate":
            new_line_sudo = line_sudo.create(
                approval_sudo._prepare_common_values()
                | {
                    "step_id": step_sudo.id,
                    "user_id": target.id,
                    "sequence": line_sudo.sequence,
                    "deadline": line_sudo.deadline,
                    "delegated_from_id": line_sudo.id,
                }
            )
            self.sudo()._add_approval_participants(target)
            new_line_sudo._ask(fields.Datetime.now())
        elif outcome := step_sudo._evaluate():
            if outcome == "agreed":
                approval_sudo._advance()
            else:
                approval_sudo._close("rejected")

    def _lock_running_approvals(self, *extra_domain):
        """The running rounds of the record, locked against others who press at the same moment."""
        self.ensure_one()
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id), ("state", "=", "running"), *extra_domain]
        # sudo: the rows of the run are written by the engine only
        approvals_sudo = self.env["paydox.approval"].sudo().search(domain, order="id")
        if not approvals_sudo:
            raise UserError(self.env._("%(record)s is not on approval.", record=self.display_name))
        lock_rows(approvals_sudo)
        return approvals_sudo

    def _get_turn(self, approvals_sudo, line=None):
        """The line on which the current user decides now.

        Approval goes before acquaintance, his own turn before those of whom he substitutes.
        """
        domain = self.env["paydox.approval.line"]._get_to_decide_domain()
        # A search: a sheet may have thousands of lines, of which the index finds this one.
        lines_sudo = approvals_sudo.env["paydox.approval.line"].search(
            Domain("approval_id", "in", approvals_sudo.ids) & domain
        )
        if line:
            lines_sudo &= line.sudo()
        if not lines_sudo:
            raise AccessError(self.env._("%(record)s does not wait for your decision now.", record=self.display_name))
        return lines_sudo.sorted(
            lambda line: (line.approval_id.purpose != "approval", line.user_id.id != self.env.uid, line.id)
        )[:1]

    def _check_decision(self, action, line_sudo, comment, delay_reason, target):
        if action in COMMENT_REQUIRED and not comment:
            raise UserError(self.env._("Write a comment: the author needs to know what to change."))
        if line_sudo.kind == "acquaint" and action in COMMENT_REQUIRED:
            raise UserError(self.env._("An acquaintance is only confirmed; it cannot be refused or returned."))
        if action == "delegate":
            self._check_delegation(line_sudo, target)
        elif line_sudo.is_late and not (comment or delay_reason):
            raise UserError(
                self.env._("The term of this decision is over. Write the reason of the delay and decide again.")
            )

    def _check_delegation(self, line_sudo, target):
        step_sudo = line_sudo.step_id
        reason = step_sudo._get_unfit_reason(target, self.sudo())
        if not reason and target == line_sudo.user_id:
            reason = self.env._("%(user)s is already asked", user=target.name)
        if not reason and step_sudo.line_ids.filtered(
            lambda line: line.user_id == target and line.state != "delegated"
        ):
            reason = self.env._("%(user)s already takes part in this step", user=target.name)
        approval_sudo = line_sudo.approval_id
        if (
            not reason
            and not step_sudo.allow_author
            and target in approval_sudo.author_id | approval_sudo.requested_by_id
        ):
            reason = self.env._("%(user)s is the author", user=target.name)
        if reason:
            raise UserError(self.env._("You cannot delegate: %(reason)s. Choose another colleague.", reason=reason))

    def _delegate(self, user, comment=None, line=None):
        """Hand the turn over to ``user``, a record or an id; ``line`` when the current user has more than one turn."""
        user_id = user.id if isinstance(user, models.BaseModel) else user
        # sudo: the colleague is looked up to check that he may decide
        target_sudo = self.env["res.users"].sudo().search([("id", "=", user_id if isinstance(user_id, int) else 0)])
        if not target_sudo:
            raise UserError(self.env._("Choose an active colleague to whom you delegate."))
        self._decide("delegate", comment, line=line, target=target_sudo)

    # === HELPERS === #

    @api.model
    def _get_decidable_lines(self, ids):
        """Lines of these records on which the current user may decide now."""
        lines = self.env["paydox.approval.line"]
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "in", ids)
        # sudo: the answer is about the current user's own turn
        return lines.sudo().search(domain & lines._get_to_decide_domain())

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
