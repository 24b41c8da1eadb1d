from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text

from .paydox_case_step import OPEN_STATES

MAX_TEXT = 5000
# From a state to the states that may follow it.
_TRANSITIONS = {
    "draft": {"cancelled"},
    "running": {"done", "cancelled"},
    "done": {"running"},
    "cancelled": {"running"},
}


class PaydoxCase(models.Model):
    """Verbs of those who lead a case: close, cancel, reopen."""

    _inherit = "paydox.case"

    # === ACTIONS === #

    def action_close(self, result=None, note=None, cancel_open=False):
        """Complete the case, saying what came out of it.

        :param result: a ``paydox.case.result`` or its id
        :param str note: needed when the goal is not reached
        :param bool cancel_open: cancel the steps that are still open; otherwise the case stays open while there are any
        """
        self._begin_verb("done")
        result = self.env["paydox.case.result"].browse(to_id(result)).exists()
        note = to_text(note, MAX_TEXT)
        for case in self:
            case._check_result(result, note)
            case._check_data_to_close()
            case._check_open_steps(cancel_open is True)
        # sudo: the state is written by the engine only
        self.sudo()._close(result, note)
        return True

    def action_cancel(self, reason=None):
        """Give the case up, saying why; what is open is cancelled with it."""
        self._begin_verb("cancelled")
        reason = self._clean_reason(reason)
        # sudo: as above
        self.sudo()._cancel(reason)
        return True

    def action_reopen(self, reason=None):
        """Go on with a closed case, saying why; the steps that were cancelled with it wait again."""
        self._begin_verb("running")
        reason = self._clean_reason(reason)
        # sudo: as above
        self.sudo()._reopen(reason)
        return True

    def action_open_close(self):
        """Open the window that asks for the result."""
        self.ensure_one()
        self.check_access("read")
        return self._get_window("paydox.case.close", self.env._("Close the Case"), {"default_case_id": self.id})

    def action_open_reason(self):
        """Open the window that asks for the reason; the context names the verb."""
        self.ensure_one()
        self.check_access("read")
        return self._get_window("paydox.case.reason", self.env._("Reason"), {"default_case_id": self.id})

    # === BUSINESS METHODS === #

    def _close(self, result, note=None):
        """Complete the cases; optional steps that never started are cancelled with them."""
        self._lock()
        self.step_ids.filtered(lambda step: step.state in OPEN_STATES)._close_with_case()
        self.write(self._prepare_end_values("done") | {"result_id": result.id, "result_note": note or False})
        self._after_end("case.done")

    def _cancel(self, reason):
        self._lock()
        self.step_ids.filtered(lambda step: step.state in OPEN_STATES)._close_with_case()
        self.write(self._prepare_end_values("cancelled") | {"result_note": reason})
        self._after_end("case.cancelled")

    @api.model
    def _prepare_end_values(self, state):
        return {"state": state, "closed_at": fields.Datetime.now(), "advance_at": False, "is_completed": False}

    def _after_end(self, event):
        self._touch()
        self._unschedule_closing()
        self._emit(event)
        steps = self.parent_step_id
        for step in steps:
            [case] = step.sub_case_id
            if event == "case.done":
                step._end_and_go_on(case.result_note)
            elif step.state == "active":
                step._register_problem(
                    self.env._("The case inside was cancelled: %(reason)s", reason=case.result_note or "")
                )

    def _reopen(self, reason):
        self._lock()
        for case in self:
            text = self.env._(
                "Reopened. %(reason)s Former result: %(result)s.", reason=reason, result=case.result_id.name or "-"
            )
            case._message_log(body=text)
        self.step_ids.filtered("is_closed_with_case")._open_with_case()
        self.write({"state": "running", "closed_at": False, "result_id": False, "result_note": False})
        self._touch()
        self._advance()

    # === HELPERS === #

    def _begin_verb(self, state):
        """The guard of every verb: who, in which state, and one after the other."""
        self._check_lead()
        # sudo: the rows are locked, nothing of them is shown
        self.sudo()._lock()
        if blocked := self.filtered(lambda case: state not in _TRANSITIONS[case.state]):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(case)s is in the state “%(old)s” and cannot become “%(new)s”.",
                    case=blocked[0].display_name,
                    old=labels[blocked[0].state],
                    new=labels[state],
                )
            )

    def _check_running(self):
        if blocked := self.filtered(lambda case: case.state not in ("draft", "running")):
            raise UserError(
                self.env._("%(case)s is closed. Reopen it to change its steps.", case=blocked[0].display_name)
            )

    def _check_result(self, result, note):
        self.ensure_one()
        allowed = self.template_id.result_ids
        if not result or not result.active or (allowed and result not in allowed):
            raise UserError(
                self.env._("%(case)s: say what came out of it, one of the results of the list.", case=self.display_name)
            )
        if not result.is_reached and not note:
            raise UserError(
                self.env._("%(case)s: the goal is not reached. Write why, for the report.", case=self.display_name)
            )

    def _check_data_to_close(self):
        # sudo: the form is part of the template, which serves whoever works on the case
        rows_sudo = self.sudo().template_id.field_ids.filtered(lambda row: row.required_at == "close")
        if rows_sudo and (missing := self.sudo()._get_empty_labels(rows_sudo.mapped("property_name"))):
            raise UserError(
                self.env._(
                    "%(case)s cannot be closed yet. Fill in: %(fields)s.",
                    case=self.display_name,
                    fields=", ".join(missing),
                )
            )

    def _check_open_steps(self, cancel_open):
        steps = self.step_ids._filter_holding()
        if steps and not cancel_open:
            raise UserError(
                self.env._(
                    "%(case)s has open steps: %(steps)s. Finish them, or close the case together with them.",
                    case=self.display_name,
                    steps=", ".join(steps[:10].mapped("display_name")),
                )
            )

    @api.model
    def _clean_reason(self, reason):
        reason = to_text(reason, MAX_TEXT)
        if not reason:
            raise UserError(self.env._("Write why: it stays in the case."))
        return reason

    @api.model
    def _get_window(self, model, name, context):
        keep = {key: value for key, value in self.env.context.items() if key == "default_verb"}
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": keep | context,
        }

    @api.constrains("result_id", "result_note")
    def _check_result_note(self):
        for case in self:
            if case.state == "done" and not case.is_reached and not case.result_note:
                raise ValidationError(self.env._("%(case)s: write why the goal is not reached.", case=case.name))


class PaydoxCaseStep(models.Model):
    _inherit = "paydox.case.step"

    # === BUSINESS METHODS === #

    def _filter_holding(self):
        """The steps that hold up the closing of their case: what is in progress, and what is required."""
        return self.filtered(lambda step: step.state == "active" or (step.is_required and step.state in OPEN_STATES))

    def _close_with_case(self):
        if self:
            self._leave_out("cancelled", self.env._("The case was closed."))
            self.write({"is_closed_with_case": True})

    def _open_with_case(self):
        """The steps wait again; what they had made was taken back and is made anew."""
        self.document_id.case_step_id = False
        self.approval_id.write({"case_step_id": False})
        self.sub_case_id.write({"parent_step_id": False})
        for step in self:
            step.move_count += 1
        self.write(
            {
                "state": "waiting",
                "is_closed_with_case": False,
                "skip_reason": False,
                "started_at": False,
                "done_at": False,
                "done_by_id": False,
                "document_id": False,
                "approval_id": False,
                "sub_case_id": False,
            }
        )
        self.env.flush_all()
