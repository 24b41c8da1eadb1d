from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


def get_staff_domain(text):
    """Employees whose position or department is called like ``text``, as a domain on ``hr.employee.public``."""
    return (
        Domain("job_id.name", "ilike", text)
        | Domain("job_title", "ilike", text)
        | Domain("department_id.name", "ilike", text)
    )


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """A responsible person is found by his position and department as well, after those of that name."""
        found = super().name_search(name, domain, operator, limit)
        asked = (name or "").strip()
        if not asked or operator != "ilike" or (limit and len(found) >= limit) or not self.env.user._is_internal():
            return found
        employees = self.env["hr.employee.public"]._search(get_staff_domain(asked) & Domain("user_id", "!=", False))
        staff = Domain(domain or Domain.TRUE) & Domain(
            "id", "in", employees.subselect(SQL.identifier(employees.table, "user_id"))
        )
        staff &= Domain("id", "not in", [id_ for id_, __ in found])
        more = self.search_fetch(staff, ["display_name"], limit=limit and limit - len(found))
        return found + [(user.id, user.display_name) for user in more.sudo()]
