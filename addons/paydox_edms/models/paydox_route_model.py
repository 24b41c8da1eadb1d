from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class PaydoxRoute(models.Model):
    """A route is for one model: its conditions and fields of approvers are those of the model."""

    _inherit = "paydox.route"

    res_model = fields.Selection(
        selection="_selection_res_model", string="Used For", default="paydox.document", required=True, copy=True
    )

    @api.model
    def _selection_res_model(self):
        # sudo: the names of models are not readable for everybody
        models_sudo = self.env["ir.model"].sudo()
        names = self.env["paydox.approval"]._get_approvable_models()
        return [(name, models_sudo._get(name).name) for name in names]

    # === CONSTRAINT METHODS === #

    @api.constrains("res_model")
    def _check_res_model(self):
        # The choices depend on the addons that are there, so Odoo does not check them by itself.
        if unknown := self.filtered(lambda route: route.res_model not in dict(self._selection_res_model())):
            raise ValidationError(
                self.env._("The route %(route)s is for records that go by no routes.", route=unknown[0].name)
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if "res_model" in vals:
            self._check_draft()
        result = super().write(vals)
        if "res_model" in vals:
            self.step_ids._check_condition()
        return result

    # === HELPERS === #

    def _check_serves(self, model, owner):
        """Refuse to settings that name a route of another model or one that is not published.

        :param str model: the model of what will go by the route
        :param str owner: whose setting it is, for the message
        """
        for route in self:
            if route.res_model != model:
                raise ValidationError(
                    self.env._(
                        "%(owner)s: the route %(route)s is for other records. Choose one that is made for these.",
                        owner=owner,
                        route=route.display_name,
                    )
                )
            if route.state != "published":
                raise ValidationError(
                    self.env._(
                        "%(owner)s: the route %(route)s is not published. Publish it first.",
                        owner=owner,
                        route=route.display_name,
                    )
                )


class PaydoxRouteStep(models.Model):
    _inherit = "paydox.route.step"

    res_model = fields.Selection(related="route_id.res_model", string="Model")


class PaydoxApproval(models.Model):
    _inherit = "paydox.approval"

    def _check_startable(self, record, route):
        if route and route.res_model != record._name:
            raise UserError(
                self.env._(
                    "The route %(route)s is not made for %(record)s. Choose another one in the settings.",
                    route=route.display_name,
                    record=record.display_name,
                )
            )
        return super()._check_startable(record, route)


class PaydoxDocumentKind(models.Model):
    _inherit = "paydox.document.kind"

    route_id = fields.Many2one(domain="[('res_model', '=', 'paydox.document'), ('state', '=', 'published')]")

    # === CONSTRAINT METHODS === #

    @api.constrains("route_id")
    def _check_route_model(self):
        for kind in self.filtered("route_id"):
            kind.route_id._check_serves("paydox.document", kind.name)
