from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class PaydoxApprovalLine(models.Model):
    """One person's decision on one step."""

    _name = "paydox.approval.line"
    _description = "Decision to Take"
    _inherit = ["paydox.protected"]
    _order = "step_id, sequence, id"
    _rec_name = "user_id"

    approval_id = fields.Many2one(
        comodel_name="paydox.approval", required=True, readonly=True, ondelete="cascade", index=True
    )
    step_id = fields.Many2one(
        comodel_name="paydox.approval.step", required=True, readonly=True, ondelete="cascade", index=True
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(related="step_id.kind", store=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="restrict", index=True)
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("pending", "To decide"),
            ("agreed", "Agreed"),
            ("remarks", "Agreed with remarks"),
            ("refused", "Refused"),
            ("delegated", "Delegated"),
            ("skipped", "Not needed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    requested_at = fields.Datetime(string="Received On", readonly=True)
    deadline = fields.Datetime(readonly=True)
    # decision
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
        help="The person who decided, maybe as a substitute.",
    )
    decided_at = fields.Datetime(readonly=True)
    comment = fields.Text(readonly=True)
    delay_reason = fields.Text(readonly=True)
    version_id = fields.Many2one(
        comodel_name="paydox.document.version",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The version on which the person decided.",
    )
    delegated_from_id = fields.Many2one(comodel_name="paydox.approval.line", readonly=True)
    activity_id = fields.Many2one(
        comodel_name="mail.activity", readonly=True, ondelete="set null", index="btree_not_null"
    )

    # helpers of the screens
    record_name = fields.Char(string="To Decide On", compute="_compute_record_name")
    requested_by_id = fields.Many2one(string="Asked By", related="approval_id.requested_by_id")
    can_decide = fields.Boolean(compute="_compute_can_decide", search="_search_can_decide")
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _pending_idx = models.Index("(user_id, deadline, id) WHERE state = 'pending'")
    _open_uniq = models.UniqueIndex(
        "(step_id, user_id) WHERE state IN ('waiting', 'pending')", "This person is already asked on this step."
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        # sudo: the answer decides on access, so it cannot depend on it
        decidable_sudo = self.sudo().filtered_domain(self._get_to_decide_domain())
        for line in self:
            line.can_decide = line.id in decidable_sudo._ids

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_to_decide_domain() if True in value else ~self._get_to_decide_domain()

    @api.model
    def _get_to_decide_domain(self):
        """Lines on which the current user may decide now, for himself or for whom he substitutes.

        The author and the person who asked are left out, unless the step lets them.
        """
        user = self.env.user
        own = Domain("author_id", "!=", user.id) & Domain("requested_by_id", "!=", user.id)
        return (
            Domain("state", "=", "pending")
            & Domain("user_id", "in", user.document_principal_ids.ids)
            & (Domain("step_id.allow_author", "=", True) | Domain("approval_id", "any!", own))
        )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        for model, lines in self.grouped("res_model").items():
            records = self.env[model].browse(lines.mapped("res_id"))
            names = {record.id: record.display_name for record in records}
            for line in lines:
                line.record_name = names[line.res_id]

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

    def action_open_record(self):
        """Open what is to be decided on."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_agree(self):
        """Agree from the inbox, with everything that is selected."""
        self._check_open()
        for line in self:
            line._get_record()._decide("agree", line=line)
        return True

    def action_decide(self):
        """Open the window that asks for a comment."""
        self.ensure_one()
        return self._get_record()._get_decide_action(self.env.context.get("default_decision", "agree"), line=self)

    # === BUSINESS METHODS === #

    def _check_open(self):
        """Tell a person whose list is old what happened meanwhile."""
        self.check_access("read")
        if closed := self.filtered(lambda line: not line.can_decide):
            raise AccessError(
                self.env._(
                    "%(record)s no longer waits for your decision. Refresh the list.",
                    record=closed[0]._get_record().display_name,
                )
            )

    def _accept_answer(self, action, answer):
        """Check what the kind of the step asks for besides yes or no; kinds extend it.

        :param str action: what the person does, see ``paydox.approval.decision``
        :param dict answer: such as the option of a vote; refused with a ``UserError`` when it does not do
        :return: ``(values of the line, values of the decision)`` to be written with the result
        """
        self.ensure_one()
        return {}, {}

    def _admit(self, users):
        """Called as superuser when ``users`` decided on the line: they keep what they need to read."""
        self._get_record()._add_approval_participants(users)

    def _ask(self, moment):
        """It is the turn of these people: start their terms and put it on their lists."""
        if not self:
            return
        deadlines = self._plan_deadlines(moment)
        for line in self:
            line.write({"state": "pending", "requested_at": moment, "deadline": line.deadline or deadlines[line]})
        self._schedule_activities()

    def _skip(self):
        self._drop_activities()
        self.write({"state": "skipped"})

    def _plan_deadlines(self, moment):
        """When each term ends, counted in the working time of the person."""
        deadlines = dict.fromkeys(self, False)
        timed = self.filtered(lambda line: line.step_id.deadline_hours)
        if not timed:
            return deadlines
        company = timed[0].approval_id._get_record()._get_approval_company()
        employees = self.env["hr.employee"].search(
            [("user_id", "in", timed.user_id.ids), ("company_id", "=", company.id)]
        )
        calendars = {employee.user_id: employee.resource_calendar_id for employee in employees}
        start = pytz.utc.localize(moment)
        planned = {}
        for line in timed:
            calendar = calendars.get(line.user_id) or company.resource_calendar_id
            key = (calendar, line.step_id.deadline_hours)
            if key not in planned:
                planned[key] = self._plan_hours(calendar, line.step_id.deadline_hours, start)
            deadlines[line] = planned[key]
        return deadlines

    @api.model
    def _plan_hours(self, calendar, hours, start):
        end = calendar.plan_hours(hours, start, compute_leaves=True) if calendar else False
        end = end or start + timedelta(hours=hours)
        return end.astimezone(pytz.utc).replace(tzinfo=None)

    def _schedule_activities(self):
        """Put the decision on the lists of the people; Odoo tells them by their own channel and in their language."""
        activity_type = self.env.ref("paydox_edms.mail_activity_type_decide", raise_if_not_found=False)
        models = self.env["ir.model"]
        today = fields.Date.context_today(self)
        activities = self.env["mail.activity"].create(
            [
                {
                    "res_model_id": models._get_id(line.res_model),
                    "res_id": line.res_id,
                    "user_id": line.user_id.id,
                    "activity_type_id": activity_type.id if activity_type else False,
                    "summary": line.step_id.name,
                    "date_deadline": line.deadline.date() if line.deadline else today,
                    "automated": True,
                }
                for line in self
            ]
        )
        for line, activity in zip(self, activities, strict=True):
            line.activity_id = activity

    def _drop_activities(self):
        self.activity_id.unlink()

    def _get_record(self):
        """What is decided on, as the current user."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)
