from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.paydox_edms.tools import number_pattern


class PaydoxDocumentNumber(models.Model):
    """Journal of registration numbers: rows are inserted, never changed, so a number is given once."""

    _name = "paydox.document.number"
    _description = "Journal of Registration Numbers"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "number"

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, ondelete="restrict")
    period = fields.Char(readonly=True, help="Year or year and month in which the sequence runs.")
    frame = fields.Char(required=True, readonly=True, help="The number without its sequence.")
    seq = fields.Integer(required=True, readonly=True)
    number = fields.Char(required=True, readonly=True)
    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="restrict", index=True
    )

    _seq_uniq = models.Constraint("UNIQUE(company_id, period, frame, seq)", "This sequence number is already given.")
    _number_uniq = models.Constraint("UNIQUE(company_id, period, number)", "This registration number is already given.")
    _document_uniq = models.Constraint("UNIQUE(document_id)", "This document is already registered.")
    _period_filled = models.Constraint("CHECK(period IS NOT NULL)", "A number belongs to a period.")
