from odoo import api, models


class PaydoxDocumentReminder(models.Model):
    """Papers of counterparties are told of in one message a person (``paydox.paper.notice``), not one by one."""

    _inherit = "paydox.document.reminder"

    @api.model
    def _get_due_definitions(self):
        # sudo: the job asks for all kinds
        papers = self.env["paydox.document.kind"].sudo().search([("is_counterparty_paper", "=", True)])
        return [
            definition
            for definition in super()._get_due_definitions()
            if not isinstance(definition, dict) or definition["kind_id"] not in papers._ids
        ]
