from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

LINK_MODELS = ("paydox.external.review", "paydox.vote.guest")
MAX_PROBLEM = 500


class PaydoxExternalLink(models.AbstractModel):
    """An address that does not work is shown to the person who sent the link."""

    _inherit = "paydox.external.link"

    mail_id = fields.Many2one(
        comodel_name="mail.mail", readonly=True, ondelete="set null", index="btree_not_null", groups="."
    )
    delivery_problem = fields.Char(readonly=True, help="Why the e-mail did not reach the person.")

    # === BUSINESS METHODS === #

    def _send_mail(self, template, subject, **values):
        mail = super()._send_mail(template, subject, **values)
        self.write({"mail_id": mail.id, "delivery_problem": False})
        return mail

    def _report_undelivered(self, reason):
        """As superuser: the row shows it, and the sender hears of it once for each e-mail."""
        for link in self.filtered(lambda link: not link.delivery_problem):
            env = link.with_context(lang=link.requested_by_id.lang).env
            reason_text = str(reason or env._("The address was refused."))[:MAX_PROBLEM]
            link.delivery_problem = reason_text
            text = env._(
                "The e-mail to %(partner)s (%(email)s) was not delivered: %(reason)s",
                partner=link.partner_id.name,
                email=link.email,
                reason=reason_text,
            )
            link._tell_undelivered(text)

    def _tell_undelivered(self, text):
        values = self._get_mail_record()
        record = self.env[values["model"]].browse(values["res_id"])
        record._message_log(body=text)
        user = self.requested_by_id
        if user.active:
            record.activity_schedule("mail.mail_activity_data_todo", summary=text[:250], user_id=user.id)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        if failure_type:
            for model in LINK_MODELS:
                # sudo: mails are sent by whoever runs the queue
                links_sudo = self.env[model].sudo().search([("mail_id", "in", self.ids)])
                links_sudo._report_undelivered(failure_reason)
            self._log_undelivered(failure_reason)
        return super()._postprocess_sent_message(success_pids, success_emails, failure_reason, failure_type)

    def _log_undelivered(self, reason):
        """Notices about decisions are no messages of the discussion, so Odoo shows their failures to nobody."""
        approvable = self.env.registry["paydox.approval.mixin"]
        for mail in self.sudo().filtered(lambda mail: mail.message_type == "user_notification" and mail.res_id):
            model = self.env.get(mail.model)
            names = ", ".join(mail.recipient_ids.mapped("name"))
            if names and model is not None and isinstance(model, approvable):
                # In the language of the people concerned: the queue is run by the system, which has another one.
                env = self.with_context(lang=mail.recipient_ids[:1].lang).env
                text = env._(
                    "The notice to %(people)s was not delivered: %(reason)s",
                    people=names,
                    reason=str(reason or env._("The address was refused."))[:MAX_PROBLEM],
                )
                model.sudo().browse(mail.res_id)._message_log(body=text)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        if email := message_dict.get("bounced_email"):
            reason = html2plaintext(message_dict.get("body") or "").strip()
            for model in LINK_MODELS:
                domain = Domain("email", "=", email) & Domain("state", "in", ("sent", "opened"))
                self.env[model].sudo().search(domain)._report_undelivered(reason)
        return result
