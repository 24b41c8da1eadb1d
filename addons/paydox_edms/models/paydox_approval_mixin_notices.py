from markupsafe import Markup, escape

from odoo import models
from odoo.tools.mail import generate_tracking_message_id

# From this number of records on, a person gets one message with a list instead of one for each.
DIGEST_FROM = 4


class PaydoxApprovalMixin(models.AbstractModel):
    """Notices: what the discussion of the record and its author are told about decisions."""

    _inherit = "paydox.approval.mixin"

    # === BUSINESS METHODS === #

    def _log_decision(self, action, lines_sudo, comment, target):
        """Tell the decisions in the discussions of the records."""
        bodies = {}
        for line_sudo in lines_sudo:
            text = self._get_log_text(action, line_sudo.step_id, target and target.name)
            if line_sudo.user_id.id != self.env.uid:
                text = self.env._("%(text)s (for %(user)s)", text=text, user=line_sudo.user_id.name)
            bodies[line_sudo.res_id] = Markup("%s<br/>%s") % (text, comment) if comment else text
        # sudo: an approver need not be able to write to the records
        self.sudo().browse(bodies)._log_notes(bodies)

    def _log_step(self, action, step_sudo, comment=None, detail=None):
        """Tell what was done to a step in the discussion of the record."""
        self.ensure_one()
        text = self._get_log_text(action, step_sudo, detail)
        body = Markup("%s<br/>%s") % (text, comment) if comment else text
        # sudo: who takes part in the run need not be able to write to the record
        self.sudo()._message_log(body=body, author_id=self.env.user.partner_id.id)

    def _log_notes(self, bodies):
        """As ``_message_log_batch`` by the current user. A note is never mailed, so what an answer by mail would need (the
        addresses of the author and of the company) is not looked up.

        :param dict bodies: text or markup by id
        """
        common = {
            "author_id": self.env.user.partner_id.id,
            "email_from": False,
            "reply_to": False,
            "model": self._name,
            "record_alias_domain_id": False,
            "record_company_id": False,
            "message_type": "notification",
            "is_internal": True,
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            "email_add_signature": False,
            "message_id": generate_tracking_message_id("message-notify"),
        }
        self.env["mail.message"].create(
            [common | {"res_id": record.id, "body": escape(bodies[record.id])} for record in self]
        )

    def _get_log_text(self, action, step_sudo, detail=None):
        labels = dict(self.env["paydox.approval.decision"]._fields["action"]._description_selection(self.env))
        text = self.env._("%(step)s: %(result)s", step=step_sudo.name or "", result=labels[action])
        if not detail:
            return text
        if action == "invite":
            return self.env._("%(text)s: %(users)s", text=text, users=detail)
        return self.env._("%(text)s to %(user)s", text=text, user=detail)

    def _notify_outcome(self, approval, text_getter):
        """Tell the author and the person who asked, each in his language.

        :param text_getter: called with an environment, gives the text in its language
        """
        self._notify_outcomes(approval, lambda env, _approval: text_getter(env))

    def _notify_outcomes(self, approvals, text_getter):
        """Tell the authors and those who asked how the rounds ended; who sent many gets one list of them.

        :param text_getter: called with an environment and a round, gives the text in its language
        """
        by_user = {}
        for record, approval in zip(self, approvals, strict=True):
            for user in approval._get_excluded().filtered("active") - self.env.user:
                by_user.setdefault(user, []).append((record, approval))
        for user, entries in by_user.items():
            env = self.with_context(lang=user.lang).env
            if len(entries) >= DIGEST_FROM:
                approvals._send_digest(
                    user,
                    env._("%(count)s records came back from approval", count=len(entries)),
                    env._("How it ended:"),
                    [(record, text_getter(env, approval)) for record, approval in entries],
                )
                continue
            for record, approval in entries:
                record.with_context(lang=user.lang).message_notify(
                    partner_ids=user.partner_id.ids,
                    subject=record.with_context(lang=user.lang).display_name,
                    body=text_getter(env, approval),
                    author_id=self.env.user.partner_id.id,
                )
