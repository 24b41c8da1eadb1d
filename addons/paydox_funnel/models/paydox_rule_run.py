from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError, UserError


class PaydoxRuleRun(models.Model):
    """Ledger of the rules: what each did about each event, or why not. One row for a rule and an event."""

    _name = "paydox.rule.run"
    _description = "Rule Run"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(comodel_name="paydox.rule", required=True, index=True, ondelete="restrict")
    event_key = fields.Char(required=True)
    event_id = fields.Many2one(comodel_name="paydox.event", index="btree_not_null", ondelete="set null")
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal", index="btree_not_null", ondelete="set null")
    state = fields.Selection(selection=[("done", "Done"), ("skipped", "Skipped"), ("failed", "Failed")], required=True)
    message = fields.Text()

    _once_uniq = models.Constraint("UNIQUE(rule_id, event_key)", "The rule has run for this event already.")

    # === ACTIONS ===#

    def action_retry(self):
        """Run failed ones again, after the cause was removed. What was done or skipped stays as it is."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only sales managers run failed rules again. Ask one of them."))
        self.check_access("read")
        if self.filtered(lambda run: run.state != "failed"):
            raise UserError(self.env._("Only failed runs can be run again. Select failed ones."))
        # sudo: the ledger is written by the system only
        for run_sudo in self.sudo().try_lock_for_update():
            if run_sudo.event_id:
                run_sudo._retry()
        return True

    def _retry(self):
        self.ensure_one()
        rule = self.rule_id.with_user(SUPERUSER_ID)
        event = self.event_id.with_user(SUPERUSER_ID)
        try:
            with self.env.cr.savepoint():
                state, message = rule._execute(event, event._get_lead())
                self.write({"state": state, "message": message})
        except (UserError, ValueError) as error:
            self.write({"message": rule._describe_error(error)})
