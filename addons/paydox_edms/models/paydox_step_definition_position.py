from odoo import fields, models
from odoo.fields import Domain


class PaydoxStepDefinition(models.AbstractModel):
    """Who decides because of his place in the company: the holder of a position, the head of a chosen department."""

    _inherit = "paydox.step.definition"

    job_id = fields.Many2one(
        comodel_name="hr.job",
        string="Position",
        ondelete="restrict",
        index="btree_not_null",
        help="Whoever holds it on the day when the step begins is asked; several holders are asked all.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        ondelete="restrict",
        index="btree_not_null",
        help="Whose head is asked. Empty: the department of the document.",
    )

    # === HELPERS === #

    def _prepare_pinned_values(self):
        return super()._prepare_pinned_values() | {"job_id": self.job_id.id, "department_id": self.department_id.id}

    def _get_named_approvers(self, record):
        if self.approver_kind == "position":
            return self._get_holders().user_id
        if self.approver_kind == "department_head" and self.department_id:
            return self._get_holders().user_id
        return super()._get_named_approvers(record)

    def _get_holders(self):
        """The employees whom the step means by their place; empty when the place is vacant."""
        self.ensure_one()
        # sudo: who holds a position is looked up for whoever sends; cards of employees are not readable for everybody
        employees_sudo = self.env["hr.employee"].sudo()
        if self.approver_kind == "position":
            return employees_sudo.search(Domain("job_id", "=", self.job_id.id), order="id")
        return self.sudo().department_id.manager_id.filtered("active")

    def _get_nobody_reason(self):
        if self.approver_kind == "position":
            place = self.job_id.display_name
        elif self.approver_kind == "department_head" and self.department_id:
            place = self.department_id.display_name
        else:
            return super()._get_nobody_reason()
        if holder := self._get_holders()[:1]:
            return self.env._("%(employee)s (%(place)s) has no login of an employee", employee=holder.name, place=place)
        if self.approver_kind == "position":
            return self.env._("the position “%(place)s” is vacant", place=place)
        return self.env._("the department “%(place)s” has no head", place=place)
