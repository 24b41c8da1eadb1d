from odoo import models


class PaydoxDocument(models.Model):
    """What happens to a document is a fact of the rating of its counterparty."""

    _inherit = "paydox.document"

    def _transition_to(self, state, reason=None):
        result = super()._transition_to(state, reason)
        # sudo: the counterparty is rated whoever moves the document
        self.sudo().counterparty_id._queue_rating()
        return result


class PaydoxDocumentControlPoint(models.Model):
    _inherit = "paydox.document.control.point"

    def _write_facts(self, vals):
        result = super()._write_facts(vals)
        if "state" in vals:
            self.sudo().document_id.counterparty_id._queue_rating()  # sudo: as above
        return result
