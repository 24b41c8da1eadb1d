from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .paydox_instruction import OPEN_STATES, WORKING_STATES

CALL_MINUTES = 30
QUIET = {"no_mail_to_attendees": True, "dont_notify": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class PaydoxInstruction(models.Model):
    """Calls and meetings stand in the calendar of the executor and move with the instruction."""

    _inherit = "paydox.instruction"

    calendar_event_id = fields.Many2one(
        comodel_name="calendar.event", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    clash = fields.Char(
        string="At the Same Time", compute="_compute_clash", help="What else the executor has in his calendar then."
    )

    # === COMPUTE METHODS === #

    @api.depends("executor_id", "start", "stop", "kind")
    @api.depends_context("uid", "lang")
    def _compute_clash(self):
        self.clash = False
        meetings = self.filtered(lambda row: row.kind == "meeting" and row.executor_id and row.start and row.stop)
        busy = meetings._get_busy_events()
        for instruction in meetings:
            # sudo: that somebody is busy is no secret; the names of the events are not told
            instruction_sudo = instruction.sudo()
            count = sum(
                start < instruction.stop and stop > instruction.start
                for event_id, start, stop in busy.get(instruction_sudo.executor_id.partner_id.id, ())
                if event_id != instruction_sudo._origin.calendar_event_id.id
            )
            if count:
                instruction.clash = self.env._(
                    "%(user)s has %(count)s other events then.", user=instruction_sudo.executor_id.name, count=count
                )

    def _get_busy_events(self):
        """``{id of a partner: [(event, start, stop)]}`` of the executors, around the meetings; in one search."""
        if not self:
            return {}
        # sudo: as above
        partners_sudo = self.sudo().executor_id.partner_id
        domain = Domain("partner_ids", "in", partners_sudo.ids) & Domain("show_as", "=", "busy")
        domain &= Domain("start", "<", max(self.mapped("stop"))) & Domain("stop", ">", min(self.mapped("start")))
        found = {}
        for event in self.env["calendar.event"].sudo().search_fetch(domain, ["start", "stop", "partner_ids"]):
            for partner in event.partner_ids & partners_sudo:
                found.setdefault(partner.id, []).append((event.id, event.start, event.stop))
        return found

    # === ACTIONS === #

    def action_move(self, start, stop=None):
        """Hold a call or a meeting at another time; for who does it and for who gave it.

        :param start: a datetime, or its text in UTC
        :param stop: likewise; as long as before when it is not said
        """
        start = self._clean_moment(start)
        stop = self._clean_moment(stop) if stop else None
        for instruction in self:
            length = instruction._get_length()
            instruction._move(start, stop or start + length)
        return True

    # === BUSINESS METHODS === #

    def _move_by_calendar(self, start, stop):
        """It was dragged in the calendar, where the past is nothing unusual."""
        for instruction in self:
            instruction._move(start, stop)

    def _move(self, start, stop):
        self.ensure_one()
        records, for_users = self._claim(WORKING_STATES, lambda row: row.executor_id | row.author_id)
        if records.kind not in ("call", "meeting"):
            raise UserError(self.env._("Only calls and meetings have an hour. Ask for another term instead."))
        if stop < start:
            raise UserError(self.env._("It ends before it begins."))
        if records.deadline and stop > records.deadline:
            raise UserError(
                self.env._(
                    "“%(instruction)s” has to be done until its term. Ask for another term first.",
                    instruction=records.name,
                )
            )
        records._go("move", None, {"start": start, "stop": stop}, for_users=for_users)
        records._note("moved", records.author_id | records._get_workers(), self.env._("It is held at another time."))

    def _get_length(self):
        self.ensure_one()
        if self.start and self.stop:
            return self.stop - self.start
        return timedelta(minutes=CALL_MINUTES)

    def _sync_events(self):
        """Make the calendar agree: events of what is open, none of what is cancelled."""
        # sudo: the calendar of the executor is kept by the verbs
        timed = self.sudo().filtered(lambda row: row.kind in ("call", "meeting") or row.calendar_event_id)
        if not timed:
            return
        over = timed.filtered(lambda row: row.state in ("draft", "cancelled"))
        over.calendar_event_id.with_context(**QUIET).unlink()
        new = self.browse()
        for instruction in timed.filtered(lambda row: row.state in OPEN_STATES and row.executor_id):
            if not instruction._get_span():
                continue
            if instruction.calendar_event_id:
                instruction.calendar_event_id.with_context(**QUIET).write(instruction._prepare_event())
            else:
                new |= instruction
        events = (
            self.env["calendar.event"].sudo().with_context(**QUIET).create([row.sudo()._prepare_event() for row in new])
        )
        for instruction, event in zip(new.sudo(), events, strict=True):
            instruction.calendar_event_id = event

    def _get_span(self):
        """Beginning and end in the calendar: of a call half an hour before its term when no time was said."""
        self.ensure_one()
        if self.start:
            return self.start, self.stop or self.start + timedelta(minutes=CALL_MINUTES)
        if self.deadline:
            return self.deadline - timedelta(minutes=CALL_MINUTES), self.deadline
        return None

    def _prepare_event(self):
        self.ensure_one()
        start, stop = self._get_span()
        people = self.executor_id.partner_id | self.attendee_ids | self.co_executor_ids.user_id.partner_id
        if self.kind == "call":
            people = self.executor_id.partner_id
        return {
            "name": self.name,
            "start": start,
            "stop": stop,
            "location": self.location,
            "description": self.env._("Planned by %(user)s", user=self.author_id.name),
            "user_id": self.executor_id.id,
            "partner_ids": [fields.Command.set(people.ids)],
            "privacy": "private",
        }
