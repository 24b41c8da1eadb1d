from odoo import api, fields, models
from odoo.tools import SQL


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
        """Number the cases, each row of numbers in one go."""
        unnumbered = self.filtered(lambda case: not case.number)
        day = fields.Date.context_today(self)
        rows = unnumbered.grouped(lambda case: (case.company_id, case._get_number_frame(day)))
        for (company, frame), cases in rows.items():
            first = self.env["paydox.case.number"]._take(company, frame, len(cases))
            for place, case in enumerate(cases):
                case.number = case._render_number(first + place, day)

    def _get_number_frame(self, day):
        self.ensure_one()
        if not self.template_id:
            return f"{day.year:04}/{{seq}}"
        return self.template_id._get_case_number_frame(day, self.company_id)

    def _render_number(self, sequence, day):
        self.ensure_one()
        if not self.template_id:
            return f"{day.year:04}/{sequence:04}"
        return self.template_id._render_case_number(sequence, day, self.company_id)
