import json
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_approval_step_people import OPEN_STATES

_logger = logging.getLogger(__name__)

CLOSE_BATCH = 50


class PaydoxApprovalStep(models.Model):
    """The end of a vote: count, quorum, majority, the casting vote of the chairman."""

    _inherit = "paydox.approval.step"

    # === ACTIONS === #

    def action_close_vote(self):
        """Close the vote after its term, whoever has not voted."""
        record = self._lock_vote()
        if not self.can_close_vote:
            if self.deadline and self.deadline > fields.Datetime.now():
                raise UserError(
                    self.env._(
                        "People may vote until the end of the term. The vote is closed after it, or when all voted."
                    )
                )
            raise AccessError(
                self.env._(
                    "The vote on %(record)s is closed by its chairman or by those who lead it.",
                    record=record.display_name,
                )
            )
        # sudo: the rows of the run are written by the engine only; who may close was checked
        self.sudo()._finish_vote()
        return True

    def action_cast(self, option):
        """Decide a tie as the chairman.

        :param option: one of the tied options, a record or its id
        """
        record = self._lock_vote()
        if not self.can_cast:
            raise AccessError(
                self.env._("%(record)s does not wait for the vote of its chairman.", record=record.display_name)
            )
        option = self._get_tied_options().filtered(lambda tied: tied.id in record._clean_ids(option))
        if len(option) != 1:
            raise UserError(self.env._("Choose one of the options with equal votes."))
        # sudo: as above
        step_sudo = self.sudo()
        step_sudo.approval_id._append(
            "cast", step_id=self.id, details=json.dumps({"option": option.name}, ensure_ascii=False)
        )
        step_sudo.cast_activity_id.unlink()
        step_sudo._conclude(option.sudo())
        return True

    def action_repeat_vote(self, deadline=None):
        """Put the question again to the same people, as a new round, when there was no quorum.

        :param deadline: end of the new term (UTC); by default as long as the former one
        :return: the window of the new vote
        """
        self.ensure_one()
        self.check_access("read")
        record = self._get_record()
        record._check_can_manage_sheets()
        if self.vote_outcome != "no_quorum" or self.approval_id.purpose != "vote":
            raise UserError(self.env._("Only a vote that was not held for want of a quorum is repeated."))
        deadline = record._clean_deadline(deadline)
        if not deadline and self.deadline:
            deadline = fields.Datetime.now() + (self.deadline - self.started_at)
        # sudo: the rows of the run are written by the engine only; who may lead the vote was checked
        step_sudo = self.sudo()
        asked = self._get_asked_domain() & Domain("user_id.active", "=", True)
        people = step_sudo.env["paydox.approval.line"].search(asked)
        options = [
            {"name": option.name, "sequence": place, "is_for": option.is_for, "is_abstain": option.is_abstain}
            for place, option in enumerate(step_sudo.vote_option_ids)
        ]
        vals = step_sudo._prepare_vote_values() | {"name": self.name, "deadline": deadline}
        approval_sudo = record._lock_for_sheets()._start_vote(people.user_id, options, vals)
        return approval_sudo.step_ids.sudo(False).action_open_vote()

    # === BUSINESS METHODS === #

    def _on_asking(self, users):
        if self.kind == "vote":
            self._get_record()._add_approval_participants(users | self.chairman_id)
        return super()._on_asking(users)

    def _start_anew(self):
        votes = self.filtered(lambda step: step.kind == "vote")
        votes.write({"counted_at": False, "vote_outcome": False, "winner_id": False})
        votes.vote_option_ids.write({"tally": 0})
        return super()._start_anew()

    def _evaluate(self):
        if self.kind != "vote":
            return super()._evaluate()
        return False if self.counted_at or self._get_open_voters() else self._count_votes()

    def _finish_vote(self):
        """Count, and hand the result over to the run."""
        outcome = self._count_votes()
        if outcome:
            self._leave(outcome)

    def _count_votes(self):
        """Close the ballot and find the result.

        :return: ``agreed``, ``refused``, or ``False`` while a tie waits for the chairman
        """
        self._release_absent()
        now = fields.Datetime.now()
        votes = self._get_votes()[self]
        counts = [(option.name, votes[option]) for option in self.vote_option_ids]
        facts = {"voters": self.people_count, "voted": self.done_count, "needed": self.quorum_count, "votes": counts}
        outcome, winner = self._get_vote_outcome(votes)
        self.write({"counted_at": now, "vote_outcome": outcome})
        self.approval_id._append(
            "close", step_id=self.id, details=json.dumps(facts | {"outcome": outcome}, ensure_ascii=False)
        )
        if outcome == "tie":
            self._ask_chairman()
            return False
        return self._settle(outcome, winner)

    def _get_vote_outcome(self, votes):
        """What the votes amount to: ``(outcome, winning option or none)``."""
        nobody = self.env["paydox.vote.option"]
        cast = {option: count for option, count in votes.items() if not option.is_abstain}
        leaders = self._get_tied_options()
        most, total = max(cast.values(), default=0), sum(cast.values())
        if self.done_count < self.quorum_count or not self.done_count:
            return "no_quorum", nobody
        if not most:
            return "rejected", nobody
        if len(leaders) > 1:
            return self._break_tie(leaders, most)
        enough = {
            "simple": most * 2 > total,
            "absolute": most * 2 > self.people_count,
            "two_thirds": most * 3 >= total * 2,
        }[self.majority]
        return ("adopted" if enough and leaders.is_for else "rejected"), (leaders if enough else nobody)

    def _break_tie(self, leaders, most):
        """The chairman's vote decides where one vote more would: his open vote at once, else he is asked."""
        nobody = self.env["paydox.vote.option"]
        one_would_do = self.majority == "simple" or (self.majority == "absolute" and most * 2 == self.people_count)
        if not one_would_do or not self.chairman_id.active:
            return "rejected", nobody
        line = self.env["paydox.approval.line"].search(
            self._get_current_domain() & Domain("user_id", "=", self.chairman_id.id) & Domain("state", "=", "voted")
        )
        if line.vote_option_id in leaders:
            return ("adopted" if line.vote_option_id.is_for else "rejected"), line.vote_option_id
        return "tie", nobody

    def _conclude(self, winner):
        """The chairman decided."""
        self._leave(self._settle("adopted" if winner.is_for else "rejected", winner))

    def _settle(self, outcome, winner):
        self.write({"vote_outcome": outcome, "winner_id": winner.id})
        return self._close("agreed" if outcome == "adopted" else "refused")

    def _leave(self, outcome):
        if outcome == "agreed":
            self.approval_id._advance()
        else:
            self.approval_id._close("rejected")

    def _release_absent(self):
        """Who was archived before he voted is no voter."""
        domain = Domain("step_id", "=", self.id) & Domain("state", "in", OPEN_STATES)
        lines = self.env["paydox.approval.line"].search(domain & Domain("user_id.active", "=", False))
        if lines:
            reason = self.env._("No longer has a login.")
            lines._skip()
            lines.write({"comment": reason})
            users = json.dumps({"users": sorted(lines.user_id.ids)})
            self.approval_id._append("remove", step_id=self.id, comment=reason, details=users)

    def _ask_chairman(self):
        """Those who have not voted are no longer asked; the chairman is."""
        self.env["paydox.approval.line"].search(
            [("step_id", "=", self.id), ("state", "in", OPEN_STATES)]
        )._drop_activities()
        activity_type = self.env.ref("paydox_edms.mail_activity_type_decide", raise_if_not_found=False)
        self.cast_activity_id = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self.approval_id.res_model),
                "res_id": self.approval_id.res_id,
                "user_id": self.chairman_id.id,
                "activity_type_id": activity_type.id if activity_type else False,
                "summary": self.env._("Equal votes: your vote decides. %(question)s", question=self.name),
                "date_deadline": fields.Date.context_today(self),
                "automated": True,
            }
        )

    # === HELPERS === #

    def _lock_vote(self):
        """The record of the vote, locked against votes of the same moment."""
        self.ensure_one()
        self.check_access("read")
        record = self._get_record()
        record.check_access("read")
        if self.kind != "vote":
            raise UserError(self.env._("This step is no vote."))
        # sudo: the rows of the run are locked, nothing of them is shown
        lock_rows(self.sudo().approval_id)
        self.invalidate_recordset()
        return record

    # === CRON === #

    @api.model
    def _cron_close_votes(self):
        """Close the votes whose term is over, each once, in batches that survive a kill."""
        domain = Domain("kind", "=", "vote") & Domain("state", "=", "running") & Domain("counted_at", "=", False)
        while True:
            due = domain & Domain("deadline", "<=", fields.Datetime.now())
            steps = self.search(due, limit=CLOSE_BATCH, order="deadline, id")
            steps = steps.filtered(lambda step: step.approval_id.try_lock_for_update())
            if not steps:
                break
            for step in steps:
                try:
                    with self.env.cr.savepoint():
                        step._finish_vote()
                except Exception:  # noqa: BLE001  one vote must not keep the others open
                    _logger.exception("The vote %s could not be closed", step.id)
                    domain &= Domain("id", "!=", step.id)
            due = domain & Domain("deadline", "<=", fields.Datetime.now())
            remaining = self.search_count(due)
            if not self.env["ir.cron"]._commit_progress(len(steps), remaining=remaining):
                break
