import logging
from datetime import timedelta

import pytz
from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from .paydox_approval_mixin_notices import DIGEST_FROM
from .paydox_instruction_popup import PUSHED

_logger = logging.getLogger(__name__)

# A daily message leaves in the morning of the person.
DIGEST_HOUR = 7


class PaydoxInstructionReminderSent(models.Model):
    """How people are told: a pop-up at once, and a message at once or once a day, as each of them chose."""

    _inherit = "paydox.instruction.reminder.sent"

    # === BUSINESS METHODS === #

    def _notify(self, now):
        """Tell the people of new rows; several reminders of one instruction are one message."""
        for user, rows in self.grouped("user_id").items():
            latest = {row.instruction_id: row for row in rows.sorted("due_at")}
            told = self.browse(row.id for row in latest.values())
            (rows - told).write({"mail_state": "skipped"})
            instant = told.filtered(lambda row: row._is_instant(now))
            (told - instant).write({"mail_state": "queued"})
            # Who is reminded of many things at once gets one list of them.
            for part in (instant,) if len(instant) >= DIGEST_FROM else instant:
                part._deliver(user)
        self.user_id._bus_send(PUSHED, {})

    @api.model
    def _send_digests(self):
        """The daily messages of those who want one, each in the morning of the person."""
        domain = Domain("mail_state", "=", "queued")
        for [user] in self._read_group(domain, ["user_id"]):
            if not user._is_reminder_digest_due(DIGEST_HOUR):
                continue
            rows = self.search(domain & Domain("user_id", "=", user.id), order="term, id").try_lock_for_update()
            open_rows = rows.filtered(lambda row: row.instruction_id._filtered_to_remind())
            (rows - open_rows).write({"mail_state": "skipped"})
            open_rows._deliver(user)
            user.paydox_reminder_digest_on = user._get_digest_day()
            if not self.env["ir.cron"]._commit_progress(len(rows)):
                return

    def _deliver(self, user):
        """One message; an error stays with it."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._send_message(user)
                self.write({"mail_state": "sent"})
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001  one message that fails must not stop the others
            _logger.exception("The reminders %s for user %s failed", self.ids, user.id)
            self.write({"mail_state": "failed"})

    def _send_message(self, user):
        rows = self.with_context(lang=user.lang)
        record = rows.instruction_id if len(rows) == 1 else rows.env["mail.thread"]
        subject = rows.env._("Reminder: %(count)s instructions", count=len(rows))
        if len(rows) == 1:
            subject = rows.env._("Reminder: %(instruction)s", instruction=record.name)
        record.message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=Markup("<br/>").join(row._get_line(user, is_list=len(rows) > 1) for row in rows),
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
        )

    # === HELPERS === #

    def _is_instant(self, now):
        """What is due within a day is told at once, whatever the person chose."""
        self.ensure_one()
        return self.user_id.paydox_notice != "daily" or now < self.term < now + timedelta(days=1)

    def _get_line(self, user, is_list):
        self.ensure_one()
        zone = user.tz or "UTC"
        moment = format_datetime(self.env, self.term, tz=zone, dt_format="short")
        if self.term < fields.Datetime.now():
            text = self.env._("The term ended on %(moment)s (%(zone)s).", moment=moment, zone=zone)
        else:
            text = self.env._("The term ends on %(moment)s (%(zone)s).", moment=moment, zone=zone)
        parts = [text, *([self.note] if self.note else [])]
        if is_list:
            link = Markup('<a href="/odoo/paydox.instruction/%s">%s</a>')
            parts.insert(0, link % (self.instruction_id.id, self.instruction_id.name))
        return Markup(" ").join(parts)


class ResUsers(models.Model):
    _inherit = "res.users"

    paydox_reminder_digest_on = fields.Date(readonly=True, copy=False)

    def _is_reminder_digest_due(self, hour):
        self.ensure_one()
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(pytz.timezone(self.tz or "UTC"))
        return now.hour >= hour and (self.paydox_reminder_digest_on or now.date().min) < now.date()
