from odoo import fields, models


class CrmLeadLost(models.TransientModel):
    """To whom a deal was lost."""

    _inherit = "crm.lead.lost"

    competitor_id = fields.Many2one(
        comodel_name="res.partner",
        string="Lost To",
        domain="[('role_ids.is_competitor', '=', True)]",
        ondelete="cascade",
        help="The competitor who won the deal, if it was one.",
    )

    def action_lost_reason_apply(self):
        if not self.competitor_id:
            return super().action_lost_reason_apply()
        self.competitor_id._check_is_competitor()
        result = super().action_lost_reason_apply()
        self.lead_ids.write({"lost_competitor_id": self.competitor_id.id})
        return result
