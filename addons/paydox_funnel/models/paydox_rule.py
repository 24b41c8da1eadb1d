import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.condition import get_closed_field


class PaydoxRule(models.Model):
    """When something happens to a deal or its document, if the deal meets the conditions, then do this."""

    _name = "paydox.rule"
    _description = "Deal Rule"
    _inherit = ["paydox.revision.part"]
    _order = "sequence, id"

    _revision_field = "revision_id"

    name = fields.Char(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="A rule is switched off at once; anything else of it changes with the next revision."
    )
    revision_id = fields.Many2one(
        comodel_name="paydox.deal.type.revision",
        string="Revision of the Rules",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self._default_revision_id(),
        domain="[('state', '=', 'draft')]",
    )
    deal_type_id = fields.Many2one(
        related="revision_id.deal_type_id", store=True, index=True, help="Empty: deals of every type."
    )
    revision_state = fields.Selection(related="revision_id.state", string="State of the Revision")
    # when
    event_name = fields.Selection(selection="_selection_event_name", string="When")
    # if
    domain = fields.Char(string="Condition", default="[]", required=True, help="Which deals the rule is for.")
    # then
    action = fields.Selection(
        selection=[
            ("set_status", "Set the status"),
            ("post_note", "Post a note"),
            ("schedule_activity", "Schedule an activity"),
        ],
        default="set_status",
        required=True,
    )
    note = fields.Text(translate=True)
    # log
    run_ids = fields.One2many(comodel_name="paydox.rule.run", inverse_name="rule_id", readonly=True)
    run_count = fields.Integer(string="Runs", compute="_compute_run_count")

    @api.model
    def _default_revision_id(self):
        deal_type_id = self.env.context.get("default_deal_type_id")
        of_type = Domain("deal_type_id", "=", deal_type_id if type(deal_type_id) is int else False)
        return self.env["paydox.deal.type.revision"].search(of_type & Domain("state", "=", "draft"), limit=1)

    @api.model
    def _selection_event_name(self):
        return self.env["paydox.event"]._get_event_names()

    # === COMPUTE METHODS ===#

    @api.depends_context("uid")
    def _compute_run_count(self):
        counts = dict(self.env["paydox.rule.run"]._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"]))
        for rule in self:
            rule.run_count = counts.get(rule._origin, 0)

    # === CONSTRAINT METHODS ===#

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            leads = self.env["crm.lead"]
            try:
                # As the user: who configures a rule may ask only for what he may read.
                leads.sudo(False)._search(rule._get_domain())
                if field := get_closed_field(rule._get_domain(), leads, leads._get_models_kept_back()):
                    raise ValueError(self.env._("you may not read the field %(field)s", field=field))
            except (ValueError, TypeError, SyntaxError, KeyError, RecursionError, UserError) as error:
                raise ValidationError(
                    self.env._(
                        "The condition of rule %(name)s cannot be read: %(error)s. Choose the fields in the condition editor.",
                        name=rule.display_name,
                        error=str(error)[:200],
                    )
                ) from error

    @api.constrains("event_name")
    def _check_event_name(self):
        names = dict(self._selection_event_name())
        for rule in self:
            # that a rule has one at all is a constraint of the database
            if rule.event_name and rule.event_name not in names:
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s waits for an event that does not exist. Choose one of the list.",
                        name=rule.display_name,
                    )
                )

    # The fields that single actions need are added by their files.
    @api.constrains(lambda self: ["action", *filter(None, self._get_needed_fields().values())])
    def _check_action(self):
        needed = self._get_needed_fields()
        for rule in self:
            field_name = needed.get(rule.action)
            if field_name and not rule[field_name]:
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s does not say what to do: fill in %(field)s.",
                        name=rule.display_name,
                        field=self._fields[field_name].get_description(self.env, ["string"])["string"],
                    )
                )

    @api.model
    def _get_needed_fields(self):
        """``{action: the field that says what it does}``; kinds of actions extend it."""
        return {"set_status": "status_id", "post_note": "note", "schedule_activity": "activity_type_id"}

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.env["paydox.funnel"]._check_storable(vals, "domain")
        return super().create(vals_list)

    def write(self, vals):
        self.env["paydox.funnel"]._check_storable(vals, "domain")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_run(self):
        # sudo: a run on a deal that the user may not see still forbids the deletion
        if ran := self.sudo().filtered("run_ids"):
            raise UserError(
                self.env._(
                    "Rules that have run cannot be deleted, since their log would be lost: %(names)s. Archive them instead.",
                    names=", ".join(ran.mapped("name")),
                )
            )

    # === HELPERS ===#

    def _get_domain(self):
        domain = ast.literal_eval(self.domain or "[]")
        if not isinstance(domain, list):
            raise ValueError(self.env._("it is not a list of conditions"))
        return Domain(domain)

    def _get_event_label(self):
        event_name = self._get_rule().event_name
        return dict(self._selection_event_name()).get(event_name, event_name)

    def _get_action_label(self):
        return dict(self._fields["action"]._description_selection(self.env)).get(self.action, self.action)
