from odoo import api, models


class PaydoxEvent(models.Model):
    """Events of deals, and the rules that events make run."""

    _inherit = "paydox.event"

    @api.model
    def _get_event_names(self):
        names = {
            "deal.created": self.env._("Deal created"),
            "deal.status": self.env._("Deal status changed"),
            "deal.approved": self.env._("Deal approved"),
            "deal.refused": self.env._("Deal refused or returned"),
        }
        return super()._get_event_names() + list(names.items())

    def _consume(self):
        result = super()._consume()
        self.env["paydox.rule"]._run_event(self)
        return result

    def _get_lead(self):
        """The deal that the event is about, directly or through its document; empty when there is none."""
        self.ensure_one()
        if self.res_model == "crm.lead":
            return self.env["crm.lead"].browse(self.res_id).exists()
        if self.res_model == "paydox.document":
            return self.env["paydox.document"].browse(self.res_id).exists().lead_id
        return self.env["crm.lead"]
