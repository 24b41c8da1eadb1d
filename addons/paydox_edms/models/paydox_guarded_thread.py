from odoo import models


class PaydoxGuardedThread(models.AbstractModel):
    """A discussion that reaches those only who may read its record, whoever adds or mentions them and however."""

    _name = "paydox.guarded.thread"
    _description = "Discussion Among Readers Only"
    _inherit = ["paydox.guarded.record", "mail.thread"]
    _mail_post_access = "read"

    # === MAIL === #

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Only those who may read a record can follow it."""
        # sudo: the users behind the partners are looked up, nothing of them is shown
        partners_sudo = self.env["res.partner"].sudo().browse(partner_ids or [])
        for records, partners in self._group_by_readers(partners_sudo):
            super(PaydoxGuardedThread, records)._message_subscribe(partners.ids, subtype_ids, customer_ids)
        return True

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """A follower who lost access, or a colleague who is mentioned without having any, gets nothing."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self:
            return recipients
        user_ids = {recipient["uid"] for recipient in recipients if recipient.get("uid")}
        # sudo: the users behind the recipients are looked up, nothing of them is shown
        readers_sudo = self._filter_readable_recipients(self.env["res.users"].sudo().browse(user_ids))
        return [
            recipient for recipient in recipients if not recipient.get("uid") or recipient["uid"] in readers_sudo._ids
        ]

    # === HOOKS === #

    def _filter_readable_recipients(self, users_sudo):
        """Those of the users who may be told of the records: who may read at least one of them."""
        return users_sudo.filtered(lambda user: self._filter_readable_by(user.sudo(False)))
