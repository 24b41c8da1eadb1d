import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from .paydox_external_review import OPEN_STATES

ANSWER_ACTIONS = {"agreed": "outside_agree", "remarks": "outside_remarks"}


class PaydoxApprovalStep(models.Model):
    """A step of the counterparty: it has no lines; the review that was sent is what decides it."""

    _inherit = "paydox.approval.step"

    external_review_ids = fields.One2many(
        comodel_name="paydox.external.review", inverse_name="step_id", string="Asked Outside", readonly=True
    )

    # === BUSINESS METHODS === #

    @api.model
    def _open_many(self, pairs):
        outside = [step for step, _users in pairs if step._is_outside()]
        for step in outside:
            now = fields.Datetime.now()
            step.write({"state": "running", "started_at": now, "deadline": step._plan_deadline(now)})
            step._ask_counterparty()
        if not outside:
            return super()._open_many(pairs)
        return super()._open_many([pair for pair in pairs if not pair[0]._is_outside()])

    def _ask_counterparty(self):
        """As superuser: send the version; a link that is open already would only compete with this one."""
        self.ensure_one()
        document = self._get_record()
        partner = document._get_approval_counterparty()
        document.external_review_ids.filtered(
            lambda review: review.partner_id == partner and review.state in OPEN_STATES
        )._revoke()
        review = document._send_external(
            partner,
            self.deadline or document._get_external_expiry(None),
            {"requested_by_id": self.approval_id.requested_by_id.id, "step_id": self.id, "attempt": self.attempt},
        )
        details = {"review": review.id, "partner": partner.display_name, "email": review.email}
        self.approval_id._append(
            "outside_ask", step_id=self.id, version_id=review.version_id.id, details=self._dump(details)
        )
        return review

    def _take_answer(self, review):
        """As superuser, on the locked run: the answer of the counterparty is the decision on the step."""
        self.ensure_one()
        approval, action = self.approval_id, ANSWER_ACTIONS[review.state]
        approval._append(
            action,
            step_id=self.id,
            user_id=approval.requested_by_id.id,
            version_id=review.version_id.id,
            checksum=review.version_id.checksum,
            decided_at=review.answered_at,
            comment=review.comment,
            details=self._dump(review._get_answer_facts()),
        )
        # Who answered is in the chain; what follows is done by the system, as after the end of a term.
        step = self.with_user(SUPERUSER_ID).with_context(lang=approval.requested_by_id.lang)
        if action == "outside_agree":
            step._close("agreed")
            step.approval_id._advance()
            return
        reason = step.env._(
            "%(partner)s has remarks on version %(number)s. Change the document and send it again.",
            partner=review.partner_id.name,
            number=review.version_id.number,
        )
        step._close("refused")
        step.approval_id._close("rejected", reason)

    def _close(self, outcome):
        result = super()._close(outcome)
        self._revoke_outside()
        return result

    def _reopen(self):
        outside = self.filtered(lambda step: step._is_outside())
        result = super()._reopen()
        outside.write({"deadline": False})
        outside._revoke_outside()
        return result

    def _revoke_outside(self):
        """Links of steps that wait no more are of no use."""
        self.filtered(lambda step: step._is_outside()).external_review_ids._revoke()

    # === HELPERS === #

    def _get_current_reviews(self):
        return self.external_review_ids.filtered(lambda review: review.attempt == self.attempt).sorted("id")

    @api.model
    def _dump(self, facts):
        return json.dumps(facts, ensure_ascii=False, sort_keys=True)


class PaydoxApproval(models.Model):
    _inherit = "paydox.approval"

    external_review_ids = fields.One2many(
        comodel_name="paydox.external.review", inverse_name="approval_id", string="Asked Outside", readonly=True
    )

    # === BUSINESS METHODS === #

    def _close(self, state, reason=None):
        result = super()._close(state, reason)
        self.step_ids._revoke_outside()
        return result

    # === HELPERS === #

    def _find_broken_link(self):
        return super()._find_broken_link() or self._find_changed_answer()

    def _find_changed_answer(self):
        """Whether the answers of counterparties are those of the chain."""
        answers = set(ANSWER_ACTIONS.values())
        decisions = self.decision_ids.filtered(lambda decision: decision.action in answers)
        told = {json.loads(decision.details)["review"]: decision for decision in decisions}
        for review in self.external_review_ids:
            decision = told.get(review.id)
            facts = self.env["paydox.approval.step"]._dump(review._get_answer_facts())
            fits = decision and (decision.action, decision.details) == (ANSWER_ACTIONS.get(review.state), facts)
            if bool(decision) != (review.state in ANSWER_ACTIONS) or (decision and not fits):
                return self.env._(
                    "The answer of %(partner)s does not match the decisions.", partner=review.partner_id.name
                )
        return False


class PaydoxApprovalDecision(models.Model):
    _inherit = "paydox.approval.decision"

    action = fields.Selection(
        selection_add=[
            ("outside_ask", "Sent to the counterparty"),
            ("outside_agree", "Counterparty agreed"),
            ("outside_remarks", "Counterparty has remarks"),
        ],
        ondelete={"outside_ask": "cascade", "outside_agree": "cascade", "outside_remarks": "cascade"},
    )


class PaydoxApprovalMixin(models.AbstractModel):
    _inherit = "paydox.approval.mixin"

    # === ACTIONS === #

    def action_ask_counterparty_again(self):
        """Send a new link for the step that waits for the counterparty; the former link is of no use any more."""
        for record in self:
            record._ask_counterparty_again()
        return True

    # === BUSINESS METHODS === #

    def _ask_counterparty_again(self):
        self.ensure_one()
        self.check_access("read")
        is_manager = self.env.user.has_group("paydox_edms.paydox_edms_group_manager")
        if not (is_manager or self._can_withdraw()):
            raise AccessError(
                self.env._(
                    "%(record)s is sent again by its author, its responsible person or a manager.",
                    record=self.display_name,
                )
            )
        approval_sudo = self._lock_running_approvals(("purpose", "=", "approval"))
        step_sudo = approval_sudo.step_ids.filtered(lambda step: step.state == "running" and step._is_outside())
        if not step_sudo:
            raise UserError(self.env._("%(record)s does not wait for the counterparty now.", record=self.display_name))
        if reason := step_sudo._get_counterparty_obstacle(self.sudo()):
            raise UserError(
                self.env._("%(record)s cannot be sent again: %(reason)s.", record=self.display_name, reason=reason)
            )
        now = fields.Datetime.now()
        if step_sudo.deadline and step_sudo.deadline <= now:
            step_sudo.write({"deadline": step_sudo._plan_deadline(now)})
        step_sudo._ask_counterparty()

    def _check_ad_hoc(self, approval_sudo, step_sudo):
        if step_sudo and step_sudo._is_outside():
            raise UserError(
                self.env._("%(record)s waits for the counterparty now: nobody can be added.", record=self.display_name)
            )
        return super()._check_ad_hoc(approval_sudo, step_sudo)
