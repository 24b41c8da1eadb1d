from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.arguments import to_id

from .paydox_rule_engine import MOVING


class PaydoxRule(models.Model):
    """Dry run: what the rules would do to a deal now. Nothing is written, so it runs on a read replica."""

    _inherit = "paydox.rule"

    @api.model
    @api.readonly
    def get_preview(self, lead, revision=None):
        """What each rule would do to a deal if its event happened now.

        :param lead: ``crm.lead`` or its id
        :param revision: ``paydox.deal.type.revision`` or its id, a draft too; empty: the rules in force for the deal
        :return: ``[{"rule_id", "name", "when", "what", "state", "message", "actions"}]``; state: ``would``, ``would_fail``,
            ``would_skip``; actions: ``[{"what", "state", "message"}]``, empty when the rule as a whole does nothing
        """
        self.check_access("read")
        lead = self.env["crm.lead"].browse(to_id(lead)).exists()
        if not lead:
            raise UserError(self.env._("There is no such deal any more. Choose another one."))
        lead.check_access("read")
        if revision:
            revision = self.env["paydox.deal.type.revision"].browse(to_id(revision)).exists()
            if not revision:
                raise UserError(self.env._("There is no such revision of the rules. Choose another one."))
            revision.check_access("read")
            rules = revision.rule_ids
        else:
            rules = self._get_in_force_for(lead)
        # sudo: a rule judges by everything that is there, as when it runs
        return [rule._preview(lead.sudo()) for rule in rules.sudo().filtered("active").sorted()]

    @api.model
    def _get_in_force_for(self, lead):
        return self.search([*self._get_in_force_domain(), ("deal_type_id", "in", (False, lead.deal_type_id.id))])

    def _preview(self, lead):
        self.ensure_one()
        why_not = self._get_deal_obstacle(lead) if lead.active else self.env._("The deal is archived or lost.")
        actions = [] if why_not else self._preview_actions(lead)
        states = {action["state"] for action in actions}
        # As when it runs: one that fails takes the others along, one that has nothing to do does not.
        state = next((state for state in ("would_fail", "would") if state in states), "would_skip")
        messages = [action["message"] for action in actions if action["state"] == state and action["message"]]
        return {
            "rule_id": self.id,
            "name": self.name,
            "when": self.trigger_summary,
            "what": self.action_summary,
            "state": state,
            "message": why_not or "\n".join(messages) or None,
            "actions": actions,
        }

    def _preview_actions(self, lead):
        rows, moved = [], False
        for action in self._get_actions():
            moves = action.action in MOVING
            if moves and moved:
                # Where the deal stands then is known only when it runs.
                state, message = "would", self.env._("Depends on where the action before it has moved the deal.")
            else:
                state, message = action._preview_action(lead)
            moved = moved or (moves and state == "would")
            rows.append({"what": action._describe(lead), "state": state, "message": message})
        return rows

    def _preview_action(self, lead):
        if why_not := self._get_action_obstacle(lead):
            return "would_skip", why_not
        if problem := self._foresee(lead):
            return "would_fail", problem
        return "would", None

    def _describe(self, lead):
        """What the rule does, as a phrase; actions that can say more have a method of their own."""
        describe = getattr(self, f"_describe_{self.action}", None)
        return describe(lead) if describe else self._get_action_label()

    def _foresee(self, lead):
        """Why the action would fail, as far as that can be seen before; empty when nothing is in the way."""
        foresee = getattr(self, f"_foresee_{self.action}", None)
        return foresee(lead) if foresee else None

    # === ACTIONS ===#

    def action_open_preview(self):
        self.ensure_one()
        return self._get_preview_action({"default_revision_id": self.revision_id.id})

    @api.model
    def _get_preview_action(self, context):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Would the Rules Do Now"),
            "res_model": "paydox.rule.preview",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }
