from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.paydox_edms.tools import case_graph


class PaydoxCaseTemplate(models.Model):
    """The order of the steps: what each comes after, and what is wrong with it."""

    _inherit = "paydox.case.template"

    # === HELPERS === #

    def _get_predecessors(self):
        """``{step: the steps it comes after}`` as the start rules of a draft say it."""
        self.ensure_one()
        steps = self.step_ids.sorted("sequence")
        own = {step._origin.id or step.id: step for step in steps}
        by_section = {}
        for step in steps:
            by_section.setdefault(step.section_id._origin.id or step.section_id.id, []).append(step)
        result = {}
        before = steps.browse()
        for step in steps:
            if step.start_rule == "previous":
                result[step] = before
            elif step.start_rule == "chosen":
                chosen = [own.get(item._origin.id or item.id) for item in step.predecessor_ids]
                for section in step.predecessor_section_ids:
                    chosen += by_section.get(section._origin.id or section.id, [])
                result[step] = steps.browse().union(*(item for item in chosen if item))
            else:
                result[step] = steps.browse()
            before = step
        return result

    def _fix_order(self):
        """Write down what each step comes after, as the cases will follow it."""
        for template in self:
            for step, predecessors in template._get_predecessors().items():
                if step.predecessor_ids != predecessors:
                    step.predecessor_ids = predecessors

    def _get_order_problems(self):
        """``[(step or nothing, what is wrong)]`` with the order of the steps."""
        self.ensure_one()
        predecessors = self._get_predecessors()
        graph = {step: list(before) for step, before in predecessors.items()}
        problems = []
        if cycle := case_graph.find_cycle(graph):
            # each waits for the next one: told in the order of the work
            names = [step.name for step in (cycle[0], *reversed(cycle[1:]))]
            problems.append(
                (
                    cycle[0],
                    self.env._(
                        "it waits for itself in a circle: %(steps)s. Take one of these steps out of “After steps”.",
                        steps=" → ".join([*names, names[0]]),
                    ),
                )
            )
        blocked = self.step_ids.browse()
        for step in graph:
            if problem := step._get_start_problem(predecessors[step]):
                problems.append((step, problem))
                blocked |= step
        if not cycle:
            any_nodes = [step for step in graph if step.predecessor_rule == "any"]
            stopped = case_graph.find_unreachable(graph, any_nodes, blocked)
            problems += [
                (step, self.env._("it can never start, because a step that it waits for cannot start."))
                for step in stopped
                if step not in blocked
            ]
        return problems


class PaydoxCaseTemplateStep(models.Model):
    """When a step starts."""

    _inherit = "paydox.case.template.step"

    start_summary = fields.Char(string="Begins", compute="_compute_start_summary")

    # === COMPUTE METHODS === #

    @api.depends("start_rule", "predecessor_ids.name", "predecessor_section_ids.name", "predecessor_rule", "is_manual")
    def _compute_start_summary(self):
        rules = dict(self._fields["start_rule"]._description_selection(self.env))
        for step in self:
            chosen = [*step.predecessor_ids.mapped("name"), *step.predecessor_section_ids.mapped("name")]
            text = rules.get(step.start_rule) or ""
            if step.start_rule == "chosen" and chosen:
                names = ", ".join(name or "" for name in chosen)
                if len(chosen) > 1 and step.predecessor_rule == "any":
                    text = self.env._("After any of: %(steps)s", steps=names)
                else:
                    text = self.env._("After: %(steps)s", steps=names)
            step.start_summary = self.env._("%(start)s, by hand", start=text) if step.is_manual else text

    # === CONSTRAINT METHODS === #

    @api.constrains("template_id", "section_id", "predecessor_ids", "predecessor_section_ids", "required_field_ids")
    def _check_same_template(self):
        for step in self:
            for name in ("section_id", "predecessor_ids", "predecessor_section_ids", "required_field_ids"):
                # sudo: a foreign row is refused whether or not it can be read
                if step.sudo()[name].template_id - step.template_id:
                    raise ValidationError(
                        self.env._(
                            "The step “%(step)s” names a part of another template. Choose from this template.",
                            step=step.name,
                        )
                    )

    # === HELPERS === #

    def _get_start_problem(self, predecessors):
        """Why the step itself can never start, whatever is before it, or False."""
        self.ensure_one()
        env = self.env
        if self.start_rule == "chosen":
            if not self.predecessor_ids and not self.predecessor_section_ids:
                return env._("it is to start after chosen steps, but none is chosen. Choose one.")
            filled = {section._origin.id or section.id for section in self.template_id.step_ids.section_id}
            for section in self.predecessor_section_ids:
                if (section._origin.id or section.id) not in filled:
                    return env._(
                        "it waits for the section “%(section)s”, which has no step. Put a step there or choose another.",
                        section=section.name,
                    )
            if self.predecessor_rule == "any" and self.predecessor_section_ids:
                return env._("“any of them” is for single steps. Choose steps instead of sections, or “all of them”.")
        if self.term_from == "predecessor" and self.term_value and not predecessors:
            return env._("its term is counted from the end of the step before it, but nothing is before it.")
        return False
