from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

MINUTE = 1 / 60


class PaydoxApprovalLine(models.Model):
    """Rule 11: terms in the working time of the person, and what came of them."""

    _inherit = "paydox.approval.line"

    remind_at = fields.Datetime(readonly=True)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    # set with the decision
    hours_late = fields.Float(readonly=True, help="Working hours between the end of the term and the decision.")
    delay_reason_id = fields.Many2one(
        comodel_name="paydox.delay.reason",
        string="Kind of Delay",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    delay_reason = fields.Text(string="Reason of Delay", readonly=True)
    is_absent = fields.Boolean(
        string="Absent, No Substitute",
        readonly=True,
        help="The person was on leave when the term ended and nobody substituted him: the delay is one of the process.",
    )

    # === COMPUTE METHODS === #

    @api.depends("deadline", "state", "decided_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for line in self:
            end = line.decided_at or (now if line.state == "pending" else False)
            line.is_late = bool(line.deadline and end and end > line.deadline)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "pending") & Domain("deadline", "<", fields.Datetime.now())
        return domain if True in value else ~domain

    # === ACTIONS === #

    def action_change_deadline(self, deadline, reason):
        """Give other terms to people who are asked already. For managers of the registry; the chain keeps both terms.

        :param deadline: a datetime, or its text in UTC
        :param str reason: why the term changes
        """
        self.check_access("read")
        record_model = self.env["paydox.approval.mixin"]
        if not self.env.user.has_group("paydox_edms.paydox_edms_group_manager"):
            raise AccessError(self.env._("Terms are changed by managers of the registry only."))
        reason = record_model._clean_text(reason)
        if not reason:
            raise UserError(self.env._("Write why the term changes."))
        deadline = self._parse_deadline(deadline)
        for line in self:
            record = line._get_record()
            record.check_access("read")
            record._lock_running_approvals(("id", "=", line.sudo().approval_id.id))
            line.sudo()._change_deadline(deadline, reason)
        return True

    # === BUSINESS METHODS === #

    def _change_deadline(self, deadline, reason):
        self.ensure_one()
        if self.state not in ("waiting", "pending"):
            raise UserError(self._get_stale_text())
        former = self.deadline
        self.write({"deadline": deadline, "reminded_at": False, "escalated_at": False, "timed_out_at": False})
        self.write({"remind_at": self._plan_terms(self.requested_at or fields.Datetime.now())[self]["remind_at"]})
        self._drop_late_activities()
        self.activity_id.write({"date_deadline": deadline.date()})
        terms = {"old": fields.Datetime.to_string(former), "new": fields.Datetime.to_string(deadline)}
        self.approval_id._append(
            "term",
            step_id=self.step_id.id,
            user_id=self.user_id.id,
            comment=reason,
            definition=self.env["paydox.approval"]._dump(terms | {"line": self.id}),
        )
        self._get_record()._message_log(
            body=self.env._(
                "%(step)s: the term of %(user)s is now %(deadline)s UTC. %(reason)s",
                step=self.step_id.name,
                user=self.user_id.name,
                deadline=terms["new"],
                reason=reason,
            ),
            author_id=self.env.user.partner_id.id,
        )

    @api.model
    def _parse_deadline(self, deadline):
        try:
            deadline = fields.Datetime.to_datetime(deadline)
        except (TypeError, ValueError):
            deadline = None
        if not deadline or deadline.tzinfo or deadline <= fields.Datetime.now():
            raise UserError(self.env._("The new term must be a moment in the future."))
        return deadline

    def _plan_terms(self, moment):
        """When each term ends and when to remind of it: ``{line: values}``.

        Counted in the working time of the person: his calendar, the holidays of the company, his own leaves.
        """
        terms = {line: {"deadline": line.deadline, "remind_at": False, "department_id": False} for line in self}
        timed = self.filtered(lambda line: line.deadline or line.step_id.deadline_hours)
        if not timed:
            return terms
        company = timed[0].approval_id._get_record()._get_approval_company()
        employees = self._get_employees(timed.user_id, company)
        planned = {}
        for line in timed:
            step, employee = line.step_id, employees.get(line.user_id, self.env["hr.employee"])
            key = (line.deadline, step.deadline_hours, step.reminder_hours, employee)
            if key not in planned:
                planned[key] = self._plan_term(*key, company, moment) | {"department_id": employee.department_id.id}
            terms[line] = planned[key]
        return terms

    @api.model
    def _plan_term(self, deadline, hours, reminder_hours, employee, company, moment):
        calendar = employee.resource_calendar_id or company.resource_calendar_id
        deadline = deadline or self._plan_hours(calendar, hours, moment, employee.resource_id)
        remind_at = False
        if reminder_hours:
            remind_at = self._plan_hours(calendar, -reminder_hours, deadline, employee.resource_id)
        return {"deadline": deadline, "remind_at": remind_at if remind_at and remind_at > moment else False}

    @api.model
    def _plan_hours(self, calendar, hours, moment, resource):
        start = pytz.utc.localize(moment)
        end = calendar.plan_hours(hours, start, compute_leaves=True, resource=resource) if calendar else False
        end = end or start + timedelta(hours=hours)
        return end.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_employees(self, users, company):
        """``{user: employee}`` in the company."""
        employees = self.env["hr.employee"].search(
            [("user_id", "in", users.ids), ("company_id", "=", company.id)], order="id desc"
        )
        return {employee.user_id: employee for employee in employees}

    def _prepare_delay_values(self, moment):
        """What the line keeps of a delay, when the decision comes at ``moment``."""
        self.ensure_one()
        if not self.deadline or moment <= self.deadline:
            return {}
        company = self.approval_id._get_record()._get_approval_company()
        employee = self._get_employees(self.user_id, company).get(self.user_id, self.env["hr.employee"])
        return {"hours_late": self._get_hours_late(employee, company, moment), "is_absent": self._was_absent(employee)}

    def _get_hours_late(self, employee, company, moment):
        calendar = employee.resource_calendar_id or company.resource_calendar_id
        start, end = pytz.utc.localize(self.deadline), pytz.utc.localize(moment)
        if not calendar:
            return max((end - start).total_seconds() / 3600, MINUTE)
        work = calendar._work_intervals_batch(start, end, resources=employee.resource_id)[employee.resource_id.id]
        return max(sum((stop - begin).total_seconds() for begin, stop, _meta in work) / 3600, MINUTE)

    def _was_absent(self, employee):
        """Whether the person was on leave when his term ended and nobody substituted him."""
        leaves = self.env["resource.calendar.leaves"].search_count(
            [
                ("resource_id", "in", employee.resource_id.ids),
                ("date_from", "<=", self.deadline),
                ("date_to", ">=", self.deadline),
            ],
            limit=1,
        )
        if not leaves:
            return False
        day = fields.Datetime.context_timestamp(self.with_context(tz=self.user_id.tz or "UTC"), self.deadline).date()
        return not self.env["paydox.substitution"].search_count(
            [("user_id", "=", self.user_id.id), ("date_from", "<=", day), ("date_to", ">=", day)], limit=1
        )
