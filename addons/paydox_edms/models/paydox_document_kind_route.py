from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.paydox_edms.tools.condition import get_condition_problem, parse_condition


class PaydoxDocumentKindRoute(models.Model):
    """Which route the documents of a kind take, by condition."""

    _name = "paydox.document.kind.route"
    _description = "Route of a Kind of Documents"
    _order = "kind_id, sequence, id"
    _rec_name = "route_id"

    kind_id = fields.Many2one(comodel_name="paydox.document.kind", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="kind_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    condition = fields.Text(help="The first line that matches a document gives its route. Empty: every document.")
    route_id = fields.Many2one(
        comodel_name="paydox.route",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('state', '=', 'published'), ('res_model', '=', 'paydox.document')]",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("condition")
    def _check_condition(self):
        for line in self:
            if problem := get_condition_problem(line.condition, self.env["paydox.document"]):
                raise ValidationError(
                    self.env._(
                        "The condition for the route %(route)s cannot be used: %(error)s",
                        route=line.route_id.display_name,
                        error=problem,
                    )
                )

    @api.constrains("route_id", "kind_id")
    def _check_route(self):
        for line in self:
            route = line.route_id
            if route.state == "draft":
                raise ValidationError(
                    self.env._(
                        "The route %(route)s is a draft. Publish it before you use it.", route=route.display_name
                    )
                )
            if route.company_id and route.company_id != line.kind_id.company_id:
                raise ValidationError(
                    self.env._(
                        "The route %(route)s is of %(company)s only, unlike the kind of documents.",
                        route=route.display_name,
                        company=route.company_id.display_name,
                    )
                )


class PaydoxDocumentKind(models.Model):
    """The routes of a kind: by condition, else the default one."""

    _inherit = "paydox.document.kind"

    route_line_ids = fields.One2many(
        comodel_name="paydox.document.kind.route", inverse_name="kind_id", string="Routes by Condition", copy=True
    )

    # === HELPERS === #

    def _get_route(self, document):
        """The route that ``document`` takes: of the first line that matches, else the default of the kind."""
        self.ensure_one()
        for line in self.route_line_ids.filtered(
            lambda line: line.route_id.state == "published" and line.route_id.active
        ):
            if document.filtered_domain(parse_condition(line.condition)):
                return line.route_id
        return self.route_id
