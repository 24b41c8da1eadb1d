from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class PaydoxDealTypeRevision(models.Model):
    """The rules of a deal type: they come into force together, and each happening follows those of its moment."""

    _name = "paydox.deal.type.revision"
    _description = "Rules of a Deal Type"
    _inherit = ["paydox.revision"]
    _order = "deal_type_id, revision desc, id desc"

    name = fields.Char(compute="_compute_name")
    deal_type_id = fields.Many2one(
        comodel_name="paydox.deal.type",
        ondelete="cascade",
        index=True,
        help="Empty: the rules hold for deals of every type.",
    )
    previous_id = fields.Many2one(
        comodel_name="paydox.deal.type.revision",
        string="Former Revision",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rule_ids = fields.One2many(
        comodel_name="paydox.rule",
        inverse_name="revision_id",
        string="Rules",
        domain=[("parent_id", "=", False)],
        context={"active_test": False},
        copy=True,
    )
    rule_count = fields.Integer(string="Number of Rules", compute="_compute_rule_count")
    # in force
    published_at = fields.Datetime(string="In Force from", readonly=True, copy=False)
    outdated_at = fields.Datetime(
        string="In Force until", readonly=True, copy=False, help="What happened before is still done by this revision."
    )

    _published_uniq = models.UniqueIndex(
        "(COALESCE(deal_type_id, 0)) WHERE state = 'published'", "Another revision of these rules is in force already."
    )
    _draft_uniq = models.UniqueIndex(
        "(COALESCE(deal_type_id, 0)) WHERE state = 'draft'",
        "A draft of the rules of this deal type exists already. Go on with it.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("deal_type_id.name")
    @api.depends_context("lang")
    def _compute_name(self):
        for revision in self:
            # sudo: the type may belong to a company that is not selected now
            deal_type_sudo = revision.sudo().deal_type_id
            revision.name = (
                self.env._("Set of rules “%(type)s”", type=deal_type_sudo.name)
                if deal_type_sudo
                else self.env._("Set of rules for every deal type")
            )

    @api.depends("rule_ids")
    def _compute_rule_count(self):
        for revision in self:
            revision.rule_count = len(revision.rule_ids.filtered("active"))

    # === CONSTRAINT METHODS ===#

    @api.constrains("deal_type_id")
    def _check_deal_type_stays(self):
        for revision in self:
            if revision.previous_id and revision.previous_id.deal_type_id != revision.deal_type_id:
                raise ValidationError(self.env._("The rules of one deal type do not go on as those of another."))

    # === CRUD METHODS ===#

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self.filtered(lambda revision: revision.state != "draft"):
            raise UserError(
                self.env._(
                    "%(name)s was in force, and the log of its rules names it. Publish a revision without the rules instead.",
                    name=used[0].display_name,
                )
            )

    # === ACTIONS ===#

    def action_open_preview(self):
        """Open the window that shows what these rules would do to a deal now."""
        self.ensure_one()
        return self.env["paydox.rule"]._get_preview_action({"default_revision_id": self.id})

    # === HOOKS OF THE REVISION ===#

    @api.model
    def _get_regulation_fields(self):
        return super()._get_regulation_fields() | {"deal_type_id", "rule_ids", "published_at", "outdated_at"}

    def _copy_revision(self):
        # sudo: a rule that runs a server action is copied by everybody who may prepare a revision, and changed by no one else
        return self.sudo().copy().sudo(self.env.su)

    def _write_life_cycle(self, vals):
        # One moment for the whole transaction, so that one revision ends exactly where the next begins.
        now = self.env.cr.now().replace(microsecond=0)
        moments = {"published": {"published_at": now, "outdated_at": False}, "outdated": {"outdated_at": now}}
        result = super()._write_life_cycle(moments.get(vals.get("state"), {}) | vals)
        self.env.registry.clear_cache()
        return result

    # === HELPERS ===#

    @api.model
    def _get_in_force(self, deal_type, moment):
        """The revision that was in force for ``deal_type`` at ``moment``; it may be empty."""
        return self.search(
            Domain("deal_type_id", "=", deal_type.id)
            & Domain("state", "!=", "draft")
            & Domain("published_at", "<=", moment)
            & (Domain("outdated_at", "=", False) | Domain("outdated_at", ">", moment)),
            order="revision desc, id desc",
            limit=1,
        )

    @api.model
    def _get_draft(self, deal_type_id):
        """The draft of the rules of the type, which is begun when there is none."""
        of_type = Domain("deal_type_id", "=", deal_type_id)
        if draft := self.search(of_type & Domain("state", "=", "draft"), limit=1):
            return draft
        if published := self.search(of_type & Domain("state", "=", "published"), limit=1):
            return self.browse(published.action_new_revision()["res_id"])
        return self.create({"deal_type_id": deal_type_id})


class PaydoxDealType(models.Model):
    _inherit = "paydox.deal.type"

    revision_ids = fields.One2many(
        comodel_name="paydox.deal.type.revision", inverse_name="deal_type_id", string="Revisions of the Rules"
    )

    # === ACTIONS ===#

    def action_open_rules(self):
        """Open the rules in force, else the draft, else a new draft."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_funnel.paydox_deal_type_revision_action")
        revisions = self.revision_ids.filtered(lambda revision: revision.state != "outdated")
        shown = revisions.filtered(lambda revision: revision.state == "published") or revisions
        action["context"] = {"default_deal_type_id": self.id, "search_default_deal_type_id": self.id}
        if len(revisions) < 2:
            action |= {"res_id": shown.id, "view_mode": "form", "views": [(False, "form")]}
        return action
