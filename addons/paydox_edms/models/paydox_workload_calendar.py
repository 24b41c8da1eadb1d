from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.workload import find_column, get_capacity


class PaydoxWorkloadCalendar(models.AbstractModel):
    """Working days of people: how much fits into them, who is absent, what takes the whole day."""

    _name = "paydox.workload.calendar"
    _description = "Working Days of People"

    @api.model
    def _get_days(self, people, columns, zone):
        """``{(user, column): {"capacity", "is_off", "is_absent", "holiday", "substitute", "events"}}``.

        Why somebody is absent is not told, only that he is.
        """
        limit = self.env.company.instruction_day_limit
        begin = zone.localize(datetime.combine(columns[0][0], time.min))
        end = zone.localize(datetime.combine(columns[-1][1] + timedelta(days=1), time.min))
        holidays = self._get_holidays(columns, begin, end)
        substitutes = self._get_substitutes(people, columns)
        events = self._get_events(people, columns)
        result = {}
        for user, (calendar, common, own) in self._get_hours(people, begin, end, zone).items():
            for index, (first, last) in enumerate(columns):
                dates = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
                hours = sum(own[day] for day in dates)
                usual = sum(common[day] for day in dates)
                full = calendar.hours_per_day or 8
                result[user, index] = {
                    "capacity": get_capacity(hours, full, limit),
                    "is_off": not usual,
                    "is_absent": bool(usual and not hours),
                    "holiday": holidays.get((calendar, index)) or holidays.get((calendar.browse(), index), ""),
                    "substitute": substitutes.get((user, index), ""),
                    "events": events[user.partner_id, index],
                }
        return result

    @api.model
    def _get_hours(self, people, begin, end, zone):
        """``{user: (calendar, hours of the calendar by day, hours of the person by day)}``; days as the user sees them."""
        # sudo: calendars and leaves of colleagues are not readable for everybody; only hours come out of it
        employees_sudo = self.env["hr.employee"].sudo()
        domain = Domain("user_id", "in", people.ids) & Domain("company_id", "in", self.env.companies.ids)
        found = {employee.user_id.id: employee for employee in employees_sudo.search(domain, order="id desc")}
        company_calendar = self.env.company.sudo().resource_calendar_id
        by_calendar = defaultdict(list)
        for user in people:
            employee = found.get(user.id, employees_sudo)
            by_calendar[employee.resource_calendar_id or company_calendar].append((user, employee.resource_id))
        result = {}
        for calendar, pairs in by_calendar.items():
            resources = self.env["resource.resource"].sudo().union(*(resource for _user, resource in pairs))
            work = calendar._work_intervals_batch(begin, end, resources=resources) if calendar else {}
            common = self._sum_hours(work.get(False, ()), zone)
            for user, resource in pairs:
                own = self._sum_hours(work[resource.id], zone) if resource and calendar else common
                result[user] = (calendar, common, own)
        return result

    @api.model
    def _sum_hours(self, intervals, zone):
        hours = defaultdict(float)
        for start, stop, _meta in intervals:
            hours[start.astimezone(zone).date()] += (stop - start).total_seconds() / 3600
        return hours

    @api.model
    def _get_holidays(self, columns, begin, end):
        """``{(calendar, column): name}`` of the public holidays; those of all calendars under the empty one."""
        # sudo: public holidays are no secret
        leaves_sudo = self.env["resource.calendar.leaves"].sudo()
        start, stop = (moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in (begin, end))
        domain = Domain("resource_id", "=", False) & Domain("company_id", "in", [*self.env.companies.ids, False])
        names = {}
        for leave in leaves_sudo.search(domain & Domain("date_from", "<", stop) & Domain("date_to", ">", start)):
            zone = pytz.timezone(leave.calendar_id.tz or self.env.user.tz or "UTC")
            first, last = (pytz.utc.localize(moment).astimezone(zone) for moment in (leave.date_from, leave.date_to))
            for index in self._find_columns(columns, first.date(), (last - timedelta(seconds=1)).date()):
                names.setdefault((leave.calendar_id, index), leave.name or "")
        return names

    @api.model
    def _get_substitutes(self, people, columns):
        """``{(user, column): names of those who act for him}``."""
        domain = Domain("user_id", "in", people.ids) & Domain("date_from", "<=", columns[-1][1])
        domain &= Domain("date_to", ">=", columns[0][0])
        names = defaultdict(list)
        # sudo: who acts for whom is no secret; the reason stays one
        for found in self.env["paydox.substitution"].sudo().search(domain):
            for index in self._find_columns(columns, found.date_from, found.date_to):
                names[people.browse(found.user_id.id), index].append(found.substitute_id.name)
        return {key: ", ".join(dict.fromkeys(found)) for key, found in names.items()}

    @api.model
    def _get_events(self, people, columns):
        """``{(partner, column): [{"id", "name"}]}`` of what takes the whole day; the calendar hides private names."""
        partners = people.sudo().partner_id  # sudo: to look for their events, which are read as the user
        domain = Domain("allday", "=", True) & Domain("partner_ids", "in", partners.ids)
        domain &= Domain("start_date", "<=", columns[-1][1]) & Domain("stop_date", ">=", columns[0][0])
        found = defaultdict(list)
        for event in self.env["calendar.event"].search(domain, limit=500, order="start_date, id"):
            for index in self._find_columns(columns, event.start_date, event.stop_date):
                for partner in event.partner_ids & partners:
                    found[partner, index].append({"id": event.id, "name": event.display_name})
        return found

    @api.model
    def _find_columns(self, columns, first, last):
        """Positions of the columns that the days touch."""
        inside = max(first, columns[0][0]), min(last, columns[-1][1])
        if inside[0] > inside[1]:
            return range(0)
        return range(find_column(columns, inside[0]), find_column(columns, inside[1]) + 1)
