from odoo import api, fields, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """How long a deal stands in its status, and the requisites of its time."""

    _inherit = "crm.lead"

    days_in_status = fields.Float(
        string="Days in Status", compute="_compute_days_in_status", digits=(16, 1), help="From the history of statuses."
    )
    # Closed after its creation, so that its length says something; an import may say otherwise.
    has_cycle = fields.Boolean(
        compute="_compute_has_cycle", search="_search_has_cycle", export_string_translation=False
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

    @api.depends("date_closed")
    def _compute_has_cycle(self):
        for lead in self:
            lead.has_cycle = bool(lead.date_closed and lead.create_date and lead.date_closed >= lead.create_date)

    @api.model
    def _search_has_cycle(self, operator, value):
        if operator != "in":
            return NotImplemented
        # No operator of a domain compares two fields. Rights are those of the search around it.
        return [("id", "in", SQL("(SELECT id FROM crm_lead WHERE date_closed >= create_date)"))]

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
