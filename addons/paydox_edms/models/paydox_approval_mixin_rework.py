from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

SCOPES = ("all", "not_agreed")


class PaydoxApprovalMixin(models.AbstractModel):
    """Sending and sending again: rounds, and the way back to an earlier step."""

    _inherit = "paydox.approval.mixin"

    can_resend = fields.Boolean(
        compute="_compute_can_resend", help="The former round ended without an approval, so rework is possible."
    )

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.state")
    def _compute_can_resend(self):
        for record in self:
            record.can_resend = record.approval_state in ("rejected", "withdrawn")

    # === ACTIONS === #

    def action_open_resend(self):
        """Open the window that asks who decides again."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Again"),
            "res_model": "paydox.approval.resend",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _request_approval(self, scope="all"):
        if scope not in SCOPES:
            raise UserError(self.env._("Choose who decides again: everybody, or those who had not agreed."))
        self.check_access("write")
        lock_rows(self)
        for record in self:
            record._check_approval_request()
        # sudo: the rows of the run are written by the engine only; as superuser it also finds approvers out of sight
        approvals = self.env["paydox.approval"].sudo()
        pairs = [(record, record._get_approval_route()) for record in self.sudo()]
        obstacles = self._get_rework_obstacles(pairs) if scope == "not_agreed" else {}
        if pairs:
            approvals._start_many(pairs, scope)
        for record, obstacle in obstacles.items():
            record._message_log(
                body=self.env._("Everybody decides again. %(reason)s", reason=obstacle),
                author_id=self.env.user.partner_id.id,
            )

    @api.model
    def _get_rework_obstacles(self, pairs):
        """Why everybody has to decide again on some of the records: ``{record: sentence}``."""
        approvals = self.env["paydox.approval"].sudo()  # sudo: former sheets need not be readable for the sender
        former = approvals._get_latest_rounds(self.browse().union(*(record for record, _route in pairs)))
        found = {
            record: approvals._get_rework_obstacle(record, route, former.get(record.id, approvals))
            for record, route in pairs
        }
        return {record: reason for record, reason in found.items() if reason}

    def _return(self, comment=None, delay_reason=None, delay_reason_id=None, step=None, line=None):
        """Return to the author, or to an earlier step: a record or its id."""
        target_sudo = self._find_step(step) if step else None
        answer = {"delay_reason_id": delay_reason_id}
        self._decide("return", comment, delay_reason, line=line, target=target_sudo, answer=answer)

    def _check_return(self, line_sudo, target):
        """A run returns to a step that was taken, before the one that runs."""
        step_sudo = line_sudo.step_id
        fits = (
            target.approval_id == step_sudo.approval_id
            and target.sequence < step_sudo.sequence
            and target.state == "agreed"
        )
        if not fits:
            raise UserError(
                self.env._("The document can return only to a step that it passed before. Choose another step.")
            )

    # === HELPERS === #

    def _find_step(self, step):
        if isinstance(step, models.BaseModel):
            step = step.id if step._name == "paydox.approval.step" else 0
        # sudo: whether the step fits is checked against the run
        found_sudo = self.env["paydox.approval.step"].sudo().search([("id", "=", step if type(step) is int else 0)])
        if not found_sudo:
            raise UserError(
                self.env._("The document can return only to a step that it passed before. Choose another step.")
            )
        return found_sudo
