from odoo import api, models
from odoo.fields import Domain
from odoo.tools import ormcache


class PaydoxCase(models.Model):
    """A change of what a case is about wakes the steps that wait for it; who made the change waits for nothing."""

    _inherit = "paydox.case"

    # === BUSINESS METHODS === #

    @api.model
    def _wake_by_subject(self, records):
        """Let the job look at the cases about the records of which a step waits for its condition.

        Models of which no template and no case watches anything cost no query.
        """
        if not records or records._name not in self._get_watched_models():
            return
        # sudo: who changes a record need not read the cases about it
        cases_sudo = self.sudo().search(self._get_watching_domain(records)).try_lock_for_update()
        # Those that somebody moves right now are looked at by him, or by the job within the hour.
        if cases_sudo:
            cases_sudo._look_again(minutes=0)

    @api.model
    def _get_watching_domain(self, records):
        about = self._get_about_domain(records)
        if records._name == "res.partner":
            # The condition of the case may ask its counterparty.
            about |= Domain("partner_id", "in", records.ids)
        waiting = Domain("state", "=", "waiting") & self.env["paydox.case.step"]._get_watching_domain()
        return Domain("state", "=", "running") & about & Domain("step_ids", "any", waiting)

    # === HELPERS === #

    @api.model
    @ormcache()
    def _get_watched_models(self):
        """Names of the models on whose records steps wait by a condition; forgotten when a template is published."""
        # sudo: which models are watched is the same for everybody
        steps_sudo = self.env["paydox.case.step"].sudo()
        domain = steps_sudo._get_watching_domain()
        own = Domain("template_step_id", "=", False) & Domain("case_id.state", "=", "running")
        by_case = steps_sudo._read_group(domain & own, ["case_id.res_model"])
        template_steps_sudo = self.env["paydox.case.template.step"].sudo()
        in_use = Domain("template_id.state", "in", ("published", "outdated"))
        by_template = template_steps_sudo._read_group(domain & in_use, ["template_id.res_model"])
        found = {model for (model,) in [*by_case, *by_template] if model}
        partner = domain & Domain("condition", "like", "partner_id")
        if template_steps_sudo.search_count(partner & in_use, limit=1) or steps_sudo.search_count(
            partner & own, limit=1
        ):
            found.add("res.partner")
        return frozenset(found)

    def _add_step(self, vals, before, insert=False):
        step = super()._add_step(vals, before, insert)
        if step.if_unmet == "wait" and step._has_condition():
            self.env.registry.clear_cache()
        return step


class PaydoxCaseStepDefinition(models.AbstractModel):
    _inherit = "paydox.case.step.definition"

    # === HELPERS === #

    @api.model
    def _get_watching_domain(self):
        """Steps that wait until a condition is met."""
        conditional = Domain("subject_condition", "!=", False) | Domain("condition", "!=", False)
        return Domain("if_unmet", "=", "wait") & conditional


class PaydoxCaseStep(models.Model):
    _inherit = "paydox.case.step"

    _watching_idx = models.Index("(case_id) WHERE state = 'waiting' AND if_unmet = 'wait'")


class PaydoxCaseTemplate(models.Model):
    _inherit = "paydox.case.template"

    # === ACTIONS === #

    def action_publish(self):
        result = super().action_publish()
        if self.step_ids.filtered_domain(self.step_ids._get_watching_domain()):
            self.env.registry.clear_cache()
        return result


class PaydoxCaseMixin(models.AbstractModel):
    _inherit = "paydox.case.mixin"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        self.env["paydox.case"]._wake_by_subject(self)
        return result
