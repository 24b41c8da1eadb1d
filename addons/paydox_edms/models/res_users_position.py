from odoo import api, models

from ..tools.staff import offer_staff


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """A responsible person is found by his position and department as well, after those of that name."""
        found = super().name_search(name, domain, operator, limit)
        return offer_staff(found, self, "user_id", name, domain, operator, limit)
