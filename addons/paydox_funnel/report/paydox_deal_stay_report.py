from odoo import fields, models
from odoo.tools import SQL


class PaydoxDealStayReport(models.Model):
    """Time in status: one row for each stay of a deal in a status, from its events."""

    _name = "paydox.deal.stay.report"
    _description = "Time in Status"
    _auto = False
    _order = "entered_at desc, id desc"
    _rec_name = "status_id"

    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal", readonly=True)
    status_id = fields.Many2one(comodel_name="paydox.deal.status", readonly=True)
    stage_id = fields.Many2one(comodel_name="crm.stage", readonly=True)
    deal_type_id = fields.Many2one(comodel_name="paydox.deal.type", readonly=True)
    owner_id = fields.Many2one(comodel_name="res.users", string="Responsible", readonly=True)
    department_id = fields.Many2one(comodel_name="hr.department", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    entered_at = fields.Datetime(string="Entered", readonly=True)
    left_at = fields.Datetime(string="Left", readonly=True)
    is_current = fields.Boolean(string="Stands There Now", readonly=True)
    days = fields.Float(readonly=True, aggregator="avg", help="Days of the stay, finished or running.")

    _depends = {
        "paydox.deal.status.event": [
            "lead_id",
            "to_status_id",
            "stage_id",
            "deal_type_id",
            "owner_id",
            "department_id",
            "company_id",
            "occurred_at",
            "left_at",
        ]
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT event.id, event.lead_id, event.to_status_id AS status_id, event.stage_id, event.deal_type_id,
                   event.owner_id, event.department_id, event.company_id, event.occurred_at AS entered_at, event.left_at,
                   event.left_at IS NULL AS is_current,
                   EXTRACT(EPOCH FROM COALESCE(event.left_at, %(now)s) - event.occurred_at) / 86400.0 AS days
              FROM paydox_deal_status_event event
             WHERE event.to_status_id IS NOT NULL
            """,
            now=fields.Datetime.now(),
        )
