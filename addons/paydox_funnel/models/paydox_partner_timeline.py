from odoo import api, models
from odoo.tools import SQL

from odoo.addons.paydox_crm.models.paydox_partner_timeline import TimelineSource
from odoo.addons.paydox_crm.tools.timeline import join_words


class PaydoxPartnerTimeline(models.AbstractModel):
    """Deals in the timeline of a counterparty: each change of the status, and what was written."""

    _inherit = "paydox.partner.timeline"

    # === HOOKS === #

    @api.model
    def _get_timeline_sources(self, scope):
        sources = super()._get_timeline_sources(scope)
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return sources
        leads.flush_model(["name", "partner_id"])
        return [*sources, self._get_deal_source(scope), self._get_deal_message_source(scope)]

    @api.model
    def _get_timeline_kinds(self):
        return super()._get_timeline_kinds() | {"deal": (self.env._("Deals"), "fa-handshake-o")}

    @api.model
    def _get_timeline_words(self):
        return super()._get_timeline_words() | join_words(
            {
                "deal": {
                    "created": self.env._("Deal created"),
                    "open": self.env._("Deal moved"),
                    "won": self.env._("Deal won"),
                    "lost": self.env._("Deal lost"),
                },
                "deal_message": {
                    "email": self.env._("E-mail received about a deal"),
                    "email_outgoing": self.env._("E-mail sent about a deal"),
                    "comment": self.env._("Message about a deal"),
                },
            }
        )

    @api.model
    def _get_message_codes(self):
        return super()._get_message_codes() | {"deal_message"}

    # === HELPERS === #

    @api.model
    def _get_deal_probe(self, scope):
        return SQL("SELECT FROM crm_lead WHERE partner_id IN %s", scope.family_ids)

    @api.model
    def _get_deal_source(self, scope):
        events = self.env["paydox.deal.status.event"]
        events.flush_model()
        language = self.env.lang or "en_US"
        select = self._select_event(
            SQL(
                "FROM paydox_deal_status_event row JOIN crm_lead lead ON lead.id = row.lead_id "
                "LEFT JOIN paydox_deal_status status ON status.id = row.to_status_id WHERE lead.partner_id IN %s",
                scope.family_ids,
            ),
            moment=SQL("row.occurred_at"),
            id=SQL("row.id"),
            kind="deal",
            event=SQL(
                "CASE WHEN status.outcome IN ('won', 'lost') THEN status.outcome "
                "WHEN row.from_status_id IS NULL THEN 'created' ELSE 'open' END"
            ),
            res_model="crm.lead",
            res_id=SQL("lead.id"),
            title=SQL("lead.name"),
            user_id=SQL("row.user_id"),
            partner_id=SQL("lead.partner_id"),
            detail=SQL("CONCAT_WS('. ', COALESCE(status.name ->> %s, status.name ->> 'en_US'), row.reason)", language),
        )
        return TimelineSource("deal", ("deal",), select, "crm.lead", probe=self._get_deal_probe(scope))

    @api.model
    def _get_deal_message_source(self, scope):
        """Messages on deals that the user reads: who reads a record reads its messages."""
        select = self._select_messages(
            SQL(
                "FROM mail_message message JOIN crm_lead lead ON lead.id = message.res_id "
                "WHERE message.model = 'crm.lead' AND message.message_type IN %s AND lead.partner_id IN %s",
                ("comment", "email", "email_outgoing"),
                scope.family_ids,
            ),
            res_model="crm.lead",
            res_id=SQL("message.res_id"),
            title=SQL("lead.name"),
        )
        return TimelineSource(
            "deal_message", ("email", "message"), select, "crm.lead", probe=self._get_deal_probe(scope)
        )
