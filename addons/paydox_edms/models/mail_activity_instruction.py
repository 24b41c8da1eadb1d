from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.arguments import to_id

from .paydox_instruction_turns import TURN_TYPES

KEPT_FIELDS = frozenset(("user_id", "date_deadline", "activity_type_id", "res_id", "res_model_id", "active"))


class MailActivity(models.Model):
    """The activity of an instruction stands for the turn of a person: doing it is the verb of the turn."""

    _inherit = "mail.activity"

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su and vals.keys() & KEPT_FIELDS:
            self._check_no_turn()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_turn(self):
        if not self.env.su:
            self._check_no_turn()

    # === BUSINESS METHODS === #

    def _action_done(self, feedback=False, attachment_ids=None):
        turns = self._filter_turns()
        for activity in turns:
            activity._do_turn(feedback, attachment_ids)
        messages, following = super(MailActivity, self - turns)._action_done(feedback, attachment_ids)
        return messages, following

    def _do_turn(self, feedback, attachment_ids):
        """Call the verb as the current user; the verb takes the activity off the list."""
        self.ensure_one()
        instruction = self.env["paydox.instruction"].browse(self.res_id)
        turn = self._get_turn()
        user = self.user_id
        if attachment_ids:
            instruction._adopt_files(self.env["ir.attachment"].browse([to_id(row) for row in attachment_ids]))
        if turn == "execute" and not instruction.executor_id:
            instruction.action_take()
        elif turn == "execute":
            instruction.action_report(feedback or None)
        elif turn == "part":
            instruction.co_executor_ids.filtered(lambda line: line.user_id == user).action_report(feedback or None)
        elif turn == "control":
            instruction.action_finish()
        elif turn == "confirm":
            instruction.action_confirm_resolution()
        else:
            instruction.action_decide_extension(True, feedback or None)

    # === HELPERS === #

    def _filter_turns(self):
        types = {self.env.ref(xmlid, raise_if_not_found=False) for xmlid in TURN_TYPES.values()}
        return self.filtered(
            lambda activity: activity.res_model == "paydox.instruction" and activity.activity_type_id in types
        )

    def _get_turn(self):
        return next(turn for turn, xmlid in TURN_TYPES.items() if self.env.ref(xmlid) == self.activity_type_id)

    def _check_no_turn(self):
        if turns := self._filter_turns():
            raise UserError(
                self.env._(
                    "“%(name)s” stands for an instruction: report, decline or ask for another term there.",
                    name=turns[0].summary or turns[0].display_name,
                )
            )
