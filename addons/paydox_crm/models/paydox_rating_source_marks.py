from odoo import api, models
from odoo.tools import SQL


class PaydoxRatingSource(models.AbstractModel):
    """Papers that a counterparty must have, and the marks that people give it."""

    _inherit = "paydox.rating.source"

    @api.model
    def _get_criteria(self):
        return super()._get_criteria() | {
            "papers": (
                self.env._("Papers in order"),
                self.env._("Papers that the counterparty must have and that are in force."),
            ),
            "satisfaction": (
                self.env._("Satisfaction"),
                self.env._("Marks from 1 to 5 that clients gave after a claim or a request was closed."),
            ),
            "expert": (
                self.env._("Mark of an expert"),
                self.env._("The latest mark from 1 to 5 that an employee gave by hand."),
            ),
        }

    @api.model
    def _get_facts(self, code, partner_ids, period):
        values = {"partners": tuple(partner_ids) or (0,), "since": period.since}
        if code == "satisfaction":
            return SQL(
                """
                SELECT mark.partner_id, mark.id AS record_id, (mark.mark - 1) / 4.0 AS good
                  FROM paydox_rating_mark mark
                 WHERE mark.partner_id IN %(partners)s AND mark.kind = 'survey' AND mark.date >= %(since)s
                """,
                **values,
            )
        if code == "expert":
            return SQL(
                """
                SELECT DISTINCT ON (mark.partner_id)
                       mark.partner_id, mark.id AS record_id, (mark.mark - 1) / 4.0 AS good
                  FROM paydox_rating_mark mark
                 WHERE mark.partner_id IN %(partners)s AND mark.kind = 'expert' AND mark.date >= %(since)s
              ORDER BY mark.partner_id, mark.id DESC
                """,
                **values,
            )
        return super()._get_facts(code, partner_ids, period)

    @api.model
    def _get_facts_model(self, code):
        return "paydox.rating.mark" if code in ("satisfaction", "expert") else super()._get_facts_model(code)

    @api.model
    def _get_figures(self, code, partners, period):
        if code != "papers":
            return super()._get_figures(code, partners, period)
        # Whoever looks, the papers of all companies count: a rating is one number.
        companies = (
            self.env["res.company"].sudo().search([("active", "=", True)])
        )  # sudo: the job belongs to no company
        dossiers = partners.with_context(allowed_company_ids=companies.ids)._get_dossiers()
        return {
            partner_id: (sum(item["status"] in ("present", "expiring") for item in items), len(items))
            for partner_id, items in dossiers.items()
        }

    @api.model
    def _get_behind(self, code, partner):
        if code == "papers":
            return partner.action_open_papers()
        return super()._get_behind(code, partner)
