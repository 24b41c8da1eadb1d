from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What the runs of a revision were started on; fixed from its publication.
REGULATION_FIELDS = frozenset(("step_ids", "company_id", "res_model", "skip_repeat", "allow_ad_hoc", "fact_ids"))


class PaydoxRoute(models.Model):
    """Definition of a route. Each published revision is a record of its own and never changes."""

    _name = "paydox.route"
    _description = "Approval Route"
    _inherit = ["paydox.revision"]
    _order = "name, revision desc, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: the route serves every company.")
    previous_id = fields.Many2one(
        comodel_name="paydox.route", readonly=True, copy=False, index="btree_not_null", string="Previous Revision"
    )
    # regulation
    skip_repeat = fields.Boolean(
        string="Same Person Decides Once",
        help="Who has just agreed is not asked again in the next step; the sheet says where he agreed.",
    )
    allow_ad_hoc = fields.Boolean(
        string="Approvers May Be Added",
        help="During a run, the people whose turn it is and those who sent the document may ask further colleagues. "
        "Nobody can take out an approver of the route.",
    )
    fact_ids = fields.One2many(
        comodel_name="paydox.route.fact",
        inverse_name="route_id",
        string="Material Facts",
        copy=True,
        help="When one of them changed since the former round, everybody has to agree again. "
        "Empty: what the kind of record says, such as kind, counterparty and amount.",
    )
    step_ids = fields.One2many(comodel_name="paydox.route.step", inverse_name="route_id", copy=True)
    kind_ids = fields.One2many(comodel_name="paydox.document.kind", inverse_name="route_id", string="Used By")
    kind_route_ids = fields.One2many(comodel_name="paydox.document.kind.route", inverse_name="route_id")
    old_run_count = fields.Integer(string="Runs on Older Revisions", compute="_compute_old_run_count")

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_old_run_count(self):
        for route in self:
            route.old_run_count = self.env["paydox.approval"].search_count(route._get_old_runs_domain())

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: runs of documents that the manager may not read keep the route all the same
        if self.env["paydox.approval"].sudo().search_count([("route_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Documents went by this route, so it stays. Archive it instead."))

    # === ACTIONS === #

    def action_open_old_runs(self):
        """Open what still goes by older revisions of this route."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Runs on Older Revisions"),
            "res_model": "paydox.approval",
            "views": [(False, "list"), (False, "form")],
            "domain": self._get_old_runs_domain(),
        }

    # === HELPERS === #

    @api.model
    def _get_regulation_fields(self):
        return super()._get_regulation_fields() | REGULATION_FIELDS

    def _check_publishable(self):
        for route in self:
            if not route.step_ids:
                raise ValidationError(
                    self.env._("The route %(route)s has no step. Add one before you publish it.", route=route.name)
                )
        return super()._check_publishable()

    def _replace(self, previous):
        previous.with_context(active_test=False).kind_ids.write({"route_id": self.id})
        previous.kind_route_ids.write({"route_id": self.id})
        return super()._replace(previous)

    def _get_old_runs_domain(self):
        return [("route_id", "in", self._get_former().ids), ("state", "=", "running")]

    def _prepare_pinned_values(self):
        """What a run keeps of the route besides the steps."""
        self.ensure_one()
        return {
            "route_id": self.id,
            "revision": self.revision,
            "skip_repeat": self.skip_repeat,
            "allow_ad_hoc": self.allow_ad_hoc,
        }
