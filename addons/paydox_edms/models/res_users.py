from odoo import fields, models, tools


class ResUsers(models.Model):
    _inherit = "res.users"

    document_substitution_ids = fields.One2many(comodel_name="paydox.substitution", inverse_name="user_id")
    # Fields and not methods, so that the rules of a transaction ask the database once.
    document_principal_ids = fields.Many2many(comodel_name="res.users", compute="_compute_document_principal_ids")
    document_department_ids = fields.Many2many(comodel_name="hr.department", compute="_compute_document_departments")
    document_subordinate_ids = fields.Many2many(comodel_name="res.users", compute="_compute_document_departments")
    document_own_department_ids = fields.Many2many(
        comodel_name="hr.department", compute="_compute_document_departments"
    )
    document_reader_kind_ids = fields.Many2many(
        comodel_name="paydox.document.kind", compute="_compute_document_reader_kind_ids"
    )

    # === COMPUTE METHODS === #

    def _compute_document_principal_ids(self):
        for user in self:
            user.document_principal_ids = user.browse(user._get_document_principal_ids())

    def _compute_document_departments(self):
        """The departments in which the user works with those around them; those he heads with those inside; the users
        who work there."""
        # sudo: the departments and employees of the company are not readable for everybody
        departments_sudo = self.env["hr.department"].sudo()
        employees_sudo = self.env["hr.employee"].sudo()
        own_employees = employees_sudo.search_fetch([("user_id", "in", self.ids)], ["user_id", "department_id"])
        for user in self:
            mine = own_employees.filtered(lambda employee, user=user: employee.user_id == user)
            around = headed = departments_sudo
            people = self.browse()
            if mine.department_id:
                around = departments_sudo.search([("id", "parent_of", mine.department_id.ids)])
            if mine:
                headed = departments_sudo.search([("manager_id", "in", mine.ids)])
            if headed:
                headed = departments_sudo.search([("id", "child_of", headed.ids)])
                people = employees_sudo.search([("department_id", "in", headed.ids)]).user_id
            user.document_own_department_ids = self.env["hr.department"].browse(around.ids)
            user.document_department_ids = self.env["hr.department"].browse(headed.ids)
            user.document_subordinate_ids = user.browse(people.ids)

    def _compute_document_reader_kind_ids(self):
        """The kinds whose documents the user reads because the kind names his group or his department."""
        readers = self.env["paydox.document.kind"]._get_readers()
        for user in self:
            mine = {*user.all_group_ids.ids, *(-id_ for id_ in user.document_own_department_ids.ids)}
            user.document_reader_kind_ids = [kind_id for kind_id, who in readers if mine.intersection(who)]

    # === HELPERS === #

    def _get_document_principal_ids(self):
        """The people for whom the user decides today: himself and, through substitutions, others."""
        self.ensure_one()
        return self._find_document_principal_ids(fields.Date.context_today(self)) if self.id else ()

    @tools.ormcache("self.id", "today")
    def _find_document_principal_ids(self, today):
        """As above; forgotten when a substitution changes, or when a user is archived."""
        # sudo: a substitute need not be able to read the substitutions of third persons in a chain
        substitutions_sudo = self.env["paydox.substitution"].sudo()
        principal_ids = frontier = [self.id]
        while frontier:
            domain = [
                ("substitute_id", "in", frontier),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
                ("user_id", "not in", principal_ids),
                ("user_id.active", "=", True),
            ]
            frontier = substitutions_sudo.search(domain).user_id.ids
            principal_ids = [*principal_ids, *frontier]
        return tuple(principal_ids)
