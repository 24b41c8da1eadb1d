from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.work_time import next_start

PUSHED = "paydox_edms.reminder"
SNOOZES = {"10": timedelta(minutes=10), "60": timedelta(hours=1), "tomorrow": None}
MORNING = 9
LIMIT = 20


class PaydoxInstructionReminderSent(models.Model):
    """The pop-ups of a person: shown when they come or, to who was not there, when he comes; snoozed, closed."""

    _inherit = "paydox.instruction.reminder.sent"

    # === ACTIONS === #

    @api.model
    @api.readonly
    def get_popups(self):
        """What to show to the current user now, and in how many seconds to ask again because he snoozed.

        :return: ``{"popups": [{"id", "instruction_id", "name", "kind", "term", "is_late", "note"}], "next": seconds or
            False}``, one for each instruction
        """
        now = fields.Datetime.now()
        # sudo: the rows are his own; what he may not read any more is left out below
        mine = self.sudo().search_fetch(
            Domain("user_id", "=", self.env.uid) & Domain("closed_at", "=", False),
            ["instruction_id", "term", "show_at", "note"],
            order="show_at, id",
        )
        shown = mine.filtered(lambda row: row.show_at <= now)
        instructions = self.env["paydox.instruction"].browse(shown.instruction_id.ids)._filtered_access("read")
        readable = instructions._filtered_to_remind()
        popups = {row.instruction_id.id: row for row in shown if row.instruction_id.id in readable._ids}
        coming = [row.show_at for row in mine - shown]
        return {
            "popups": [
                {
                    "id": row.id,
                    "instruction_id": instruction.id,
                    "name": instruction.name,
                    "kind": instruction.kind,
                    "term": fields.Datetime.to_string(row.term),
                    "is_late": row.term < now,
                    "note": row.note or "",
                }
                for instruction, row in ((readable.browse(key), row) for key, row in popups.items())
            ][:LIMIT],
            "next": max(1, int((min(coming) - now).total_seconds()) + 1) if coming else False,
        }

    def action_close(self):
        """Do not show these pop-ups again."""
        self._check_mine()._update_popups({"closed_at": fields.Datetime.now()})
        return True

    def action_snooze(self, delay):
        """Show these pop-ups again later.

        :param str delay: ``10`` or ``60`` minutes, or ``tomorrow`` when the working day of the person begins
        """
        rows = self._check_mine()
        if str(delay) not in SNOOZES:
            raise UserError(self.env._("A reminder comes again in 10 minutes, in an hour or tomorrow."))
        pause = SNOOZES[str(delay)]
        rows._update_popups({"show_at": fields.Datetime.now() + pause if pause else self._get_tomorrow()})
        return True

    # === HELPERS === #

    def _check_mine(self):
        """The rows as superuser, after it is sure that they are of the current user."""
        # sudo: only whose they are is looked at
        rows_sudo = self.sudo().exists()
        if any(row.user_id.id != self.env.uid for row in rows_sudo) or len(rows_sudo) < len(self):
            raise AccessError(self.env._("A reminder is closed by the person it was sent to."))
        return rows_sudo

    def _update_popups(self, vals):
        """All open rows of the person on the same instructions: they are one pop-up."""
        if not self:
            return
        domain = Domain("user_id", "=", self.env.uid) & Domain("instruction_id", "in", self.instruction_id.ids)
        shown = Domain("closed_at", "=", False) & Domain("show_at", "<=", fields.Datetime.now())
        (self | self.search(domain & shown)).write(vals)
        self.env.user._bus_send(PUSHED, {})

    @api.model
    def _get_tomorrow(self):
        """When the next working day of the user begins, in his time zone of now."""
        user = self.env.user
        zone = pytz.timezone(user.tz or "UTC")
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        midnight = zone.localize(
            now.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        )
        morning = zone.localize(midnight.replace(tzinfo=None, hour=MORNING))
        # sudo: the calendar of the person himself, which he need not be able to read
        employee_sudo = user.sudo().employee_id
        calendar_sudo = employee_sudo.resource_calendar_id or self.env.company.sudo().resource_calendar_id
        if calendar_sudo:
            resource = employee_sudo.resource_id
            end = midnight + timedelta(days=31)
            work = calendar_sudo._work_intervals_batch(midnight, end, resources=resource)[resource.id]
            morning = next_start([(start, stop) for start, stop, _meta in work], midnight) or morning
        return morning.astimezone(pytz.utc).replace(tzinfo=None)
