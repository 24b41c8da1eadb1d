from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    document_substitution_ids = fields.One2many(comodel_name="paydox.substitution", inverse_name="user_id")

    #=== HELPERS ===#

    def _get_document_principals(self):
        """The people for whom this user decides today: himself and, through substitutions, others."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        # sudo: a substitute need not be able to read the substitutions of third persons in a chain
        substitutions_sudo = self.env["paydox.substitution"].sudo()
        principals = frontier = self
        while frontier:
            found = substitutions_sudo.search(
                [
                    ("substitute_id", "in", frontier.ids),
                    ("date_from", "<=", today),
                    ("date_to", ">=", today),
                    ("user_id", "not in", principals.ids),
                ]
            ).user_id
            frontier = found.sudo(False) - principals
            principals |= frontier
        return principals

    @api.model
    def _get_document_subordinates(self):
        """Users of the departments, with the departments inside, that the current user heads."""
        # sudo: the departments and employees of the company are not readable for everybody
        departments_sudo = self.env["hr.department"].sudo().search([("manager_id.user_id", "=", self.env.uid)])
        if not departments_sudo:
            return self.env["hr.department"], self.browse()
        departments_sudo = departments_sudo.search([("id", "child_of", departments_sudo.ids)])
        employees_sudo = self.env["hr.employee"].sudo().search([("department_id", "in", departments_sudo.ids)])
        return departments_sudo.sudo(False), employees_sudo.user_id.sudo(False)
