from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# A reminder that a stopped scheduler missed still goes out within these days.
LOOKBACK_DAYS = 14
# Working time is known from the past to the future of one run.
PAST_DAYS, FUTURE_DAYS = 60, 400
BATCH = 200


class PaydoxInstruction(models.Model):
    """The job of reminders: looks at what is due, in batches that survive a kill; what was told is in the ledger."""

    _inherit = "paydox.instruction"

    # === CRON === #

    @api.model
    def _cron_remind(self):
        """Remind of terms that come or are over, then send the daily messages."""
        cron = self.env["ir.cron"]
        work_time = {}  # plain values, so that they outlive the batches
        while True:
            now = fields.Datetime.now()
            due = Domain("reminder_check_at", "<=", now)
            batch = self.search(due, limit=BATCH, order="reminder_check_at, id").try_lock_for_update()
            if not batch:
                break
            batch._remind(now, work_time)
            if not cron._commit_progress(len(batch), remaining=self.search_count(due)):
                return
        self.env["paydox.instruction.reminder.sent"]._send_digests()
        [[upcoming]] = self._read_group([("reminder_check_at", "!=", False)], [], ["reminder_check_at:min"])
        if upcoming:
            self.env.ref("paydox_edms.ir_cron_remind_instructions")._trigger(at=max(upcoming, fields.Datetime.now()))

    # === BUSINESS METHODS === #

    def _remind(self, now, work_time):
        """Tell what is due of these instructions, once, and write down when to look again."""
        in_force = self._get_reminders_in_force()
        calendars = self._get_reminder_calendars()
        due, checks = [], {}
        for instruction in self:
            intervals = self._get_work_time(calendars[instruction], now, work_time)
            since = max(instruction.reminder_since or now, now - timedelta(days=LOOKBACK_DAYS))
            coming = []
            for term in instruction._get_reminder_terms():
                for reminder in in_force[instruction].filtered(lambda found, term=term: found.direction == term[1]):
                    moment = reminder._get_moment(term.moment, intervals)
                    if moment > now:
                        coming.append(moment)
                    elif moment > since:
                        due.append((instruction, reminder, term, moment))
            # Beyond the known working time the answer may change: look again before.
            checks[instruction.id] = min(*coming, now + timedelta(days=FUTURE_DAYS // 2)) if coming else None
        rows = self.env["paydox.instruction.reminder.sent"]._claim(self._get_people_to_remind(due))
        rows._notify(now)
        self._write_checks(checks)

    def _get_people_to_remind(self, due):
        """Who is told: ``[(instruction id, reminder id, user id, term, due, note)]``.

        People who are named, and not of the instruction itself, are told only of what they may read.
        """
        executors = self.env["res.users"].union(*(item[2].people["executor"] for item in due))
        substitutes = self._get_todays_substitutes(executors)
        told, asked = [], defaultdict(self.browse)
        for instruction, reminder, term, moment in due:
            people = self.env["res.users"].union(
                *(term.people[role] for role in reminder._get_roles() if role in term.people)
            )
            if term.people["executor"] in people:
                people |= substitutes[term.people["executor"]]
            named = reminder._get_named_people() - people if "author" in term.people else people.browse()
            for user in named:
                asked[user] |= instruction
            told.append((instruction, reminder, people.filtered("active"), named, term, moment))
        readable = {user: self._filtered_readable_by(user, found) for user, found in asked.items()}
        return [
            (instruction.id, reminder.id, user.id, term.moment, moment, reminder.note or None)
            for instruction, reminder, people, named, term, moment in told
            for user in [*people, *(user for user in named if instruction.id in readable[user]._ids)]
        ]

    # === HELPERS === #

    @api.model
    def _filtered_readable_by(self, user, instructions):
        as_user = instructions.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return as_user._filtered_access("read")

    @api.model
    def _get_todays_substitutes(self, users):
        """``{user: those who act for him today}``."""
        today = fields.Date.context_today(self)
        domain = Domain("user_id", "in", users.ids)
        domain &= Domain("date_from", "<=", today) & Domain("date_to", ">=", today)
        found = defaultdict(self.env["res.users"].browse)
        # sudo: substitutions of others are not readable for everybody
        for substitution in self.env["paydox.substitution"].sudo().search(domain):
            found[substitution.user_id] |= substitution.substitute_id
        return found

    def _get_reminder_calendars(self):
        """``{instruction: calendar of its executor}``, with one look at the employees."""
        # sudo: the calendars of others are not readable for everybody
        employees = (
            self.env["hr.employee"]
            .sudo()
            .search_fetch(
                [("user_id", "in", self.executor_id.ids), ("company_id", "in", self.company_id.ids)],
                ["user_id", "company_id", "resource_calendar_id"],
                order="id",
            )
        )
        calendars = {(employee.user_id, employee.company_id): employee.resource_calendar_id for employee in employees}
        return {
            instruction: calendars.get((instruction.executor_id, instruction.company_id))
            or instruction.company_id.sudo().resource_calendar_id
            for instruction in self
        }

    @api.model
    def _get_work_time(self, calendar, now, known):
        """The working time of a calendar around ``now``, its public holidays left out."""
        if not calendar:
            return []
        if calendar.id not in known:
            start, end = (pytz.utc.localize(now + timedelta(days=days)) for days in (-PAST_DAYS, FUTURE_DAYS))
            found = calendar._work_intervals_batch(start, end)[False]
            known[calendar.id] = [(begin, stop) for begin, stop, _meta in found]
        return known[calendar.id]

    def _write_checks(self, checks):
        """In one query, past the guards of people: no business fact changes."""
        values = SQL(", ").join(SQL("(%s, %s::timestamp)", key, moment) for key, moment in checks.items())
        self.env.execute_query(
            SQL(
                """
                UPDATE paydox_instruction SET reminder_check_at = found.moment
                  FROM (VALUES %s) AS found (id, moment)
                 WHERE paydox_instruction.id = found.id RETURNING paydox_instruction.id
                """,
                values,
            )
        )
        self.invalidate_recordset(["reminder_check_at"], flush=False)
