from odoo import api, models

from odoo.addons.paydox_edms.tools.condition import get_condition_problem, parse_condition

from .paydox_case_step_definition import LINK_FIELDS, PEOPLE_KINDS, PLAIN_FIELDS


class PaydoxCaseTemplateStep(models.Model):
    """What is missing in a step before its template can be published."""

    _inherit = "paydox.case.template.step"

    # === HELPERS === #

    @api.model
    def _get_problem_fields(self):
        """Names of the fields on which the problems of a step depend."""
        own = {"user_ids", "start_rule", "predecessor_ids", "predecessor_section_ids", "condition_ids.field_id"}
        return own.union(PLAIN_FIELDS, LINK_FIELDS) - {"description", "location", "required_fields"}

    def _get_problems(self):
        """What is wrong with the step itself, as sentences that say what to do."""
        self.ensure_one()
        found = [
            self._get_responsible_problem() if self.kind in PEOPLE_KINDS else False,
            self._get_controller_problem(),
            self._get_case_condition_problem(),
            self._get_subject_condition_problem(),
            self._get_kind_problem(),
        ]
        return [problem for problem in found if problem]

    def _get_responsible_problem(self):
        env = self.env
        template = self.template_id
        if self.responsible_kind == "users":
            if not self.user_ids:
                return env._("it does not say who does it. Name a person.")
            reasons = (template._get_unfit_reason(user) for user in self.user_ids)
        elif self.responsible_kind == "group":
            if not self.group_id:
                return env._("it does not say who does it. Choose a group.")
            if not any(not template._get_unfit_reason(user) for user in self.group_id.all_user_ids):
                return env._("nobody in the group “%(group)s” could do it.", group=self.group_id.full_name)
            return False
        elif self.responsible_kind == "department_head" and self.department_id:
            head = self.department_id.manager_id.user_id
            if not head:
                return env._("the department “%(name)s” has no head with a login.", name=self.department_id.name)
            reasons = [template._get_unfit_reason(head)]
        elif self.responsible_kind == "field":
            if not template.res_model:
                return env._("a field of the subject does it, but the template does not say what its cases are about.")
            field = env[template.res_model]._fields.get(self.responsible_field)
            if self.responsible_field not in dict(self._get_responsible_fields()) or not field:
                return env._("the field that names who does it is not there. Choose another field.")
            return False
        else:
            return False
        reason = next((reason for reason in reasons if reason), False)
        return env._("%(reason)s. Name somebody else.", reason=reason) if reason else False

    def _get_controller_problem(self):
        if self.controller_kind != "user":
            return False
        if not self.controller_id:
            return self.env._("it does not say who controls it. Name a person.")
        reason = self.template_id._get_unfit_reason(self.controller_id)
        return self.env._("%(reason)s. Name another controller.", reason=reason) if reason else False

    def _get_case_condition_problem(self):
        return self._get_domain_problem(self.condition, "paydox.case")

    def _get_subject_condition_problem(self):
        if not (self.subject_condition or "").strip():
            return False
        if not self.template_id.res_model:
            return self.env._(
                "it has a condition on the subject, but the template does not say what its cases are about."
            )
        return self._get_domain_problem(self.subject_condition, self.template_id.res_model)

    def _get_domain_problem(self, text, model):
        if not (text or "").strip():
            return False
        if problem := get_condition_problem(text, self.env[model]):
            return self.env._("its condition cannot be used: %(error)s", error=problem)
        domain = parse_condition(text)
        if domain.is_false():
            return self.env._("its condition is never met, so it can never start. Change the condition.")
        own = {row.property_name for row in self.template_id.field_ids if row.type != "separator"}
        for condition in domain.iter_conditions():
            field, __, name = condition.field_expr.partition(".")
            if model == "paydox.case" and field == "properties" and name.partition(".")[0] not in own:
                return self.env._(
                    "its condition asks for a field that is not in the data form. Choose another field or take the "
                    "condition out."
                )
        return False

    def _get_kind_problem(self):
        check = getattr(self, f"_get_{self.kind}_problem", None)
        return check() if check else False

    def _get_mail_problem(self):
        template = self.mail_template_id
        if not template:
            return self.env._("it sends an e-mail, but has no template of it. Choose a template.")
        if not template.active:
            return self.env._("the e-mail template “%(name)s” is archived. Choose another one.", name=template.name)
        if template.model not in self.template_id._get_mail_models():
            return self.env._(
                "the e-mail template “%(name)s” is for other records. Choose one for cases or for their subject.",
                name=template.name,
            )
        return False

    def _get_document_problem(self):
        kind = self.document_kind_id
        if not kind:
            return self.env._("it makes a document, but does not say of which kind. Choose a kind.")
        if not kind.active:
            return self.env._("the kind “%(kind)s” is archived. Choose another one.", kind=kind.name)
        if kind.company_id and kind.company_id != self.template_id.company_id:
            return self.env._("the kind “%(kind)s” is of another company. Choose another one.", kind=kind.name)
        if self.wait_state in ("approved", "signed") and not kind.route_id and not kind.route_line_ids:
            return self.env._(
                "it waits for an approval, but documents of the kind “%(kind)s” go by no route. Choose what else ends it.",
                kind=kind.name,
            )
        return False

    def _get_route_problem(self):
        route = self.route_id
        if not route:
            return self.env._("it sends for approval, but has no route. Choose a route.")
        if route.state != "published" or not route.active:
            return self.env._("the route “%(route)s” is not in use. Choose a published one.", route=route.display_name)
        makes_document = "document" in self.template_id.step_ids.mapped("kind")
        fits = {self.template_id.res_model} | ({"paydox.document"} if makes_document else set())
        if route.res_model not in fits:
            return self.env._(
                "nothing in the case could go by the route “%(route)s”. Add a step that makes a document, or say in "
                "“About” what the cases are about.",
                route=route.display_name,
            )
        return False

    def _get_event_problem(self):
        if not self.event_name:
            return self.env._("it waits for an event, but none is chosen. Choose one.")
        # The choices depend on the addons that are there, so Odoo does not check them by itself.
        if self.event_name not in dict(self._get_event_names()):
            return self.env._("the event that it waits for is not there any more. Choose another one.")
        return False

    def _get_case_problem(self):
        inner = self.sub_template_id
        if not inner:
            return self.env._("it starts a case, but has no template of it. Choose a template.")
        if inner.state != "published" or not inner.active:
            return self.env._("the template “%(name)s” is not in use. Choose a published one.", name=inner.display_name)
        if self.template_id._get_root() in inner._get_inner_roots():
            return self.env._(
                "the template “%(name)s” leads back to this one, so cases would start without end. Choose another one.",
                name=inner.display_name,
            )
        return False
