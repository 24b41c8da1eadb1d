from odoo import api, fields, models


class CrmLead(models.Model):
    """How long a deal stands in its status, and the requisites of its time."""

    _inherit = "crm.lead"

    days_in_status = fields.Float(
        string="Days in Status", compute="_compute_days_in_status", digits=(16, 1), help="From the history of statuses."
    )
    requisites_html = fields.Html(
        string="Requisites of the Customer",
        compute="_compute_requisites_html",
        sanitize=False,
        # Who reads the deal sees its customer, also one of another company.
        compute_sudo=False,
        help="As they were on the day the deal was closed; of an open deal those of today.",
    )

    @api.depends("status_event_id.occurred_at")
    def _compute_days_in_status(self):
        now = fields.Datetime.now()
        for lead in self:
            # sudo: a number of the deal itself
            since = lead.sudo().status_event_id.occurred_at
            lead.days_in_status = max((now - since).total_seconds() / 86400, 0) if since else 0

    @api.depends("partner_id", "date_closed")
    @api.depends_context("uid", "lang")
    def _compute_requisites_html(self):
        self.requisites_html = False
        today = fields.Date.context_today(self)
        with_partner = self.filtered("partner_id")
        for day, leads in with_partner.grouped(
            lambda lead: lead.date_closed and lead.date_closed.date() or today
        ).items():
            # sudo: who reads the deal sees the requisites of its customer
            partners_sudo = leads.sudo().partner_id
            states = partners_sudo._get_requisites_states(day)
            for lead in leads:
                state = states.get(lead.partner_id.id)
                lead.requisites_html = state.with_env(self.env).sudo().values_html if state else False
