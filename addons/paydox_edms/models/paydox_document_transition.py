from odoo import api, fields, models

from .paydox_document import STATES


class PaydoxDocumentTransition(models.Model):
    """One step of the life of a document: rows are added by ``_transition_to`` and by registration, never changed."""

    _name = "paydox.document.transition"
    _description = "Document Transition"
    _inherit = ["paydox.protected"]
    _order = "document_id, id"
    _rec_name = "to_state"

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, precompute=True, index=True)
    from_state = fields.Selection(selection=STATES, readonly=True)
    to_state = fields.Selection(selection=[*STATES, ("registered", "Registered")], required=True, readonly=True)
    occurred_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="restrict", help="Who made the step."
    )
    round = fields.Integer(readonly=True, aggregator=None, help="Round of approval; 0: not a matter of approval.")
    reason = fields.Text(readonly=True)

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    # === BUSINESS METHODS === #

    @api.model
    def _append(self, documents, to_state, reason=None):
        """Record that the documents come to ``to_state`` now, by the current user; called before they do."""
        now = fields.Datetime.now()
        # sudo: nobody writes these rows by hand
        self.sudo().create(
            [
                {
                    "document_id": document.id,
                    "from_state": document.state,
                    "to_state": to_state,
                    "occurred_at": now,
                    "user_id": self.env.uid,
                    "round": document._get_transition_round(to_state),
                    "reason": reason or False,
                }
                for document in documents
            ]
        )
