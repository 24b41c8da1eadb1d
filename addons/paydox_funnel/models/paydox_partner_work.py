from odoo import api, fields, models
from odoo.tools import SQL


class PaydoxPartnerWork(models.Model):
    """Deals, and decisions on deals, in the list of the work with a counterparty."""

    _inherit = "paydox.partner.work"
    _depends = {
        "crm.lead": ["active", "company_id", "date_closed", "date_deadline", "partner_id", "user_id", "won_status"],
    }

    kind = fields.Selection(selection_add=[("deal", "Deal"), ("deal_decision", "Deal to decide")])
    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal", readonly=True)

    # === TABLE QUERY === #

    @api.model
    def _get_sources(self, is_readable):
        sources = super()._get_sources(is_readable)
        if not self.env["crm.lead"].has_access("read"):
            return sources
        return [*sources, self._select_deals(is_readable), self._select_deal_decisions(is_readable)]

    @api.model
    def _get_link_columns(self):
        return super()._get_link_columns() | {"lead_id": "crm.lead"}

    @api.model
    def _select_deals(self, is_readable):
        return self._select_row(
            8,
            "lead_id",
            SQL("FROM crm_lead row WHERE %s", is_readable(SQL("row.id"), "crm.lead")),
            kind=SQL("'deal'"),
            status=SQL(
                "CASE row.won_status WHEN 'won' THEN 'done' WHEN 'lost' THEN 'cancelled' ELSE "
                "CASE WHEN row.date_deadline < (now() AT TIME ZONE 'UTC')::date THEN 'overdue' ELSE 'open' END END"
            ),
            partner=SQL("row.partner_id"),
            company=SQL("row.company_id"),
            user=SQL("row.user_id"),
            deadline=SQL("COALESCE(row.date_closed, row.date_deadline::timestamp, row.create_date)"),
        )

    @api.model
    def _select_deal_decisions(self, is_readable):
        """Decisions on deals that wait."""
        return self._select_row(
            9,
            "line_id",
            SQL(
                "FROM paydox_approval_line row JOIN paydox_approval run ON run.id = row.approval_id "
                "JOIN crm_lead lead ON run.res_model = 'crm.lead' AND lead.id = run.res_id "
                "WHERE row.state = 'pending' AND %s",
                is_readable(SQL("row.id"), "paydox.approval.line"),
            ),
            kind=SQL("'deal_decision'"),
            status=SQL("CASE WHEN row.deadline < (now() AT TIME ZONE 'UTC') THEN 'overdue' ELSE 'open' END"),
            partner=SQL("lead.partner_id"),
            company=SQL("row.company_id"),
            user=SQL("row.user_id"),
            deadline=SQL("row.deadline"),
        )

    # === COMPUTE METHODS === #

    def _get_subject(self):
        return self.lead_id.display_name if self.lead_id else super()._get_subject()
