from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.staff import find_staff, offer_staff


class ResPartner(models.Model):
    """Our own side in the same directory: employees by department and position, our companies.

    An employee is in the directory by his work contact. What is asked is what every employee may read of colleagues
    (``hr.employee.public``), with the rights of the person who asks.
    """

    _inherit = "res.partner"

    staff_department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Our Department",
        compute="_compute_staff",
        search="_search_staff_department_id",
        groups="base.group_user",
    )
    staff_position = fields.Char(
        string="Position with Us", compute="_compute_staff", search="_search_staff_position", groups="base.group_user"
    )
    is_own_company = fields.Boolean(
        compute="_compute_is_own_company", search="_search_is_own_company", groups="base.group_user"
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_staff(self):
        found = self.env["hr.employee.public"].search_fetch(
            [("work_contact_id", "in", self.ids)], ["work_contact_id", "department_id", "job_title"], order="id desc"
        )
        employees = {employee.work_contact_id.id: employee for employee in found}
        for partner in self:
            employee = employees.get(partner._origin.id, found.browse())
            partner.staff_department_id = employee.department_id
            partner.staff_position = employee.job_title

    def _search_staff_department_id(self, operator, value):
        return self._search_staff("department_id", operator, value)

    def _search_staff_position(self, operator, value):
        return self._search_staff("job_title", operator, value)

    def _search_staff(self, name, operator, value):
        if operator.startswith("not "):
            return NotImplemented
        found = find_staff(self.env, "work_contact_id", Domain(name, operator, value))
        if operator == "in" and False in value:
            # Who does not work here has no place here either.
            found |= ~find_staff(self.env, "work_contact_id", Domain(name, "!=", False))
        return found

    def _compute_is_own_company(self):
        own = self.env["res.company"].search([("partner_id", "in", self.ids)]).partner_id
        for partner in self:
            partner.is_own_company = partner._origin in own

    def _search_is_own_company(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self.env["res.company"]._search([]).subselect("partner_id"))

    # ------------------------------------------------------------
    # SELECTORS
    # ------------------------------------------------------------

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Whoever types a position or a department of ours is offered the people who are there, after those of that name."""
        found = super().name_search(name, domain, operator, limit)
        # Customers are offered without our own people.
        if self.env.context.get("res_partner_search_mode"):
            return found
        return offer_staff(found, self, "work_contact_id", name, domain, operator, limit)
