from odoo import api, models
from odoo.tools import SQL


class PaydoxRatingSource(models.AbstractModel):
    """Deals as a criterion of the rating of a counterparty."""

    _inherit = "paydox.rating.source"

    @api.model
    def _get_criteria(self):
        return super()._get_criteria() | {
            "deals": (self.env._("Deals won"), self.env._("Closed deals that were won.")),
        }

    @api.model
    def _get_facts(self, code, partner_ids, period):
        if code != "deals":
            return super()._get_facts(code, partner_ids, period)
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, lead.id AS record_id,
                   CASE lead.won_status WHEN 'won' THEN 1 ELSE 0 END AS good
              FROM crm_lead lead
              JOIN res_partner partner ON partner.id = lead.partner_id
             WHERE partner.commercial_partner_id IN %s
               AND lead.won_status IN ('won', 'lost') AND lead.date_closed >= %s
            """,
            tuple(partner_ids) or (0,),
            period.since,
        )

    @api.model
    def _get_facts_model(self, code):
        return "crm.lead" if code == "deals" else super()._get_facts_model(code)
