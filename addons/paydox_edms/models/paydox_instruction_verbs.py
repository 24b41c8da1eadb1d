from odoo import api, fields, models
from odoo.exceptions import UserError

from .paydox_instruction import OPEN_STATES, WORKING_STATES
from .paydox_instruction_guards import REPORT_REQUIRED

_TRANSITIONS = {
    "draft": {"assigned", "cancelled"},
    "assigned": {"in_progress", "reported", "done", "draft", "cancelled"},
    "in_progress": {"reported", "done", "draft", "cancelled"},
    "reported": {"in_progress", "done", "cancelled"},
    "done": {"in_progress"},
    "cancelled": set(),
}


class PaydoxInstruction(models.Model):
    """Verbs of the executor and of those who accept his work."""

    _inherit = "paydox.instruction"

    transition_ids = fields.One2many(
        comodel_name="paydox.instruction.transition", inverse_name="instruction_id", string="Course", readonly=True
    )
    co_executor_ids = fields.One2many(
        comodel_name="paydox.instruction.executor", inverse_name="instruction_id", string="Co-Executors", copy=True
    )
    is_report_required = fields.Boolean(
        string="Report Required",
        compute="_compute_is_report_required",
        store=True,
        readonly=False,
        precompute=True,
        help="It is not closed without a word on what came of it. Calls and meetings always need one.",
    )
    can_execute = fields.Boolean(compute="_compute_can")
    can_take = fields.Boolean(compute="_compute_can")
    can_control = fields.Boolean(compute="_compute_can")
    can_manage = fields.Boolean(compute="_compute_can")
    can_reopen = fields.Boolean(compute="_compute_can")
    can_report_part = fields.Boolean(compute="_compute_can")

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_is_report_required(self):
        for instruction in self:
            instruction.is_report_required = instruction.is_report_required or instruction.kind in REPORT_REQUIRED

    @api.depends(
        "state", "executor_id", "candidate_ids", "controller_id", "author_id", "co_executor_ids.state",
        "co_executor_ids.user_id",
    )  # fmt: skip
    @api.depends_context("uid")
    def _compute_can(self):
        me = self.env.user.document_principal_ids
        for instruction in self:
            saved = bool(instruction._origin.id)
            working = saved and instruction.state in WORKING_STATES
            instruction.can_execute = working and instruction.executor_id in me
            instruction.can_take = working and not instruction.executor_id and bool(instruction.candidate_ids & me)
            instruction.can_control = saved and instruction.state == "reported" and instruction.controller_id in me
            instruction.can_manage = saved and instruction.state in OPEN_STATES and instruction.author_id in me
            judges = instruction.author_id | instruction.controller_id
            instruction.can_reopen = saved and instruction.state == "done" and bool(judges & me)
            parts = instruction.co_executor_ids.filtered(lambda line: line.state == "assigned" and line.user_id in me)
            instruction.can_report_part = working and bool(parts)

    # === ACTIONS === #

    def action_accept(self):
        """Take up the work. A report does it as well."""
        records, for_users = self._claim(("assigned",), lambda instruction: instruction.executor_id)
        records._go("accept", "in_progress", {"accepted_at": fields.Datetime.now()}, for_users=for_users)
        return True

    def action_take(self):
        """Become the executor of what was given to a group; the first one has it."""
        records, for_users = self._claim(WORKING_STATES, lambda instruction: instruction.candidate_ids, taken=True)
        records._go(
            "take",
            "in_progress",
            {"executor_id": self.env.uid, "accepted_at": fields.Datetime.now()},
            for_users=for_users,
        )
        for instruction in records:
            instruction._note(
                "taken", instruction.author_id, self.env._("%(user)s has taken it.", user=self.env.user.name)
            )
        return True

    def action_decline(self, reason):
        """Refuse to do it, saying why; it goes back to the author, who gives it to somebody else or drops it."""
        reason = self._need_text(reason, self.env._("Write why you decline, so that the author can decide what to do."))
        records, for_users = self._claim(WORKING_STATES, lambda instruction: instruction.executor_id)
        records._drop_extensions()
        records._go("decline", "draft", {"accepted_at": False, "assigned_at": False}, reason, for_users)
        for instruction in records:
            instruction._note(
                "declined",
                instruction.author_id,
                self.env._("%(user)s declined: %(reason)s", user=self.env.user.name, reason=reason),
            )
            instruction._emit("instruction.declined")
        return True

    def action_report(self, report=None, result=None, delay_reason_id=None):
        """Report it as done. The controller accepts or returns it; without one it is closed.

        :param str report: what was done; calls and meetings need it, and so does work left undone by co-executors
        :param str result: what came of it, in a word
        :param delay_reason_id: why it comes late, a ``paydox.delay.reason`` or its id
        """
        records, for_users = self._claim(WORKING_STATES, lambda instruction: instruction.executor_id)
        report, result = self._clean_report(report), self._clean_text(result, 250)
        delay = self._find_delay_reason(delay_reason_id)
        now = fields.Datetime.now()
        for instruction in records:
            instruction._check_report(report, result)
        records._drop_extensions()
        records.co_executor_ids.filtered(lambda line: line.state in ("waiting", "assigned")).write(
            {"state": "cancelled"}
        )
        for instruction in records:
            values = {
                "report": report,
                "result": result or False,
                "reported_at": now,
                "reported_by_id": self.env.uid,
                "late_hours": (late := instruction._get_late_hours(now)),
                "delay_reason_id": delay.id if late else False,
            }
            own_control = instruction.controller_id == instruction.executor_id
            if instruction.is_on_control and not own_control:
                instruction._go("report", "reported", values, for_users=for_users)
                instruction._note(
                    "reported", instruction.controller_id, self.env._("The report waits for your acceptance.")
                )
            else:
                instruction._go("report", "done", values | {"closed_at": now}, for_users=for_users)
                instruction._note(
                    "done", instruction.author_id, self.env._("Done by %(user)s.", user=self.env.user.name)
                )
        records._close_if_done()
        return True

    def action_return(self, reason):
        """Return the report for rework, saying what is missing."""
        reason = self._need_text(reason, self.env._("Write what is missing, so that the executor knows what to do."))
        records, for_users = self._claim(("reported",), lambda instruction: instruction.controller_id)
        for instruction in records:
            values = {"return_count": instruction.return_count + 1, "reported_at": False, "late_hours": 0}
            instruction._go("return", "in_progress", values, reason, for_users)
            instruction._note("returned", instruction.executor_id, self.env._("Returned: %(reason)s", reason=reason))
        return True

    def action_finish(self):
        """Accept the report: the instruction is done."""
        records, for_users = self._claim(("reported",), lambda instruction: instruction.controller_id)
        records._go("finish", "done", {"closed_at": fields.Datetime.now()}, for_users=for_users)
        for instruction in records:
            instruction._note(
                "done", instruction.author_id | instruction.executor_id, self.env._("The report is accepted.")
            )
        records._close_if_done()
        return True

    def action_remove_control(self):
        """Take it off control: what is reported is done, and the report of what is open will close it."""
        records, for_users = self._claim(
            OPEN_STATES, lambda instruction: instruction.controller_id | instruction.author_id, controlled=True
        )
        reported = records.filtered(lambda instruction: instruction.state == "reported")
        reported._go("remove_control", "done", {"closed_at": fields.Datetime.now()}, for_users=for_users)
        (records - reported)._go("remove_control", None, {"controller_id": False}, for_users=for_users)
        for instruction in records:
            instruction._note("off_control", instruction.executor_id, self.env._("It is taken off control."))
        reported._close_if_done()
        return True

    def action_reopen(self, reason):
        """Take up again what was closed by mistake. Only for the author and the controller."""
        reason = self._need_text(reason, self.env._("Write why it is taken up again."))
        records, for_users = self._claim(
            ("done",), lambda instruction: instruction.author_id | instruction.controller_id
        )
        records._go(
            "reopen",
            "in_progress",
            {"closed_at": False, "reported_at": False, "late_hours": 0, "delay_reason_id": False},
            reason,
            for_users,
        )
        for instruction in records:
            instruction._note(
                "reopened", instruction.executor_id, self.env._("Taken up again: %(reason)s", reason=reason)
            )
        records._on_reopened()
        return True

    def action_cancel(self, reason=None):
        """Drop it; only the author does. Those who work on it are told."""
        reason = self._clean_text(reason)
        records, for_users = self._claim(
            ("draft", *OPEN_STATES), lambda instruction: instruction.author_id | instruction._get_draft_writer()
        )
        told = {instruction: instruction._get_workers() for instruction in records if instruction.state != "draft"}
        records._cancel(reason, for_users)
        for instruction, users in told.items():
            text = self.env._("Cancelled: %(reason)s", reason=reason) if reason else self.env._("Cancelled.")
            instruction._note("cancelled", users, text)
        return True

    # === BUSINESS METHODS === #

    def _cancel(self, reason=None, for_users=None):
        """As the engine: drop what is still open."""
        self._drop_extensions()
        self.co_executor_ids.filtered(lambda line: line.state in ("waiting", "assigned")).write({"state": "cancelled"})
        self._go("cancel", "cancelled", {"closed_at": fields.Datetime.now(), "is_to_confirm": False}, reason, for_users)
        for instruction in self:
            instruction._emit("instruction.cancelled")
        self._release_subjects()
        self._on_closed()

    def _close_if_done(self):
        done = self.filtered(lambda instruction: instruction.state == "done")
        for instruction in done:
            instruction._emit("instruction.done")
        done._release_subjects()
        done._on_closed()

    def _go(self, action, state, vals=None, comment=None, for_users=None):
        """The only way the state changes: as superuser, after the verb has checked the person."""
        if not self:
            return
        if state and (blocked := self.filtered(lambda instruction: state not in _TRANSITIONS[instruction.state])):
            raise UserError(blocked[0]._get_stale_text())
        self.env["paydox.instruction.transition"]._append(self, action, state, comment, for_users)
        self.sudo().write((vals or {}) | ({"state": state} if state else {}))
        self._sync_turns()
        self._sync_events()

    # === HOOKS === #

    def _on_closed(self):
        """Called once on instructions that became done or were cancelled, as superuser; other features extend it."""
        for instruction in self.filtered("parent_id"):
            instruction._note(
                "child_closed",
                instruction.parent_id.executor_id,
                self.env._("“%(instruction)s” is closed.", instruction=instruction.name),
            )

    def _on_reopened(self):
        """Called on instructions that were done and are worked on again."""
