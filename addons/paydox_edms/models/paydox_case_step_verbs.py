from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text

from .paydox_case_step import OPEN_STATES

MAX_TEXT = 5000
# Kinds that end by what happens outside of the step: who leads the case may end them by hand, saying why.
AUTOMATIC_KINDS = ("document", "route", "event", "case")


class PaydoxCaseStep(models.Model):
    """Verbs of steps, each for exactly the right people in exactly the right state."""

    _inherit = "paydox.case.step"

    can_work = fields.Boolean(compute="_compute_can_work", help="The current user may do the step.")
    can_lead = fields.Boolean(related="case_id.can_lead")

    # === COMPUTE METHODS === #

    @api.depends("state", "responsible_ids")
    @api.depends_context("uid")
    def _compute_can_work(self):
        for step in self:
            step.can_work = step._is_worker()

    # === ACTIONS: those who do the step === #

    def action_start(self):
        """Start steps that wait for a hand."""
        self._begin_verb(("ready",), self._is_worker)
        # sudo: steps are written by the engine only
        steps_sudo = self.sudo()
        steps_sudo._start_by_hand()
        return True

    def action_done(self, report=None):
        """Mark the steps as done. Those that end by what happens outside need a reason, and who leads the case.

        :param str report: what was done
        """
        self._begin_verb(("active", "ready"), self._is_worker)
        report = to_text(report, MAX_TEXT)
        for step in self:
            if step.state == "ready" and step.kind != "milestone":
                raise UserError(self.env._("“%(step)s” is not started. Start it first.", step=step.display_name))
            if step.kind in AUTOMATIC_KINDS:
                step._check_by_hand(report)
        # sudo: as above
        steps_sudo = self.sudo()
        steps_sudo._check_data()
        steps_sudo._done_by_hand(report)
        return True

    # === ACTIONS: those who lead the case === #

    def action_skip(self, reason=None):
        """Leave the steps out, saying why."""
        self._begin_verb(OPEN_STATES)
        reason = self.env["paydox.case"]._clean_reason(reason)
        self._end_by_lead("skipped", reason)
        return True

    def action_cancel(self, reason=None):
        """Cancel the steps, saying why; a step that is done stays."""
        self._begin_verb(OPEN_STATES)
        reason = self.env["paydox.case"]._clean_reason(reason)
        self._end_by_lead("cancelled", reason)
        return True

    def action_reassign(self, user=None, reason=None):
        """Give the steps to another person.

        :param user: a ``res.users`` or its id
        """
        self._begin_verb(OPEN_STATES)
        user = self.env["res.users"].browse(to_id(user)).exists()
        if not user:
            raise UserError(self.env._("Choose the person who does it from now on."))
        # sudo: whether the person is fit is looked up, nothing of him is shown
        steps_sudo = self.sudo()
        for step_sudo in steps_sudo:
            if why_not := step_sudo._get_unfit_reason(user.sudo()):
                raise UserError(self.env._("It cannot be given to this person: %(reason)s.", reason=why_not))
        steps_sudo._reassign(user.sudo(), to_text(reason, MAX_TEXT))
        return True

    def action_repeat(self, reason=None):
        """Do steps that are done once more; the steps after them that have not started wait for it."""
        self._begin_verb(("done", "skipped", "cancelled"))
        if fixed := self.filtered(lambda step: not step.is_repeatable and step.state == "done"):
            raise UserError(
                self.env._(
                    "The template does not let “%(step)s” be repeated. Add a step instead.",
                    step=fixed[0].display_name,
                )
            )
        # sudo: steps are written by the engine only
        self.sudo()._repeat(to_text(reason, MAX_TEXT))
        return True

    def action_move(self, after=None):
        """Put a step that has not started to another place of the list, after other steps.

        :param after: the steps after which it comes, as records or ids; empty: it can start at once
        """
        self.ensure_one()
        self._begin_verb(("waiting", "ready"))
        # sudo: steps are written by the engine only
        self.sudo()._move(self.case_id.sudo()._clean_steps(after))
        return True

    def action_retry(self):
        """Try again to start steps that could not."""
        self._begin_verb(("waiting", "active"), self._is_worker)
        # sudo: as above
        self.sudo()._retry()
        return True

    def action_open_reason(self):
        """Open the window that asks for the reason and the person; the context names the verb."""
        self.ensure_one()
        self.check_access("read")
        context = {"default_step_id": self.id, "default_case_id": self.case_id.id}
        return self.case_id._get_window("paydox.case.reason", self.display_name, context)

    # === BUSINESS METHODS === #

    def _start_by_hand(self):
        ended = self._start()
        ended._emit_done()
        if self.filtered(lambda step: step.state == "ready" and step.problem):
            # The problem stays on the step; who pressed sees it there.
            return
        ended.case_id._advance()

    def _done_by_hand(self, report):
        """End the steps by their own means; kinds extend it."""
        if self._finish(report):
            self.case_id._advance()

    def _end_by_lead(self, state, reason):
        # sudo: as above; who may was checked
        steps_sudo = self.sudo()
        steps_sudo._leave_out(state, reason)
        for case_sudo, found in steps_sudo.grouped("case_id").items():
            case_sudo._log_change(self._get_verb_text(state), found, reason)
        steps_sudo.case_id._advance()

    def _reassign(self, user, reason):
        waiting = self.filtered(lambda step: step.state != "active")
        waiting.write({"responsible_kind": "users", "user_ids": [fields.Command.set(user.ids)], "problem": False})
        active = self - waiting
        for step in active:
            step._hand_over(user, reason)
        active.write({"responsible_ids": [fields.Command.set(user.ids)]})
        self.case_id._add_workers(active)
        self.case_id._touch()
        for case, found in self.grouped("case_id").items():
            text = self.env._("given to %(user)s", user=user.name)
            case._log_change(text, found, reason)
        self.case_id._advance()

    def _repeat(self, reason):
        for step in self:
            again = step.copy(step._prepare_repeat_values())
            followers = step.successor_ids.filtered(lambda other: other.state in ("waiting", "ready"))
            followers.write({"predecessor_ids": [fields.Command.link(again.id)], "state": "waiting"})
            step.case_id._touch()
            step.case_id._log_change(self.env._("to be done once more"), step, reason)
        self.case_id._propose_closing()
        self.case_id._advance()

    def _prepare_repeat_values(self):
        """A new row of its own: what the former run made stays on the former row."""
        self.ensure_one()
        return self._prepare_pinned_values() | {
            "case_id": self.case_id.id,
            "company_id": self.company_id.id,
            "sequence": self.sequence,
            "code": self.code,
            "template_step_id": self.template_step_id.id,
            "run_number": self.run_number + 1,
        }

    def _move(self, before):
        case = self.case_id
        if self in before or self in before._get_all_before():
            raise UserError(
                self.env._("“%(step)s” would come after itself. Choose other steps.", step=self.display_name)
            )
        last = max(before.mapped("sequence"), default=0)
        self.write({"predecessor_ids": [fields.Command.set(before.ids)], "state": "waiting", "problem": False})
        case._make_room(last, self)
        case._touch()
        case._log_change(self.env._("moved"), self)
        case._advance()

    def _retry(self):
        cases = self.case_id
        for step in self.filtered(lambda step: step.state == "active"):
            step._make_again()
        cases._finish_fulfilled()
        cases._advance(retry=True)

    # === GUARDS === #

    def _begin_verb(self, states, is_allowed=None):
        """The guard of every verb: who, in which state, and one after the other.

        :param is_allowed: method of a step that says whether the current user may; by default who leads the case
        """
        self.check_access("read")
        cases = self.case_id
        if is_allowed is None:
            cases._check_lead()
        elif refused := self.filtered(lambda step: not step._is_worker()):
            raise AccessError(
                self.env._(
                    "“%(step)s” is done by %(people)s or by who leads the case.",
                    step=refused[0].display_name,
                    people=", ".join(refused[0].sudo().responsible_ids.mapped("name")) or "-",
                )
            )
        # sudo: the rows are locked, nothing of them is shown
        cases.sudo()._lock()
        cases._check_running()
        if blocked := self.filtered(lambda step: step.state not in states):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(step)s” is in the state “%(state)s”, so this cannot be done. Refresh the page.",
                    step=blocked[0].display_name,
                    state=labels[blocked[0].state],
                )
            )

    def _is_worker(self):
        """Whether the current user, who reads the case, may do the step, for himself or as a substitute."""
        self.ensure_one()
        principals = self.env.user.document_principal_ids
        # sudo: the people of the step decide, whoever asks
        step_sudo = self.sudo()
        if step_sudo.responsible_ids & principals or self.case_id._is_lead():
            return True
        if step_sudo.state != "ready":
            return False
        users, _reason = step_sudo._find_own_people()
        return bool(users & principals)

    def _check_by_hand(self, report):
        if not self.case_id._is_lead():
            raise AccessError(
                self.env._(
                    "“%(step)s” ends by itself when what it waits for happens. Only who leads the case can end it before.",
                    step=self.display_name,
                )
            )
        if not report:
            raise UserError(
                self.env._(
                    "“%(step)s” ends by itself when what it waits for happens. Write why it is ended before.",
                    step=self.display_name,
                )
            )

    @api.model
    def _get_verb_text(self, state):
        return self.env._("left out") if state == "skipped" else self.env._("cancelled")

    def _get_all_before(self):
        """All steps that come before these, however far."""
        found = frontier = self.predecessor_ids
        while frontier:
            frontier = frontier.predecessor_ids - found
            found |= frontier
        return found
