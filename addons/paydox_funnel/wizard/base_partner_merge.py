from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """A competitor who stands on a deal twice afterwards stands there once; Odoo would drop him from all deals."""
        self.env["paydox.deal.competitor"].flush_model()
        partner_ids = tuple(src_partners.ids + dst_partner.ids)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM paydox_deal_competitor competitor
                      USING (
                            SELECT id, row_number() OVER (PARTITION BY lead_id ORDER BY (partner_id <> %(dst)s), id) AS place
                              FROM paydox_deal_competitor
                             WHERE partner_id IN %(partners)s
                            ) found
                      WHERE found.id = competitor.id AND found.place > 1
                """,
                dst=dst_partner.id,
                partners=partner_ids,
            )
        )
        self.env["paydox.deal.competitor"].invalidate_model(flush=False)
        return super()._update_foreign_keys(src_partners, dst_partner)
