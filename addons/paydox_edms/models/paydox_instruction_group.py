from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_instruction import WORKING_STATES

BATCH = 100


class PaydoxInstruction(models.Model):
    """Given to a group: when nobody takes it in time, its author and the heads of the group are told."""

    _inherit = "paydox.instruction"

    take_minutes = fields.Integer(
        string="Take Within, Minutes",
        compute="_compute_take_minutes",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="If nobody of the group takes it in so many minutes of working time, the author and the heads of the group are told. "
        "0: never.",
    )
    escalate_at = fields.Datetime(readonly=True, copy=False)
    is_escalated = fields.Boolean(string="Nobody Took It in Time", readonly=True, copy=False)

    _take_check = models.Constraint("CHECK(take_minutes >= 0)", "The minutes cannot be negative.")
    _escalate_idx = models.Index("(escalate_at) WHERE escalate_at IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_take_minutes(self):
        for instruction in self:
            instruction.take_minutes = instruction.company_id.sudo().instruction_take_minutes

    # === CRON === #

    @api.model
    def _cron_escalate(self):
        """Tell of what nobody took; in batches that survive a kill."""
        due = Domain("escalate_at", "<=", fields.Datetime.now())
        while instructions := self.search(due, limit=BATCH, order="escalate_at, id").try_lock_for_update():
            instructions._escalate()
            if not self.env["ir.cron"]._commit_progress(len(instructions), remaining=self.search_count(due)):
                break

    # === BUSINESS METHODS === #

    def _give(self, action="assign"):
        super()._give(action)
        offered = self.filtered(lambda row: not row.executor_id and row.take_minutes)
        if not offered:
            return
        cron = self.env.ref("paydox_edms.ir_cron_escalate_instructions").sudo()
        for (company, minutes), instructions in offered.grouped(lambda row: (row.company_id, row.take_minutes)).items():
            moment = self._plan_minutes(company, minutes)
            instructions.write({"escalate_at": moment, "is_escalated": False})
            cron._trigger(at=moment)

    @api.model
    def _plan_minutes(self, company, minutes):
        """The moment after so many minutes of the working time of the company: at night nobody is late."""
        start = pytz.utc.localize(fields.Datetime.now())
        # sudo: working time of the company, which not everybody reads
        calendar_sudo = company.sudo().resource_calendar_id
        end = calendar_sudo and calendar_sudo.plan_hours(minutes / 60, start, compute_leaves=True)
        return (end or start + timedelta(minutes=minutes)).astimezone(pytz.utc).replace(tzinfo=None)

    def _escalate(self):
        waiting = self.filtered(lambda row: row.state in WORKING_STATES and not row.executor_id)
        (self - waiting).write({"escalate_at": False})
        heads = waiting._get_heads_of_candidates()
        waiting._go("escalate", None, {"escalate_at": False, "is_escalated": True})
        for instruction in waiting:
            people = instruction.author_id | instruction.controller_id | heads[instruction.id]
            instruction._note("escalated", people, self.env._("Nobody has taken it in time. Give it to somebody."))

    def _get_heads_of_candidates(self):
        """``{id: the heads of the departments of those it was offered to}``."""
        # sudo: who works where is not readable for everybody
        employees_sudo = self.env["hr.employee"].sudo().search([("user_id", "in", self.candidate_ids.ids)])
        by_user = employees_sudo.grouped("user_id")
        found = {}
        for instruction in self:
            heads = self.env["res.users"]
            for user in instruction.candidate_ids:
                heads |= by_user.get(user.sudo(), employees_sudo.browse()).department_id.manager_id.user_id
            found[instruction.id] = heads.sudo(False)
        return found
