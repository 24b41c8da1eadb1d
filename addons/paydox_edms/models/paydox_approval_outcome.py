import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.jobs import wake

_logger = logging.getLogger(__name__)

BATCH = 100


class PaydoxApproval(models.Model):
    """Notices of how runs ended: queued with the end, sent by the job of notices after it, each once."""

    _inherit = "paydox.approval"

    notice_state = fields.Selection(
        selection=[("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed")],
        string="Notice of the Outcome",
        readonly=True,
    )
    closed_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
        help="Whose decision ended the run; empty for runs that ended before this was kept.",
    )
    close_reason = fields.Text(readonly=True, help="Why the run could not go on, for the notice of the outcome.")

    _outcome_queued_idx = models.Index("(id) WHERE notice_state = 'queued'")

    # === BUSINESS METHODS === #

    def _queue_outcome(self, reason=None):
        """Let the authors and those who asked hear of the end of these runs."""
        self.write({"notice_state": "queued", "close_reason": reason})
        wake(self.env, "paydox_edms.ir_cron_send_notices")

    # === CRON === #

    @api.model
    def _cron_send_outcomes(self):
        """Send what is queued, in batches that survive a kill: a notice and its state are one transaction.

        :return: whether time is left
        """
        last_id = 0
        while True:
            domain = Domain("notice_state", "=", "queued")
            approvals = self.search(domain & Domain("id", ">", last_id), limit=BATCH, order="id")
            if not approvals:
                return True
            last_id = approvals[-1].id
            approvals = approvals.try_lock_for_update()
            approvals._send_outcomes()
            remaining = self.search_count(domain & Domain("id", ">", last_id))
            if not self.env["ir.cron"]._commit_progress(len(approvals), remaining=remaining):
                return False

    def _send_outcomes(self):
        """What one person ended goes together, in his name."""
        for (user, model), approvals in self.grouped(lambda run: (run.closed_by_id, run.res_model)).items():
            try:
                with self.env.cr.savepoint():
                    # An addon may be gone, and its records with it.
                    records = self.env[model].with_user(user).sudo().browse(approvals.mapped("res_id"))
                    records._notify_outcomes(approvals.with_env(records.env), records._get_outcome_notice)
                    approvals.write({"notice_state": "sent"})
            except OperationalError:
                raise
            except Exception:  # noqa: BLE001  one message that fails must not stop the others
                if len(approvals) > 1:
                    for approval in approvals:
                        approval._send_outcomes()
                    continue
                _logger.exception("The notice of the outcome of runs %s failed", approvals.ids)
                approvals.write({"notice_state": "failed"})


class PaydoxApprovalLine(models.Model):
    _inherit = "paydox.approval.line"

    # === CRON === #

    @api.model
    def _cron_send_notices(self):
        return super()._cron_send_notices() if self.env["paydox.approval"]._cron_send_outcomes() else None


class PaydoxApprovalMixin(models.AbstractModel):
    _inherit = "paydox.approval.mixin"

    # === HOOKS === #

    def _get_outcome_notice(self, env, approval):
        """What the author and the person who asked are told of the end of a run, in the language of ``env``."""
        return self._get_outcome_text(env, approval, approval.close_reason)

    def _get_outcome_text(self, env, approval, reason):
        """How the run ended, as a sentence; models say it in their own words."""
        labels = dict(approval.with_env(env)._fields["state"]._description_selection(env))
        return labels[approval.state]
