from odoo import api, models


class PaydoxEvent(models.Model):
    """Events of sheets, and the new round that one of them brings."""

    _inherit = "paydox.event"

    # === BUSINESS METHODS === #

    @api.model
    def _get_event_names(self):
        names = {
            "document.acquaintance_due": self.env._("Document to be read again"),
            "document.acquainted": self.env._("Document read by everybody asked"),
        }
        return super()._get_event_names() + list(names.items())

    def _consume(self):
        result = super()._consume()
        if self.name == "document.acquaintance_due":
            self.env[self.res_model].browse(self.res_id).exists()._acquaint_again()
        return result
