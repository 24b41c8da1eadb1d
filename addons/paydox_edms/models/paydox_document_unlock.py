from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_document_lock import CONFIRMED_STATES

MAX_REASON = 1000


class PaydoxDocument(models.Model):
    """The exclusive right as a verb: open what is confirmed, say why, and have it confirmed again."""

    _inherit = "paydox.document"

    can_unlock = fields.Boolean(compute="_compute_can_unlock")

    # === COMPUTE METHODS === #

    def _compute_can_unlock(self):
        exclusive = self._is_exclusive()
        editable = self._filtered_access("write") if exclusive else self.browse()
        for document in self:
            document.can_unlock = document.state in CONFIRMED_STATES and document in editable

    # === ACTIONS === #

    def action_open_unlock(self):
        """Open the window that asks for the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Unlock"),
            "res_model": "paydox.document.unlock",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_document_id": self.id},
        }

    def action_unlock(self, reason):
        """Make confirmed documents drafts again, to be confirmed anew.

        :param str reason: why; it stays in the history of the document
        """
        self.check_access("write")
        if not self._is_exclusive():
            raise AccessError(
                self.env._(
                    "Only people with the right “may edit confirmed documents” unlock a document. Ask one of them."
                )
            )
        reason = str(reason).strip()[:MAX_REASON] if reason else ""
        if not reason:
            raise UserError(self.env._("Write why the document is unlocked: the reason stays in its history."))
        lock_rows(self)
        if blocked := self.filtered(lambda document: document.state not in CONFIRMED_STATES):
            raise UserError(
                self.env._(
                    "%(document)s is not confirmed, so there is nothing to unlock.", document=blocked[0].display_name
                )
            )
        self._unlock(reason)
        return True

    # === HELPERS === #

    def _unlock(self, reason):
        """Let confirmed documents fall back to drafts, in the open: history, discussion and event tell of it."""
        self._transition_to("draft", reason)
        self._emit("document.unlocked")
        for document in self:
            document.message_post(
                body=self.env._("Unlocked with the exclusive right, to be confirmed again: %(reason)s", reason=reason)
            )
