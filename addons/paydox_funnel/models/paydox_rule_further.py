from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from odoo.addons.paydox_edms.tools.arguments import to_id


class PaydoxRule(models.Model):
    """Then, and then: what a rule does further are rows of their own, without an event, a condition or a log.

    They are done in their order after the action of the rule itself and in its savepoint: all or nothing.
    """

    _inherit = "paydox.rule"

    parent_id = fields.Many2one(comodel_name="paydox.rule", string="Rule", ondelete="cascade", index="btree_not_null")
    child_ids = fields.One2many(
        comodel_name="paydox.rule",
        inverse_name="parent_id",
        string="Further Actions",
        copy=True,
        help="Done after the first one, in this order. When one fails, none of them is done; one that is skipped, "
        "because the deal is there already, stops no other.",
    )
    action_summary = fields.Char(string="Then", compute="_compute_action_summary", compute_sudo=True)

    _further_check = models.Constraint(
        """CHECK(CASE WHEN parent_id IS NULL THEN name IS NOT NULL AND event_name IS NOT NULL
                      ELSE event_name IS NULL AND domain = '[]' AND active END)""",
        "A rule has a name and an event. A further action of a rule has no event and no condition, and is not switched off "
        "by itself: change them on the rule.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("name", "action", "parent_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        further = self.filtered("parent_id")
        for rule in further:
            rule.display_name = f"{rule.parent_id.name}: {rule._get_action_label()}"
        return super(PaydoxRule, self - further)._compute_display_name()

    @api.depends(
        lambda self: [*self._get_described_fields(), *(f"child_ids.{n}" for n in self._get_described_fields())]
    )
    @api.depends_context("lang")
    def _compute_action_summary(self):
        for rule in self:
            first, *following = (action._get_phrase() for action in rule._get_actions())
            rule.action_summary = format_list(
                self.env, [first, *(phrase[:1].lower() + phrase[1:] for phrase in following)]
            )

    @api.model
    def _get_described_fields(self):
        """The fields that a phrase about an action is made of."""
        described = {"action", "sequence", "assign_user_id", "activity_summary", *self._get_needed_fields().values()}
        return sorted(described - {None})

    # === CONSTRAINT METHODS ===#

    @api.constrains("parent_id", "revision_id")
    def _check_parent(self):
        for rule in self | self.child_ids:
            if rule.parent_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s is a further action itself and has none of its own. Add it to the rule.",
                        name=rule.parent_id.display_name,
                    )
                )
            if rule.parent_id and rule.parent_id.revision_id != rule.revision_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s stays in the revision of its rule. Add an action to the other rule instead.",
                        name=rule.display_name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """A further action is of the revision of its rule, whatever else is said."""
        parents = self.browse(to_id(vals["parent_id"]) for vals in vals_list if vals.get("parent_id"))
        for vals in vals_list:
            if vals.get("parent_id"):
                parent = self.browse(to_id(vals["parent_id"])).with_prefetch(parents.ids)
                vals["revision_id"] = parent.revision_id.id
        return super().create(vals_list)

    def write(self, vals):
        if "parent_id" in vals and any(rule.parent_id.id != (vals["parent_id"] or False) for rule in self):
            raise UserError(
                self.env._("An action stays with its rule. Delete it, and add one to the other rule instead.")
            )
        if "revision_id" in vals and (further := self.child_ids - self):
            # At once with their rule: the revision of both is compared.
            super(PaydoxRule, self | further).write({"revision_id": vals["revision_id"]})
        return super().write(vals)

    # === HELPERS ===#

    def _get_phrase(self):
        """What one action does, whatever the deal; as long as it is not filled in, its kind."""
        needed = self._get_needed_fields().get(self.action)
        if needed and not self[needed]:
            return self._get_action_label() or ""
        return self._describe(self.env["crm.lead"]) or ""

    def _get_rule(self):
        """The rule itself, of a further action too."""
        return self.parent_id or self

    def _get_actions(self):
        """What the rule does, one after the other."""
        self.ensure_one()
        return self + self.child_ids.sorted(lambda action: (action.sequence, action.id or 0))
