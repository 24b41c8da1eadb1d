from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import is_html_empty

CONFIRMED_STATES = ("approved", "signed", "done")


class PaydoxDocument(models.Model):
    """The document as something that people read and confirm: who sends it, when, and how opening is proved."""

    _inherit = "paydox.document"

    route_line_ids = fields.One2many(
        comodel_name="paydox.approval.line",
        inverse_name="document_id",
        string="Sheet",
        domain=[("approval_id.purpose", "=", "approval")],
        readonly=True,
        help="The lines of its rounds of approval; those of readers and voters are on their own sheets.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "number", "kind_id.route_id", "version_ids.state")
    @api.depends_context("uid")
    def _compute_can_send_acquaintance(self):
        for document in self:
            document.can_send_acquaintance = (
                bool(document.id) and not document._get_acquaintance_obstacle() and document._can_manage_sheets()
            )

    # === ACTIONS === #

    def action_open_version(self):
        """Read: open the actual version, which is the proof that the person saw it."""
        self.ensure_one()
        self.check_access("read")
        if self.current_version_id:
            return self.current_version_id.action_preview()
        self._register_opening(self.current_version_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def add_version(self, filename, content, comment=None):
        version = super().add_version(filename, content, comment)
        self._emit_acquaintance_due()
        return version

    # === HOOKS === #

    @api.model
    def _get_involved_domain(self):
        lines = self.env["paydox.approval.line"]._get_acquainted_domain()
        return super()._get_involved_domain() | Domain("approval_line_ids", "any!", lines)

    def _can_manage_sheets(self):
        user = self.env.user
        return self.has_access("read") and (
            user in self.author_id | self.responsible_id or user.has_group("paydox_edms.paydox_edms_group_clerk")
        )

    def _check_acquaintance_request(self):
        self.ensure_one()
        if obstacle := self._get_acquaintance_obstacle():
            raise UserError(obstacle)

    def _check_vote_request(self):
        self.ensure_one()
        if self.state == "cancelled":
            raise UserError(self.env._("%(document)s is cancelled.", document=self.display_name))

    def _get_acquaintance_defaults(self):
        kind = self.kind_id
        return {
            "user_ids": [Command.set(kind.acquaintance_user_ids.ids)],
            "group_ids": [Command.set(kind.acquaintance_group_id.ids)],
            "department_ids": [Command.set(kind.acquaintance_department_ids.ids)],
        }

    def _on_approvals_closed(self, approvals, reason=None):
        result = super()._on_approvals_closed(approvals, reason)
        approvals.filtered(lambda run: run.state == "approved").document_id._emit_acquaintance_due()
        return result

    # === HELPERS === #

    def _get_acquaintance_obstacle(self):
        """Why the document cannot be sent to readers now, as a sentence, or False."""
        name = self.display_name
        if self.state == "cancelled":
            return self.env._("%(document)s is cancelled.", document=name)
        is_in_force = self.number and self.state == "draft" and not self.kind_id.route_id
        if self.state not in CONFIRMED_STATES and not is_in_force:
            return self.env._(
                "%(document)s is not in force yet. It is sent to its readers when it is approved, or registered if "
                "documents of its kind need no approval.",
                document=name,
            )
        if not self.current_version_id and is_html_empty(self.note):
            return self.env._("%(document)s has neither a file nor a text to read. Add a version.", document=name)
        return False

    def _emit_acquaintance_due(self):
        """A confirmed document whose readers saw a former version is read again, when its kind says so."""
        event = "document.acquaintance_due"
        for document in self.filtered("kind_id.reacquaint_on_new_version"):
            version = document.current_version_id
            # sudo: the sheet is looked up, whoever adds the version
            sheet_sudo = document.sudo()._get_latest_sheets("acquaintance").get(document.id)
            if sheet_sudo and sheet_sudo.version_id.id != version.id and not document._get_acquaintance_obstacle():
                key = f"{event}:{document.id}:{version.id}"
                self.env["paydox.event"]._emit(event, document, key, {"kind": document.kind_id.code})

    def _acquaint_again(self):
        """As superuser: the people of the latest sheet read the actual version."""
        self.ensure_one()
        step = self._get_latest_sheets("acquaintance").get(self.id)
        if step and step.version_id != self.current_version_id and not self._get_acquaintance_obstacle():
            self._lock_for_sheets()._repeat_acquaintance(step)
