from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class PaydoxRule(models.Model):
    """Then: code of a system administrator. Nobody else makes or changes such a rule."""

    _inherit = "paydox.rule"

    action = fields.Selection(
        selection_add=[("server_action", "Run a server action")], ondelete={"server_action": "cascade"}
    )
    server_action_id = fields.Many2one(
        comodel_name="ir.actions.server",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('model_id.model', '=', 'crm.lead')]",
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains("server_action_id")
    def _check_server_action(self):
        for rule in self:
            # sudo: server actions are read by system administrators only
            action_sudo = rule.sudo().server_action_id
            if action_sudo and action_sudo.model_id.model != "crm.lead":
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s: the server action is not for deals. Choose another.", name=rule.display_name
                    )
                )

    @api.model
    def _get_needed_fields(self):
        return super()._get_needed_fields() | {"server_action": "server_action_id"}

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._check_may_run_code()
        return rules

    def write(self, vals):
        # When such a rule runs, and for which deals, is as much the administrator's as what it runs.
        if vals.keys() - {"active", "sequence"}:
            self._check_may_run_code()
        result = super().write(vals)
        if vals.keys() & {"action", "server_action_id"}:
            self._check_may_run_code()
        return result

    def _check_may_run_code(self):
        if self.env.su or self.env.user.has_group("base.group_system"):
            return
        # What else the rule does, and before it, is as much the administrator's.
        rules = self | self.parent_id
        if (rules | rules.child_ids).filtered(
            lambda rule: rule.action == "server_action" or rule.sudo().server_action_id
        ):
            raise AccessError(
                self.env._(
                    "Only a system administrator makes or changes rules that run a server action. "
                    "Ask one, or choose another action."
                )
            )

    # === ACTIONS OF RULES ===#

    def _do_server_action(self, event, lead):
        action = self.server_action_id.with_context(
            active_model=lead._name, active_id=lead.id, active_ids=lead.ids, lang=lead.env.lang
        )
        action.run()
        return self.env._(
            "Server action “%(name)s” run, because: %(event)s.", name=action.name, event=self._get_event_label()
        )

    # === DRY RUN ===#

    def _describe_server_action(self, lead):
        return self.env._("Run server action “%(name)s”", name=self.server_action_id.name)
