from odoo import fields, models


class CrmLeadSetStatus(models.TransientModel):
    """Window in which a person sets the status of deals by hand and says why."""

    _name = "crm.lead.set.status"
    _description = "Set Deal Status"

    lead_ids = fields.Many2many(comodel_name="crm.lead", string="Deals", required=True)
    status_id = fields.Many2one(comodel_name="paydox.deal.status", required=True, ondelete="cascade")
    reason = fields.Char(help="Kept in the status history of the deal.")
    is_status_locked = fields.Boolean(
        string="Not Changed by Rules", help="From now on rules change neither status nor stage nor type of these deals."
    )

    def action_apply(self):
        self.ensure_one()
        self.lead_ids.set_deal_status(self.status_id, self.reason or None)
        # Who did not tick it leaves the deals as they were.
        if self.is_status_locked:
            self.lead_ids.write({"is_status_locked": True})
        return {"type": "ir.actions.act_window_close"}
