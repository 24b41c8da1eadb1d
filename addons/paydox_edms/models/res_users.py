from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    document_substitution_ids = fields.One2many(comodel_name="paydox.substitution", inverse_name="user_id")
    # Fields and not methods, so that the rules of a transaction ask the database once.
    document_principal_ids = fields.Many2many(comodel_name="res.users", compute="_compute_document_principal_ids")
    document_department_ids = fields.Many2many(comodel_name="hr.department", compute="_compute_document_subordinates")
    document_subordinate_ids = fields.Many2many(comodel_name="res.users", compute="_compute_document_subordinates")

    # === COMPUTE METHODS === #

    def _compute_document_principal_ids(self):
        """The people for whom the user decides today: himself and, through substitutions, others."""
        # sudo: a substitute need not be able to read the substitutions of third persons in a chain
        substitutions_sudo = self.env["paydox.substitution"].sudo()
        for user in self:
            today = fields.Date.context_today(user)
            principals = frontier = user
            while frontier:
                domain = [
                    ("substitute_id", "in", frontier.ids),
                    ("date_from", "<=", today),
                    ("date_to", ">=", today),
                    ("user_id", "not in", principals.ids),
                ]
                frontier = user.browse(substitutions_sudo.search(domain).user_id.ids)
                principals |= frontier
            user.document_principal_ids = principals

    def _compute_document_subordinates(self):
        """The departments that the user heads, with those inside, and the users who work there."""
        # sudo: the departments and employees of the company are not readable for everybody
        departments_sudo = self.env["hr.department"].sudo()
        for user in self:
            headed = departments_sudo.search([("manager_id.user_id", "=", user.id)])
            if headed:
                headed = departments_sudo.search([("id", "child_of", headed.ids)])
            employees_sudo = self.env["hr.employee"].sudo()
            people = employees_sudo.search([("department_id", "in", headed.ids)]).user_id if headed else user.browse()
            user.document_department_ids = self.env["hr.department"].browse(headed.ids)
            user.document_subordinate_ids = user.browse(people.ids)
