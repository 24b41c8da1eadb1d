from odoo import api, models

FAILED = ("bounce", "exception")


class ResPartner(models.Model):
    """What is sent to a counterparty or comes from it is an interaction by itself, also when it does not arrive."""

    _inherit = "res.partner"

    # === HOOKS === #

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """An employee who reads a counterparty writes to it; Odoo lets those only who may change its card."""
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == "create" and self.env.user._is_internal():
            return dict.fromkeys(operations, "read")
        return operations

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        # sudo: the recipients are looked up, nothing of them is shown
        message_sudo = message.sudo()
        channel = {"sms": "sms", "email": "email", "email_outgoing": "email"}.get(message.message_type)
        if message.message_type == "comment" and not message.is_internal and self in message_sudo.partner_ids:
            channel = "message" if self.sudo().user_ids else "email"
        if channel:
            self._log_message(message_sudo, channel, incoming=message.message_type == "email")
        return result

    def _message_mail_after_hook(self, mails):
        """Letters to many: one row for each, failed for those who get none."""
        result = super()._message_mail_after_hook(mails)
        labels = dict(self.env["mail.mail"]._fields["failure_type"]._description_selection(self.env))
        unknown = self.env._("It was not delivered.")
        for mail_sudo in mails.sudo():
            partner = self.browse(mail_sudo.res_id).exists()
            failure = mail_sudo.state in ("exception", "cancel") and (labels.get(mail_sudo.failure_type) or unknown)
            if partner:
                partner._log_message(mail_sudo.mail_message_id, "email", failure=failure, subject=mail_sudo.subject)
        return result

    # === HELPERS === #

    def _log_message(self, message_sudo, channel, incoming=False, failure=False, subject=False):
        """Log a message on the one contact of ``self``."""
        self.ensure_one()
        names = dict(self.env["paydox.interaction"]._fields["channel"]._description_selection(self.env))
        # sudo: the row is the log of what was sent
        rows_sudo = (
            self.env["paydox.interaction"]
            ._log(
                self,
                channel,
                (subject or message_sudo.subject or names[channel])[:250],
                failures={self.id: failure} if failure else None,
                message=message_sudo,
            )
            .sudo()
        )
        if incoming:
            rows_sudo.write({"direction": "in"})


class PaydoxInteraction(models.Model):
    _inherit = "paydox.interaction"

    @api.model
    def _mark_failed(self, failures):
        """Interactions whose message did not arrive.

        :param dict failures: ``{message id: code of the reason}``
        """
        if not failures:
            return
        # sudo: delivery is told by the mail system, whoever sends at the moment
        rows_sudo = self.sudo().search([("message_id", "in", list(failures)), ("state", "=", "done")])
        labels = dict(self.env["mail.notification"]._fields["failure_type"]._description_selection(self.env))
        unknown = self.env._("It was not delivered.")
        for row_sudo in rows_sudo:
            row_sudo.write({"state": "failed", "failure": labels.get(failures[row_sudo.message_id.id]) or unknown})


class MailNotification(models.Model):
    _inherit = "mail.notification"

    @api.model_create_multi
    def create(self, vals_list):
        notifications = super().create(vals_list)
        notifications._tell_interactions()
        return notifications

    def write(self, vals):
        result = super().write(vals)
        if vals.get("notification_status") in FAILED:
            self._tell_interactions()
        return result

    def _tell_interactions(self):
        # sudo: as above
        failed_sudo = self.sudo().filtered(lambda notification: notification.notification_status in FAILED)
        self.env["paydox.interaction"]._mark_failed(
            {notification.mail_message_id.id: notification.failure_type for notification in failed_sudo}
        )


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "exception":
            self.env["paydox.interaction"]._mark_failed(
                {mail.mail_message_id.id: mail.failure_type for mail in self.sudo()}
            )
        return result
