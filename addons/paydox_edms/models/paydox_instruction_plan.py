from datetime import datetime

import pytz

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text


class PaydoxInstruction(models.Model):
    """Moving an instruction to another day or person, as the load and its window do."""

    _inherit = "paydox.instruction"

    # === ACTIONS === #

    def action_open_plan(self):
        """Open the window that asks for another day or person."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move"),
            "res_model": "paydox.instruction.plan",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_instruction_id": self.id,
                "default_user_id": self.executor_id.id,
                "default_day": str(self._get_term_day() or ""),
            },
        }

    def action_plan(self, user_id=None, day=None, reason=None):
        """Give the instructions another term, another executor, or both; refused to who may not.

        :param user_id: a user or his id; without it, the executor stays
        :param day: the day of the new term, of which the time stays; without it, the term stays
        :param str reason: told to the people concerned
        """
        self.check_access("read")
        reason = to_text(reason, 1000)
        day = self._clean_day(day)
        user = self.env["res.users"].browse(to_id(user_id) if user_id else ()).exists()
        if user_id and not user:
            raise UserError(self.env._("This person does not exist any more. Choose another one."))
        moved = self.filtered(lambda row: day and day != row._get_term_day())
        for moment, instructions in moved.grouped(lambda row: row._get_moment_on(day)).items():
            instructions._change_term(moment, reason)
        if others := self.filtered(lambda row: user and user != row.executor_id):
            others.action_reassign(user, reason)
        return True

    # === HELPERS === #

    def _get_zone(self):
        return pytz.timezone(self.env.user.tz or "UTC")

    def _get_term_day(self):
        """The day of the term as the current user sees it, or None."""
        self.ensure_one()
        if not self.deadline:
            return None
        return pytz.utc.localize(self.deadline).astimezone(self._get_zone()).date()

    def _get_moment_on(self, day):
        """The term on another day, at the hour it has."""
        self.ensure_one()
        zone = self._get_zone()
        former = pytz.utc.localize(self.deadline or fields.Datetime.now()).astimezone(zone)
        clock = former.time() if self.deadline else former.replace(hour=18, minute=0, second=0, microsecond=0).time()
        return zone.localize(datetime.combine(day, clock)).astimezone(pytz.utc).replace(tzinfo=None)
