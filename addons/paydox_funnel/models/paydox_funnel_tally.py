import logging

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import table_columns

from ..tools import funnel_tally, funnel_tally_schema

_logger = logging.getLogger(__name__)


class PaydoxFunnelTally(models.Model):
    """Sums of deals and stays beside the rows themselves, so that a million deals need not be counted one by one.

    The database keeps them by triggers (``tools/funnel_tally.py``), nobody reads them but the funnel. They hold no name and no
    deal, only numbers for each company.
    """

    _name = "paydox.funnel.tally"
    _description = "Tally of the Funnel"
    _inherit = ["paydox.protected"]
    _log_access = False
    _order = "id"
    _rec_name = "kind"

    kind = fields.Char(required=True, help="What is counted, see the source of the tally.")
    cell = fields.Date(required=True, help="Day, or first day of the month, on which the deals were created.")
    # Plain numbers, no links: nothing here may hinder or follow the deletion of what they name.
    company_id = fields.Integer(string="Company No.", aggregator=None)
    status_id = fields.Integer(string="Status No.", aggregator=None)
    reached_id = fields.Integer(string="Furthest Status No.", aggregator=None)
    is_lost = fields.Boolean()
    key = fields.Integer(aggregator=None)
    deals = fields.Integer()
    amount = fields.Float(digits=(16, 2))
    is_gathered = fields.Boolean(help="False for what was appended since the job ran.")

    _new_idx = models.Index("(id) WHERE is_gathered IS NOT TRUE")

    def init(self):
        """Runs at each update: the triggers are those of this version; what was never counted is counted."""
        cr = self.env.cr
        cr.execute(SQL("SELECT EXISTS (SELECT 1 FROM paydox_funnel_tally), EXISTS (SELECT 1 FROM crm_lead)"))
        has_tally, has_deals = cr.fetchone()
        known = table_columns(cr, "paydox_deal_status_event")
        missing = [name for name in funnel_tally_schema.COLUMNS_OF_DEAL if name not in known]
        cr.execute(SQL(funnel_tally_schema.SCHEMA))
        # Before the triggers and the new indexes are there, or a million histories take long.
        is_filled = has_deals and missing
        cr.execute(SQL(funnel_tally_schema.get_first_fill(missing) if is_filled else funnel_tally_schema.ADD_STAY))
        cr.execute(SQL(funnel_tally_schema.INDEXES))
        cr.execute(SQL(funnel_tally.get_triggers()))
        if has_deals and not has_tally:
            self._rebuild()

    @api.model
    def _rebuild(self):
        self.env.cr.execute(SQL(funnel_tally.get_rebuild()))

    @api.model
    def _cron_gather(self):
        """Gather what was appended; count anew should the sums ever disagree with the rows."""
        self.env.cr.execute(SQL(funnel_tally.GATHER))
        self.env.cr.execute(SQL(funnel_tally.AGREES))
        [agrees] = self.env.cr.fetchone()
        if not agrees:
            _logger.warning("The tally of the funnel disagrees with the deals; it is counted anew.")
            self._rebuild()
