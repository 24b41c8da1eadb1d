from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from .paydox_instruction import OPEN_STATES, WORKING_STATES


class PaydoxInstruction(models.Model):
    """Terms: in working days of the executor, extended on request, and how late the report came."""

    _inherit = "paydox.instruction"

    extension_ids = fields.One2many(
        comodel_name="paydox.instruction.extension", inverse_name="instruction_id", string="Extensions", readonly=True
    )
    extension_count = fields.Integer(
        string="Extended", readonly=True, copy=False, aggregator="sum", help="How often another term was agreed."
    )
    first_deadline = fields.Datetime(string="First Term", readonly=True, copy=False)

    extension_text = fields.Char(string="Asked For", compute="_compute_extension")
    can_decide_extension = fields.Boolean(compute="_compute_extension")

    # === COMPUTE METHODS === #

    @api.depends("extension_ids.state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_extension(self):
        me = self.env.user.document_principal_ids
        for instruction in self:
            requested = instruction.extension_ids.filtered(lambda row: row.state == "requested")[:1]
            instruction.can_decide_extension = bool(requested) and instruction._get_term_decider() in me
            instruction.extension_text = False
            if requested:
                instruction.extension_text = self.env._(
                    "%(user)s asks for the term %(term)s: %(reason)s",
                    user=requested.requested_by_id.sudo().name,
                    term=format_datetime(self.env, requested.new_deadline, dt_format="short"),
                    reason=requested.reason,
                )

    # === ACTIONS === #

    def action_request_extension(self, deadline, reason):
        """Ask for another term; the controller or else the author decides.

        :param deadline: a datetime, or its text in UTC
        :param str reason: why
        """
        reason = self._need_text(reason, self.env._("Write why another term is needed."))
        deadline = self._clean_moment(deadline)
        records, _for_users = self._claim(WORKING_STATES, lambda instruction: instruction.executor_id)
        for instruction in records:
            if instruction.deadline and deadline <= instruction.deadline:
                raise UserError(self.env._("The new term must be later than the old one."))
            if instruction.extension_ids.filtered(lambda extension: extension.state == "requested"):
                raise UserError(self.env._("Another term is requested already. Wait for the answer."))
            # The index looks at the database, where a decision of this transaction may not be yet.
            self.env["paydox.instruction.extension"].flush_model(["state"])
            self.env["paydox.instruction.extension"].sudo().create(
                {
                    "instruction_id": instruction.id,
                    "old_deadline": instruction.deadline,
                    "new_deadline": deadline,
                    "reason": reason,
                    "requested_by_id": self.env.uid,
                }
            )
            instruction._go("request_extension", None, comment=reason)
            decider = instruction._get_term_decider()
            if decider in self.env.user.document_principal_ids:
                instruction.sudo(False)._decide_extension(True, None)
            else:
                instruction._note(
                    "extension", decider, self.env._("Another term is asked for: %(reason)s", reason=reason)
                )
        return True

    def action_decide_extension(self, agree, comment=None):
        """Agree to the requested term or refuse it.

        :param bool agree: whether the new term holds from now on
        :param str comment: needed when it is refused
        """
        comment = self._clean_text(comment)
        if not agree and not comment:
            raise UserError(self.env._("Write why the term stays as it is."))
        records, _for_users = self._claim(WORKING_STATES, lambda instruction: instruction._get_term_decider())
        for instruction in records:
            instruction._decide_extension(bool(agree), comment)
        return True

    # === BUSINESS METHODS === #

    def _decide_extension(self, agree, comment):
        self.ensure_one()
        # sudo: the rows are written by the verbs only
        instruction_sudo = self.sudo()
        extension_sudo = instruction_sudo.extension_ids.filtered(lambda extension: extension.state == "requested")
        if not extension_sudo:
            raise UserError(self.env._("No other term is asked for “%(instruction)s”.", instruction=self.name))
        extension_sudo.write(
            {
                "state": "agreed" if agree else "refused",
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "comment": comment or False,
            }
        )
        values = {}
        if agree:
            values = {"deadline": extension_sudo.new_deadline, "extension_count": instruction_sudo.extension_count + 1}
        instruction_sudo._go("extend" if agree else "refuse_extension", None, values, comment)
        text = self.env._("The new term is agreed.") if agree else self.env._("The term stays: %(why)s", why=comment)
        instruction_sudo._note("extension_decided", extension_sudo.requested_by_id, text)

    def _change_term(self, moment, reason=None):
        """Give another term without a request: for those who answer for the work, not for the one who does it.

        :param datetime moment: the new term, UTC
        """
        self.check_access("read")
        self._lock()
        me = self.env.user.document_principal_ids
        for instruction in self:
            heads = instruction.executor_id in self.env.user.document_subordinate_ids
            if not heads and not (instruction.author_id | instruction.controller_id) & me:
                raise AccessError(
                    self.env._(
                        "The term of “%(instruction)s” is changed by its author or by the head of the executor. "
                        "Ask for another term.",
                        instruction=instruction.name,
                    )
                )
            if instruction.state not in OPEN_STATES:
                raise UserError(instruction._get_stale_text())
        if moment < fields.Datetime.now():
            raise UserError(self.env._("The term is over already. Choose a later one."))
        # sudo: the course is written by the verbs only
        instructions_sudo = self.sudo()
        instructions_sudo._drop_extensions()
        instructions_sudo._go("change_term", None, {"deadline": moment}, self._clean_text(reason))
        told = [(row, row._get_workers()) for row in instructions_sudo]
        instructions_sudo._note_many("term", told, self.env._("Its term was changed."))

    def _drop_extensions(self):
        """What was asked for and is not needed any more."""
        # sudo: the rows are written by the verbs only
        requested = self.sudo().extension_ids.filtered(lambda extension: extension.state == "requested")
        requested.write({"state": "dropped"})

    def _get_term_decider(self):
        self.ensure_one()
        return self.controller_id or self.author_id

    # === WORKING TIME === #

    def _fill_terms(self):
        """Count the terms that are given in working days, each by the calendar of its executor."""
        counted = self.filtered(lambda instruction: instruction.term_days and not instruction.deadline)
        calendars, ends = counted._get_calendars(), {}
        # sudo: the term follows from the days; a locked draft takes it as well
        for instruction in counted.sudo():
            key = (*calendars[instruction.id], instruction.term_days)
            if key not in ends:
                ends[key] = self._plan_days(*key)
            instruction.deadline = ends[key]
        for instruction in self.sudo():
            instruction.first_deadline = instruction.deadline

    def _plan_days(self, calendar, zone, days):
        """The end of the last of so many working days after today, as UTC."""
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        tomorrow = zone.localize(datetime.combine(fields.Date.add(now.date(), days=1), time.min))
        end = calendar.plan_days(days, tomorrow, compute_leaves=True) if calendar else False
        if not end:
            last = fields.Date.add(now.date(), days=days)
            end = zone.localize(datetime.combine(last, time(18)))
        return end.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_calendars(self):
        """``{id: (working calendar, time zone)}`` of the executors, else of their companies; a constant number of queries."""
        # sudo: the calendar of a colleague is not readable for everybody
        employees_sudo = (
            self.env["hr.employee"]
            .sudo()
            .search([("user_id", "in", self.executor_id.ids), ("company_id", "in", self.company_id.ids)])
        )
        by_person = {(employee.user_id.id, employee.company_id.id): employee for employee in employees_sudo}
        found = {}
        for instruction in self.sudo():
            company = instruction.company_id
            employee = by_person.get((instruction.executor_id.id, company.id))
            calendar = employee.resource_calendar_id if employee else company.resource_calendar_id
            zone = instruction.executor_id.tz or company._get_document_timezone()
            found[instruction.id] = (calendar or company.resource_calendar_id, pytz.timezone(zone))
        return found

    def _get_late_hours(self, moment):
        """Working hours between the end of the term and ``moment``; 0 when it is not late."""
        self.ensure_one()
        if not self.deadline or moment <= self.deadline:
            return 0.0
        calendar, _zone = self._get_calendars()[self.id]
        start, end = pytz.utc.localize(self.deadline), pytz.utc.localize(moment)
        hours = calendar.get_work_hours_count(start, end, compute_leaves=True) if calendar else 0
        # Late outside of working hours is late all the same.
        return hours or (end - start).total_seconds() / 3600

    def _clean_moment(self, value):
        try:
            moment = fields.Datetime.to_datetime(value or False)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("The term could not be read. Write it as 2026-01-31 17:00:00.")) from error
        if not moment or isinstance(value, bool):
            raise UserError(self.env._("Say which term."))
        if moment <= fields.Datetime.now():
            raise UserError(self.env._("The term is over already. Choose a later one."))
        return moment.replace(tzinfo=None)
