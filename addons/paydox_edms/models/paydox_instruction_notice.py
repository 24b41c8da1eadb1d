import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_approval_line_notice import DIGEST_HOUR

_logger = logging.getLogger(__name__)

BATCH = 200
# What cannot wait for the daily digest.
MANDATORY_REASONS = ("escalated", "left", "cancelled")


class PaydoxInstruction(models.Model):
    """Notices: queued with what happened, sent after it, together for each person."""

    _inherit = "paydox.instruction"

    def _note(self, reason, users, text):
        self._note_many(reason, [(instruction, users) for instruction in self], text)

    def _note_many(self, reason, pairs, text=False):
        """Queue that people are told; nobody is told what he did himself.

        :param list pairs: ``[(instruction, users)]``
        :param str text: what happened; empty: that it was given
        """
        rows = [
            {"instruction_id": instruction.id, "user_id": user.id, "reason": reason, "text": text}
            for instruction, users in pairs
            for user in users
            if user.id != self.env.uid and user.active
        ]
        if rows:
            # sudo: the queue is written by the verbs only
            self.env["paydox.instruction.notice"].sudo().create(rows)
            self.env.ref("paydox_edms.ir_cron_send_instruction_notices").sudo()._trigger()


class PaydoxInstructionNotice(models.Model):
    """One thing that a person is to be told about an instruction."""

    _name = "paydox.instruction.notice"
    _description = "Notice of an Instruction"
    _inherit = ["paydox.protected"]
    _order = "id"

    instruction_id = fields.Many2one(comodel_name="paydox.instruction", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, ondelete="cascade")
    reason = fields.Char(required=True)
    text = fields.Char()
    state = fields.Selection(
        selection=[("queued", "Queued"), ("sent", "Sent"), ("skipped", "Not needed any more"), ("failed", "Failed")],
        default="queued",
        required=True,
    )

    _queued_idx = models.Index("(user_id, id) WHERE state = 'queued'")

    # === CRON === #

    @api.model
    def _cron_send(self):
        """Send what is queued, in batches that survive a kill: a notice and its state are one transaction."""
        last_id = 0
        while True:
            domain = Domain("state", "=", "queued") & Domain("id", ">", last_id)
            notices = self.search(domain, limit=BATCH, order="id")
            if not notices:
                break
            last_id = notices[-1].id
            notices.try_lock_for_update()._send()
            if not self.env["ir.cron"]._commit_progress(len(notices), remaining=self.search_count(domain)):
                break

    def _send(self):
        """One message for each person, with all that is queued for him in the batch."""
        for user, notices in self.grouped("user_id").items():
            if user.paydox_notice == "daily" and not user._is_digest_due(DIGEST_HOUR):
                notices = notices.filtered(lambda notice: notice.reason in MANDATORY_REASONS)
                if not notices:
                    continue
            try:
                with self.env.cr.savepoint():
                    notices._deliver(user)
            except OperationalError:
                raise
            except Exception:
                # One message that fails must not stop the others.
                _logger.exception("The notice of instructions to user %s could not be sent", user.id)
                notices.write({"state": "failed"})

    def _deliver(self, user):
        readable = self.instruction_id.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        readable_ids = set(readable._filtered_access("read").ids)
        told = self.filtered(lambda notice: user.active and notice.instruction_id.id in readable_ids)
        (self - told).write({"state": "skipped"})
        if not told:
            return
        instructions = told.instruction_id.with_context(lang=user.lang, tz=user.tz)
        lines = [(notice.instruction_id.with_env(instructions.env), notice.text) for notice in told]
        body = instructions.env["ir.qweb"]._render(
            "paydox_edms.instruction_notice", {"lines": lines, "base_url": instructions[:1].get_base_url()}
        )
        subject = (
            instructions.env._("Instruction: %(name)s", name=instructions.name)
            if len(instructions) == 1
            else instructions.env._("Instructions: %(count)s news", count=len(told))
        )
        sender = instructions if len(instructions) == 1 else instructions.env["mail.thread"]
        sender.message_notify(partner_ids=user.partner_id.ids, subject=subject, body=body)
        told.write({"state": "sent"})
