from odoo import api, fields, models

STATE_COLORS = {"running": "info", "agreed": "success", "refused": "danger", "skipped": "secondary"}
LINE_ICONS = {
    "waiting": "fa-clock-o text-muted",
    "pending": "fa-hourglass-half text-info",
    "agreed": "fa-check text-success",
    "remarks": "fa-check text-warning",
    "refused": "fa-times text-danger",
    "delegated": "fa-share text-muted",
    "skipped": "fa-minus text-muted",
}
# A sheet of acquaintance may have thousands of lines.
SHOWN_PEOPLE = 8


class PaydoxStepDefinition(models.AbstractModel):
    _inherit = "paydox.step.definition"

    # === HELPERS === #

    def _prepare_picture(self):
        """What the picture of a route shows of a step."""
        self.ensure_one()
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in ("kind", "mode", "rule")}
        facts = [labels["kind"][self.kind], self._get_rule_text(labels["rule"])]
        if self.mode == "sequential":
            facts.append(labels["mode"][self.mode])
        if self.deadline_hours:
            facts.append(self.env._("%(hours)s h", hours=f"{self.deadline_hours:g}"))
        return {"name": self.name, "facts": facts, "people": [], "color": "secondary", "state": False, "note": False}

    def _get_rule_text(self, labels):
        if self.rule != "quorum":
            return labels[self.rule]
        if self.quorum_type == "percent":
            return self.env._("%(percent)s %% agree", percent=self.quorum_percent)
        return self.env._("%(count)s agree", count=self.quorum)

    def _render_picture(self):
        """The steps in a row, as HTML."""
        steps = [step._prepare_picture() for step in self]
        return self.env["ir.qweb"]._render("paydox_edms.route_picture", {"steps": steps}) if steps else False


class PaydoxRouteStep(models.Model):
    _inherit = "paydox.route.step"

    def _prepare_picture(self):
        note = self.env._("Only for some documents") if (self.condition or "").strip() else False
        people = [{"name": self.approver_summary, "icon": "fa-user-o text-muted", "note": False}]
        return super()._prepare_picture() | {"people": people, "note": note}


class PaydoxApprovalStep(models.Model):
    _inherit = "paydox.approval.step"

    def _prepare_picture(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        lines = self._get_current_lines()
        results = dict(lines._fields["action"]._description_selection(self.env))
        people = [
            {
                "name": line.user_id.name,
                "icon": LINE_ICONS[line.state],
                "note": results.get(line.action) if line.action not in (False, "agree") else False,
            }
            for line in lines[:SHOWN_PEOPLE]
        ]
        if len(lines) > SHOWN_PEOPLE:
            more = self.env._("and %(count)s more", count=len(lines) - SHOWN_PEOPLE)
            people.append({"name": more, "icon": "fa-users text-muted", "note": False})
        return super()._prepare_picture() | {
            "people": people,
            "color": STATE_COLORS.get(self.state, "secondary"),
            "state": states[self.state],
            "note": self.env._("Again, time %(attempt)s", attempt=self.attempt) if self.attempt > 1 else False,
        }


class PaydoxRoute(models.Model):
    _inherit = "paydox.route"

    picture = fields.Html(compute="_compute_picture", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("step_ids")
    def _compute_picture(self):
        for route in self:
            route.picture = route.step_ids.sorted("sequence")._render_picture()


class PaydoxApproval(models.Model):
    _inherit = "paydox.approval"

    picture = fields.Html(compute="_compute_picture", sanitize=False)
    record_name = fields.Char(compute="_compute_record_name")

    # === COMPUTE METHODS === #

    @api.depends("step_ids.state", "line_ids.state")
    def _compute_picture(self):
        for approval in self:
            approval.picture = approval.step_ids.sorted("sequence")._render_picture()

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        for approvals in self.grouped("res_model").values():
            names = {record.id: record.display_name for record in approvals._get_records()}
            for approval in approvals:
                approval.record_name = names[approval.res_id]

    # === ACTIONS === #

    def action_open_control(self):
        """Open the window for those who answer for the run."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Manage an Approval"),
            "res_model": "paydox.approval.control",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_approval_id": self.id},
        }


class PaydoxApprovalMixin(models.AbstractModel):
    _inherit = "paydox.approval.mixin"

    approval_picture = fields.Html(compute="_compute_approval_picture", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.state", "approval_ids.line_ids.state")
    def _compute_approval_picture(self):
        for record in self:
            # sudo: who reads the record may know how its approval stands, as in approval_state
            record.approval_picture = record.approval_id.sudo().picture
