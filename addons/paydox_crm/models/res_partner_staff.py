from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.paydox_edms.models.res_users_position import get_staff_domain


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
        return self._get_staff_domain(Domain("department_id", operator, value))

    def _search_staff_position(self, operator, value):
        return self._get_staff_domain(Domain("job_title", operator, value))

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
        asked = (name or "").strip()
        # Customers are offered without our own people; a portal user does not learn who works where.
        if not asked or operator != "ilike" or self.env.context.get("res_partner_search_mode"):
            return found
        if (limit and len(found) >= limit) or not self.env.user._is_internal():
            return found
        staff = Domain(domain or Domain.TRUE) & self._get_staff_domain(get_staff_domain(asked))
        staff &= Domain("id", "not in", [id_ for id_, __ in found])
        more = self.search_fetch(staff, ["display_name"], limit=limit and limit - len(found))
        return found + [(partner.id, partner.display_name) for partner in more.sudo()]

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _get_staff_domain(self, domain):
        """The contacts of our employees whom ``domain`` (on what colleagues may see of them) finds."""
        employees = self.env["hr.employee.public"]._search(domain & Domain("work_contact_id", "!=", False))
        return Domain("id", "in", employees.subselect(SQL.identifier(employees.table, "work_contact_id")))
