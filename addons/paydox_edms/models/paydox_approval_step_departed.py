from odoo import fields, models
from odoo.fields import Domain

# Nobody reads or votes for another person.
REPLACED_KINDS = ("approve", "confirm", "sign")


class PaydoxApprovalStep(models.Model):
    """A person whom the pinned step names left meanwhile: who substitutes him is asked, or his manager.

    A route that names such a person is refused when a record is sent, so that somebody mends it; a run that was sent
    before goes on by its own revision, which nobody can mend.
    """

    _inherit = "paydox.approval.step"

    # === HELPERS === #

    def _get_named_approvers(self, record):
        named = super()._get_named_approvers(record)
        stand_ins = self._map_stand_ins(record)
        if not stand_ins:
            return named
        return named.browse().union(*(stand_ins.get(user, user) for user in named))

    def _prepare_line_values(self, users):
        """Besides the people who are asked, a line that says for whom somebody else is asked."""
        values = super()._prepare_line_values(users)
        common = self.approval_id._prepare_common_values() | {"step_id": self.id, "attempt": self.attempt}
        for user, stand_in in self._map_stand_ins(self._get_record()).items():
            if stand_in in users:
                values.append(
                    common
                    | {
                        "user_id": user.id,
                        "sequence": len(values),
                        "state": "delegated",
                        "action": "pass",
                        "decided_by_id": self.env.uid,
                        "decided_at": fields.Datetime.now(),
                        "comment": self._get_departed_text(),
                    }
                )
        return values

    def _map_stand_ins(self, record):
        """Who is asked in place of the named people who left: ``{user: stand-in}``; who has none is left out."""
        self.ensure_one()
        if self.approver_kind != "users" or self.kind not in REPLACED_KINDS:
            return {}
        found = {user: self._find_stand_in(user, record) for user in self.user_ids if not user.active}
        return {user: stand_in for user, stand_in in found.items() if stand_in}

    def _find_stand_in(self, user, record):
        """His substitute today, or else the nearest manager above him who may decide."""
        return self._find_stand_ins(user, record)[:1]

    def _find_stand_ins(self, user, record):
        """Who may decide in his place, in the order in which they are asked: his substitutes today, who else holds the
        position that the step names, his managers."""
        excluded = record.env["res.users"] if self.allow_author else self.approval_id._get_excluded()
        candidates = self._get_substitutes(user)
        if self.approver_kind == "position":
            candidates |= self._get_holders().user_id
        candidates |= self._get_former_managers(user, record)
        return candidates.filtered(lambda other: other not in excluded and not self._get_unfit_reason(other, record))

    def _get_departed_text(self):
        return self.env._("No longer works here.")

    def _get_substitutes(self, user):
        today = fields.Date.context_today(self)
        domain = Domain("user_id", "=", user.id) & Domain("date_from", "<=", today) & Domain("date_to", ">=", today)
        return self.env["paydox.substitution"].search(domain, order="id").substitute_id

    def _get_former_managers(self, user, record):
        """As ``_get_managers``, by the card of the employee that may be archived as well, and the head of his department."""
        company = record._get_approval_company()
        employees = self.env["hr.employee"].with_context(active_test=False)
        employee = employees.search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)], order="active desc, id desc", limit=1
        )
        department, seen, users = employee.department_id, employees, self.env["res.users"]
        while employee and employee not in seen:
            seen |= employee
            employee = employee.parent_id
            users |= employee.user_id
        return users | department.manager_id.user_id - user


class PaydoxApprovalLine(models.Model):
    _inherit = "paydox.approval.line"

    # === HELPERS === #

    def _get_person_text(self):
        # Whoever made the turn pass on did not decide for him.
        return self.user_id.name if self.action == "pass" else super()._get_person_text()

    def _chain_passed(self):
        result = super()._chain_passed()
        for line in self.filtered(lambda line: line.action == "pass"):
            stand_in = line.step_id._map_stand_ins(line._get_record())[line.user_id]
            taken = self.filtered(
                lambda other, line=line, stand_in=stand_in: other.step_id == line.step_id and other.user_id == stand_in
            )
            taken.write({"delegated_from_id": line.id})
            line.approval_id._append(
                "pass", line, decided_at=line.decided_at, comment=line.comment, target_user_id=stand_in.id
            )
        return result
