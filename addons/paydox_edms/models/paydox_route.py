from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


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
    step_ids = fields.One2many(comodel_name="paydox.route.step", inverse_name="route_id", copy=True)
    kind_ids = fields.One2many(comodel_name="paydox.document.kind", inverse_name="route_id", string="Used By")

    # === COMPUTE METHODS === #

    @api.depends("name", "revision")
    def _compute_display_name(self):
        for route in self:
            route.display_name = (
                self.env._("%(route)s, revision %(revision)s", route=route.name, revision=route.revision)
                if route.revision > 1
                else route.name
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_life_cycle(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_life_cycle(vals)
        if vals.keys() & {"step_ids", "company_id"}:
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

    # === HELPERS === #

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
