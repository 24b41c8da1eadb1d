import pytz
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.paydox_edms.tools import number_pattern

_PERIOD_FORMATS = {"never": "", "yearly": "%Y", "monthly": "%Y-%m"}


class PaydoxDocumentNumber(models.Model):
    """Journal of registration numbers: rows are inserted, never changed, so a number is given once."""

    _name = "paydox.document.number"
    _description = "Registration Number"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "number"

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, ondelete="restrict")
    period = fields.Char(readonly=True, help="Year or year and month in which the sequence runs.")
    frame = fields.Char(string="Journal", required=True, readonly=True, help="The number without its sequence.")
    seq = fields.Integer(string="Sequence", required=True, readonly=True, aggregator=None)
    number = fields.Char(required=True, readonly=True)
    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="restrict", index=True
    )

    _seq_uniq = models.Constraint("UNIQUE(company_id, period, frame, seq)", "This sequence number is already given.")
    _number_uniq = models.Constraint("UNIQUE(company_id, period, number)", "This registration number is already given.")
    _document_uniq = models.Constraint("UNIQUE(document_id)", "This document is already registered.")
    _period_filled = models.Constraint("CHECK(period IS NOT NULL)", "A number belongs to a period.")

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    # === BUSINESS METHODS === #

    @api.model
    def _allocate(self, documents, moment):
        """Give each document the next number of its journal.

        :param datetime moment: when the documents are registered (UTC)
        """
        plans = [(document, *self._get_journal(document, moment)) for document in documents]
        # The same order everywhere, so that two clerks who register in bulk do not wait for each other in a ring.
        plans.sort(key=lambda plan: (plan[0].company_id.id, plan[2], plan[3], plan[0].id))
        numbers = self.browse()
        for document, values, period, frame in plans:
            numbers |= self._insert_next(document, values, period, frame)
        return numbers

    def _insert_next(self, document, values, period, frame):
        """Insert the first free number.

        Another transaction may have taken it without being visible to this one: then the insert waits for it and fails
        on the unique constraint, and the next number is tried. A number that is rolled back is free again, so no gap
        stays.
        """
        journal = [("company_id", "=", document.company_id.id), ("period", "=", period), ("frame", "=", frame)]
        seq = self.search(journal, order="seq desc", limit=1).seq
        while True:
            seq += 1
            vals = {
                "company_id": document.company_id.id,
                "period": period,
                "frame": frame,
                "seq": seq,
                "number": number_pattern.render(document.kind_id.number_pattern, values, seq),
                "document_id": document.id,
            }
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    return self.create(vals)
            except UniqueViolation as error:
                if error.diag.constraint_name.endswith("document_uniq"):
                    raise UserError(
                        self.env._("%(document)s is already registered.", document=document.display_name)
                    ) from error

    @api.model
    def _get_journal(self, document, moment):
        """Placeholders, period and frame of the document's journal."""
        kind = document.kind_id
        zone = pytz.timezone(document.company_id._get_document_timezone())
        day = pytz.utc.localize(moment).astimezone(zone).date()
        values = self._get_placeholder_values(document, day)
        period = day.strftime(_PERIOD_FORMATS[kind.number_period])
        return values, period, number_pattern.get_frame(kind.number_pattern, values)

    @api.model
    def _get_placeholder_values(self, document, day):
        kind = document.kind_id
        # sudo: the parent, the department and the company need not be readable to take their code
        document_sudo = document.sudo()
        values = kind._get_date_values(day) | {
            "kind": kind.code,
            "dept": document_sudo.department_id.document_code,
            "company": document_sudo.company_id.document_code,
            "parent_number": document_sudo.parent_id.number,
        }
        explanations = {
            "dept": self.env._("the department of the document has no document code"),
            "company": self.env._("the company has no document code"),
            "parent_number": self.env._("the document has no registered parent"),
        }
        for name in number_pattern.get_fields(kind.number_pattern):
            if not values[name]:
                raise UserError(
                    self.env._(
                        "The number of %(document)s cannot be made up: %(reason)s. Fill it in and register again.",
                        document=document.display_name,
                        reason=explanations[name],
                    )
                )
        return values
