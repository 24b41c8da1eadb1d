from collections import namedtuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# States in which somebody has to do something by the term.
RUNNING = ("assigned", "in_progress")
ReminderTerm = namedtuple("ReminderTerm", "moment direction people")


class PaydoxInstruction(models.Model):
    """What an instruction has to do with reminders: which hold for it, of which terms, and when to look at it again."""

    _inherit = "paydox.instruction"

    reminder_ids = fields.One2many(
        comodel_name="paydox.instruction.reminder",
        inverse_name="instruction_id",
        string="Reminders",
        help="Empty: the reminders of the company.",
    )
    # for the job
    reminder_check_at = fields.Datetime(compute="_compute_reminder_check_at", store=True, copy=False)
    reminder_since = fields.Datetime(compute="_compute_reminder_check_at", store=True, copy=False)
    reminder_key = fields.Char(compute="_compute_reminder_check_at", store=True, copy=False)

    _reminder_idx = models.Index("(reminder_check_at, id) WHERE reminder_check_at IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("state", "kind", "deadline", "start", "remind_at", "executor_id")
    @api.depends("co_executor_ids.deadline", "co_executor_ids.state", "co_executor_ids.user_id")
    def _compute_reminder_check_at(self):
        """Whatever changed, the job looks at it soon; what was due before the change is not told any more."""
        now = fields.Datetime.now()
        for instruction in self:
            terms = instruction._get_reminder_terms()
            key = f"{instruction.executor_id.id}|{terms[0].moment}" if terms else False
            instruction.reminder_since = instruction.reminder_since if key == instruction.reminder_key else now
            instruction.reminder_key = key
            instruction.reminder_check_at = now if terms else False

    # === BUSINESS METHODS === #

    def _get_reminder_terms(self):
        """What may be reminded of: the term of the executor, and those of the co-executors who are not done."""
        self.ensure_one()
        if self.state not in RUNNING:
            return []
        people = {"executor": self.executor_id, "controller": self.controller_id, "author": self.author_id}
        begin = self.start if self.kind in ("call", "meeting") else self.remind_at if self.kind == "reminder" else False
        begin, end = begin or self.deadline, self.deadline or begin
        terms = []
        if begin:
            terms = [ReminderTerm(begin, "before", people), ReminderTerm(end, "after", people)]
        for other in self.co_executor_ids:
            if other.state == "assigned" and (moment := other.deadline or end):
                own = {"executor": other.user_id}
                terms += [ReminderTerm(moment, direction, own) for direction in ("before", "after")]
        return terms

    @api.model
    def _get_remindable_domain(self):
        return Domain("state", "in", RUNNING)

    def _filtered_to_remind(self):
        """Those of which it still makes sense to remind."""
        return self.filtered_domain(self._get_remindable_domain())

    def _get_reminders_in_force(self):
        """``{instruction: reminders}``: its own, or those of its company, or those of all companies."""
        # sudo: the settings of the company are not readable for everybody
        model_sudo = self.env["paydox.instruction.reminder"].sudo()
        common = Domain("instruction_id", "=", False) & Domain("company_id", "in", [*self.company_id.ids, False])
        reminders = model_sudo.search(Domain("instruction_id", "in", self.ids) | common)
        own = reminders.grouped("instruction_id")
        common = own.get(model_sudo.instruction_id, model_sudo).grouped("company_id")
        everywhere = common.get(model_sudo.company_id, model_sudo)
        in_force = {}
        for instruction in self:
            found = own.get(instruction) or common.get(instruction.company_id) or everywhere
            in_force[instruction] = found.filtered(
                lambda reminder, kind=instruction.kind: not reminder.kind or reminder.kind == kind
            )
        return in_force

    @api.model
    def _look_again(self, ids):
        """Have the job look at these instructions, if they still have a term."""
        self._touch_reminders(SQL("id IN %s", tuple(ids)) if ids else None)

    @api.model
    def _look_again_at_company(self, company_id):
        """Have the job look at all instructions of a company, or of all companies."""
        self._touch_reminders(SQL("company_id = %s", company_id) if company_id else SQL("TRUE"))

    @api.model
    def _touch_reminders(self, condition):
        if condition is None:
            return
        self.flush_model(["reminder_check_at"])
        self.env.execute_query(
            SQL(
                """
                UPDATE paydox_instruction SET reminder_check_at = %s
                 WHERE reminder_key IS NOT NULL AND state IN %s AND %s
                 RETURNING id
                """,
                fields.Datetime.now(),
                RUNNING,
                condition,
            )
        )
        self.invalidate_model(["reminder_check_at"])
