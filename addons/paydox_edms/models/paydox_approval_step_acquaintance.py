from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.jobs import wake

from .paydox_approval_step_people import DONE_STATES, OPEN_STATES

MAX_DEPARTMENTS = 60


class PaydoxApprovalStep(models.Model):
    """Sheets of acquaintance: reminders, closing, rounds over new versions, coverage by department."""

    _inherit = "paydox.approval.step"

    remind_on = fields.Date(readonly=True, copy=False, help="The day on which everybody left is reminded.")
    acquaintance_state = fields.Selection(
        selection=[("running", "Running"), ("complete", "Everybody has read"), ("closed", "Closed")],
        string="Sheet",
        compute="_compute_acquaintance_state",
    )
    is_outdated = fields.Boolean(
        compute="_compute_is_outdated", help="The document has a newer version than the one of this sheet."
    )
    coverage = fields.Html(string="By Department", compute="_compute_coverage", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("state", "line_ids.state")
    def _compute_acquaintance_state(self):
        states = {"agreed": "complete", "refused": "closed", "skipped": "closed"}
        for step in self:
            step.acquaintance_state = states.get(step.state, "running")

    @api.depends("version_id")
    def _compute_is_outdated(self):
        for step in self:
            actual = step._get_record()._get_approval_version() if step.approval_id else step.version_id
            step.is_outdated = actual != step.version_id

    @api.depends("line_ids.state")
    def _compute_coverage(self):
        for step in self:
            # Markup: the parts are escaped one by one
            step.coverage = Markup("").join(step._get_coverage_rows()) or False

    def _get_coverage_rows(self):
        """A bar for each department, those with the most people left first."""
        row = Markup(
            '<div class="d-flex align-items-center gap-2 py-1"><span class="w-50 text-truncate">%s</span>'
            '<div class="progress flex-grow-1" role="progressbar" aria-valuenow="%d" aria-valuemin="0" '
            'aria-valuemax="100"><div class="progress-bar" style="width: %d%%"></div></div>'
            '<span class="text-nowrap">%d / %d</span></div>'
        )
        for name, done, asked in self._get_department_coverage()[:MAX_DEPARTMENTS]:
            percent = 100 * done // asked
            yield row % (name or self.env._("Without a department"), percent, percent, done, asked)

    def _get_department_coverage(self):
        """How many answered in each department: ``[(name or False, answered, asked)]``, the least covered first."""
        self.ensure_one()
        # sudo: who may read the step may know how many answered; the names of departments are no secret inside
        lines_sudo = self.env["paydox.approval.line"].sudo()
        groups = lines_sudo._read_group(self._get_asked_domain(), ["department_id", "state"], ["__count"])
        found = {}
        for department_sudo, state, count in groups:
            counts = found.setdefault(department_sudo, [0, 0])
            counts[0] += count if state in DONE_STATES else 0
            counts[1] += count
        rows = [(department_sudo.display_name, *counts) for department_sudo, counts in found.items()]
        return sorted(rows, key=lambda row: (row[1] - row[2], row[0] or ""))

    # === ACTIONS === #

    def action_remind(self):
        """Remind everybody who has not confirmed, today; once a day at most."""
        record = self._check_manageable()
        today = fields.Datetime.now().date()
        if self.remind_on == today:
            raise UserError(
                self.env._("The readers of %(record)s are already reminded today.", record=record.display_name)
            )
        # sudo: the sheet is written by the engine only, the jobs by nobody; who may lead the sheet was checked
        self.sudo().remind_on = today
        wake(self.env, "paydox_edms.ir_cron_remind_acquaintance")
        return self._tell(self.env._("%(count)s people will be reminded.", count=self.left_count))

    def action_close(self):
        """Close the sheet, whoever has not confirmed."""
        self._check_manageable()
        # sudo: as above
        approval_sudo = self.sudo().approval_id
        if self.kind != "acquaint" or approval_sudo.purpose != "acquaintance":
            raise UserError(self.env._("This step belongs to a route. Withdraw the document to stop it."))
        approval_sudo._append("close")
        approval_sudo._close("approved" if not self.left_count else "withdrawn")
        return True

    def action_new_round(self):
        """Ask all people of the sheet again, about the actual version. The former round stays on file."""
        self.ensure_one()
        self.check_access("read")
        record = self._get_record()
        record._check_can_manage_sheets()
        record._check_acquaintance_request()
        lock_sudo = record._lock_for_sheets()
        # sudo: the rows of the run are written by the engine only; who may lead the sheet was checked
        approval_sudo = lock_sudo._repeat_acquaintance(self.sudo())
        return approval_sudo.step_ids.sudo(False).action_open_sheet()

    def action_open_sheet(self):
        """Open the sheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Acquaintance"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("paydox_edms.paydox_approval_step_view_form_acquaintance").id, "form")],
        }

    def action_open_people(self):
        """Open the people of the sheet: by the context, only those who have not confirmed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_edms.paydox_approval_line_action_acquaintance")
        return action | {
            "domain": [("step_id", "=", self.id)],
            "name": self.record_name or self.env._("Acquaintance"),
            "context": {"search_default_unread": 1} if self.env.context.get("unread") else {},
        }

    def action_open_send(self):
        """Open the window that names further people."""
        self.ensure_one()
        self.check_access("read")
        return self._get_record()._get_send_acquaintance_action(self)

    # === HELPERS === #

    def _on_asking(self, users):
        if self.kind == "acquaint":
            wake(self.env, "paydox_edms.ir_cron_notify_acquaintance")
        return super()._on_asking(users)

    def _evaluate(self):
        if self.kind != "acquaint":
            return super()._evaluate()
        # Counted and not read: there may be thousands.
        lines = self.env["paydox.approval.line"]
        if lines.search_count([("step_id", "=", self.id), ("state", "in", OPEN_STATES)], limit=1):
            return False
        return self._close("agreed")

    def _tell(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": {"type": "ir.actions.act_window_close"}},
        }
