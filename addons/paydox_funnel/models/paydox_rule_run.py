from datetime import timedelta

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain

BATCH = 50
MAX_ATTEMPTS = 6


class PaydoxRuleRun(models.Model):
    """Ledger of the rules: what each did about each event, or why not. One row for a rule and an event."""

    _name = "paydox.rule.run"
    _description = "Rule Run"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(comodel_name="paydox.rule", required=True, index=True, ondelete="restrict")
    revision_id = fields.Many2one(related="rule_id.revision_id", string="Revision")
    event_key = fields.Char(required=True)
    event_id = fields.Many2one(comodel_name="paydox.event", index="btree_not_null", ondelete="set null")
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal", index="btree_not_null", ondelete="set null")
    state = fields.Selection(selection=[("done", "Done"), ("skipped", "Skipped"), ("failed", "Failed")], required=True)
    message = fields.Text()
    attempts = fields.Integer(default=1, readonly=True)
    next_attempt_at = fields.Datetime(
        string="Next Attempt", readonly=True, help="When a failed run is tried again by itself. Empty: not any more."
    )

    _once_uniq = models.Constraint("UNIQUE(rule_id, event_key)", "The rule has run for this event already.")
    _failed_idx = models.Index("(next_attempt_at, id) WHERE state = 'failed' AND next_attempt_at IS NOT NULL")

    # === ACTIONS ===#

    def action_retry(self):
        """Run failed ones again, after the cause was removed. What was done or skipped stays as it is."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only sales managers run failed rules again. Ask one of them."))
        self.check_access("read")
        if self.filtered(lambda run: run.state != "failed"):
            raise UserError(self.env._("Only failed runs can be run again. Select failed ones."))
        # sudo: the ledger is written by the system only
        locked_sudo = self.sudo().try_lock_for_update()
        # Who was faster has changed the state meanwhile.
        locked_sudo.invalidate_recordset(["state"])
        for run_sudo in locked_sudo.filtered(lambda run: run.state == "failed"):
            if run_sudo.event_id:
                run_sudo._retry()
        return True

    # === BUSINESS METHODS ===#

    def _retry(self):
        """The same rule on the same event, by the revision that was in force then."""
        self.ensure_one()
        event = self.event_id.with_user(SUPERUSER_ID)
        lead = event._get_lead()
        lang = self.env["paydox.rule"]._get_log_lang(lead)
        lead = lead.with_context(lang=lang)
        rule = self.rule_id.with_user(SUPERUSER_ID).with_context(lang=lang)
        attempts = self.attempts + 1
        try:
            with self.env.cr.savepoint():
                state, message = rule._execute(event, lead)
                self.write({"state": state, "message": message, "attempts": attempts, "next_attempt_at": False})
        except (OperationalError, ConcurrencyError):
            raise
        except Exception as error:  # noqa: BLE001  an error stays with its rule
            self.write(self._prepare_failure(rule._describe_error(error), attempts))

    @api.model
    def _prepare_failure(self, message, attempts):
        """Values of a failed run; it is tried again ever more seldom: after 5 minutes, 25 minutes, 2, 10 and 52 hours."""
        again = fields.Datetime.now() + timedelta(minutes=5**attempts)
        return {
            "state": "failed",
            "message": message,
            "attempts": attempts,
            "next_attempt_at": again if attempts < MAX_ATTEMPTS else False,
        }

    # === CRON ===#

    @api.model
    def _cron_retry(self):
        """Try failed runs again whose moment has come, in batches that survive a kill."""
        due = Domain("state", "=", "failed") & Domain("next_attempt_at", "<=", fields.Datetime.now())
        # Without its event or its switch nothing can be tried: the line stays as it is.
        due &= Domain("event_id", "!=", False) & Domain("rule_id.active", "=", True)
        while runs := self.search(due, order="next_attempt_at, id", limit=BATCH).try_lock_for_update():
            for run in runs:
                run._retry()
            if not self.env["ir.cron"]._commit_progress(len(runs), remaining=self.search_count(due)):
                break
