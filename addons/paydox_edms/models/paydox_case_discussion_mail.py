from odoo import api, models
from odoo.fields import Domain


class PaydoxCase(models.Model):
    """Messages that come from outside: of the client, from the portal or by e-mail, and answers sent by e-mail."""

    _inherit = "paydox.case"

    # === MAIL === #

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        # sudo: whoever wrote, the rows of the questions are kept by the system
        message_sudo = message.sudo()
        if message_sudo.message_type in ("comment", "email") and message_sudo.author_id:
            case_sudo = self.sudo()
            colleagues_sudo = message_sudo.author_id.user_ids.filtered(lambda user: not user.share)
            if not colleagues_sudo:
                case_sudo._ask_owner(message_sudo)
            elif message_sudo.message_type == "email":
                case_sudo._answer_by_mail(message_sudo, colleagues_sudo)
        return result

    def _message_update_content(self, message, /, **kwargs):
        # The editor of messages works as superuser, past the guard of the messages.
        message.sudo(False)._check_paydox_records()
        return super()._message_update_content(message, **kwargs)

    # === HELPERS === #

    @api.model
    def _get_outside_kinds(self):
        """Sorts of cases in which a message from outside waits for an answer."""
        return ("claim", "request")

    def _waits_for_outside(self):
        """Hook: whether what somebody outside writes waits for an answer here."""
        self.ensure_one()
        return self.case_kind in self._get_outside_kinds()

    def _ask_owner(self, message):
        """What the client wrote waits for an answer from the responsible person."""
        self.ensure_one()
        if message.is_internal or not self._waits_for_outside():
            return
        self.env["paydox.case.question"].create(
            {
                "case_id": self.id,
                "message_id": message.id,
                "asked_by_id": message.author_id.id,
                "user_id": self.owner_id.id,
                "is_outside": True,
            }
        )

    def _answer_by_mail(self, message, colleagues):
        """A reply to the notice of a question answers it."""
        self.ensure_one()
        domain = (
            Domain("case_id", "=", self.id) & Domain("state", "=", "open") & Domain("user_id", "in", colleagues.ids)
        )
        questions = self.env["paydox.case.question"].search(domain)
        asked = questions.filtered(lambda question: question.message_id == message.parent_id)
        if asked or len(questions) == 1:
            (asked or questions).with_user(colleagues[0]).sudo()._close("answered", message)
