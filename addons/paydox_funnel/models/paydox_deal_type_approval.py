from odoo import api, fields, models, tools


class PaydoxDealType(models.Model):
    """By which route deals of the type go, and what is locked meanwhile."""

    _inherit = "paydox.deal.type"

    route_id = fields.Many2one(
        comodel_name="paydox.route",
        string="Approval Route",
        domain="[('res_model', '=', 'crm.lead'), ('state', '=', 'published')]",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Deals of the type can be sent for approval by this route.",
    )
    locked_field_ids = fields.Many2many(
        comodel_name="ir.model.fields",
        relation="paydox_deal_type_locked_field_rel",
        string="Locked on Approval",
        domain="[('model', '=', 'crm.lead'), ('store', '=', True), ('readonly', '=', False)]",
        help="Fields that stay as they are while the deal is on approval, besides the customer and the expected revenue.",
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains("route_id")
    def _check_route(self):
        for deal_type in self.filtered("route_id"):
            deal_type.route_id._check_serves("crm.lead", deal_type.name)

    # === HELPERS ===#

    def _get_locked_names(self):
        # sudo: the names of fields are not readable for everybody
        return frozenset(self.sudo().locked_field_ids.mapped("name"))

    @api.model
    @tools.ormcache()
    def _get_all_locked_names(self):
        """Names of the fields that any type locks, so that other writes cost nothing."""
        # sudo: types of other companies count too
        types_sudo = self.sudo().with_context(active_test=False).search([("locked_field_ids", "!=", False)])
        return types_sudo._get_locked_names()


class PaydoxRoute(models.Model):
    _inherit = "paydox.route"

    deal_type_ids = fields.One2many(
        comodel_name="paydox.deal.type", inverse_name="route_id", string="Used by Deal Types"
    )

    @api.model
    def _selection_res_model(self):
        labels = dict(super()._selection_res_model())
        return list((labels | {"crm.lead": self.env._("Deal")}).items())

    # === ACTIONS ===#

    def action_publish(self):
        result = super().action_publish()
        # sudo: who publishes a route need not be able to edit the deal types that follow it
        for route_sudo in self.sudo().filtered("previous_id"):
            former_sudo = route_sudo.previous_id.with_context(active_test=False)
            former_sudo.deal_type_ids.write({"route_id": route_sudo.id})
        return result


class PaydoxStepDefinition(models.AbstractModel):
    _inherit = "paydox.step.definition"

    @api.model
    def _get_approver_fields(self):
        return [*super()._get_approver_fields(), ("team_leader", self.env._("Team leader (deals)"))]
