from odoo import models
from odoo.exceptions import AccessError

# Where a file lies between its upload and the report it comes with.
LOOSE_MODELS = (False, "mail.compose.message", "mail.activity", "paydox.instruction", "paydox.instruction.act")


class PaydoxInstruction(models.Model):
    """Windows of the verbs that need more than a click."""

    _inherit = "paydox.instruction"

    # === ACTIONS === #

    def action_open_report(self):
        return self._open_act("report", self.env._("Report"))

    def action_open_part(self):
        return self._open_act("part", self.env._("Report on Your Part"))

    def action_open_decline(self):
        return self._open_act("decline", self.env._("Decline"))

    def action_open_return(self):
        return self._open_act("return", self.env._("Return for Rework"))

    def action_open_extension(self):
        return self._open_act("extension", self.env._("Ask for Another Term"))

    def action_open_agree(self):
        return self._open_act("agree", self.env._("Agree to the New Term"))

    def action_open_refuse(self):
        return self._open_act("refuse", self.env._("Refuse the New Term"))

    def action_open_reassign(self):
        return self._open_act("reassign", self.env._("Reassign"))

    def action_open_cancel(self):
        return self._open_act("cancel", self.env._("Cancel the Instruction"))

    def action_open_reopen(self):
        return self._open_act("reopen", self.env._("Take Up Again"))

    def action_open_subject(self):
        """Open what the instruction is about."""
        self.ensure_one()
        self.check_access("read")
        subject = self._get_subject()
        if not subject:
            return False
        subject.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": subject._name,
            "res_id": subject.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _adopt_files(self, attachments):
        """Files that come with a report stay with the instruction: what the user uploaded for it himself, nothing else."""
        self.ensure_one()
        # sudo: the executor adds files to what he does not edit; whose they are is checked here
        attachments_sudo = attachments.sudo().exists()
        if attachments_sudo.filtered(
            lambda row: row.create_uid != self.env.user or row.res_model not in LOOSE_MODELS or row.res_field
        ):
            raise AccessError(self.env._("Only files that you upload with the report become a part of it."))
        attachments_sudo.write({"res_model": self._name, "res_id": self.id})

    # === HELPERS === #

    def _open_act(self, action, name):
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "paydox.instruction.act",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_instruction_ids": self.ids, "default_action": action},
        }
