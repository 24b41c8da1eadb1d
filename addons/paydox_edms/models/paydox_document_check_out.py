from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from odoo.addons.paydox_edms.tools.arguments import to_text
from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_document_lock import CONFIRMED_STATES

MAX_REASON = 1000


class PaydoxDocument(models.Model):
    """A person takes the document to edit it, and until he gives it back the others may only comment."""

    _inherit = "paydox.document"

    checked_out_by_id = fields.Many2one(
        comodel_name="res.users", string="Being Edited By", readonly=True, copy=False, index="btree_not_null"
    )
    checked_out_at = fields.Datetime(string="Being Edited Since", readonly=True, copy=False)
    is_checked_out_by_other = fields.Boolean(compute="_compute_can_check_out")
    can_check_out = fields.Boolean(compute="_compute_can_check_out")
    can_check_in = fields.Boolean(compute="_compute_can_check_out")
    can_break_check_out = fields.Boolean(compute="_compute_can_check_out")

    # === COMPUTE METHODS === #

    @api.depends("checked_out_by_id", "state")
    @api.depends_context("uid")
    def _compute_can_check_out(self):
        editable = self.filtered("id")._filtered_access("write")
        for document in self:
            holder = document.checked_out_by_id
            document.is_checked_out_by_other = holder and holder != self.env.user
            document.can_check_in = holder == self.env.user
            document.can_check_out = not holder and document in editable and not document.is_locked
            document.can_break_check_out = document.is_checked_out_by_other and document._heads_holder()

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checked_out(self):
        self._refuse_checked_out()

    # === ACTIONS === #

    def action_check_out(self):
        """Take the documents to edit them: until they are given back nobody else changes them."""
        self.check_access("write")
        lock_rows(self)
        self._refuse_checked_out()
        for document in self:
            if document.state == "review" or (document.state in CONFIRMED_STATES and not self._is_exclusive()):
                raise UserError(
                    self.env._(
                        "%(document)s is confirmed or on approval, so there is nothing to edit now.",
                        document=document.display_name,
                    )
                )
        free = self.filtered(lambda document: not document.checked_out_by_id)
        # sudo: these fields are written by the verbs only
        free.sudo().write({"checked_out_by_id": self.env.uid, "checked_out_at": fields.Datetime.now()})
        free._post_check_out(self.env._("Taken to edit."))
        return True

    def action_check_in(self):
        """Give the documents back, so that others can edit them again."""
        self.check_access("read")
        lock_rows(self)
        for document in self:
            if document.checked_out_by_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(document)s was not taken by you, so you cannot give it back.", document=document.display_name
                    )
                )
        self._release()
        self._post_check_out(self.env._("Given back."))
        return True

    def action_break_check_out(self, reason=None):
        """Give back what somebody else took and forgot; for his head and for managers. It is written down.

        :param str reason: why; required
        """
        self.check_access("read")
        lock_rows(self)
        reason = to_text(reason, MAX_REASON) if isinstance(reason, str) else False
        if not reason:
            raise UserError(self.env._("Say why you take the document out of the hands of its editor."))
        for document in self:
            if not document.checked_out_by_id:
                raise UserError(self.env._("%(document)s is edited by nobody.", document=document.display_name))
            if not document._heads_holder():
                raise AccessError(
                    self.env._(
                        "%(document)s is being edited by %(user)s. Only his head or a manager may take it from him.",
                        document=document.display_name,
                        user=document.checked_out_by_id.sudo().name,
                    )
                )
        for holder, documents in self.grouped("checked_out_by_id").items():
            documents._release()
            text = self.env._("Taken out of the hands of %(user)s: %(reason)s", user=holder.sudo().name, reason=reason)
            documents._post_check_out(text, holder.sudo().partner_id)
        return True

    def action_open_break_check_out(self):
        """Open the window that asks for the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take from the Editor"),
            "res_model": "paydox.document.break.check.out",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_document_id": self.id},
        }

    # === HELPERS === #

    def _heads_holder(self):
        self.ensure_one()
        user = self.env.user
        if not self.checked_out_by_id:
            return False
        return (
            user.has_group("paydox_edms.paydox_edms_group_manager")
            or self.checked_out_by_id.id in user.document_subordinate_ids.ids
        )

    def _refuse_checked_out(self):
        if self.env.uid == SUPERUSER_ID:
            return
        for document in self:
            holder = document.checked_out_by_id
            if holder and holder != self.env.user:
                raise UserError(
                    self.env._(
                        "%(document)s is being edited by %(user)s since %(moment)s. You may comment on it; to change it, "
                        "ask %(user)s to give it back.",
                        document=document.display_name,
                        user=holder.sudo().name,
                        moment=format_datetime(self.env, document.checked_out_at),
                    )
                )

    def _release(self):
        # sudo: these fields are written by the verbs only
        self.sudo().write({"checked_out_by_id": False, "checked_out_at": False})

    def _post_check_out(self, text, partners=None):
        for document in self:
            # sudo: whoever may break it need not be able to write the document
            document.sudo().message_post(
                body=text, author_id=self.env.user.partner_id.id, partner_ids=partners.ids if partners else []
            )

    def _open_content(self):
        self._refuse_checked_out()
        return super()._open_content()

    def _transition_to(self, state, reason=None):
        self._refuse_checked_out()
        self.filtered("checked_out_by_id")._release()
        return super()._transition_to(state, reason)
