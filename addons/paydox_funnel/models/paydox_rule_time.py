from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 1000
# How far back a paper that ended is still told of: longer than any scheduler stays dead.
EXPIRED_DAYS = 31


class PaydoxRule(models.Model):
    """When: what time brings about. Each happening is told once, however long the scheduler was dead."""

    _inherit = "paydox.rule"

    @api.model
    def _cron_find_happenings(self):
        """Tell of passed closing days, of deals without activity and of papers that ended, where rules wait for it."""
        asked = self.sudo()._read_group(
            [
                *self._get_in_force_domain(),
                ("event_name", "in", ("deal.deadline", "deal.idle", "document.expired")),
            ],
            ["event_name", "deal_type_id", "days"],
        )
        for event_name, deal_type, days in asked:
            find = getattr(self, f"_find_{event_name.replace('.', '_')}")
            after = 0
            while rows := find(deal_type.id or None, days, after):
                self._tell(event_name, days, rows)
                after = rows[-1][0]
                if not self.env["ir.cron"]._commit_progress(len(rows), remaining=len(rows) == BATCH and 1 or 0):
                    return

    @api.model
    def _tell(self, event_name, days, rows):
        model = self.env["paydox.document" if event_name.startswith("document.") else "crm.lead"]
        self.env["paydox.event"]._emit_batch(
            event_name,
            [
                (model.browse(record_id), f"{event_name}:{record_id}:{days}:{moment}", {"days": days})
                for record_id, moment in rows
            ],
        )

    @api.model
    def _find_deal_deadline(self, deal_type_id, days, after):
        """Open deals whose expected closing passed more than ``days`` days ago and of which nothing was told yet."""
        return self.env.execute_query(
            SQL(
                """
                SELECT lead.id, lead.date_deadline::text
                  FROM crm_lead lead
                 WHERE lead.active AND lead.won_status = 'pending' AND lead.type = 'opportunity' AND lead.id > %(after)s
                   AND (%(type)s::int IS NULL OR lead.deal_type_id = %(type)s)
                   AND lead.date_deadline < %(today)s::date - %(days)s
                   AND NOT EXISTS (
                       SELECT 1 FROM paydox_event event
                        WHERE event.key = 'deal.deadline:' || lead.id || ':' || %(days)s || ':' || lead.date_deadline
                   )
              ORDER BY lead.id
                 LIMIT %(limit)s
                """,
                after=after,
                type=deal_type_id,
                days=days,
                today=fields.Date.context_today(self),
                limit=BATCH,
            )
        )

    @api.model
    def _find_deal_idle(self, deal_type_id, days, after):
        """Open deals to which nobody did anything for ``days`` days: no message, no activity, no change of stage or status.

        What the system itself writes, a rule too, is no activity of a person.
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT found.id, found.moment::text
                  FROM (
                    SELECT lead.id,
                           GREATEST(
                               lead.create_date,
                               lead.date_last_stage_update,
                               (SELECT MAX(event.occurred_at) FROM paydox_deal_status_event event
                                 WHERE event.lead_id = lead.id AND event.user_id <> 1),
                               (SELECT MAX(message.date) FROM mail_message message
                                 WHERE message.model = 'crm.lead' AND message.res_id = lead.id
                                   AND message.author_id IS DISTINCT FROM %(robot)s),
                               (SELECT MAX(activity.create_date) FROM mail_activity activity
                                 WHERE activity.res_model = 'crm.lead' AND activity.res_id = lead.id
                                   AND activity.create_uid <> 1)
                           ) AS moment
                      FROM crm_lead lead
                     WHERE lead.active AND lead.won_status = 'pending' AND lead.type = 'opportunity'
                       AND lead.id > %(after)s
                       AND (%(type)s::int IS NULL OR lead.deal_type_id = %(type)s)
                       AND (lead.paused_until IS NULL OR lead.paused_until < %(today)s)
                       AND lead.create_date < %(now)s::timestamp - make_interval(days => %(days)s)
                  ) found
                 WHERE found.moment < %(now)s::timestamp - make_interval(days => %(days)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM paydox_event event
                        WHERE event.key = 'deal.idle:' || found.id || ':' || %(days)s || ':' || found.moment::text
                   )
              ORDER BY found.id
                 LIMIT %(limit)s
                """,
                after=after,
                type=deal_type_id,
                days=days,
                now=fields.Datetime.now(),
                today=fields.Date.context_today(self),
                robot=self.env.ref("base.partner_root").id,
                limit=BATCH,
            )
        )

    @api.model
    def _find_document_expired(self, deal_type_id, days, after):
        """Documents of deals whose validity ended within the last month."""
        return self.env.execute_query(
            SQL(
                """
                SELECT document.id, document.valid_to::text
                  FROM paydox_document document
                  JOIN crm_lead lead ON lead.id = document.lead_id
                 WHERE document.id > %(after)s AND document.state <> 'cancelled'
                   AND (%(type)s::int IS NULL OR lead.deal_type_id = %(type)s)
                   AND document.valid_to < %(today)s AND document.valid_to >= %(today)s::date - %(past)s
                   AND NOT EXISTS (
                       SELECT 1 FROM paydox_event event
                        WHERE event.key = 'document.expired:' || document.id || ':' || %(days)s || ':' || document.valid_to
                   )
              ORDER BY document.id
                 LIMIT %(limit)s
                """,
                after=after,
                type=deal_type_id,
                days=days,
                today=fields.Date.context_today(self),
                past=EXPIRED_DAYS,
                limit=BATCH,
            )
        )
