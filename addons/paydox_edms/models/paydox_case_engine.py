import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.locking import RETRIED_ERRORS, lock_rows

from .paydox_case_step import OPEN_STATES

_logger = logging.getLogger(__name__)

BATCH = 50
FIRST_RETRY_MINUTES = 15
MAX_RETRY_MINUTES = 24 * 60


class PaydoxCase(models.Model):
    """The engine: starts what can start, once, and never breaks what set it off. Runs as superuser."""

    _inherit = "paydox.case"

    # === BUSINESS METHODS === #

    def _lock(self):
        """Take the cases until the end of the transaction.

        Every move changes the row of the case, so that of two transactions the second one is run again by the server
        on what the first one left (see ``lock_rows``).
        """
        lock_rows(self)

    def _touch(self):
        for case in self:
            case.move_count += 1

    def _advance(self, retry=False):
        """Start all steps whose entry conditions hold, and those that their end lets start, and so on.

        :param bool retry: also try the steps that could not start before
        """
        cases = self.filtered(lambda case: case.state == "running")
        cases._lock()
        waiting = cases.step_ids.filtered(lambda step: step.state == "waiting")
        frontier = waiting.filtered(lambda step: retry or not step.problem)
        followers, places = waiting._get_followers(), {step.id: place for place, step in enumerate(waiting)}
        finished = waiting.browse()
        while frontier:
            ended = cases._move_once(frontier)
            finished |= ended
            next_ids = {other.id for step in ended for other in followers.get(step.id, ())}
            frontier = waiting.browse(sorted(next_ids, key=places.get)).filtered(lambda step: step.state == "waiting")
        finished.filtered(lambda step: step.state == "done")._emit_done()
        cases._watch_problems()
        cases._propose_closing()

    @api.model
    def _move_once(self, steps):
        """One wave: judge the waiting steps and start those that can. :return: those that ended"""
        verdicts = {"start": [], "ready": [], "skip": {}, "unmet": []}
        for step in steps:
            self._judge(step, verdicts)
        return self._apply_verdicts(verdicts)

    @api.model
    def _judge(self, step, verdicts):
        verdict, reason = step._get_turn()
        if verdict == "start" and step._has_condition():
            try:
                with self.env.cr.savepoint(flush=False):
                    verdict, reason = step._get_condition_verdict()
            except RETRIED_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001  whatever a condition does to the case is to be explained
                step._register_problem(self.env._("Its condition cannot be used: %(error)s", error=error))
                return
        if verdict == "start":
            verdicts["ready" if step.is_manual else "start"].append(step)
        elif verdict == "skip":
            verdicts["skip"].setdefault(reason, []).append(step)
        elif verdict == "unmet":
            verdicts["unmet"].append(step)

    @api.model
    def _apply_verdicts(self, verdicts):
        steps = self.env["paydox.case.step"]
        moved = steps
        if verdicts["ready"]:
            ready = steps.union(*verdicts["ready"])
            ready.write({"state": "ready", "problem": False})
            ready.case_id._touch()
        for reason, found in verdicts["skip"].items():
            skipped = steps.union(*found)
            skipped._leave_out("skipped", reason)
            moved |= skipped
        if verdicts["start"]:
            moved |= steps.union(*verdicts["start"])._start()
        if verdicts["unmet"]:
            steps.union(*verdicts["unmet"]).case_id._look_again()
        return moved

    def _advance_safely(self):
        """As ``_advance``, for those who must not fail because of it: what cannot be done now is left to the job."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._advance()
        except RETRIED_ERRORS:
            # The transaction itself is void (serialization, lock): the server runs the request again.
            raise
        except Exception:
            _logger.exception("Cases %s could not go on", self.ids)
            self._look_again(minutes=0)

    def _look_again(self, minutes=60):
        """Let the job look at the cases."""
        moment = fields.Datetime.now() + timedelta(minutes=minutes)
        self.filtered(lambda case: not case.advance_at or case.advance_at > moment).advance_at = moment
        if not minutes:
            self.env.ref("paydox_edms.ir_cron_advance_cases")._trigger()

    def _watch_problems(self):
        """Cases with steps that could not start are tried again, ever more seldom."""
        for case in self:
            if any(step.problem and step.state == "waiting" for step in case.step_ids):
                if not case.advance_at:
                    case.attempts += 1
                    minutes = min(FIRST_RETRY_MINUTES * 2 ** (case.attempts - 1), MAX_RETRY_MINUTES)
                    case._look_again(minutes)
            elif case.attempts:
                case.attempts = 0

    # === COMPLETION === #

    def _propose_closing(self):
        """When all that is required is done, close the case as its template says, or tell its responsible person."""
        for case in self.filtered(lambda case: case.state == "running"):
            completed = case._is_completed()
            if completed and not case.is_completed:
                case.is_completed = True
                if not case._close_by_itself():
                    case._schedule_closing()
            elif completed:
                case._close_by_itself()
            elif case.is_completed:
                case.is_completed = False
                case._unschedule_closing()

    def _is_completed(self):
        """Whether no required step is open any more."""
        required = self.step_ids.filtered("is_required")
        if required:
            return not any(step.state in OPEN_STATES for step in required)
        return bool(self.step_ids) and not any(step.state in OPEN_STATES for step in self.step_ids)

    def _close_by_itself(self):
        result = self.template_id.close_result_id
        if not result or any(step.state == "active" for step in self.step_ids):
            return False
        self._close(result, self.env._("All required steps are done."))
        return True

    def _schedule_closing(self):
        for case in self:
            case.activity_schedule(
                "paydox_edms.mail_activity_type_close_case",
                summary=self.env._("All required steps are done: close the case"),
                user_id=case.owner_id.id,
            )

    def _unschedule_closing(self):
        self.activity_unlink(["paydox_edms.mail_activity_type_close_case"])

    # === CRON === #

    @api.model
    def _cron_advance(self):
        """Try again what could not start, case by case, each for itself."""
        while True:
            domain = Domain("advance_at", "<=", fields.Datetime.now()) & Domain("state", "=", "running")
            cases = self.search(domain, limit=BATCH, order="advance_at, id").try_lock_for_update()
            if not cases:
                break
            for case in cases:
                case._retry()
            if not self.env["ir.cron"]._commit_progress(len(cases), remaining=self.search_count(domain)):
                break

    def _retry(self):
        self.advance_at = False
        try:
            with self.env.cr.savepoint():
                self._finish_fulfilled()
                self._advance(retry=True)
        except RETRIED_ERRORS:
            raise
        except Exception:
            _logger.exception("Case %s could not go on", self.id)
            self._look_again(MAX_RETRY_MINUTES)


class PaydoxCaseTemplate(models.Model):
    _inherit = "paydox.case.template"

    close_result_id = fields.Many2one(
        comodel_name="paydox.case.result",
        string="Closes by Itself As",
        ondelete="restrict",
        help="When all required steps are done and no other one is in progress, the case is closed with this result. "
        "Empty: its responsible person closes it.",
    )

    # === HELPERS === #

    @api.model
    def _get_regulation_fields(self):
        return super()._get_regulation_fields() | {"close_result_id"}
