from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

# More letters to one address that nobody confirms are an attack on its owner.
MAX_UNCONFIRMED_A_DAY = 5


class PaydoxCase(models.Model):
    """What a visitor who has no card is told by e-mail. No letter repeats what somebody typed: it might not be he."""

    _inherit = "paydox.case"

    # === CRUD METHODS === #

    def write(self, vals):
        closed = (
            self.filtered(lambda case: case.state == "running") if vals.get("state") in ("done", "cancelled") else None
        )
        result = super().write(vals)
        if closed:
            for case in closed:
                case._mail_visitor_news("paydox_website.service_mail_closed")
        return result

    # === MAIL === #

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        # sudo: whoever wrote, the visitor is told by the system
        message_sudo = message.sudo()
        if self._is_of_colleague(message_sudo) and self._is_for_visitor(message_sudo):
            self.sudo()._mail_visitor_news("paydox_website.service_mail_answer")
        return result

    def _mail_visitor_number(self):
        """The number and the link; not more than some to an address that is not confirmed."""
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=1)
        domain = (
            Domain(
                "visitor_email",
                "=ilike",
                self.visitor_email.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_"),
            )
            & Domain("visitor_confirmed_at", "=", False)
            & Domain("create_date", ">", since)
            & Domain("id", "!=", self.id)
        )
        if self.search_count(domain, limit=MAX_UNCONFIRMED_A_DAY) < MAX_UNCONFIRMED_A_DAY:
            self._send_visitor_mail("paydox_website.service_mail_number")

    def _mail_visitor_news(self, template):
        """Tell a visitor without a card that something happened; who has a card is told as every client."""
        self.ensure_one()
        if self.visitor_email and not self.contact_id and self._is_visitor_welcome():
            self._send_visitor_mail(template)

    def _send_visitor_mail(self, template):
        """An e-mail that leaves no copy of its link where colleagues could read it: no message holds its body."""
        case_sudo = self.with_user(SUPERUSER_ID).with_context(lang=self.visitor_lang)
        values = {"case": case_sudo, "url": case_sudo.get_base_url() + case_sudo._get_visitor_path()}
        body = case_sudo.env["ir.qweb"]._render(template, values, minimal_qcontext=True)
        sender = case_sudo.company_id.email_formatted or case_sudo.env.user.email_formatted
        mail = case_sudo.env["mail.mail"].create(
            {
                "subject": case_sudo.env._(
                    "%(company)s: your request %(number)s",
                    company=case_sudo.company_id.name,
                    number=case_sudo.number,
                ),
                "body_html": body,
                "email_to": case_sudo.visitor_email,
                "email_from": sender,
                "reply_to": sender,
                "auto_delete": True,
                "message_type": "user_notification",
            }
        )
        # A letter that cannot go stays in the queue; the request is there all the same.
        mail.send_after_commit()

    # === MESSAGES === #

    def _get_visitor_messages(self):
        """What the visitor sees of the discussion, oldest first."""
        self.ensure_one()
        return self.message_ids.filtered(self._is_for_visitor).sorted("id")

    @api.model
    def _is_for_visitor(self, message):
        return (
            message.message_type in ("comment", "email")
            and not message.is_internal
            and message.subtype_id == self.env.ref("mail.mt_comment")
        )

    @api.model
    def _is_of_colleague(self, message):
        return any(not user.share for user in message.author_id.user_ids)

    def _get_visitor_status(self):
        """The status in words."""
        self.ensure_one()
        name = "claim_state" if self.claim_state else "state"
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])
