import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_step_definition import MANUAL_KINDS

_logger = logging.getLogger(__name__)

BATCH = 200


class PaydoxApprovalLine(models.Model):
    """The clock: reminders before the term, notices after it, and what happens by itself. Each once a line."""

    _inherit = "paydox.approval.line"

    reminded_at = fields.Datetime(readonly=True)
    timed_out_at = fields.Datetime(readonly=True)
    escalated_at = fields.Datetime(readonly=True)

    _remind_idx = models.Index("(remind_at, id) WHERE state = 'pending' AND reminded_at IS NULL")
    _overdue_idx = models.Index("(deadline, id) WHERE state = 'pending' AND escalated_at IS NULL")

    # === CRON === #

    @api.model
    def _cron_watch_terms(self):
        """Go over what is due, in batches that survive a kill; what was missed while no job ran is done now, once."""
        for get_domain, handle in (
            (self._get_remind_domain, "_remind"),
            (self._get_time_out_domain, "_time_out"),
            (self._get_escalate_domain, "_escalate"),
        ):
            while lines := self.search(get_domain(), limit=BATCH, order="deadline, id").try_lock_for_update():
                getattr(lines, handle)()
                remaining = self.search_count(get_domain())
                if not self.env["ir.cron"]._commit_progress(len(lines), remaining=remaining):
                    return

    @api.model
    def _get_remind_domain(self):
        now = fields.Datetime.now()
        return (
            Domain("state", "=", "pending")
            & Domain("reminded_at", "=", False)
            & Domain("remind_at", "<=", now)
            & Domain("deadline", ">", now)
        )

    @api.model
    def _get_overdue_domain(self):
        return (
            Domain("state", "=", "pending")
            & Domain("deadline", "<=", fields.Datetime.now())
            & Domain("approval_id.purpose", "=", "approval")
        )

    @api.model
    def _get_time_out_domain(self):
        action = Domain("timed_out_at", "=", False) & Domain("step_id.timeout_action", "!=", "none")
        return self._get_overdue_domain() & action

    @api.model
    def _get_escalate_domain(self):
        return (
            self._get_overdue_domain()
            & Domain("escalated_at", "=", False)
            & Domain("step_id.escalate_to", "!=", "nobody")
        )

    # === BUSINESS METHODS === #

    def _remind(self):
        """Remind the people whose terms end soon, and those who substitute them today: one message for each person."""
        self.write({"reminded_at": fields.Datetime.now()})
        by_user = {}
        substitutes = self._map_substitutes()
        for line in self:
            for user in line.user_id | substitutes.get(line.user_id, line.user_id):
                by_user[user] = by_user.get(user, self.browse()) | line
        for user, lines in by_user.items():
            env = self.with_context(lang=user.lang).env
            self.env["paydox.approval"]._send_digest(
                user,
                env._("Decisions that are due soon: %(count)s", count=len(lines)),
                env._("Please decide before the term is over."),
                [(line._get_record(), line._get_term_text(user)) for line in lines],
            )

    def _escalate(self):
        """Tell those who answer for the terms: one message with a list for each, and an activity a record."""
        self.write({"escalated_at": fields.Datetime.now()})
        by_user = {}
        for line in self:
            for user in line._get_escalation_users():
                by_user[user] = by_user.get(user, self.browse()) | line
        for user, lines in by_user.items():
            lines._schedule_late_activities(user)
            lines._tell_delay(user)

    def _tell_delay(self, user):
        """One message with a list of what is late."""
        env = self.with_context(lang=user.lang).env
        self.env["paydox.approval"]._send_digest(
            user,
            env._("Decisions that are late: %(count)s", count=len(self)),
            env._("The term of these decisions is over."),
            [(line._get_record(), line._get_late_text(user)) for line in self],
        )

    def _schedule_late_activities(self, user):
        """Put the delay on the list of ``user``, where he may read the record; it goes when the decision comes."""
        readable = self.env["paydox.approval"]._get_readable(user, [line._get_record() for line in self])
        lines = self.filtered(lambda line: line._get_record() in readable[line.res_model])
        activity_type = self.env.ref("paydox_edms.mail_activity_type_late", raise_if_not_found=False)
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(
                [
                    {
                        "res_model_id": self.env["ir.model"]._get_id(line.res_model),
                        "res_id": line.res_id,
                        "user_id": user.id,
                        "activity_type_id": activity_type.id if activity_type else False,
                        "summary": line._get_late_text(user),
                        "date_deadline": fields.Date.context_today(self),
                        "automated": True,
                    }
                    for line in lines
                ]
            )
        )
        for line, activity in zip(lines, activities, strict=True):
            line._link_late_activities(activity)

    def _time_out(self):
        """The term is over: agree or pass on, as the route says. What fails stays with its person."""
        self.write({"timed_out_at": fields.Datetime.now()})
        for line in self:
            try:
                with self.env.cr.savepoint():
                    line._time_out_one()
            except Exception:  # noqa: BLE001  one run must not stop the others
                _logger.exception("The term of the approval line %s is over and could not be handled", line.id)

    def _time_out_one(self):
        lock_rows(self.approval_id)
        step, record = self.step_id, self._get_record()
        if step.timeout_action == "agree" and step.kind not in MANUAL_KINDS:
            self._decide_by_clock("auto")
            record._hand_over("auto", self, None)
            return
        head = step._get_head(self.user_id, record)
        if not head or record._get_obstacle(step, head):
            return
        self._decide_by_clock("pass", head)
        self._replace(head, keep_term=False)

    def _decide_by_clock(self, action, target=None, comment=False):
        """Write the result that no person gave; the sheet and the chain name it so."""
        self.ensure_one()
        now, record = fields.Datetime.now(), self._get_record()
        self._drop_activities()
        self.write(
            {
                "state": "agreed" if action == "auto" else "delegated",
                "action": action,
                "decided_by_id": self.env.uid,
                "decided_at": now,
                "comment": comment,
                "version_id": record._get_approval_version().id,
            }
            | self._prepare_delay_values(now)
        )
        self.approval_id._append(
            action, self, decided_at=now, comment=comment, target_user_id=target.id if target else False
        )
        record._log_decision(action, self, comment, target)

    # === HELPERS === #

    def _get_escalation_users(self):
        self.ensure_one()
        users = self.step_id._get_head(self.user_id, self._get_record())
        if self.step_id.escalate_to == "author_manager":
            users |= self.approval_id._get_excluded().filtered("active")
        return users - self.user_id

    def _map_substitutes(self):
        """Who substitutes the people of the lines today: ``{user: substitutes}``."""
        today = fields.Date.context_today(self)
        found = self.env["paydox.substitution"].search(
            [("user_id", "in", self.user_id.ids), ("date_from", "<=", today), ("date_to", ">=", today)]
        )
        return {user: substitutions.substitute_id for user, substitutions in found.grouped("user_id").items()}

    def _get_term_text(self, user):
        env = self.with_context(lang=user.lang).env
        return env._("%(step)s, until %(term)s", step=self.step_id.name, term=self._get_local_term(user))

    def _get_late_text(self, user):
        env = self.with_context(lang=user.lang).env
        return env._(
            "%(user)s is late with “%(step)s”, due on %(term)s",
            user=self.user_id.name,
            step=self.step_id.name,
            term=self._get_local_term(user),
        )

    def _get_local_term(self, user):
        return format_datetime(self.env, self.deadline, tz=user.tz or "UTC", dt_format="short", lang_code=user.lang)
