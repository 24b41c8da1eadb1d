import json
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.locking import lock_rows

# Nobody reads or votes for another person, whoever substitutes him.
PERSONAL_KINDS = ("acquaint", "vote")
DONE_STATES = ("agreed", "remarks", "voted")
OPEN_STATES = ("waiting", "pending")
ASK_BATCH = 500
MAX_REASON = 500


class PaydoxApprovalStep(models.Model):
    """Steps of acquaintance and of voting: who is asked, how many answered, who comes later or goes."""

    _inherit = "paydox.approval.step"

    deadline = fields.Datetime(readonly=True, help="When the term of everybody ends.")
    record_name = fields.Char(string="Subject", compute="_compute_record_name")
    requested_by_id = fields.Many2one(string="Sent By", related="approval_id.requested_by_id")
    version_id = fields.Many2one(related="approval_id.version_id")
    round = fields.Integer(related="approval_id.round", aggregator=None)
    # how many
    people_count = fields.Integer(string="Asked", compute="_compute_people_counts")
    done_count = fields.Integer(string="Answered", compute="_compute_people_counts")
    left_count = fields.Integer(string="Not Yet", compute="_compute_people_counts")
    done_percent = fields.Float(string="Progress", compute="_compute_people_counts")
    can_manage = fields.Boolean(compute="_compute_can_manage", help="Whether the current user may lead this sheet.")

    # === COMPUTE METHODS === #

    @api.depends("approval_id.res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        for model, steps in self.grouped(lambda step: step.approval_id.res_model).items():
            records = self.env[model].browse(steps.approval_id.mapped("res_id")) if model else ()
            names = {record.id: record.display_name for record in records}
            for step in steps:
                step.record_name = names.get(step.approval_id.res_id)

    @api.depends("line_ids.state")
    def _compute_people_counts(self):
        # sudo: who may read the step may know how many answered; the lines have their own rules
        lines_sudo = self.env["paydox.approval.line"].sudo()
        counts = {
            (step.id, state): count
            for step, state, count in lines_sudo._read_group(
                self._get_asked_domain(), ["step_id", "state"], ["__count"]
            )
        }
        for step in self:
            done = sum(counts.get((step.id, state), 0) for state in DONE_STATES)
            left = sum(counts.get((step.id, state), 0) for state in OPEN_STATES)
            asked = done + left + counts.get((step.id, "skipped"), 0)
            step.done_count, step.left_count, step.people_count = done, left, asked
            step.done_percent = 100 * done / asked if asked else 0

    @api.depends("approval_id.requested_by_id")
    @api.depends_context("uid")
    def _compute_can_manage(self):
        for step in self:
            step.can_manage = step._can_manage()

    # === ACTIONS === #

    def action_add_people(self, users=None, groups=None, departments=None, deadline=None):
        """Ask further people, such as an employee who came later. Those who are asked already are passed over.

        :param users: records or ids of ``res.users``; so are the groups and the departments (with those inside)
        :param deadline: end of their term (UTC); by default that of the sheet
        """
        record = self._check_manageable()
        found = record._collect_people(users, groups, departments)
        self._add_people(found, record._clean_deadline(deadline))
        return True

    def action_remove_people(self, users, reason=None):
        """Release people who have not answered yet; the reason stays on their lines.

        :param users: records or ids of ``res.users``
        :param str reason: why they need not answer
        """
        record = self._check_manageable()
        reason = record._clean_text(reason)
        if not reason:
            raise UserError(self.env._("Write why these people need not answer: it stays on the sheet."))
        # sudo: lines are written by the engine only; who may lead the sheet was checked
        step_sudo = self.sudo()
        named = Domain("step_id", "=", self.id) & Domain("user_id", "in", record._clean_ids(users))
        lines_sudo = step_sudo.env["paydox.approval.line"].search(named & Domain("state", "in", OPEN_STATES))
        if not lines_sudo:
            raise UserError(self.env._("These people are not on the sheet or have answered already. Refresh the page."))
        if len(lines_sudo) == step_sudo.people_count:
            raise UserError(self.env._("Nobody would be left on the sheet. Close it instead."))
        lines_sudo._skip()
        lines_sudo.write({"comment": reason[:MAX_REASON]})
        step_sudo.approval_id._append(
            "remove", comment=reason[:MAX_REASON], details=json.dumps({"users": sorted(lines_sudo.user_id.ids)})
        )
        step_sudo._hand_over()
        return True

    def action_open_record(self):
        """Open what is read or voted on."""
        self.ensure_one()
        self.check_access("read")
        approval = self.approval_id
        return {
            "type": "ir.actions.act_window",
            "res_model": approval.res_model,
            "res_id": approval.res_id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _open(self, users):
        if self.kind not in PERSONAL_KINDS:
            return super()._open(users)
        now = fields.Datetime.now()
        self.write({"state": "running", "started_at": now, "deadline": self.deadline or self._plan_deadline(now)})
        self._ask_in_batches(users)
        return None

    def _ask_in_batches(self, users, deadline=None):
        """Make the lines of any number of people in memory that does not grow with them."""
        common = self.approval_id._prepare_common_values() | {
            "step_id": self.id,
            "attempt": self.attempt,
            "state": "pending",
            "requested_at": fields.Datetime.now(),
            "deadline": deadline or self.deadline,
        }
        lines = self.env["paydox.approval.line"]
        company = self._get_record()._get_approval_company()
        ids = users.ids
        self._on_asking(users)
        for start in range(0, len(ids), ASK_BATCH):
            batch = ids[start : start + ASK_BATCH]
            departments = self._get_departments(batch, company)
            vals_list = [
                common | {"user_id": user_id, "department_id": departments.get(user_id), "sequence": start + place}
                for place, user_id in enumerate(batch)
            ]
            lines.create(vals_list)._schedule_activities()
            self.env.invalidate_all()

    def _on_asking(self, users):
        """Called before ``users`` are asked; kinds extend it."""

    def _add_people(self, users, deadline=None):
        """As superuser and by the batch; who is already on the sheet is passed over."""
        step_sudo = self.sudo()
        lines_sudo = step_sudo.env["paydox.approval.line"]
        asked = lines_sudo.search(self._get_current_domain() & Domain("user_id", "in", users.ids)).user_id
        if new := users - asked:
            step_sudo._ask_in_batches(new, deadline)
            step_sudo.approval_id._append_people(new)

    def _reopen(self):
        personal = self.filtered(lambda step: step.kind in PERSONAL_KINDS)
        result = super()._reopen()
        personal._start_anew()
        return result

    def _start_anew(self):
        """Forget what the former answers amounted to; the lines and the chain keep them."""
        self.write({"deadline": False})

    def _hand_over(self):
        """Go on when nobody is left to wait for."""
        outcome = self._evaluate()
        if outcome == "agreed":
            self.approval_id._advance()
        elif outcome:
            self.approval_id._close("rejected")

    # === HELPERS === #

    def _can_manage(self):
        # sudo: who sent the sheet leads it even if he may not read the run any more
        if self.env.user == self.sudo().approval_id.requested_by_id:
            return True
        return bool(self.approval_id) and self._get_record()._can_manage_sheets()

    def _check_manageable(self):
        """The record of the running sheet, locked, when the current user may lead it."""
        self.ensure_one()
        self.check_access("read")
        record = self._get_record()
        record.check_access("read")
        if self.kind not in PERSONAL_KINDS or not self._can_manage():
            raise AccessError(
                self.env._(
                    "The sheet of %(record)s is led by the person who sent it, the author, the responsible person and "
                    "clerks.",
                    record=record.display_name,
                )
            )
        # sudo: the rows of the run are locked, nothing of them is shown
        lock_rows(self.sudo().approval_id)
        self.invalidate_recordset(["state"])
        if self.state != "running":
            raise UserError(self.env._("The sheet of %(record)s is closed.", record=record.display_name))
        return record

    def _plan_deadline(self, moment):
        """The common term of everybody, in the working time of the company."""
        if not self.deadline_hours:
            return False
        calendar = self._get_record()._get_approval_company().resource_calendar_id
        start = pytz.utc.localize(moment)
        end = calendar.plan_hours(self.deadline_hours, start, compute_leaves=True) if calendar else False
        end = end or start + timedelta(hours=self.deadline_hours)
        return end.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_asked_domain(self):
        """Lines of everybody who was asked and not released; a line that was closed unanswered has no comment."""
        skipped = Domain("state", "=", "skipped") & Domain("comment", "=", False)
        return self._get_current_domain() & (Domain("state", "in", DONE_STATES + OPEN_STATES) | skipped)

    def _get_current_domain(self):
        """Lines since each step was opened last; a route that came back to it asks everybody anew."""
        return Domain.OR(
            Domain("step_id", "in", steps.ids) & Domain("attempt", "=", attempt)
            for attempt, steps in self.grouped("attempt").items()
        )

    @api.model
    def _get_departments(self, user_ids, company):
        """The department of each user today, as ``{user id: department id}``."""
        employees = self.env["hr.employee"].search_fetch(
            [("user_id", "in", user_ids), ("company_id", "=", company.id)], ["user_id", "department_id"]
        )
        return {employee.user_id.id: employee.department_id.id for employee in employees}
