from collections import defaultdict
from datetime import datetime, time, timedelta
from functools import partial

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.search_domain import parse_domain, refuse_bad_domain
from odoo.addons.paydox_edms.tools.workload import SCALES, find_column, get_start, make_columns

from .paydox_instruction_reminders import RUNNING

# What one picture holds; what is beyond is counted and can be opened as a list.
MAX_PEOPLE = 60
MAX_CARDS = 1500
CARDS_OF_CELL = 10


class PaydoxInstruction(models.Model):
    """The load of people by day or week: how many open instructions, how many fit, and which."""

    _inherit = "paydox.instruction"

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_workload(self, domain=None, start=None, scale="day"):
        """What the view of the load shows, of what the current user may read.

        :param domain: which instructions, on this model
        :param start: a day of the first column; without it, the present week
        :param str scale: ``day`` (seven columns) or ``week`` (six)
        :return: ``{"scale", "start", "today", "limit", "hidden", "columns": [{"key", "date_from", "date_to",
            "is_today"}], "rows": [{"user_id", "name", "department", "total", "late", "undated", "domain", …, "cells":
            [{"key", "count", "capacity", "is_off", "is_absent", "holiday", "substitute", "events", "cards",
            "domain"}]}]}``
        """
        if not isinstance(scale, str) or scale not in SCALES:
            raise UserError(self.env._("The load is shown by day or by week."))
        domain = parse_domain(self.env, domain)
        names_people = any(condition.field_expr.startswith("executor_id") for condition in domain.iter_conditions())
        domain &= Domain("state", "in", RUNNING)
        zone = pytz.timezone(self.env.user.tz or "UTC")
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        columns = make_columns(get_start(self._clean_day(start) or today, scale), scale)
        model = self.with_context(tz=zone.zone)
        with refuse_bad_domain(self.env):
            numbers = model._count_workload(domain, columns, zone)
        people, hidden = model._get_workload_people(numbers, names_people)
        return {
            "scale": scale,
            "start": str(columns[0][0]),
            "today": str(today),
            "limit": self.env.company.instruction_day_limit,
            "hidden": hidden,
            "columns": [
                {"key": str(first), "date_from": str(first), "date_to": str(last), "is_today": first <= today <= last}
                for first, last in columns
            ],
            "rows": model._prepare_workload_rows(domain, columns, zone, people, numbers),
        }

    def _count_workload(self, domain, columns, zone):
        """``{"cells": {(user, column): count}, "late": {user: count}, "undated": {user: count}}``."""
        domain, parts = domain & Domain("executor_id", "!=", False), self._count_parts(domain, columns, zone)
        span = self._get_span_domain(columns[0][0], columns[-1][1], zone)
        cells = defaultdict(int, parts["cells"])
        for user, moment, count in self._read_group(domain & span, ["executor_id", "deadline:day"], ["__count"]):
            cells[user, find_column(columns, moment.date())] += count
        numbers = {"cells": cells}
        conditions = {"late": Domain("deadline", "<", fields.Datetime.now()), "undated": Domain("deadline", "=", False)}
        for name, condition in conditions.items():
            counts = numbers[name] = defaultdict(int, parts[name])
            for user, count in self._read_group(domain & condition, ["executor_id"], ["__count"]):
                counts[user] += count
        return numbers

    def _get_workload_people(self, numbers, names_people):
        """The rows: who has something, and, unless the search names people, whoever the user plans for.

        :return: ``(users, how many more there are)``
        """
        people = self.env["res.users"].union(*(user for user, _column in numbers["cells"]))
        people |= people.union(*numbers["late"], *numbers["undated"])
        if not names_people:
            people |= self.env.user.document_subordinate_ids | self.env.user
        # sudo: the names of colleagues are shown, nothing more
        ordered = people.sudo().filtered(lambda user: user.active and not user.share).sorted("name")
        return people.browse(ordered[:MAX_PEOPLE].ids), max(0, len(ordered) - MAX_PEOPLE)

    def _prepare_workload_rows(self, domain, columns, zone, people, numbers):
        now = fields.Datetime.to_string(fields.Datetime.now())
        cards = self._get_workload_cards(domain, columns, zone, people)
        days = self.env["paydox.workload.calendar"]._get_days(people, columns, zone)
        departments = self._get_workload_departments(people)
        rows = []
        for user_sudo in people.sudo():  # sudo: the names of colleagues are shown, nothing more
            user = people.browse(user_sudo.id)
            own = partial(self._get_load_domain, domain, user)
            cells = [
                {
                    "key": str(first),
                    "count": numbers["cells"].get((user, index), 0),
                    "cards": cards[user, index],
                    "domain": list(own(partial(self._get_span_domain, first, last, zone))),
                    **days[user, index],
                }
                for index, (first, last) in enumerate(columns)
            ]
            rows.append(
                {
                    "user_id": user.id,
                    "name": user_sudo.name,
                    "department": departments.get(user.id, ""),
                    "total": sum(cell["count"] for cell in cells),
                    "late": numbers["late"].get(user, 0),
                    "late_domain": list(own(lambda name: Domain(name, "<", now))),
                    "undated": numbers["undated"].get(user, 0),
                    "undated_domain": list(own(lambda name: Domain(name, "=", False))),
                    "domain": list(own()),
                    "cells": cells,
                }
            )
        return rows

    def _get_workload_cards(self, domain, columns, zone, people):
        """``{(user, column): cards}``, the urgent ones first, not more than fit into the picture."""
        shown = domain & self._get_span_domain(columns[0][0], columns[-1][1], zone)
        found = self.search_fetch(
            shown & Domain("executor_id", "in", people.ids),
            ["name", "kind", "priority", "deadline", "executor_id", "state"],
            order="priority desc, deadline, id",
            limit=MAX_CARDS,
        )
        now = fields.Datetime.now()
        shown_cards = []
        for instruction in found:
            card = self._prepare_card(instruction, instruction.deadline, now, zone)
            day = fields.Date.to_date(card["day"])
            shown_cards.append((instruction.executor_id, find_column(columns, day), card))
        shown_cards += self._get_part_cards(domain, columns, zone, people, MAX_CARDS - len(shown_cards))
        cards = defaultdict(list)
        for user, column, card in shown_cards:
            if len(cards[user, column]) < CARDS_OF_CELL:
                cards[user, column].append(card)
        return cards

    # === HELPERS === #

    @api.model
    def _get_workload_departments(self, people):
        # sudo: where a colleague works is no secret, but employees are not readable for everybody
        employees_sudo = self.env["hr.employee"].sudo()
        found = employees_sudo.search_fetch(
            [("user_id", "in", people.ids), ("company_id", "in", self.env.companies.ids)],
            ["user_id", "department_id"],
            order="id desc",
        )
        return {employee.user_id.id: employee.department_id.name or "" for employee in found}

    @api.model
    def _get_span_domain(self, first, last, zone, name="deadline"):
        """Terms from the first day to the last one, both in the time zone of the user."""
        begin, end = (
            zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (first, last + timedelta(days=1))
        )
        text = fields.Datetime.to_string
        return Domain(name, ">=", text(begin)) & Domain(name, "<", text(end))

    @api.model
    def _clean_day(self, day):
        """A day from a text or a date, or None; refused when it is neither."""
        if not day:
            return None
        try:
            found = fields.Date.to_date(day)
        except (TypeError, ValueError, AttributeError):
            found = None
        if not found or not 1970 < found.year < 2200:
            raise UserError(self.env._("The day is not understood. Write it as year-month-day."))
        return found
