import logging
from datetime import timedelta
from functools import partial

import pytz
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.jobs import wake

from .paydox_approval_mixin_notices import DIGEST_FROM

_logger = logging.getLogger(__name__)

BATCH = 100
# A daily digest leaves in the morning of the person.
DIGEST_HOUR = 7


class PaydoxApprovalLine(models.Model):
    """Notices of what is to be decided: queued with the line, sent after it, each once."""

    _inherit = "paydox.approval.line"

    notice_state = fields.Selection(
        selection=[("queued", "Queued"), ("sent", "Sent"), ("skipped", "Not needed any more"), ("failed", "Failed")],
        string="Notice",
        readonly=True,
    )

    _queued_idx = models.Index("(id) WHERE notice_state = 'queued'")

    # === BUSINESS METHODS === #

    def _schedule_activities(self):
        # The activity itself stays silent: the notice has a link to decide and goes by the queue.
        result = super()._schedule_activities()
        # Nobody is told what he does himself; readers are told by a job of their own.
        told = self.filtered(lambda line: line.kind != "acquaint" and line.user_id.id != self.env.uid)
        if told:
            told.write({"notice_state": "queued"})
            wake(self.env, "paydox_edms.ir_cron_send_notices")
        return result

    # === CRON === #

    @api.model
    def _cron_send_notices(self):
        """Send what is queued, in batches that survive a kill: a notice and its state are one transaction."""
        last_id = 0
        while True:
            domain = Domain("notice_state", "=", "queued")
            lines = self.search(domain & Domain("id", ">", last_id), limit=BATCH, order="id")
            if not lines:
                break
            last_id = lines[-1].id
            sent = lines.try_lock_for_update()._send_notices()
            remaining = self.search_count(domain & Domain("id", ">", last_id))
            if not self.env["ir.cron"]._commit_progress(sent, remaining=remaining):
                break

    def _send_notices(self):
        """Send the notices that are due now.

        :return: number of the lines that are dealt with
        """
        over = self.filtered(lambda line: line.state != "pending" or not line.user_id.active)
        over.write({"notice_state": "skipped"})
        single = (self - over).filtered(lambda line: line._is_instant())
        for user, lines in single.grouped("user_id").items():
            # Who gets many turns at once gets one list of them.
            for part in (lines,) if len(lines) >= DIGEST_FROM else lines:
                part._deliver(user, part._send_request if len(part) == 1 else partial(part._send_digest, user))
        digests = (self - over - single).filtered(lambda line: line.user_id._is_digest_due(DIGEST_HOUR))
        for user in digests.user_id:
            # What the batch does not hold of the person's lines goes with it all the same.
            domain = Domain("notice_state", "=", "queued") & Domain("user_id", "=", user.id)
            lines = self.search(domain & Domain("state", "=", "pending"), order="deadline, id").try_lock_for_update()
            lines._deliver(user, partial(lines._send_digest, user))
            user.paydox_digest_on = user._get_digest_day()
        return len(over | single | digests)

    def _deliver(self, user, send):
        """One message; an error stays with it."""
        try:
            with self.env.cr.savepoint():
                send()
                self.write({"notice_state": "sent"})
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001  one message that fails must not stop the others
            _logger.exception("The notice of lines %s for user %s failed", self.ids, user.id)
            self.write({"notice_state": "failed"})

    def _send_request(self):
        """Tell one person of one line, by his own channel (inbox or e-mail) and in his language."""
        self.ensure_one()
        user = self.user_id
        line = self.with_context(lang=user.lang)
        record = line._get_record()
        record.message_notify(
            partner_ids=user.partner_id.ids,
            subject=line._get_notice_subject(),
            body=line._render_notice(user),
            author_id=self.requested_by_id.partner_id.id,
            email_layout_xmlid="mail.mail_notification_light",
            model_description=line._get_model_label(),
            force_send=False,
        )

    def _send_digest(self, user):
        lines = self.with_context(lang=user.lang)
        lines.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=lines.env._("%(count)s wait for your decision", count=len(lines)),
            body=lines._render_notice(user),
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
        )

    # === HELPERS === #

    def _is_instant(self):
        """A term that ends before the next digest makes the notice instant, whatever the person chose."""
        self.ensure_one()
        if self.user_id.paydox_notice != "daily":
            return True
        return bool(self.deadline and self.deadline < fields.Datetime.now() + timedelta(days=1))

    def _get_notice_subject(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return self.env._(
            "To decide: %(record)s (%(kind)s)", record=self._get_readable_name(), kind=kinds.get(self.kind)
        )

    def _get_readable_name(self):
        """The name of the record as the person who is asked sees it."""
        user_line = self.with_user(self.user_id).with_context(allowed_company_ids=self.user_id.company_ids.ids)
        return user_line.record_name

    def _get_model_label(self):
        return dict(self._fields["res_model"]._description_selection(self.env)).get(self.res_model)

    def _render_notice(self, user):
        return self.env["ir.qweb"]._render(
            "paydox_edms.decision_request", {"lines": self, "user": user, "tz": user.tz or "UTC"}, minimal_qcontext=True
        )


class ResUsers(models.Model):
    _inherit = "res.users"

    paydox_notice = fields.Selection(
        selection=[("instant", "At once"), ("daily", "Once a day")],
        string="Notices of Decisions",
        default="instant",
        required=True,
        help="How you are told what waits for your decision. What is due within a day is told at once.",
    )
    paydox_digest_on = fields.Date(readonly=True, copy=False)

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["paydox_notice"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["paydox_notice"]

    def _is_digest_due(self, hour):
        self.ensure_one()
        today = self._get_digest_day()
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(pytz.timezone(self.tz or "UTC"))
        return now.hour >= hour and (not self.paydox_digest_on or self.paydox_digest_on < today)

    def _get_digest_day(self):
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(pytz.timezone(self.tz or "UTC")).date()
