import logging
from datetime import datetime, time, timedelta
from itertools import islice

import pytz
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import get_lang

from odoo.addons.paydox_edms.tools.recurrence import fit, list_days

_logger = logging.getLogger(__name__)

BATCH = 50
# What a stopped scheduler missed is still given when its term is not longer ago.
LOOKBACK_DAYS = 14
# Of one series in one go; the rest comes with the next run.
MAX_AT_ONCE = 31


class PaydoxInstructionSeries(models.Model):
    """The job that gives what is due: each day of a series once, whatever was missed, killed or pressed twice."""

    _inherit = "paydox.instruction.series"

    # === CRON === #

    @api.model
    def _cron_make(self):
        """Give the instructions whose day came. A series and its instructions are one transaction."""
        tomorrow = fields.Date.today() + timedelta(days=1)
        domain = Domain("next_look_on", "<=", tomorrow)
        last_id = 0
        while found := self.search(domain & Domain("id", ">", last_id), limit=BATCH, order="id"):
            last_id = found[-1].id
            found.try_lock_for_update()._make()
            remaining = self.search_count(domain & Domain("id", ">", last_id))
            if not self.env["ir.cron"]._commit_progress(len(found), remaining=remaining):
                return

    # === BUSINESS METHODS === #

    def _make(self, ahead=False):
        """Give what is due; a series that cannot be given says why and is tried again.

        :param bool ahead: give the next one even if its day has not come; an error is then raised
        """
        work_time = {}
        for series in self:
            if ahead:
                series.lock_for_update()
                series._make_due(work_time, ahead)
                continue
            try:
                with self.env.cr.savepoint():
                    series._make_due(work_time, ahead)
            except OperationalError:
                raise
            except Exception as error:  # one series that fails must not stop the others
                _logger.info("The repeating instruction %s could not be given", series.id, exc_info=True)
                known = isinstance(error, UserError)
                series._report_problem(str(error) if known else self.env._("An unexpected error; see the log."))

    def _make_due(self, work_time, ahead):
        self.ensure_one()
        rule = self._get_rule()
        if not rule or not self.active:
            return
        today = self._get_today()
        is_working = self._get_is_working(work_time)
        terms, missed, last = [], 0, None
        for day in list_days(rule, after=self.last_date):
            term = fit(day, is_working, self.on_day_off)
            is_due = (term or day) - timedelta(days=self.lead_days) <= today
            if not is_due and not (ahead and not terms):
                break
            last = day
            if term and term < today - timedelta(days=LOOKBACK_DAYS):
                missed += 1
            elif term:
                terms.append((day, term))
            if len(terms) >= MAX_AT_ONCE:
                break
        if not last:
            return
        if terms:
            values = [self._prepare_instruction(*pair, is_working) for pair in terms]
            self.env["paydox.instruction"]._assign_many(values)
        self.write({"last_date": last, "problem": False})
        if missed:
            self._message_log(body=self.env._("%(count)s of long ago were left out.", count=missed))

    def _report_problem(self, text):
        """Tell the author once why the next one is not given."""
        self.ensure_one()
        if self.problem == text:
            return
        self.write({"problem": text})
        series = self.with_context(lang=self.author_id.lang or get_lang(self.env).code)
        series.message_notify(
            partner_ids=self.author_id.partner_id.ids,
            subject=series.env._("Repeating instruction not given: %(series)s", series=self.name),
            body=text,
        )

    # === HELPERS === #

    def _prepare_instruction(self, day, term, is_working):
        """Values of the instruction of a day; what was missed gets the next possible term."""
        self.ensure_one()
        moment = self._get_moment(term)
        now = fields.Datetime.now()
        while moment <= now:
            term = fit(term + timedelta(days=1), is_working, "next") or term + timedelta(days=1)
            moment = self._get_moment(term)
        values = {
            "name": self.name,
            "description": self.description,
            "kind": self.kind,
            "priority": self.priority,
            "author_id": self.author_id.id,
            "executor_id": self.executor_id.id,
            "controller_id": self.controller_id.id,
            "company_id": self.company_id.id,
            "deadline": moment,
            "co_executor_ids": [(0, 0, {"user_id": user.id}) for user in self.co_executor_user_ids],
            "series_id": self.id,
            "series_date": day,
        }
        if self.kind == "meeting":
            stop = moment + timedelta(hours=self.duration)
            values |= {"start": moment, "stop": stop, "deadline": stop}
        if self.kind == "reminder":
            values["remind_at"] = moment
        return values

    def _get_moment(self, term):
        """The term on a day, as the database has it."""
        self.ensure_one()
        hour, minute = divmod(round(self.term_hour * 60), 60)
        moment = self._get_zone().localize(datetime.combine(term, time(min(hour, 23), minute)))
        return moment.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_zone(self):
        self.ensure_one()
        return pytz.timezone(self.executor_id.tz or self.company_id._get_document_timezone())

    def _get_today(self):
        self.ensure_one()
        return pytz.utc.localize(fields.Datetime.now()).astimezone(self._get_zone()).date()

    def _get_is_working(self, work_time):
        """Whether a day is a working day of the executor; outside of the known time, Monday to Friday."""
        self.ensure_one()
        model = self.env["paydox.instruction"]
        employee_sudo = self.executor_id.sudo().with_company(self.company_id).employee_id
        calendar_sudo = employee_sudo.resource_calendar_id or self.company_id.sudo().resource_calendar_id
        days = {start.date() for start, _stop in model._get_work_time(calendar_sudo, fields.Datetime.now(), work_time)}
        first, last = min(days, default=None), max(days, default=None)

        def is_working(day):
            return day in days if first and first <= day <= last else day.weekday() < 5

        return is_working

    def _get_coming_terms(self, count):
        self.ensure_one()
        rule = self._get_rule()
        if not rule or not self.company_id:
            return []
        is_working = self._get_is_working({})
        days = islice(list_days(rule, after=self.last_date), count * 4)
        return [term for term in (fit(day, is_working, self.on_day_off) for day in days) if term][:count]


class PaydoxInstruction(models.Model):
    _inherit = "paydox.instruction"

    series_id = fields.Many2one(
        comodel_name="paydox.instruction.series",
        string="Repeating",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    series_date = fields.Date(readonly=True, copy=False)

    _series_uniq = models.UniqueIndex(
        "(series_id, series_date) WHERE series_id IS NOT NULL",
        "This day of the repeating instruction was given already.",
    )

    # === ACTIONS === #

    def action_repeat(self):
        """Open a new repeating instruction that is filled in from this one."""
        self.ensure_one()
        self.check_access("read")
        names = ("name", "kind", "priority", "executor_id", "controller_id")
        defaults = {f"default_{name}": self._fields[name].convert_to_write(self[name], self) for name in names}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repeat"),
            "res_model": "paydox.instruction.series",
            "views": [(False, "form")],
            "context": defaults | {"default_description": self.description},
        }
