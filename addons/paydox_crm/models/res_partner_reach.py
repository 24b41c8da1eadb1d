from odoo import api, fields, models
from odoo.fields import Domain

_OWN = "paydox_crm.paydox_crm_group_own_contacts"
_DEPARTMENT = "paydox_crm.paydox_crm_group_department_contacts"


class ResPartner(models.Model):
    """Who sees which counterparties: all of them, unless somebody was put into a group that sees his own only."""

    _inherit = "res.partner"

    shared_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="res_partner_shared_user_rel",
        column1="partner_id",
        column2="user_id",
        string="Also Responsible",
        domain="[('share', '=', False)]",
        help="They work with the counterparty too: who sees only his own counterparties sees this one.",
    )
    is_in_reach = fields.Boolean(
        compute="_compute_is_in_reach", search="_search_is_in_reach", help="For the access rule."
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "shared_user_ids", "commercial_partner_id")
    @api.depends_context("uid")
    def _compute_is_in_reach(self):
        # sudo: the answer is what decides on access, so it cannot depend on it
        partners_sudo = self.sudo().with_context(active_test=False).filtered("id")
        found = set(partners_sudo.search(Domain("id", "in", partners_sudo.ids) & self._get_reach_domain())._ids)
        for partner in self:
            partner.is_in_reach = partner.id in found

    def _search_is_in_reach(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_reach_domain() if True in value else ~self._get_reach_domain()

    # === HOOKS === #

    @api.model
    def _get_reach_domain(self):
        """The counterparties of the user with their contacts and branches, and everybody who works here."""
        user_ids = self._get_reach_user_ids()
        own = Domain("user_id", "in", user_ids) | Domain("shared_user_ids", "in", user_ids)
        # without its rights: what is asked is whether he has them
        of_own = Domain("commercial_partner_id", "any!", own)
        # sudo: all companies, whichever of them the user works in
        companies_sudo = self.env["res.company"].sudo().search([("partner_id", "!=", False)])
        inside = Domain("partner_share", "=", False) | Domain("id", "in", companies_sudo.partner_id.ids)
        return own | of_own | inside | Domain("create_uid", "=", self.env.uid)

    @api.model
    def _get_reach_user_ids(self):
        """The people whose counterparties are the user's: himself, whom he heads and, by a group, those around him."""
        user = self.env.user
        people = user | user.document_subordinate_ids
        if user.has_group(_DEPARTMENT):
            # sudo: employees are not readable for everybody; only the users are taken
            employees_sudo = self.env["hr.employee"].sudo()
            mine = employees_sudo.search([("user_id", "=", user.id)]).department_id
            people |= employees_sudo.search([("department_id", "child_of", mine.ids)]).user_id.sudo(False)
        return people.ids
