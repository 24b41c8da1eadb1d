from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

# How far ahead working time is looked for, beyond twice the term itself.
HORIZON_DAYS = 45
MAX_DAYS = 3650


class PaydoxCaseStep(models.Model):
    """Terms of steps, in the working time of those who do them."""

    _inherit = "paydox.case.step"

    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    # === COMPUTE METHODS === #

    @api.depends("deadline", "state", "done_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for step in self:
            end = step.done_at if step.state == "done" else now
            step.is_late = bool(step.deadline and step.state in ("active", "done") and end and end > step.deadline)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "active") & Domain("deadline", "<", fields.Datetime.now())
        return domain if True in value else ~domain

    # === BUSINESS METHODS === #

    def _plan_deadlines(self, people, moment):
        """When the term of each step ends: ``{step: datetime or False}``.

        :param dict people: ``{step: users}``; the calendar of the first of them counts
        """
        timed = self.filtered("term_value")
        deadlines = dict.fromkeys(self, False)
        if not timed:
            return deadlines
        firsts = {step: people[step][:1] for step in timed}
        employees = self._get_employees(self.env["res.users"].union(*firsts.values()))
        planned = {}
        for step in timed:
            company = step.case_id.company_id
            employee = employees.get((firsts[step].id, company.id), self.env["hr.employee"])
            key = (company, employee, step._get_term_start(moment), step.term_value, step.term_unit)
            if key not in planned:
                planned[key] = self._plan_term(*key)
            if planned[key] <= moment and step.term_from != "step":
                # A term that was over before the step could start is counted from its start.
                key = (company, employee, moment, step.term_value, step.term_unit)
                planned[key] = self._plan_term(*key)
            deadlines[step] = planned[key]
        return deadlines

    def _get_term_start(self, moment):
        if self.term_from == "case":
            return self.case_id.started_at or moment
        if self.term_from == "predecessor":
            ends = [step.done_at for step in self.predecessor_ids if step.done_at]
            return max(ends, default=moment)
        return moment

    @api.model
    def _get_employees(self, users):
        employees = self.env["hr.employee"].search([("user_id", "in", users.ids)], order="id desc") if users else ()
        return {(employee.user_id.id, employee.company_id.id): employee for employee in employees}

    @api.model
    def _plan_term(self, company, employee, start, value, unit):
        """The end of a term, in UTC. A term that ends on a day off moves to the next working day."""
        value = min(value, MAX_DAYS * (24 if unit == "hours" else 1))
        calendar = employee.resource_calendar_id or company.resource_calendar_id
        start = pytz.utc.localize(start)
        if not calendar:
            delta = timedelta(hours=value) if unit == "hours" else timedelta(days=value)
            return (start + delta).replace(tzinfo=None)
        if unit == "hours":
            end = calendar.plan_hours(value, start, compute_leaves=True, resource=employee.resource_id)
            return self._to_utc(end or start + timedelta(hours=value))
        zone = pytz.timezone(employee.tz or calendar.tz or "UTC")
        local = start.astimezone(zone)
        days = int(-(-value // 1))
        stops = self._get_working_days(calendar, employee.resource_id, zone, local, days)
        if unit == "days":
            later = [stop for day, stop in stops if day > local.date()]
            return (
                self._to_utc(later[days - 1])
                if len(later) >= days
                else (start + timedelta(days=days)).replace(tzinfo=None)
            )
        # By the clock on the wall, so that a change to summer time does not move the hour.
        target = zone.localize(local.replace(tzinfo=None) + timedelta(days=days))
        for day, stop in stops:
            if day == target.date():
                return self._to_utc(target)
            if day > target.date():
                return self._to_utc(stop)
        return self._to_utc(target)

    @api.model
    def _get_working_days(self, calendar, resource, zone, local, days):
        """``[(day, end of its work)]`` from the day of ``local`` on."""
        begin = zone.localize(datetime.combine(local.date(), time.min))
        end = begin + timedelta(days=2 * days + HORIZON_DAYS)
        work = calendar._work_intervals_batch(begin, end, resources=resource)[resource.id]
        stops = {}
        for _start, stop, _meta in work:
            stops[stop.astimezone(zone).date()] = stop
        return sorted(stops.items())

    @api.model
    def _to_utc(self, moment):
        return moment.astimezone(pytz.utc).replace(tzinfo=None)
