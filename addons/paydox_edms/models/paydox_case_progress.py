from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_case_step import OPEN_STATES
from .paydox_case_step_definition import PEOPLE_KINDS

# Of Bootstrap, with an icon that tells the state to whom colours tell nothing.
STATE_LOOKS = {
    "waiting": ("secondary", "fa-clock-o"),
    "ready": ("warning", "fa-hand-pointer-o"),
    "active": ("info", "fa-hourglass-half"),
    "done": ("success", "fa-check"),
    "skipped": ("light", "fa-minus"),
    "cancelled": ("light", "fa-ban"),
}


class PaydoxCase(models.Model):
    """How far the case is, and what comes next."""

    _inherit = "paydox.case"

    total_count = fields.Integer(string="Steps in All", compute="_compute_progress")
    done_count = fields.Integer(string="Steps Done", compute="_compute_progress")
    problem_count = fields.Integer(string="Steps with a Problem", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress", aggregator=None)
    progress_text = fields.Char(string="Done", compute="_compute_progress", help="Steps done of all steps.")
    next_step_id = fields.Many2one(
        comodel_name="paydox.case.step", string="Next", compute="_compute_next_step_id", help="What is to be done now."
    )
    picture = fields.Html(compute="_compute_picture", sanitize=False)
    duration_days = fields.Float(
        string="Duration, days", compute="_compute_duration_days", store=True, aggregator="avg"
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    was_late = fields.Boolean(string="Completed Late", compute="_compute_duration_days", store=True)

    # === COMPUTE METHODS === #

    @api.depends("step_ids.state", "step_ids.problem")
    def _compute_progress(self):
        # sudo: who reads the case may know how far it is
        steps_sudo = self.env["paydox.case.step"].sudo()
        domain = [("case_id", "in", self._origin.ids)]
        counts = {
            (case.id, state): count
            for case, state, count in steps_sudo._read_group(domain, ["case_id", "state"], ["__count"])
        }
        problems = dict(steps_sudo._read_group([*domain, ("problem", "!=", False)], ["case_id"], ["__count"]))
        problems = {case.id: count for case, count in problems.items()}
        for case in self:
            case_id = case._origin.id
            case.done_count = counts.get((case_id, "done"), 0)
            # What was left out need not be done any more.
            case.total_count = case.done_count + sum(counts.get((case_id, state), 0) for state in OPEN_STATES)
            case.problem_count = problems.get(case_id, 0)
            case.progress = 100 * case.done_count / case.total_count if case.total_count else 0
            case.progress_text = f"{case.done_count}/{case.total_count}"

    @api.depends("step_ids.state", "step_ids.sequence")
    def _compute_next_step_id(self):
        # sudo: as above
        steps_sudo = self.env["paydox.case.step"].sudo()
        found = steps_sudo.search_fetch(
            [("case_id", "in", self._origin.ids), ("state", "in", ("active", "ready"))],
            ["case_id", "state"],
            order="sequence, id",
        )
        first = {}
        for step in found:
            first.setdefault(step.case_id.id, step.id)
        for case in self:
            case.next_step_id = first.get(case._origin.id, False)

    @api.depends("step_ids.state", "step_ids.predecessor_ids", "step_ids.sequence", "step_ids.problem")
    @api.depends_context("lang")
    def _compute_picture(self):
        for case in self:
            case.picture = case.step_ids.sorted(lambda step: (step.sequence, step.id))._render_picture()

    @api.depends("started_at", "closed_at", "deadline", "state")
    def _compute_duration_days(self):
        for case in self:
            closed = case.state == "done" and case.started_at and case.closed_at
            case.duration_days = (case.closed_at - case.started_at).total_seconds() / 86400 if closed else 0
            case.was_late = bool(closed and case.deadline and case.closed_at > case.deadline)

    @api.depends("deadline", "state", "closed_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for case in self:
            case.is_late = bool(case.state == "running" and case.deadline and case.deadline < now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "running") & Domain("deadline", "<", fields.Datetime.now())
        return domain if True in value else ~domain


class PaydoxCaseStep(models.Model):
    _inherit = "paydox.case.step"

    is_next = fields.Boolean(compute="_compute_is_next", help="What is to be done now in the case.")
    responsible_names = fields.Char(string="Who", compute="_compute_responsible_names")

    note_text = fields.Text(
        string="Note", compute="_compute_note_text", help="Why it cannot go on, why it was left out, or the report."
    )

    # === COMPUTE METHODS === #

    @api.depends("problem", "skip_reason", "report", "state")
    def _compute_note_text(self):
        for step in self:
            step.note_text = step.problem or (
                step.skip_reason if step.state in ("skipped", "cancelled") else step.report
            )

    @api.depends("state", "case_id.next_step_id")
    def _compute_is_next(self):
        for step in self:
            step.is_next = step.case_id.next_step_id == step

    @api.depends("responsible_ids", "responsible_kind", "user_ids", "group_id", "state")
    def _compute_responsible_names(self):
        kinds = dict(self._fields["responsible_kind"]._description_selection(self.env))
        for step in self:
            # sudo: the names of colleagues in other companies
            people = step.sudo().responsible_ids or step.sudo().user_ids
            if people:
                step.responsible_names = ", ".join(people[:5].mapped("name"))
            elif step.kind not in PEOPLE_KINDS:
                step.responsible_names = False
            else:
                step.responsible_names = step.sudo().group_id.name or kinds.get(step.responsible_kind)

    # === HELPERS === #

    def _prepare_picture(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        color, icon = STATE_LOOKS[self.state]
        text = self.env._("%(state)s, with a problem", state=states[self.state]) if self.problem else states[self.state]
        return super()._prepare_picture() | {
            "name": self.display_name,
            "color": "danger" if self.problem else color,
            "state": {"icon": "fa-exclamation-triangle" if self.problem else icon, "text": text},
        }

    def _get_responsible_text(self):
        # sudo: the names of colleagues on a step are for everybody who sees the step
        return ", ".join(self.sudo().responsible_ids.mapped("name")) or super()._get_responsible_text()
