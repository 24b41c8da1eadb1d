from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What the runs of a revision were started on; fixed from its publication.
REGULATION_FIELDS = frozenset(("step_ids", "company_id", "res_model", "skip_repeat", "allow_ad_hoc", "fact_ids"))


class PaydoxRoute(models.Model):
    """Definition of a route. Each published revision is a record of its own and never changes."""

    _name = "paydox.route"
    _description = "Approval Route"
    _order = "name, revision desc, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: the route serves every company.")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("published", "Published"), ("outdated", "Outdated")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    revision = fields.Integer(default=1, required=True, readonly=True, copy=False, aggregator=None)
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

    @api.depends("name", "revision")
    def _compute_display_name(self):
        for route in self:
            route.display_name = (
                self.env._("%(route)s, revision %(revision)s", route=route.name, revision=route.revision)
                if route.revision > 1
                else route.name
            )

    @api.depends("state")
    def _compute_old_run_count(self):
        for route in self:
            route.old_run_count = self.env["paydox.approval"].search_count(route._get_old_runs_domain())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_life_cycle(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_life_cycle(vals)
        if vals.keys() & REGULATION_FIELDS:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: runs of documents that the manager may not read keep the route all the same
        if self.env["paydox.approval"].sudo().search_count([("route_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Documents went by this route, so it stays. Archive it instead."))

    # === ACTIONS === #

    def action_publish(self):
        """Make the revision usable; it takes the place of the former one in the kinds of documents."""
        self.check_access("write")
        self._check_draft()
        for route in self:
            if not route.step_ids:
                raise ValidationError(
                    self.env._("The route %(route)s has no step. Add one before you publish it.", route=route.name)
                )
        # sudo: state and revision are not writable by hand; kinds of a company out of sight follow too
        for route_sudo in self.sudo():
            previous_sudo = route_sudo.previous_id
            route_sudo._write_life_cycle({"state": "published"})
            if previous_sudo:
                previous_sudo._write_life_cycle({"state": "outdated"})
                previous_sudo.with_context(active_test=False).kind_ids.write({"route_id": route_sudo.id})
                previous_sudo.kind_route_ids.write({"route_id": route_sudo.id})

    def action_new_revision(self):
        """Open a draft of the next revision; the published one serves until the draft is published."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "published":
            raise UserError(self.env._("Only the published revision can get a next one."))
        draft = self.search([("previous_id", "=", self.id), ("state", "=", "draft")], limit=1)
        if not draft:
            draft = self.copy({"name": self.name})
            draft.sudo()._write_life_cycle({"revision": self.revision + 1, "previous_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }

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

    def _get_old_runs_domain(self):
        former = self.browse()
        route = self.previous_id
        while route and route not in former:
            former |= route
            route = route.previous_id
        return [("route_id", "in", former.ids), ("state", "=", "running")]

    def _prepare_pinned_values(self):
        """What a run keeps of the route besides the steps."""
        self.ensure_one()
        return {
            "route_id": self.id,
            "revision": self.revision,
            "skip_repeat": self.skip_repeat,
            "allow_ad_hoc": self.allow_ad_hoc,
        }

    def _write_life_cycle(self, vals):
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.model
    def _check_life_cycle(self, vals):
        if not self.env.su and vals.keys() & {"state", "revision", "previous_id"}:
            raise UserError(self.env._("The state of a route is changed by its buttons only."))

    def _check_draft(self):
        if published := self.filtered(lambda route: route.state != "draft"):
            raise UserError(
                self.env._(
                    "%(route)s is published and cannot be changed. Press “New revision” to prepare the next one.",
                    route=published[0].display_name,
                )
            )
