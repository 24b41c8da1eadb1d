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
    @api.depends_context("uid")
    def _compute_clash(self):
        for instruction in self:
            instruction.clash = instruction._get_clash() if instruction.kind == "meeting" else False

    def _get_clash(self):
        self.ensure_one()
        if not (self.executor_id and self.start and self.stop):
            return False
        # sudo: that somebody is busy is no secret; the names of the events are not told
        domain = Domain("partner_ids", "in", self.executor_id.sudo().partner_id.ids)
        domain &= Domain("start", "<", self.stop) & Domain("stop", ">", self.start)
        domain &= Domain("id", "!=", self._origin.calendar_event_id.id) & Domain("show_as", "=", "busy")
        count = self.env["calendar.event"].sudo().search_count(domain)
        return (
            self.env._("%(user)s has %(count)s other events then.", user=self.executor_id.name, count=count)
            if count
            else False
        )

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
