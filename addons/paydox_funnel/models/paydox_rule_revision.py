from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What is changed of a rule in force: the switch that stops it at once.
SWITCH = frozenset(("active",))


class PaydoxRule(models.Model):
    """Rules belong to a revision: what is in force does not change, the next revision is prepared beside it."""

    _inherit = "paydox.rule"

    # === CRUD METHODS ===#

    def _init_column(self, column_name):
        """Rules of former releases come into the first revision of their type, which is in force."""
        if column_name != "revision_id":
            super()._init_column(column_name)
            return
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                INSERT INTO paydox_deal_type_revision
                            (deal_type_id, state, revision, active, published_at,
                             create_uid, create_date, write_uid, write_date)
                     SELECT DISTINCT deal_type_id, 'published', 1, TRUE, timestamp '2000-01-01', %(uid)s::int,
                            now() AT TIME ZONE 'UTC', %(uid)s::int, now() AT TIME ZONE 'UTC'
                       FROM paydox_rule
                """,
                uid=self.env.uid,
            )
        )
        cr.execute(
            """
            UPDATE paydox_rule rule SET revision_id = revision.id
              FROM paydox_deal_type_revision revision
             WHERE revision.deal_type_id IS NOT DISTINCT FROM rule.deal_type_id
            """
        )

    @api.model_create_multi
    def create(self, vals_list):
        """A rule that names no revision goes into the draft of its type; without a draft it comes into force at once."""
        drafts = self.env["paydox.deal.type.revision"]
        begun = drafts
        for vals in vals_list:
            deal_type_id = vals.pop("deal_type_id", self.env.context.get("default_deal_type_id")) or False
            if vals.get("revision_id"):
                continue
            draft = drafts.search([("deal_type_id", "=", deal_type_id), ("state", "=", "draft")], limit=1)
            if not draft:
                draft = drafts._get_draft(deal_type_id)
                begun |= draft
            vals["revision_id"] = draft.id
        rules = super().create(vals_list)
        begun.action_publish()
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        if "deal_type_id" in vals:
            raise UserError(
                self.env._("A rule stays with its deal type. Make it among the rules of the other type instead.")
            )
        self.check_access("write")
        result = super().write(vals) if vals.keys() - SWITCH else self._switch(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _switch(self, vals):
        """Past the guard of the revision: a rule that does harm is stopped without waiting for the next one."""
        return models.BaseModel.write(self, vals)

    # === CONSTRAINT METHODS ===#

    @api.constrains("revision_id")
    def _check_revision_stays(self):
        """A rule is written for one type: its stage and its conditions mean nothing in another."""
        for rule in self.filtered("run_ids"):
            if rule.revision_id.state == "draft":
                raise UserError(
                    self.env._(
                        "Rule %(name)s has run already and stays in its revision. Copy it instead.",
                        name=rule.display_name,
                    )
                )
