from odoo import api, fields, models


class PaydoxCaseStep(models.Model):
    """Who does a step: found when it starts, and fixed from then on."""

    _inherit = "paydox.case.step"

    # === BUSINESS METHODS === #

    def _find_people(self):
        """The people of each step, and why it has nobody: ``{step: (users, reason)}``."""
        found, known = {}, {}
        for step in self:
            key = step._get_people_key()
            if key not in known:
                known[key] = step._find_own_people()
            found[step] = known[key]
        return found

    def _get_people_key(self):
        """Steps with the same key have the same people."""
        return (
            self.case_id,
            self.responsible_kind,
            self.user_ids,
            self.group_id,
            self.department_id,
            self.responsible_field,
        )

    def _find_own_people(self):
        nobody = self.env["res.users"]
        if self.responsible_kind == "field" and not self.case_id._get_subject():
            return nobody, self.env._("the case is about nothing, or its subject was deleted, so it names nobody")
        named = self._get_named_people()
        if not named:
            return nobody, self._get_nobody_reason()
        if self.responsible_kind == "group":
            fit = named.filtered(lambda user: not self._get_unfit_reason(user))
            return fit, False if fit else self.env._("nobody of the group can do it")
        users = nobody
        for user in named:
            reason = self._get_unfit_reason(user)
            stand_in = self._get_stand_in(user) if reason else user
            if not stand_in:
                return nobody, self.env._(
                    "%(reason)s, and there is neither a substitute nor a manager to do it instead", reason=reason
                )
            users |= stand_in
        return users, False

    def _get_named_people(self):
        case = self.case_id
        if self.responsible_kind == "users":
            return self.user_ids.with_context(active_test=False)
        if self.responsible_kind == "group":
            return self.group_id.all_user_ids
        if self.responsible_kind == "author":
            return case.author_id
        if self.responsible_kind == "field":
            return case._get_field_person(self.responsible_field)
        definitions = self.env["paydox.step.definition"]
        if self.responsible_kind == "manager":
            return definitions._get_managers(case.owner_id, case.company_id)[:1]
        if self.responsible_kind == "department_head":
            employee = case.owner_id.with_company(case.company_id).employee_id
            return (self.department_id or employee.department_id).manager_id.user_id
        return case.owner_id

    def _get_nobody_reason(self):
        if self.responsible_kind == "field":
            names = dict(self._get_responsible_fields())
            return self.env._(
                "the field “%(field)s” names nobody", field=names.get(self.responsible_field, self.responsible_field)
            )
        kinds = dict(self._fields["responsible_kind"]._description_selection(self.env))
        return self.env._("nobody is found: %(who)s", who=kinds[self.responsible_kind])

    def _get_unfit_reason(self, user):
        company = self.case_id.company_id
        if not user.active:
            return self.env._("%(user)s is archived", user=user.name)
        if user.share:
            return self.env._("%(user)s is not an employee", user=user.name)
        if company not in user.company_ids:
            return self.env._("%(user)s has no access to %(company)s", user=user.name, company=company.name)
        return False

    def _get_stand_in(self, user):
        """Who does the step instead of a person who left: his substitute of today, or his manager."""
        today = fields.Date.context_today(self)
        substitutions = self.env["paydox.substitution"].search(
            [("user_id", "=", user.id), ("date_from", "<=", today), ("date_to", ">=", today)]
        )
        managers = self.env["paydox.step.definition"]._get_managers(
            user.with_context(active_test=False), self.case_id.company_id
        )
        candidates = substitutions.substitute_id | managers
        return candidates.filtered(lambda other: not self._get_unfit_reason(other))[:1]


class PaydoxCase(models.Model):
    _inherit = "paydox.case"

    # === HELPERS === #

    def _get_field_person(self, name):
        """The user whom a field of the subject names."""
        self.ensure_one()
        record = self._get_subject()
        nobody = self.env["res.users"]
        if not record or name not in record._fields or record._fields[name].comodel_name != "res.users":
            return nobody
        return record.with_context(active_test=False)[name]

    def _add_workers(self, steps):
        """Let the responsible people of the steps read the case."""
        groups = {}
        for case, case_steps in steps.grouped("case_id").items():
            if new := case_steps.responsible_ids - case.worker_ids:
                groups[new] = groups.get(new, self.browse()) | case
        for users, cases in groups.items():
            cases.write({"worker_ids": [fields.Command.link(user.id) for user in users]})

    @api.model
    def _get_controller(self, step):
        """Who accepts what was done on the step."""
        kinds = {"owner": step.case_id.owner_id, "author": step.case_id.author_id, "user": step.controller_id}
        return kinds.get(step.controller_kind, self.env["res.users"]).filtered("active")
