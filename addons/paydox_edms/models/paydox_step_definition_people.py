from odoo import api, models


class PaydoxStepDefinition(models.AbstractModel):
    """Who decides on a record: found when the step starts, and fixed from then on."""

    _inherit = "paydox.step.definition"

    # === BUSINESS METHODS === #

    def _find_approvers(self, record, excluded):
        """The people who decide on ``record``, and why the step cannot be taken, if it cannot.

        :param record: what is to be approved, of a model with ``paydox.approval.mixin``
        :param excluded: users who may not decide: the author and the person who asks
        :return: ``(users, False)`` or ``(no users, reason)``
        """
        self.ensure_one()
        nobody = self.env["res.users"]
        found = self._get_named_approvers(record)
        if not found:
            return nobody, self._get_nobody_reason()
        # Of several who hold a position or belong to a group, those decide who can.
        if self.approver_kind != "group" and not (self.approver_kind == "position" and len(found) > 1):
            for user in found:
                if reason := self._get_unfit_reason(user, record):
                    return nobody, reason
        users = found.filtered(lambda user: not self._get_unfit_reason(user, record))
        if not self.allow_author:
            users -= excluded
            if not users:
                return nobody, self.env._("only the author is found, who may not decide on his own document")
        needed = self._get_needed(len(users))
        if needed > len(users):
            return nobody, self.env._(
                "%(quorum)s people must agree, but only %(count)s can decide", quorum=needed, count=len(users)
            )
        return users, False if users else self.env._("nobody is found who could decide")

    def _is_empty_for(self, record, excluded):
        """Whether nobody at all is meant by the step, so that it may be left out.

        A named person who left is no reason to leave a step out: somebody has to be named in his place.
        """
        self.ensure_one()
        found = self._get_named_approvers(record)
        if self.approver_kind in ("group", "position"):
            found = found.filtered(lambda user: not self._get_unfit_reason(user, record))
        return not (found if self.allow_author else found - excluded)

    def _get_nobody_reason(self):
        if self.approver_kind != "field":
            return self.env._("nobody is found who could decide")
        names = dict(self._get_approver_fields())
        return self.env._(
            "the field “%(field)s” names nobody", field=names.get(self.approver_field, self.approver_field)
        )

    def _get_named_approvers(self, record):
        if self.approver_kind == "users":
            return self.user_ids
        if self.approver_kind == "group":
            return self.group_id.all_user_ids
        if self.approver_kind == "field":
            found = record._get_field_approver(self.approver_field)
            return found if found._name == "res.users" else self.env["res.users"]
        if self.approver_kind == "department_head":
            return record._get_approval_department().manager_id.user_id
        managers = self._get_managers(record._get_approval_author(), record._get_approval_company())
        level = max(self.manager_level, 1)
        return managers[level - 1 : level] or managers[-1:]

    @api.model
    def _get_managers(self, user, company):
        """The chain of managers of ``user`` who have a login, the nearest first."""
        employee = user.with_company(company).employee_id
        seen = self.env["hr.employee"]
        users = self.env["res.users"]
        while employee and employee not in seen:
            seen |= employee
            employee = employee.parent_id
            users |= employee.user_id
        return users - user

    @api.model
    def _get_head(self, user, record):
        """The nearest manager of ``user`` who is there, or the head of his department."""
        company = record._get_approval_company()
        heads = self._get_managers(user, company)
        heads |= user.with_company(company).employee_id.department_id.manager_id.user_id - user
        return heads.filtered(lambda head: not self._get_unfit_reason(head, record))[:1]

    @api.model
    def _get_unfit_reason(self, user, record):
        company = record._get_approval_company()
        if not user.active:
            return self.env._("%(user)s is archived", user=user.name)
        if user.share:
            return self.env._("%(user)s is not an employee", user=user.name)
        # Whether a company is archived is not asked: nobody works in it then.
        if company not in user.with_context(active_test=False).company_ids:
            return self.env._("%(user)s has no access to %(company)s", user=user.name, company=company.name)
        return False
