import pytz

from odoo import fields, models
from odoo.fields import Domain

from .paydox_instruction import WORKING_STATES

# What a person has to do, and the type of the activity that is on his list meanwhile.
TURN_TYPES = {
    "execute": "paydox_edms.mail_activity_type_instruction",
    "part": "paydox_edms.mail_activity_type_instruction_part",
    "control": "paydox_edms.mail_activity_type_instruction_control",
    "extension": "paydox_edms.mail_activity_type_instruction_extension",
    "confirm": "paydox_edms.mail_activity_type_instruction_confirm",
}


class PaydoxInstruction(models.Model):
    """Each open turn of a person is one ordinary activity: there is one list of work, not two."""

    _inherit = "paydox.instruction"

    # === BUSINESS METHODS === #

    def _sync_turns(self):
        """Make the activities agree with the turns: two queries to look, one statement for what is missing or over."""
        types = self._get_turn_types()
        wanted = {}
        for instruction in self.sudo():
            for turn, user, moment in instruction._get_turns():
                wanted[instruction.id, user.id, types[turn].id] = moment
        # sudo: the list of work of others is kept by the verbs
        activities = self.env["mail.activity"].sudo()
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        found = activities.search(domain & Domain("activity_type_id", "in", [kind.id for kind in types.values()]))
        over = activities
        for activity in found:
            key = (activity.res_id, activity.user_id.id, activity.activity_type_id.id)
            if key not in wanted:
                over |= activity
                continue
            day = self._get_turn_day(wanted.pop(key), activity.user_id)
            if activity.date_deadline != day:
                activity.date_deadline = day
        activities._delete_turns(over)
        self._create_turns(wanted)

    def _get_turns(self):
        """``[(turn, user, moment)]`` of an instruction: who has to do what until when."""
        self.ensure_one()
        if self.state == "draft":
            return [("confirm", self.author_id, False)] if self.is_to_confirm else []
        turns = []
        if self.state in WORKING_STATES:
            turns += [("execute", user, self.deadline) for user in self.executor_id or self.candidate_ids]
            turns += [
                ("part", line.user_id, line.deadline or self.deadline)
                for line in self.co_executor_ids
                if line.state == "assigned"
            ]
            if self.extension_ids.filtered(lambda extension: extension.state == "requested"):
                turns.append(("extension", self._get_term_decider(), self.deadline))
        if self.state == "reported":
            turns.append(("control", self.controller_id, False))
        return [turn for turn in turns if turn[1].active]

    def _create_turns(self, wanted):
        names = {instruction.id: instruction.name for instruction in self.sudo()}
        model_id = self.env["ir.model"]._get_id(self._name)
        users = {user.id: user for user in self.env["res.users"].sudo().browse({key[1] for key in wanted})}
        # sudo: the list of work of others is kept by the verbs
        self.env["mail.activity"].sudo()._create_turns(
            [
                {
                    "res_model_id": model_id,
                    "res_model": self._name,
                    "res_id": res_id,
                    "res_name": names[res_id],
                    "user_id": user_id,
                    "user_tz": users[user_id].tz,
                    "activity_type_id": type_id,
                    "summary": names[res_id],
                    "date_deadline": self._get_turn_day(moment, users[user_id]),
                    "automated": True,
                }
                for (res_id, user_id, type_id), moment in wanted.items()
            ]
        )

    def _get_turn_day(self, moment, user):
        """The day of the term by the clock of the person."""
        zone = pytz.timezone(user.tz or "UTC")
        moment = moment or fields.Datetime.now()
        return pytz.utc.localize(moment).astimezone(zone).date()

    def _get_turn_types(self):
        return {turn: self.env.ref(xmlid) for turn, xmlid in TURN_TYPES.items()}
