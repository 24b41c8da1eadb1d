from odoo import api, fields, models
from odoo.exceptions import UserError

OURS = frozenset(("start", "stop", "start_date", "stop_date", "allday", "recurrency"))


class CalendarEvent(models.Model):
    """The event of an instruction moves within its term and goes with it; beyond the term another one is asked for."""

    _inherit = "calendar.event"

    instruction_ids = fields.One2many(comodel_name="paydox.instruction", inverse_name="calendar_event_id")

    # === CRUD METHODS === #

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if vals.get("active") is False:
            self._check_no_instruction()
        if not vals.keys() & OURS:
            return super().write(vals)
        # sudo: whose event it is may be an instruction that the user does not read
        linked_sudo = self.sudo().filtered("instruction_ids")
        if linked_sudo and (vals.get("recurrency") or vals.get("allday")):
            raise UserError(
                self.env._(
                    "“%(event)s” stands for one instruction: it is held once, at its hour. Use a repeating instruction to "
                    "have it again and again.",
                    event=linked_sudo[0].name,
                )
            )
        result = super().write(vals)
        for event_sudo in linked_sudo:
            event_sudo.instruction_ids.sudo(False)._move_by_calendar(event_sudo.start, event_sudo.stop)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_instruction(self):
        if not self.env.su:
            self._check_no_instruction()

    # === GUARDS === #

    def _check_no_instruction(self):
        # sudo: as above
        for event_sudo in self.sudo():
            if open_sudo := event_sudo.instruction_ids.filtered(lambda row: row.state not in ("done", "cancelled")):
                raise UserError(
                    self.env._(
                        "“%(event)s” stands for an instruction and stays in the calendar until it is done, declined or "
                        "cancelled there.",
                        event=open_sudo[0].name,
                    )
                )
