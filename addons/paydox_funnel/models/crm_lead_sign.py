from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmLead(models.Model):
    """Signing all papers of a deal at once: one window, one password."""

    _inherit = "crm.lead"

    documents_to_sign_count = fields.Integer(
        string="Documents to Sign",
        compute="_compute_documents_to_sign_count",
        help="Documents of the deal that wait for the signature of the current user.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("document_ids.approval_ids.line_ids.state")
    @api.depends_context("uid")
    def _compute_documents_to_sign_count(self):
        counts = {lead: len(documents) for lead, documents in self._find_documents_to_sign().grouped("lead_id").items()}
        for lead in self:
            lead.documents_to_sign_count = counts.get(lead._origin, 0)

    # === ACTIONS ===#

    def action_sign_documents(self):
        """Open the window that asks for the password, once for all documents of the deals that wait for the user."""
        self.check_access("read")
        documents = self._find_documents_to_sign()
        if not documents:
            raise UserError(self.env._("No document of this deal waits for your signature."))
        return documents.action_open_sign()

    # === HELPERS ===#

    def _find_documents_to_sign(self):
        """The documents of the deals on which the current user is asked to sign now."""
        documents = self.env["paydox.document"]
        asked = Domain("lead_id", "in", self._origin.ids) & Domain("can_decide", "=", True)
        documents = documents.search(asked, order="id") if self._origin.ids else documents
        return documents.filtered(lambda document: document.turn_kind == "sign")
