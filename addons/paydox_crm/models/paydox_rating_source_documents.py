from odoo import api, models
from odoo.tools import SQL

_CONFIRMED = ("approved", "signed", "done")


class PaydoxRatingSource(models.AbstractModel):
    """What documents, their control points and claims say about a counterparty."""

    _inherit = "paydox.rating.source"

    @api.model
    def _get_criteria(self):
        return super()._get_criteria() | {
            "execution": (
                self.env._("Executed in time"),
                self.env._("Confirmed documents with a term, and their stages and deliveries, that were executed by their day."),
            ),
            "payments": (
                self.env._("Paid in time"),
                self.env._("Payments planned in documents that were made by their day."),
            ),
            "claims": (
                self.env._("Without claims"),
                self.env._("Confirmed documents beside our claims that were not rejected or withdrawn."),
            ),
        }  # fmt: skip

    @api.model
    def _get_facts(self, code, partner_ids, period):
        values = {
            "partners": tuple(partner_ids) or (0,),
            "since": period.since,
            "today": period.today,
            "timezone": period.timezone,
            "confirmed": _CONFIRMED,
        }
        if code == "execution":
            return SQL(
                "%s UNION ALL %s",
                SQL(_DOCUMENTS_IN_TIME, **values),
                SQL(_POINTS_IN_TIME, kinds=("work", "delivery", "other"), **values),
            )
        if code == "payments":
            return SQL(_POINTS_IN_TIME, kinds=("payment",), **values)
        if code == "claims":
            return SQL(_CLAIMS, **values)
        return super()._get_facts(code, partner_ids, period)


# A term moved by an additional agreement is the new term; the agreement itself is no obligation of its own. A document that
# was refused is a draft again, so it is not confirmed. What is prolonged by itself has no day by which it must be done.
_DOCUMENTS_IN_TIME = """
    SELECT due.partner_id, due.id AS record_id,
           CASE WHEN COALESCE(due.executed, %(today)s) <= due.day THEN 1 ELSE 0 END AS good
      FROM (SELECT document.id, document.counterparty_id AS partner_id,
                   COALESCE(agreed.valid_to, document.valid_to) AS day,
                   CASE WHEN document.state = 'done' THEN document.date_execution END AS executed
              FROM paydox_document document
              JOIN paydox_document_kind kind ON kind.id = document.kind_id
         LEFT JOIN LATERAL (
                   SELECT agreement.valid_to
                     FROM paydox_document_link link
                     JOIN paydox_document agreement ON agreement.id = link.document_id
                    WHERE link.target_id = document.id AND link.type = 'amends'
                      AND agreement.state IN %(confirmed)s AND agreement.valid_to IS NOT NULL
                      AND COALESCE(agreement.valid_from, agreement.date) <= %(today)s
                 ORDER BY COALESCE(agreement.valid_from, agreement.date) DESC, agreement.id DESC
                    LIMIT 1) agreed ON TRUE
             WHERE document.counterparty_id IN %(partners)s
               AND document.state IN %(confirmed)s
               AND kind.is_counterparty_paper IS NOT TRUE
               AND document.prolongation IS DISTINCT FROM 'auto'
               AND NOT EXISTS (SELECT FROM paydox_document_link link
                                WHERE link.document_id = document.id AND link.type = 'amends')) due
     WHERE due.day >= %(since)s AND (due.executed IS NOT NULL OR due.day < %(today)s)
"""

_POINTS_IN_TIME = """
    SELECT document.counterparty_id AS partner_id, document.id AS record_id,
           CASE WHEN point.state = 'done'
                 AND (point.done_at AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date <= point.date
                THEN 1 ELSE 0 END AS good
      FROM paydox_document document
      JOIN paydox_document_control_point point ON point.document_id = document.id
     WHERE document.counterparty_id IN %(partners)s
       AND document.state IN %(confirmed)s
       AND point.kind IN %(kinds)s
       AND point.date >= %(since)s
       AND (point.state = 'done' OR (point.state = 'planned' AND point.date < %(today)s))
"""

_CLAIMS = """
    SELECT document.counterparty_id AS partner_id, NULL::integer AS record_id, 1.0 AS good
      FROM paydox_document document
      JOIN paydox_document_kind kind ON kind.id = document.kind_id
     WHERE document.counterparty_id IN %(partners)s
       AND document.state IN %(confirmed)s
       AND kind.is_counterparty_paper IS NOT TRUE
       AND document.date BETWEEN %(since)s AND %(today)s
 UNION ALL
    SELECT partner.commercial_partner_id AS partner_id, claim.id AS record_id,
           CASE claim.claim_state WHEN 'partly' THEN 0.5 ELSE 0.0 END AS good
      FROM paydox_case claim
      JOIN res_partner partner ON partner.id = claim.partner_id
     WHERE partner.commercial_partner_id IN %(partners)s
       AND claim.case_kind = 'claim' AND claim.claim_direction = 'outgoing'
       AND claim.state <> 'draft' AND claim.claim_state NOT IN ('rejected', 'withdrawn')
       AND claim.create_date >= %(since)s
"""


class PaydoxRatingSourceClaims(models.AbstractModel):
    _inherit = "paydox.rating.source"

    @api.model
    def _get_facts_model(self, code):
        return "paydox.case" if code == "claims" else super()._get_facts_model(code)
