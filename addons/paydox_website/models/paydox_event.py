from odoo import api, models


class PaydoxEvent(models.Model):
    _inherit = "paydox.event"

    @api.model
    def _get_event_names(self):
        return [*super()._get_event_names(), ("form.sent", self.env._("Order form sent"))]
