from markupsafe import Markup

from odoo import models


class PaydoxApprovalMixin(models.AbstractModel):
    """Notices: what the discussion of the record and its author are told about decisions."""

    _inherit = "paydox.approval.mixin"

    # === BUSINESS METHODS === #

    def _log_decision(self, action, line_sudo, comment, target):
        """Tell the decision in the discussion of the record."""
        labels = dict(self.env["paydox.approval.decision"]._fields["action"]._description_selection(self.env))
        text = self.env._("%(step)s: %(result)s", step=line_sudo.step_id.name, result=labels[action])
        if line_sudo.user_id.id != self.env.uid:
            text = self.env._("%(text)s (for %(user)s)", text=text, user=line_sudo.user_id.name)
        if target:
            text = self.env._("%(text)s to %(user)s", text=text, user=target.name)
        body = Markup("%s<br/>%s") % (text, comment) if comment else text
        # sudo: an approver need not be able to write to the record
        self.sudo()._message_log(body=body, author_id=self.env.user.partner_id.id)

    def _notify_outcome(self, approval, text_getter):
        """Tell the author and the person who asked, each in his language.

        :param text_getter: called with an environment, gives the text in its language
        """
        people = (approval.author_id | approval.requested_by_id).filtered("active") - self.env.user
        for lang, users in people.grouped("lang").items():
            record = self.with_context(lang=lang)
            record.message_notify(
                partner_ids=users.partner_id.ids,
                subject=record.display_name,
                body=text_getter(record.env),
                author_id=self.env.user.partner_id.id,
            )
