from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

SHOWN = 20


class PaydoxCaseTemplate(models.Model):
    """What is missing before a template can be published."""

    _inherit = "paydox.case.template"

    problems = fields.Html(string="What Is Missing", compute="_compute_problems", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._get_problem_fields())
    def _compute_problems(self):
        for template in self:
            texts = template._get_problems() if template.state == "draft" else []
            items = Markup("").join(Markup("<li>%s</li>") % text for text in texts[:SHOWN])
            if len(texts) > SHOWN:
                items += Markup("<li>%s</li>") % self.env._("and %(count)s more", count=len(texts) - SHOWN)
            template.problems = Markup('<ul class="mb-0">%s</ul>') % items if items else False

    # === HELPERS === #

    @api.model
    def _get_problem_fields(self):
        """Names of the fields on which the list of problems depends."""
        steps = self.env["paydox.case.template.step"]
        names = steps._get_problem_fields()
        return ["state", "res_model", "owner_id", "company_id", *(f"step_ids.{name}" for name in sorted(names))]

    def _check_publishable(self):
        for template in self:
            if texts := template._get_problems():
                shown = texts[:SHOWN]
                if len(texts) > SHOWN:
                    shown.append(self.env._("and %(count)s more", count=len(texts) - SHOWN))
                raise ValidationError(
                    self.env._(
                        "%(template)s cannot be published yet:\n%(problems)s",
                        template=template.display_name,
                        problems="\n".join(f"• {text}" for text in shown),
                    )
                )
            template._fix_order()
        return super()._check_publishable()

    def _get_problems(self):
        """What must be mended before the template can be published, as whole sentences that name the step."""
        self.ensure_one()
        # sudo: the check must not depend on what the administrator may read
        template_sudo = self.sudo().with_context(active_test=False)
        texts = []
        if template_sudo.owner_id and (reason := template_sudo._get_unfit_reason(template_sudo.owner_id)):
            texts.append(self.env._("The responsible for cases: %(reason)s. Name somebody else.", reason=reason))
        if not template_sudo.step_ids:
            return [*texts, self.env._("There is no step yet. Add the first one.")]
        problems = template_sudo._get_order_problems()
        for step_sudo in template_sudo.step_ids.sorted("sequence"):
            problems += [(step_sudo, problem) for problem in step_sudo._get_problems()]
        return texts + [
            self.env._("The step “%(step)s”: %(problem)s", step=step.name or "…", problem=problem)
            for step, problem in problems
        ]

    def _get_unfit_reason(self, user):
        """Why ``user`` cannot take part in the cases, or False."""
        self.ensure_one()
        if not user.active:
            return self.env._("%(user)s is archived", user=user.name)
        if user.share:
            return self.env._("%(user)s is not an employee", user=user.name)
        if self.company_id and self.company_id not in user.company_ids:
            return self.env._("%(user)s has no access to %(company)s", user=user.name, company=self.company_id.name)
        return False
