"""Indexes of the funnel that hold more than before are made anew under their names, others stand in for single ones."""

from odoo.tools import SQL

INDEXES = (
    "paydox_deal_status_event_stay_idx",
    "paydox_deal_status_event_running_idx",
    "paydox_deal_status_event_begun_idx",
    "paydox_deal_status_event_owner_idx",
    "paydox_deal_status_event__lead_id_index",
    "paydox_deal_status_event__from_status_id_index",
    "paydox_deal_status_event__to_status_id_index",
    "crm_lead_owner_idx",
    "crm_lead__deal_type_id_index",
    "crm_lead__department_id_index",
    "crm_lead__reached_status_id_index",
)


def migrate(cr, version):
    for name in INDEXES:
        cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
