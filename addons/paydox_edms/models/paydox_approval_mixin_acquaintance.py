from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

DEFAULT_TERM_DAYS = 3


class PaydoxApprovalMixin(models.AbstractModel):
    """Acquaintance: any record is sent to people who confirm that they read it."""

    _inherit = "paydox.approval.mixin"

    can_send_acquaintance = fields.Boolean(compute="_compute_can_send_acquaintance")
    acquaintance_done_count = fields.Integer(compute="_compute_acquaintance_counts")
    acquaintance_people_count = fields.Integer(compute="_compute_acquaintance_counts")
    acquaintance_text = fields.Char(string="Acquaintance", compute="_compute_acquaintance_counts")
    can_acquaint = fields.Boolean(
        compute="_compute_can_acquaint", help="The record waits for the current user to read it."
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_can_send_acquaintance(self):
        for record in self:
            record.can_send_acquaintance = bool(record.id) and record._can_manage_sheets()

    @api.depends("approval_ids.line_ids.state")
    def _compute_acquaintance_counts(self):
        latest = self._get_latest_sheets("acquaintance")
        for record in self:
            step = latest.get(record._origin.id)
            done, asked = (step.done_count, step.people_count) if step else (0, 0)
            record.acquaintance_done_count, record.acquaintance_people_count = done, asked
            record.acquaintance_text = f"{done}/{asked}" if asked else False

    @api.depends("approval_ids.line_ids.state")
    @api.depends_context("uid")
    def _compute_can_acquaint(self):
        lines = self._get_decidable_lines(self._origin.ids).filtered(lambda line: line.kind == "acquaint")
        waiting = set(lines.mapped("res_id"))
        for record in self:
            record.can_acquaint = record._origin.id in waiting

    # === ACTIONS === #

    def action_send_acquaintance(
        self, users=None, groups=None, departments=None, everyone=False, deadline=None, must_open=True
    ):
        """Send the record to people who are to confirm that they read it.

        While a sheet of the record runs, the people are added to it; who is on it already is passed over.

        :param users: records or ids of ``res.users``; so are the groups and the departments (with those inside)
        :param bool everyone: every employee with a login in the company of the record
        :param deadline: end of the term (UTC); by default after three working days of the company
        :param bool must_open: nobody can confirm before he opened the actual version
        :return: the ``paydox.approval`` of the sheet
        """
        self._check_can_manage_sheets()
        self._check_acquaintance_request()
        people_sudo = self._collect_people(users, groups, departments, bool(everyone))
        deadline = self._clean_deadline(deadline) or self._plan_working_days(DEFAULT_TERM_DAYS)
        record_sudo = self._lock_for_sheets()
        step_sudo = record_sudo._get_running_acquaintance()
        if step_sudo:
            step_sudo._add_people(people_sudo, deadline)
        else:
            step_sudo = record_sudo._start_acquaintance(people_sudo, deadline, bool(must_open)).step_ids
        return step_sudo.sudo(False).approval_id

    def action_open_send_acquaintance(self):
        """Open the window that asks whom to send the record to."""
        self._check_can_manage_sheets()
        self._check_acquaintance_request()
        return self._get_send_acquaintance_action(self.env["paydox.approval.step"])

    def action_open_acquaintance(self):
        """Open the latest sheet of acquaintance."""
        self.ensure_one()
        self.check_access("read")
        # sudo: only the id is taken; the sheet is opened with the access of the user
        step = self._get_latest_sheets("acquaintance").get(self.id)
        return step.sudo(False).action_open_sheet() if step else self.action_open_send_acquaintance()

    # === BUSINESS METHODS === #

    def _start_acquaintance(self, users, deadline, must_open):
        """As superuser: a new round for ``users``."""
        vals = {"name": self.env._("Acquaintance"), "kind": "acquaint", "deadline": deadline, "must_open": must_open}
        return self.env["paydox.approval"]._start_sheet(self, "acquaintance", vals, users)

    def _repeat_acquaintance(self, step):
        """As superuser: a new round over the actual version for everybody of ``step``; a running one is closed."""
        if running := self._get_running_acquaintance():
            running.approval_id._append("close", comment=self.env._("A new round takes its place."))
            running.approval_id._close("withdrawn")
        asked = self.env["paydox.approval.line"].search_fetch(step._get_asked_domain(), ["user_id"]).user_id
        users = self.env["res.users"].search(Domain("id", "in", asked.ids) & self._get_fit_domain(), order="id")
        deadline = self._plan_working_days(DEFAULT_TERM_DAYS)
        return self._start_acquaintance(users, deadline, step.must_open)

    def _register_opening(self, version):
        """Note that the current user opened ``version`` of the record, on every sheet where he is asked to read it."""
        record = Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
        lines = self.env["paydox.approval.line"]
        # sudo: the person proves his own opening; lines are written by the engine only
        domain = record & Domain("state", "=", "pending") & lines._get_acquainted_domain()
        lines.sudo().search(domain)._register_opening(version)

    # === HOOKS === #

    def _check_acquaintance_request(self):
        """Raise a ``UserError`` when the record cannot be sent to readers now."""

    def _get_acquaintance_defaults(self):
        """Values that the window of sending starts with."""
        return {}

    # === HELPERS === #

    def _log_decision(self, action, lines_sudo, comment, target):
        # Thousands of readers must not fill the discussion; the sheet says who read. A remark is worth telling.
        told_sudo = lines_sudo if comment else lines_sudo.filtered(lambda line: line.kind != "acquaint")
        return super()._log_decision(action, told_sudo, comment, target) if told_sudo else None

    def _get_running_acquaintance(self):
        """As superuser: the step of the sheet that runs, if any."""
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        domain += [("state", "=", "running"), ("purpose", "=", "acquaintance")]
        return self.env["paydox.approval"].search(domain, limit=1).step_ids

    def _get_latest_sheets(self, purpose):
        """The step of the latest round of each record, as superuser, by the id of the record."""
        # sudo: who reads the record may know that it was sent and how many answered
        approvals_sudo = (
            self.env["paydox.approval"]
            .sudo()
            .search(
                [("res_model", "=", self._name), ("res_id", "in", self._origin.ids), ("purpose", "=", purpose)],
                order="round",
            )
        )
        return {approval_sudo.res_id: approval_sudo.step_ids[:1] for approval_sudo in approvals_sudo}

    def _get_send_acquaintance_action(self, step):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send for Acquaintance"),
            "res_model": "paydox.acquaintance.send",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_id": self.id, "default_step_id": step.id},
        }

    def _plan_working_days(self, days):
        """The end of the working day after ``days`` whole working days of the company, in UTC."""
        calendar = self._get_approval_company().resource_calendar_id
        timezone = pytz.timezone(calendar.tz or "UTC")
        tomorrow = fields.Datetime.now().astimezone(timezone).date() + timedelta(days=1)
        start = timezone.localize(fields.Datetime.to_datetime(tomorrow))
        end = calendar.plan_days(days, start, compute_leaves=True) if calendar else False
        end = end or start + timedelta(days=days)
        return end.astimezone(pytz.utc).replace(tzinfo=None)
