from contextlib import contextmanager
from uuid import uuid4

from odoo import api, models
from odoo.tools import SQL

from ..tools.funnel_tally_schema import COLUMNS_OF_DEAL

CHANGES = "paydox_funnel.status_changes"
WATCHED = "paydox_funnel.watched_leads"
ANNOUNCED = "paydox_funnel.announced"


class StatusChange:
    """One business action under way: the deals it touches, and why. Kept beside the cursor, where no caller reaches it."""

    def __init__(self, origin=None, reason=None, joinable=True):
        self.origin = origin
        self.reason = reason
        self.joinable = joinable
        self.merging = False
        self.overridden_ids = set()
        self.skipped = {}
        self.lead_ids = set()
        self.moved_ids = set()
        self.entered = {}
        self.histories = {}
        self.moment = None

    def add(self, leads):
        self.lead_ids.update(leads.ids)

    def add_moved(self, leads):
        """Deals that came into another stage, or into none."""
        self.moved_ids.update(leads.ids)
        self.entered.update((lead.id, lead.stage_id.id) for lead in leads if lead.stage_id)


class CrmLead(models.Model):
    """Events: each change of the status of a deal writes exactly one, in the same transaction."""

    _inherit = "crm.lead"

    @contextmanager
    def _status_change(self, origin=None, reason=None, joinable=True):
        """Everything inside is one change of the status: one event for each deal, written at the end.

        A change inside another joins it. ``origin`` and ``reason`` come by this way only, so they cannot be forged.
        """
        changes = self.env.cr.cache.setdefault(CHANGES, [])
        outer = changes[-1] if changes else None
        joined = outer is not None and outer.joinable
        if joined:
            change = outer
            change.origin = change.origin or origin
            change.reason = change.reason or reason
        else:
            change = StatusChange(outer.origin if outer else origin, outer.reason if outer else reason, joinable)
        changes.append(change)
        try:
            yield change
            if not joined and joinable:
                self.env["crm.lead"]._log_status_events(change)
        finally:
            changes.pop()

    @api.model
    def _log_status_events(self, change):
        """Write the missing events of the deals of ``change``; doing it twice writes nothing more."""
        touched_ids = change.lead_ids.union(change.entered)
        if not touched_ids:
            return
        # sudo: who changes a deal may not write its history
        leads_sudo = self.sudo().browse(touched_ids).exists()
        change.lead_ids = set()
        self._emit_entered_stages(change, leads_sudo)
        changed = leads_sudo.filtered(lambda lead: lead.deal_status_id != lead.status_event_id.to_status_id)
        if not changed:
            return
        event_ids = self.env["paydox.deal.status.event"]._append(changed, change)
        self._announce_move()
        self.env["paydox.event"]._emit_batch(
            "deal.status",
            [
                (lead, f"deal.status:{event_id}", {"event": event_id, "status": lead.deal_status_id.id})
                for lead, event_id in ((lead, event_ids[lead.id]) for lead in changed)
            ],
        )

    @api.model
    def _emit_entered_stages(self, change, leads):
        """Tell of the stages that the deals of ``change`` came into, one event for each deal; not of what was taken back."""
        entered, change.entered = change.entered, {}
        standing = {lead.id: lead.stage_id.id for lead in leads if lead.id in entered}
        entered = {lead_id: stage_id for lead_id, stage_id in standing.items() if stage_id == entered[lead_id]}
        self.env["paydox.event"]._emit_batch(
            "deal.stage",
            [
                (self.browse(lead_id), f"deal.stage:{lead_id}:{uuid4().hex}", {"stage": stage_id})
                for lead_id, stage_id in entered.items()
            ],
        )

    @api.model
    def _announce_move(self):
        """Tell open funnels that deals moved, once for a transaction. It says nothing of them: each asks for itself."""
        precommit = self.env.cr.precommit
        if ANNOUNCED not in precommit.data:
            precommit.data[ANNOUNCED] = True
            # sudo: the channel is that of everybody who sells
            group_sudo = self.env.ref("sales_team.group_sale_salesman").sudo()
            self.env["bus.bus"]._sendone(group_sudo, "paydox_funnel/moved", {})

    def _prepare_status_events(self, change, now):
        """Values of the events that are missing: one, or all of a deal that is imported with its history."""
        return [self._prepare_status_event(change, now)]

    def _prepare_status_event(self, change, now):
        """Snapshot of the deal for its next event."""
        self.ensure_one()
        former = self.status_event_id
        reason = change.reason
        if not reason and self.won_status == "lost":
            reason = self.lost_reason_id.name
        self._check_lost_reason(reason)
        currency = self.company_currency
        return {
            "lead_id": self.id,
            "from_status_id": former.to_status_id.id or None,
            "to_status_id": self.deal_status_id.id or None,
            "occurred_at": max(now, former.occurred_at or now),
            "left_at": None,
            "origin": change.origin or ("stage" if self.id in change.moved_ids else "manual"),
            "reason": reason or None,
            "stage_id": self.stage_id.id or None,
            "deal_type_id": self.deal_type_id.id or None,
            "user_id": self.env.uid,
            "owner_id": self.user_id.id or None,
            "department_id": self.department_id.id or None,
            "amount": currency.round(self.expected_revenue),
            "currency_id": currency.id,
            "company_id": self.company_id.id or self.env.company.id,
            # what the funnel reads on the event itself, without the deal
            **{
                name: self[column] if column == "create_date" else self[column].id or None
                for name, (column, _kind) in COLUMNS_OF_DEAL.items()
            },
        }

    def _follow_events(self, rows_by_lead, event_ids):
        """Point the deals to their new events and remember the furthest status that each has reached.

        In memory, past ``write``: the row of a deal has many indexes and is written once, with all that changed.
        """
        passed_ids = {row["to_status_id"] for rows in rows_by_lead.values() for row in rows}
        passed = self.env["paydox.deal.status"].browse(id_ for id_ in passed_ids if id_)
        keys = {status.id: status._key() for status in passed if status.outcome != "lost"}
        pointer, furthest = self._fields["status_event_id"], self._fields["reached_status_id"]
        with self.env.protecting([pointer, furthest], self):
            for lead in self:
                lead.status_event_id = event_ids[lead.id]
                former = lead.reached_status_id
                reached = max(
                    (row["to_status_id"] for row in rows_by_lead[lead.id] if row["to_status_id"] in keys),
                    key=keys.get,
                    default=None,
                )
                if reached and (not former or keys[reached] > former._key()):
                    lead.reached_status_id = reached
        self.modified([pointer.name, furthest.name])
        self.invalidate_recordset(["status_event_ids"], flush=False)

    def _watch_status(self):
        """Safety net: a status that is recomputed outside ``write`` is compared with the history before the commit."""
        precommit = self.env.cr.precommit
        real_ids = [lead_id for lead_id in self.ids if lead_id]
        if not real_ids:
            return
        if WATCHED not in precommit.data:
            precommit.data[WATCHED] = set()
            precommit.add(self.env["crm.lead"]._log_watched)
        precommit.data[WATCHED].update(real_ids)

    @api.model
    def _log_watched(self):
        lead_ids = self.env.cr.precommit.data.pop(WATCHED, None)
        if not lead_ids:
            return
        if open_changes := [change for change in self.env.cr.cache.get(CHANGES, ()) if change.joinable]:
            open_changes[-1].lead_ids.update(lead_ids)
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead.id FROM crm_lead lead
             LEFT JOIN paydox_deal_status_event event ON event.id = lead.status_event_id
                 WHERE lead.id IN %s AND lead.deal_status_id IS DISTINCT FROM event.to_status_id
                """,
                tuple(lead_ids),
            )
        )
        with self._status_change(origin="stage") as change:
            change.lead_ids.update(lead_id for [lead_id] in rows)
