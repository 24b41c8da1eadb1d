from odoo import api, fields, models

from odoo.addons.paydox_edms.tools import case_layout

from .paydox_case_step_definition import PEOPLE_KINDS

KIND_ICONS = {
    "instruction": "fa-check-square-o",
    "call": "fa-phone",
    "meeting": "fa-calendar",
    "mail": "fa-envelope-o",
    "document": "fa-file-text-o",
    "route": "fa-thumbs-o-up",
    "event": "fa-bell-o",
    "milestone": "fa-flag",
    "case": "fa-folder-open-o",
    "message": "fa-comment-o",
}
# A picture of more steps would tell nothing.
MAX_DRAWN = 200


class PaydoxCaseStepDefinition(models.AbstractModel):
    """The picture of steps: of a template, and of a case with the states of its steps."""

    _inherit = "paydox.case.step.definition"

    # === HELPERS === #

    def _get_kind_icon(self):
        """Hook: the icon of the kind."""
        self.ensure_one()
        return KIND_ICONS.get(self.kind, "fa-circle-o")

    def _get_drawn_predecessors(self):
        """Hook: ``{step: the steps it comes after}``."""
        return {step: step.predecessor_ids for step in self}

    def _prepare_picture(self):
        """What the picture shows of a step.

        ``facts`` are plain texts; ``marks`` are ``{"icon", "text"}``; ``state`` is ``{"icon", "text"}`` or False, so
        that a state is never told by ``color`` (of Bootstrap) alone.
        """
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        facts = [self._get_responsible_text() if self.kind in PEOPLE_KINDS else False, self._get_term_text()]
        marks = {
            "fa-hand-pointer-o": self.is_manual and self.env._("Started by hand"),
            "fa-filter": bool((self.condition or "").strip() or (self.subject_condition or "").strip())
            and self.env._("Only under a condition"),
            "fa-repeat": self.is_repeatable and self.env._("May be repeated"),
            "fa-eye": self.controller_kind != "none" and self.env._("Under control"),
            "fa-code-fork": self.predecessor_rule == "any" and self.env._("Any of the steps before is enough"),
        }
        return {
            "name": self.name or "…",
            "kind": kinds.get(self.kind),
            "icon": self._get_kind_icon(),
            "facts": [fact for fact in facts if fact],
            "marks": [{"icon": icon, "text": text} for icon, text in marks.items() if text],
            "is_optional": not self.is_required,
            "color": "secondary",
            "state": False,
        }

    def _get_responsible_text(self):
        """Who does the step, in words."""
        self.ensure_one()
        kinds = dict(self._fields["responsible_kind"]._description_selection(self.env))
        text = kinds.get(self.responsible_kind)
        if self.responsible_kind == "users":
            # sudo: the names of colleagues on a step are for everybody who sees the step
            return ", ".join(self.sudo().user_ids.mapped("name")) or text
        if self.responsible_kind == "group":
            # sudo: groups are not readable for everybody
            return self.sudo().group_id.name or text
        if self.responsible_kind == "department_head" and self.department_id:
            # sudo: the name of a department of another company is no secret to who sees the step
            return self.env._("Head: %(department)s", department=self.sudo().department_id.name)
        if self.responsible_kind == "field":
            return dict(self._get_responsible_fields()).get(self.responsible_field) or text
        return text

    def _get_term_text(self):
        """The term in words, or False."""
        self.ensure_one()
        if not self.term_value:
            return False
        units = dict(self._fields["term_unit"]._description_selection(self.env))
        return self.env._("%(unit)s: %(count)s", unit=units.get(self.term_unit), count=f"{self.term_value:g}")

    def _render_picture(self):
        """The steps as boxes with arrows in one band a section, as HTML; a list on a narrow screen. False: no step."""
        drawn = self[:MAX_DRAWN]
        if not drawn:
            return False
        predecessors = drawn._get_drawn_predecessors()
        graph = {step: [item for item in predecessors.get(step, ()) if item in drawn] for step in drawn}
        sections = drawn.section_id.sorted("sequence")
        by_section = drawn.grouped("section_id")
        bands = [
            (section.name or "", list(by_section[section]))
            for section in [drawn.section_id.browse(), *sections]
            if section in by_section
        ]
        more = len(self) - len(drawn)
        layout = case_layout.get_layout(graph, [(bool(name), steps) for name, steps in bands])
        numbers = {step: number for number, step in enumerate((step for __, steps in bands for step in steps), 1)}
        values = {
            "layout": layout,
            "size": {"width": case_layout.WIDTH, "height": case_layout.HEIGHT},
            "more": self.env._("Further steps, in the list only: %(count)s", count=more) if more else False,
            "bands": [
                {
                    "name": name,
                    "place": place,
                    "steps": [
                        picture
                        | {
                            "title": " · ".join((picture["name"], picture["kind"] or "", *picture["facts"])),
                            "number": numbers[step],
                            "box": layout["boxes"][step],
                            "after": ", ".join(str(numbers[item]) for item in graph[step]),
                        }
                        for step in steps
                        for picture in [step._prepare_picture()]
                    ],
                }
                for (name, steps), place in zip(bands, layout["bands"], strict=True)
            ],
        }
        return self.env["ir.qweb"]._render("paydox_edms.case_picture", values)


class PaydoxCaseTemplateStep(models.Model):
    _inherit = "paydox.case.template.step"

    responsible_summary = fields.Char(string="Who", compute="_compute_responsible_summary")
    term_summary = fields.Char(string="Time Allowed", compute="_compute_term_summary")

    # === COMPUTE METHODS === #

    @api.depends("kind", "responsible_kind", "user_ids", "group_id", "department_id", "responsible_field")
    def _compute_responsible_summary(self):
        for step in self:
            step.responsible_summary = step._get_responsible_text() if step.kind in PEOPLE_KINDS else False

    @api.depends("term_value", "term_unit")
    def _compute_term_summary(self):
        for step in self:
            step.term_summary = step._get_term_text()

    # === HELPERS === #

    def _get_drawn_predecessors(self):
        result = {}
        for template in self.template_id:
            result |= template._get_predecessors()
        return result


class PaydoxCaseTemplate(models.Model):
    _inherit = "paydox.case.template"

    picture = fields.Html(compute="_compute_picture", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._get_problem_fields())
    def _compute_picture(self):
        for template in self:
            template.picture = template.step_ids.sorted("sequence")._render_picture()
