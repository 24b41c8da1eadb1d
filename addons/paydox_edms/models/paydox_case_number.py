import re
from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

_SEQUENCE = re.compile(r"\{seq(?::0?(\d{1,2}))?\}")
_FIELD = re.compile(r"\{(code|company|year|yy|month|day)\}")


class PaydoxCaseNumber(models.Model):
    """How far each row of numbers of cases has come."""

    _name = "paydox.case.number"
    _description = "Numbering of Cases"
    _inherit = ["paydox.protected"]
    _order = "id"
    _rec_name = "frame"

    company_id = fields.Many2one(comodel_name="res.company", required=True, ondelete="cascade", index=True)
    frame = fields.Char(required=True, help="The number with everything filled in but the sequence.")
    last = fields.Integer(required=True, default=0, aggregator=None)

    _frame_uniq = models.Constraint("UNIQUE(company_id, frame)", "This row of numbers already exists.")

    @api.model
    def _take(self, company, frame, count):
        """The first of ``count`` numbers that nobody else gets; whoever comes at the same moment waits."""
        [(last,)] = self.env.execute_query(
            SQL(
                """
                INSERT INTO paydox_case_number (company_id, frame, last, create_uid, create_date, write_uid, write_date)
                     VALUES (%(company)s, %(frame)s, %(count)s, %(uid)s, now(), %(uid)s, now())
                ON CONFLICT (company_id, frame) DO UPDATE SET last = paydox_case_number.last + %(count)s
                  RETURNING last
                """,
                company=company.id,
                frame=frame,
                count=count,
                uid=self.env.uid,
            )
        )
        return last - count + 1


class PaydoxCase(models.Model):
    _inherit = "paydox.case"

    # === HELPERS === #

    def _give_numbers(self):
        """Number the cases that have a template, each row of numbers in one go."""
        pairs = [(case, case._get_number_frame()) for case in self.filtered(lambda case: not case.number)]
        counts = Counter((case.company_id, frame) for case, frame in pairs)
        firsts = {key: self.env["paydox.case.number"]._take(*key, count) for key, count in counts.items()}
        for case, frame in pairs:
            key = (case.company_id, frame)
            case.number = _SEQUENCE.sub(
                lambda match, value=firsts[key]: str(value).zfill(int(match.group(1) or 1)), frame, count=1
            )
            firsts[key] += 1

    def _get_number_frame(self):
        self.ensure_one()
        pattern = self.template_id.number_pattern or "C-{year}/{seq:04}"
        if not _SEQUENCE.search(pattern):
            pattern += "-{seq}"
        day = fields.Date.context_today(self)
        values = {
            "code": self.template_id.code or "",
            "company": self.company_id.name or "",
            "year": f"{day.year:04}",
            "yy": f"{day.year % 100:02}",
            "month": f"{day.month:02}",
            "day": f"{day.day:02}",
        }
        return _FIELD.sub(lambda match: values[match.group(1)], pattern)
