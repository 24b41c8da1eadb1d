from contextlib import contextmanager

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.codes import suggest_codes

IN_HAND = "paydox_funnel.types_in_hand"


class PaydoxDealType(models.Model):
    """A type of deal = a pipeline: its stages, how strictly they are followed, and the statuses they stand for."""

    _name = "paydox.deal.type"
    _description = "Deal Type"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="Short name for integrations; must be unique.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=False,
        copy=False,
        help="Switch on when every stage is mapped to a status. New deals are made in active types only.",
    )
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: used by all companies.")
    # pipeline
    stage_control = fields.Selection(
        selection=[
            ("strict", "Strict: stage after stage, none is skipped"),
            ("manual", "Manual: any stage at any time"),
            ("none", "None: no stages, the status is set by people and rules"),
        ],
        default="manual",
        required=True,
    )
    stage_ids = fields.One2many(
        comodel_name="crm.stage", inverse_name="deal_type_id", string="Stages", context={"active_test": False}
    )
    allow_status_backwards = fields.Boolean(
        string="Statuses May Run Backwards",
        help="A later stage may stand for an earlier status: moving on then takes the deal back in the funnel.",
    )
    activation_problem = fields.Text(compute="_compute_activation_problem")
    backwards_problem = fields.Text(compute="_compute_backwards_problem")
    property_definition = fields.PropertiesDefinition(string="Own Fields")
    # statistics
    lead_count = fields.Integer(string="Deals", compute="_compute_lead_count")
    rule_count = fields.Integer(string="Rules", compute="_compute_rule_count")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another deal type already has this code. Choose another one.")

    # === COMPUTE METHODS ===#

    @api.depends("name")
    def _compute_code(self):
        suggest_codes(self, "type")

    @api.depends("stage_control", "stage_ids.active", "stage_ids.status_id", "stage_ids.status_id.active")
    def _compute_activation_problem(self):
        for deal_type in self:
            deal_type.activation_problem = deal_type._get_activation_problem()

    @api.depends(
        "stage_control", "allow_status_backwards", "stage_ids.active", "stage_ids.sequence", "stage_ids.status_id"
    )
    def _compute_backwards_problem(self):
        for deal_type in self:
            deal_type.backwards_problem = deal_type._get_backwards_problem()

    @api.depends_context("uid")
    def _compute_lead_count(self):
        counts = dict(
            self.env["crm.lead"]._read_group([("deal_type_id", "in", self.ids)], ["deal_type_id"], ["__count"])
        )
        for deal_type in self:
            deal_type.lead_count = counts.get(deal_type._origin, 0)

    @api.depends_context("uid")
    def _compute_rule_count(self):
        counts = dict(
            self.env["paydox.rule"]._read_group(
                [
                    ("deal_type_id", "in", self.ids),
                    ("parent_id", "=", False),
                    ("revision_id.state", "=", "published"),
                ],
                ["deal_type_id"],
                ["__count"],
            )
        )
        for deal_type in self:
            deal_type.rule_count = counts.get(deal_type._origin, 0)

    # === CONSTRAINT METHODS ===#

    @api.constrains("active", "stage_control", "stage_ids")
    def _check_active_is_mapped(self):
        for deal_type in self.filtered("active"):
            if problem := deal_type._get_activation_problem():
                raise ValidationError(
                    self.env._(
                        "Deal type %(name)s cannot be switched on: %(problem)s", name=deal_type.name, problem=problem
                    )
                )

    @api.constrains("active", "allow_status_backwards")
    def _check_statuses_run_forwards(self):
        """Of stages that are changed together only the end counts, see ``_with_stages_in_hand``."""
        in_hand = self.env.cr.cache.get(IN_HAND, frozenset())
        for deal_type in self.filtered(lambda deal_type: deal_type.active and deal_type.id not in in_hand):
            if problem := deal_type._get_backwards_problem():
                raise ValidationError(
                    self.env._(
                        "The stages of deal type %(name)s cannot be mapped like this: %(problem)s",
                        name=deal_type.name,
                        problem=problem,
                    )
                )

    @api.constrains("company_id")
    def _check_company_of_deals(self):
        for deal_type in self.filtered("company_id"):
            # sudo: the deals of the other companies are what is looked for
            if (
                self.env["crm.lead"]
                .sudo()
                .with_context(active_test=False)
                .search_count(
                    [("deal_type_id", "=", deal_type.id), ("company_id", "not in", [False, deal_type.company_id.id])],
                    limit=1,
                )
            ):
                raise ValidationError(
                    self.env._(
                        "Deal type %(name)s has deals of other companies. Leave its company empty or make another type.",
                        name=deal_type.name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        deal_types = super().create(vals_list)
        self.env.registry.clear_cache()
        return deal_types

    def write(self, vals):
        if "stage_control" in vals:
            self._check_stage_control_change(vals["stage_control"])
        with self._with_stages_in_hand():
            result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for deal_type, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", f"{deal_type.code}_copy")
            vals["name"] = self.env._("%(name)s (copy)", name=deal_type.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for deal_type in self:
            # sudo: deals that the user may not see still forbid the deletion
            deal_type_sudo = deal_type.sudo().with_context(active_test=False)
            env_sudo = deal_type_sudo.env
            domain = [("deal_type_id", "=", deal_type.id)]
            if (
                deal_type_sudo.stage_ids
                or env_sudo["crm.lead"].search_count(domain, limit=1)
                or env_sudo["paydox.deal.status.event"].search_count(domain, limit=1)
            ):
                raise UserError(
                    self.env._(
                        "Deal type %(name)s cannot be deleted: it has stages or deals. Archive it instead.",
                        name=deal_type.name,
                    )
                )

    # === ACTIONS ===#

    def action_open_leads(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_funnel.crm_lead_action_deals")
        action["context"] = {
            "default_deal_type_id": self.id,
            "default_type": "opportunity",
            "search_default_deal_type_id": self.id,
            "search_default_group_by_stage": 1,
        }
        action["display_name"] = self.name
        return action

    # === HELPERS ===#

    @contextmanager
    def _with_stages_in_hand(self):
        """Stages that are written one after the other inside are checked at the end: their order on the way means nothing."""
        cache = self.env.cr.cache
        former = cache.get(IN_HAND, frozenset())
        cache[IN_HAND] = former | frozenset(self.ids)
        try:
            yield
        finally:
            cache[IN_HAND] = former
        # sudo: the type may belong to a company that is not selected now
        self.sudo().exists()._check_statuses_run_forwards()

    @api.model
    @tools.ormcache("company_id")
    def _get_default_id(self, company_id):
        """The type of a deal for which nobody chose one: the first active type of the company.

        sudo: whoever makes a deal, a visitor of the website too, makes it in the same type.
        """
        return self.sudo().search([("company_id", "in", (False, company_id))], limit=1).id

    def _get_activation_problem(self):
        """What is missing before the type can be switched on, as a sentence; empty when nothing is."""
        self.ensure_one()
        stages = self.stage_ids.filtered("active")
        if self.stage_control == "none":
            return False
        if not stages:
            return self.env._("it has no active stage. Add its stages and choose a status for each of them.")
        if unmapped := stages.filtered(lambda stage: not stage.status_id.active):
            return self.env._(
                "these stages have no active status: %(stages)s. Choose a status for each of them.",
                stages=", ".join(unmapped.mapped(lambda stage: stage.name or "?")),
            )
        return False

    def _get_backwards_problem(self):
        """Where the statuses of the stages run back, as a sentence; empty when they do not or may."""
        self.ensure_one()
        stages = self._get_stages().filtered("status_id")
        if self.allow_status_backwards:
            return False
        for stage, following in zip(stages, stages[1:], strict=False):
            if following.status_id._key() < stage.status_id._key():
                return self.env._(
                    "stage %(following)s comes after %(stage)s, but its status %(low)s comes before %(high)s. "
                    "Change the order or the statuses, or tick “Statuses May Run Backwards”.",
                    following=following.name,
                    stage=stage.name,
                    low=following.status_id.name,
                    high=stage.status_id.name,
                )
        return False

    def _check_stage_control_change(self, stage_control):
        changed = self.filtered(
            lambda t: t.stage_control != stage_control and "none" in (t.stage_control, stage_control)
        )
        # sudo: the deals of all salespersons count
        leads_sudo = self.env["crm.lead"].sudo().with_context(active_test=False)
        if changed and leads_sudo.search_count(Domain("deal_type_id", "in", changed.ids), limit=1):
            raise UserError(
                self.env._(
                    "A type that has deals cannot be changed between stages and no stages: %(names)s. "
                    "Make another deal type and move the deals to it.",
                    names=", ".join(changed.mapped("name")),
                )
            )

    def _get_stages(self):
        """The active stages in the order of the pipeline, the same in every language."""
        self.ensure_one()
        if self.stage_control == "none":
            return self.env["crm.stage"]
        return self.stage_ids.filtered("active").sorted(lambda stage: stage._key())

    def _get_landing_stage(self, status):
        """Stage for a deal in ``status``: the one mapped to it, else the last one not beyond it, else the first."""
        stages = self._get_stages()
        same = stages.filtered(lambda stage: stage.status_id == status)
        if same:
            return same[0]
        passed = stages.filtered(lambda stage: status and stage.status_id._key() <= status._key())
        return passed[-1:] or stages[:1]
