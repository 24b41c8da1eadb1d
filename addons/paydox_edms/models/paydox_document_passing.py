from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.arguments import to_id


class PaydoxDocument(models.Model):
    """Documents between departments: where the document is now, and who reads it there."""

    _inherit = "paydox.document"

    transfer_ids = fields.One2many(
        comodel_name="paydox.document.transfer", inverse_name="document_id", readonly=True, copy=False
    )
    transfer_id = fields.Many2one(
        comodel_name="paydox.document.transfer", string="Latest Transfer", compute="_compute_transfer_id"
    )
    transfer_state = fields.Selection(
        selection="_get_transfer_states", string="In the Department", compute="_compute_transfer_id"
    )
    can_answer_transfer = fields.Boolean(compute="_compute_transfer_id")

    # === COMPUTE METHODS === #

    @api.model
    def _get_transfer_states(self):
        return self.env["paydox.document.transfer"]._fields["state"]._description_selection(self.env)

    @api.depends("transfer_ids.state")
    @api.depends_context("uid")
    def _compute_transfer_id(self):
        # sudo: who reads the document may know in which department it is
        transfers_sudo = self.env["paydox.document.transfer"].sudo()
        groups = transfers_sudo._read_group([("document_id", "in", self._origin.ids)], ["document_id"], ["id:max"])
        latest_sudo = transfers_sudo.browse([transfer_id for _document, transfer_id in groups])
        by_document = {transfer.document_id.id: transfer for transfer in latest_sudo}
        for document in self:
            transfer_sudo = by_document.get(document._origin.id, transfers_sudo)
            document.transfer_id = transfer_sudo.id
            document.transfer_state = transfer_sudo.state
            document.can_answer_transfer = transfer_sudo.can_answer

    @api.depends("transfer_ids.state", "transfer_ids.is_current", "transfer_ids.head_id", "transfer_ids.responsible_id")
    def _compute_is_involved(self):
        return super()._compute_is_involved()

    # === ACTIONS === #

    def action_open_transfer(self):
        """Open the window that asks for the department."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to a Department"),
            "res_model": "paydox.document.transfer.send",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_document_id": self.id},
        }

    def action_transfer(self, department, comment=None):
        """Pass the documents on to a department, whose head accepts or returns them.

        :param department: a ``hr.department`` record or id
        :param str comment: what the department is asked to do
        """
        departments = self.env["hr.department"].search([("id", "=", to_id(department))])
        if not departments:
            raise UserError(self.env._("Choose the department to which you send it."))
        for document in self:
            document._check_passing()
            self.env["paydox.document.transfer"]._send(document, departments, comment)
        return True

    def action_answer_transfer(self):
        """Accept or return what was sent to the department of the current user."""
        self.ensure_one()
        self.check_access("read")
        return self.transfer_id.action_open_answer()

    # === HELPERS === #

    def _check_passing(self):
        """Who edits the document sends it; so does who has it in his department now."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the row is looked at, whoever may read it
        current_sudo = self.sudo().transfer_ids.filtered(lambda row: row.is_current and row.state == "accepted")
        if self.env.user not in current_sudo.head_id | current_sudo.responsible_id:
            self.check_access("write")
        if self.state == "cancelled":
            raise UserError(self.env._("%(document)s is cancelled and cannot be sent on.", document=self.display_name))

    @api.model
    def _get_involved_domain(self):
        """The head of the receiving department and the responsible person there read it while it is theirs."""
        mine = Domain("is_current", "=", True)
        mine &= Domain("head_id", "in", self.env.user._get_document_principal_ids()) | Domain(
            "responsible_id", "=", self.env.uid
        )
        return super()._get_involved_domain() | Domain("transfer_ids", "any!", mine)
