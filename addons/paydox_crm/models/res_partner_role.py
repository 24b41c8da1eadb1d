from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Roles of a counterparty: they drive filters, required papers and where it is offered."""

    _inherit = "res.partner"

    role_ids = fields.Many2many(
        comodel_name="paydox.partner.role",
        relation="res_partner_paydox_role_rel",
        column1="partner_id",
        column2="role_id",
        string="Roles",
        help="What the counterparty is to us; it may be several things at once.",
    )
    is_competitor_only = fields.Boolean(
        compute="_compute_is_competitor_only",
        search="_search_is_competitor_only",
        compute_sudo=True,
        help="It has no other role than that of a competitor, so it is not offered as a customer.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("commercial_partner_id.role_ids.is_competitor")
    def _compute_is_competitor_only(self):
        """A contact person is what his organisation is."""
        for partner in self:
            roles = partner.commercial_partner_id.role_ids
            partner.is_competitor_only = bool(roles) and all(role.is_competitor for role in roles)

    def _search_is_competitor_only(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Whoever chooses a counterparty need not be allowed to read the list of roles.
        competitors = Domain("role_ids", "any!", Domain("is_competitor", "=", True)) & Domain(
            "role_ids", "not any!", Domain("is_competitor", "=", False)
        )
        return Domain("commercial_partner_id", "any!", competitors)

    # ------------------------------------------------------------
    # SELECTORS
    # ------------------------------------------------------------

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Odoo's selectors of customers say that they are (quotations, deals): a mere competitor is not offered there."""
        return super().name_search(name, self._add_customer_domain(domain), operator, limit)

    @api.model
    @api.readonly
    def web_search_read(self, domain, specification, offset=0, limit=None, order=None, count_limit=None):
        """The window “Search more” of the same selectors."""
        return super().web_search_read(
            self._add_customer_domain(domain),
            specification,
            offset=offset,
            limit=limit,
            order=order,
            count_limit=count_limit,
        )

    @api.model
    def _add_customer_domain(self, domain):
        if self.env.context.get("res_partner_search_mode") != "customer":
            return domain
        return Domain(domain or Domain.TRUE) & Domain("is_competitor_only", "=", False)
