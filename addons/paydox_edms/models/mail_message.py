from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

DOCUMENT = "paydox.document"
CASE = "paydox.case"
# What a reader does to a message for himself.
_PERSONAL_FIELDS = frozenset(("starred_partner_ids", "notification_ids", "reaction_ids"))


def _hide_unreadable_names(records):
    """The subject of a message is its name, and names of a many2one are read as superuser: whoever can read the row of
    a notice, which all employees can, would learn what a secret document is about. The user himself is asked."""
    kept = records.filtered("id")
    for record in kept - kept.sudo(False)._filtered_access("read"):
        record.display_name = record.env._("Message (no access)")


class MailMessage(models.Model):
    """What the system wrote into the discussion of a document or a case is a record: nobody rewrites or deletes it."""

    _inherit = "mail.message"

    # === DISPLAY NAME === #

    @api.depends_context("uid")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        _hide_unreadable_names(self)
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if any(vals.get("attachment_ids") for vals in vals_list):
            messages.attachment_ids._log_version_access("send")
        return messages

    def write(self, vals):
        if vals.keys() - _PERSONAL_FIELDS:
            self._check_paydox_records()
        return super().write(vals)

    def unlink(self):
        self._check_paydox_records()
        return super().unlink()

    # === HELPERS === #

    def _check_paydox_records(self):
        """Refuse users, administrators included; the system itself passes."""
        if self.env.su:
            return
        # sudo: the kind of the message is read, not its content
        for message_sudo in self.sudo():
            if message_sudo.model == DOCUMENT and (
                message_sudo.message_type != "comment" or message_sudo.tracking_value_ids
            ):
                raise AccessError(
                    self.env._("Records of the history of a document cannot be changed or deleted. Add a note instead.")
                )
            if message_sudo.model == CASE and (
                message_sudo.message_type != "comment" or message_sudo._is_case_question()
            ):
                raise AccessError(
                    self.env._("Records of the history of a case cannot be changed or deleted. Add a note instead.")
                )

    def _is_case_question(self):
        """Whether somebody was asked by the message, or answered with it."""
        domain = Domain("message_id", "in", self.ids) | Domain("answer_message_id", "in", self.ids)
        return bool(self.env["paydox.case.question"].search(domain, limit=1))


class MailMail(models.Model):
    _inherit = "mail.mail"

    # === DISPLAY NAME === #

    @api.depends_context("uid")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        _hide_unreadable_names(self)
        return result
