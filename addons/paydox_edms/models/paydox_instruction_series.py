from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.paydox_edms.tools.recurrence import make_rule, next_day

MAX_INTERVAL = 366
MAX_COUNT = 1000
# Facts that only the job writes.
JOB_FIELDS = frozenset(("last_date", "problem", "author_id"))


class PaydoxInstructionSeries(models.Model):
    """An instruction that is given again and again: each time a new one, made when its day comes."""

    _name = "paydox.instruction.series"
    _description = "Repeating Instruction"
    _inherit = ["mail.thread"]
    _order = "next_date, id"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, index=True
    )
    # what is given
    description = fields.Html()
    kind = fields.Selection(selection="_selection_kind", default="task", required=True)
    priority = fields.Selection(selection=[("0", "Normal"), ("1", "Urgent")], default="0")
    author_id = fields.Many2one(
        comodel_name="res.users", default=lambda self: self.env.user, required=True, readonly=True, index=True
    )
    executor_id = fields.Many2one(comodel_name="res.users", required=True, domain="[('share', '=', False)]", index=True)
    co_executor_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_instruction_series_user_rel",
        string="Co-Executors",
        domain="[('share', '=', False), ('id', '!=', executor_id)]",
    )
    controller_id = fields.Many2one(comodel_name="res.users", domain="[('share', '=', False)]", index="btree_not_null")
    # when
    start_date = fields.Date(string="First Term", default=fields.Date.context_today, required=True)
    interval = fields.Integer(string="Every", default=1, required=True)
    unit = fields.Selection(
        selection=[("day", "Days"), ("week", "Weeks"), ("month", "Months")],
        default="week",
        required=True,
        help="The 29th to 31st of a month that is shorter is its last day.",
    )
    on_day_off = fields.Selection(
        selection=[
            ("next", "On the next working day"),
            ("previous", "On the working day before"),
            ("skip", "Leave it out"),
            ("same", "All the same"),
        ],
        string="Term on a Day Off",
        default="next",
        required=True,
        help="By the calendar of the executor with its public holidays.",
    )
    term_hour = fields.Float(string="Time", default=18.0, help="In the time zone of the executor.")
    lead_days = fields.Integer(
        string="Given Ahead, Days", help="How many days before its term it is given. 0: on the day."
    )
    duration = fields.Float(string="Lasts, Hours", default=1.0, help="How long a meeting takes.")
    end_kind = fields.Selection(
        selection=[("never", "Without end"), ("until", "Until a day"), ("count", "After a number of times")],
        string="Ends",
        default="never",
        required=True,
    )
    until = fields.Date()
    count = fields.Integer(string="Times", default=10)
    # facts
    last_date = fields.Date(string="Made Until", readonly=True, copy=False)
    next_date = fields.Date(string="Next Term", compute="_compute_next_date", store=True)
    next_look_on = fields.Date(compute="_compute_next_date", store=True)
    problem = fields.Char(readonly=True, copy=False, help="Why the next one could not be made. It is tried again.")
    instruction_ids = fields.One2many(comodel_name="paydox.instruction", inverse_name="series_id")
    instruction_count = fields.Integer(compute="_compute_instruction_count")
    preview = fields.Char(string="Coming Terms", compute="_compute_preview")

    _look_idx = models.Index("(next_look_on, id) WHERE active AND next_look_on IS NOT NULL")
    _interval = models.Constraint(
        f"CHECK(interval BETWEEN 1 AND {MAX_INTERVAL})",
        "An instruction is repeated every 1 to 366 days, weeks or months.",
    )
    _count = models.Constraint(
        f"CHECK(end_kind <> 'count' OR count BETWEEN 1 AND {MAX_COUNT})", "It is repeated 1 to 1000 times."
    )
    _until = models.Constraint(
        "CHECK(end_kind <> 'until' OR until >= start_date)", "The last day is not before the first term."
    )
    _lead = models.Constraint("CHECK(lead_days BETWEEN 0 AND 90)", "An instruction is given at most 90 days ahead.")
    _hour = models.Constraint("CHECK(term_hour >= 0 AND term_hour < 24)", "The time is from 00:00 to 23:59.")
    _duration = models.Constraint("CHECK(duration > 0 AND duration <= 24)", "A meeting takes up to 24 hours.")
    _days = models.Constraint(
        "CHECK(unit <> 'day' OR on_day_off IN ('skip', 'same'))",
        "What comes every few days is left out on a day off or given all the same; it cannot move to another day.",
    )

    @api.model
    def _selection_kind(self):
        return self.env["paydox.instruction"]._fields["kind"]._description_selection(self.env)

    # === COMPUTE METHODS === #

    @api.depends("active", "start_date", "interval", "unit", "end_kind", "until", "count", "last_date", "lead_days")
    @api.depends("on_day_off")
    def _compute_next_date(self):
        for series in self:
            rule = series._get_rule()
            day = next_day(rule, series.last_date) if rule and series.active else None
            series.next_date = day
            # A day before, for those whose day begins earlier than ours, and the longest row of days off.
            slack = 1 + (10 if series.on_day_off == "previous" else 0)
            series.next_look_on = day - timedelta(days=series.lead_days + slack) if day else None

    @api.depends("instruction_ids")
    def _compute_instruction_count(self):
        counts = dict(
            self.env["paydox.instruction"]._read_group([("series_id", "in", self.ids)], ["series_id"], ["__count"])
        )
        for series in self:
            series.instruction_count = counts.get(series, 0)

    @api.depends("next_date", "on_day_off", "executor_id", "company_id")
    def _compute_preview(self):
        for series in self:
            terms = series._get_coming_terms(5) if series.executor_id else []
            series.preview = ", ".join(day.strftime("%d.%m.%Y") for day in terms)

    # === CONSTRAINT METHODS === #

    @api.constrains("executor_id", "controller_id", "co_executor_user_ids")
    def _check_people(self):
        for series in self:
            people = series.executor_id | series.controller_id | series.co_executor_user_ids
            if people.filtered("share"):
                raise ValidationError(self.env._("Instructions are given to employees, not to portal users."))

    @api.onchange("unit")
    def _onchange_unit(self):
        if self.unit == "day" and self.on_day_off not in ("skip", "same"):
            self.on_day_off = "skip"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_job_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_job_fields(vals)
        result = super().write(vals | ({"problem": False} if "problem" not in vals else {}))
        # The rule holds after the change too: nobody hands his series over to another person.
        self.check_access("write")
        return result

    # === ACTIONS === #

    def action_open_instructions(self):
        """The instructions that were made of it so far."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "paydox.instruction",
            "views": [(False, "list"), (False, "form")],
            "domain": [("series_id", "=", self.id)],
        }

    def action_make_next(self):
        """Give the next one now, ahead of its day."""
        self.check_access("write")
        for series in self:
            if not series.next_date:
                raise UserError(self.env._("“%(series)s” has ended: nothing is left to be given.", series=series.name))
        # sudo: the facts of the series are written by the engine; whose it is was looked at
        self.sudo()._make(ahead=True)
        return True

    # === HELPERS === #

    def _check_job_fields(self, vals):
        """A form may send back what is there; emptying what the system wrote is forging too."""
        if self.env.su:
            return
        if any(not self._is_unchanged(name, vals[name]) for name in JOB_FIELDS & vals.keys()):
            raise AccessError(
                self.env._("Who gives an instruction is who writes it, and the system says what was given already.")
            )

    def _is_unchanged(self, name, value):
        if name == "author_id":
            return value == self.env.uid and all(series.author_id == self.env.user for series in self)
        return value in (False, None, "") and not any(series[name] for series in self)

    def _get_rule(self):
        """The rule of the days, or None when the fields do not make one yet."""
        self.ensure_one()
        is_sane = self.start_date and 0 < self.interval <= MAX_INTERVAL and self.unit
        if not is_sane or (self.end_kind == "count" and not 0 < self.count <= MAX_COUNT):
            return None
        return make_rule(
            self.start_date,
            self.unit,
            self.interval,
            until=self.until if self.end_kind == "until" else None,
            count=self.count if self.end_kind == "count" else None,
        )
