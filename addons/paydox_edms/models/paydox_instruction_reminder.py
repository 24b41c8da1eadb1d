from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.paydox_edms.tools.work_time import shift_days, shift_hours

MAX_VALUE = {"minute": 10080, "hour": 1000, "day": 366}


class PaydoxInstructionReminder(models.Model):
    """When to remind of the term of an instruction, and whom: of one instruction, or of all of a company."""

    _name = "paydox.instruction.reminder"
    _description = "Reminder of Instructions"
    _order = "company_id, instruction_id, sequence, id"

    instruction_id = fields.Many2one(
        comodel_name="paydox.instruction",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: of all instructions of the company that have no reminders of their own.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Empty: of all companies that have no reminders of their own.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(selection="_selection_kind", string="Only Kind", help="Empty: instructions of every kind.")
    # when
    direction = fields.Selection(
        selection=[("before", "Before the term"), ("after", "After the term")], default="before", required=True
    )
    value = fields.Integer(string="How Long", default=1)
    unit = fields.Selection(
        selection=[("minute", "Minutes"), ("hour", "Working hours"), ("day", "Working days")],
        default="day",
        required=True,
        help="Hours and days are counted by the calendar of the executor; minutes by the clock.",
    )
    # whom
    to_executor = fields.Boolean(
        string="Executor", default=True, help="Co-executors are reminded of their own terms as well."
    )
    to_controller = fields.Boolean(string="Controller")
    to_author = fields.Boolean(string="Author")
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_instruction_reminder_user_rel",
        string="People",
        domain="[('share', '=', False)]",
        help="Who may not read the instruction is not told of it.",
    )
    group_ids = fields.Many2many(
        comodel_name="res.groups", relation="paydox_instruction_reminder_group_rel", string="Groups"
    )
    note = fields.Char(help="What to do; it is told with the reminder.")

    _value = models.Constraint(
        "CHECK(value >= 0 AND ("
        + " OR ".join(f"(unit = '{unit}' AND value <= {limit})" for unit, limit in MAX_VALUE.items())
        + "))",
        "A reminder comes at most 366 days, 1000 hours or 10080 minutes before or after the term.",
    )
    _one_scope = models.Constraint(
        "CHECK(instruction_id IS NULL OR company_id IS NULL)",
        "A reminder belongs to one instruction or to a company.",
    )

    @api.model
    def _selection_kind(self):
        return self.env["paydox.instruction"]._fields["kind"]._description_selection(self.env)

    # === COMPUTE METHODS === #

    @api.depends("direction", "value", "unit")
    def _compute_display_name(self):
        directions = dict(self._fields["direction"]._description_selection(self.env))
        units = dict(self._fields["unit"]._description_selection(self.env))
        for reminder in self:
            reminder.display_name = self.env._(
                "%(direction)s: %(value)s %(unit)s",
                direction=directions.get(reminder.direction, ""),
                value=reminder.value,
                unit=units.get(reminder.unit, "").lower(),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("to_executor", "to_controller", "to_author", "user_ids", "group_ids")
    def _check_people(self):
        for reminder in self:
            named = reminder.user_ids or reminder.group_ids
            if not (named or reminder.to_executor or reminder.to_controller or reminder.to_author):
                raise ValidationError(self.env._("Say whom to remind: a role, people or groups."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        reminders = super().create(vals_list)
        reminders._replan()
        return reminders

    def write(self, vals):
        result = super().write(vals)
        # The rule holds after the change too: nobody moves a reminder over to another instruction.
        self.check_access("write")
        self._replan()
        return result

    # === BUSINESS METHODS === #

    def _replan(self):
        """Have the job look at the instructions again: other reminders hold for them now."""
        self.env["paydox.instruction"]._look_again(self.instruction_id.ids)
        for company in self.filtered(lambda reminder: not reminder.instruction_id).mapped("company_id.id") or (
            [False] if self.filtered(lambda reminder: not reminder.instruction_id) else []
        ):
            self.env["paydox.instruction"]._look_again_at_company(company)

    # === HELPERS === #

    def _get_moment(self, term, intervals):
        """When the reminder of a term is due.

        :param datetime term: UTC, as the database has it
        :param intervals: the working time around the term, see ``tools/work_time.py``; empty when there is no calendar
        :return: UTC
        """
        self.ensure_one()
        value = self.value if self.direction == "after" else -self.value
        if self.unit == "minute" or not value:
            return term + timedelta(minutes=value)
        moment = pytz.utc.localize(term)
        if intervals:
            moment = moment.astimezone(intervals[0][0].tzinfo)
            shift = shift_days if self.unit == "day" else shift_hours
            if found := shift(intervals, moment, value):
                return found.astimezone(pytz.utc).replace(tzinfo=None)
        # Beyond the calendar, the clock has to do.
        return term + timedelta(**{f"{self.unit}s": value})

    def _get_roles(self):
        self.ensure_one()
        return {role for role in ("executor", "controller", "author") if self[f"to_{role}"]}

    def _get_named_people(self):
        """The people and the members of the groups, each once."""
        self.ensure_one()
        people = self.user_ids | self.group_ids.all_user_ids
        return people.filtered(lambda user: user.active and not user.share)
