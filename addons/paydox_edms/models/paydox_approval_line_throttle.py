from datetime import timedelta

from odoo import api, fields, models

# A person hears of delays at most once in this time; what comes meanwhile goes together.
PAUSE = timedelta(hours=1)


class PaydoxApprovalLine(models.Model):
    """Notices of delays are throttled: many terms that end one after another are not as many messages."""

    _inherit = "paydox.approval.line"

    late_waiting_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_approval_line_late_rel",
        column1="line_id",
        column2="user_id",
        string="Still to Hear of the Delay",
        readonly=True,
    )

    # === CRON === #

    @api.model
    def _cron_watch_terms(self):
        result = super()._cron_watch_terms()
        self._send_waiting_delays()
        return result

    @api.model
    def _send_waiting_delays(self):
        """The pause of these people is over: they hear of what came meanwhile and is late still."""
        lines = self.search([("late_waiting_ids", "!=", False)], order="deadline, id")
        for user in lines.late_waiting_ids.filtered(lambda user: user._may_hear_of_delays()):
            mine = lines.filtered(lambda line, user=user: user in line.late_waiting_ids)
            mine.write({"late_waiting_ids": [fields.Command.unlink(user.id)]})
            mine.filtered(lambda line: line.state == "pending")._tell_delay(user)

    # === BUSINESS METHODS === #

    def _tell_delay(self, user):
        if not self:
            return
        if not user._may_hear_of_delays():
            self.write({"late_waiting_ids": [fields.Command.link(user.id)]})
            return
        super()._tell_delay(user)
        user.paydox_delay_told_at = fields.Datetime.now()


class ResUsers(models.Model):
    _inherit = "res.users"

    paydox_delay_told_at = fields.Datetime(string="Last Told of Delays", readonly=True, copy=False)

    def _may_hear_of_delays(self):
        self.ensure_one()
        told = self.paydox_delay_told_at
        return not told or told <= fields.Datetime.now() - PAUSE
