from odoo import api, fields, models, tools
from odoo.fields import Domain


class PaydoxDealType(models.Model):
    """Whether deals of the type stand in the common funnel."""

    _inherit = "paydox.deal.type"

    in_funnel = fields.Boolean(
        string="In the Common Funnel",
        default=True,
        help="Otherwise its deals are counted only when the funnel is filtered by this very type.",
    )

    @api.model
    @tools.ormcache()
    def _get_ids_outside_funnel(self):
        # sudo: types of all companies
        return frozenset(self.sudo().with_context(active_test=False).search([("in_funnel", "=", False)]).ids)


class PaydoxFunnel(models.AbstractModel):
    _inherit = "paydox.funnel"

    @api.model
    def _get_left_out_types(self, domain):
        """Ids of the types that are not counted: those outside the funnel that the filter does not ask for."""
        outside = self.env["paydox.deal.type"]._get_ids_outside_funnel()
        return sorted(outside - self.env["crm.lead"]._get_types_of_domain(domain)) if outside else []

    @api.model
    def _leave_out_types(self, domain):
        left_out = self._get_left_out_types(domain)
        return domain & Domain("deal_type_id", "not in", left_out) if left_out else domain

    @api.model
    def _get_left_out_names(self, domain):
        # sudo: the names of types are no secret for who sees a funnel
        types_sudo = self.env["paydox.deal.type"].sudo().browse(self._get_left_out_types(domain))
        return types_sudo.sorted().mapped("name")
