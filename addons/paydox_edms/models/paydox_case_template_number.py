import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.paydox_edms.tools import number_pattern

PLACEHOLDERS = ("code", "company", "year", "yy", "month", "day")
_CODE = re.compile(r"[\w.-]{1,32}")


class PaydoxCaseTemplate(models.Model):
    """How the numbers of the cases look."""

    _inherit = "paydox.case.template"

    number_example = fields.Char(string="First Number", compute="_compute_number_example")

    # === COMPUTE METHODS === #

    @api.depends("number_pattern", "code", "company_id")
    def _compute_number_example(self):
        today = fields.Date.context_today(self)
        for template in self:
            try:
                template.number_example = template._render_case_number(1, today, template.company_id)
            except number_pattern.PatternError:
                template.number_example = False

    # === CONSTRAINT METHODS === #

    @api.constrains("code")
    def _check_code(self):
        if wrong := self.filtered(lambda template: not _CODE.fullmatch(template.code)):
            raise ValidationError(
                self.env._(
                    "The code “%(code)s” can only have letters, digits, dots, dashes and underscores.",
                    code=wrong[0].code,
                )
            )

    @api.constrains("number_pattern")
    def _check_number_pattern(self):
        for template in self:
            try:
                number_pattern.parse(template.number_pattern, PLACEHOLDERS)
            except number_pattern.PatternError as error:
                raise ValidationError(
                    self.env._(
                        "The numbers of the cases of %(name)s cannot look like “%(pattern)s”. Write {seq} or {seq:04} "
                        "once, between dashes or slashes. Besides it there can be {code}, {company}, {year}, {yy}, "
                        "{month} and {day}.",
                        name=template.name,
                        pattern=template.number_pattern,
                    )
                ) from error

    # === HELPERS === #

    def _get_case_number_values(self, date, company):
        self.ensure_one()
        values = self.env["paydox.document.numbering"]._get_date_values(date)
        return values | {"code": self.code or "…", "company": company.document_code or "…"}

    def _get_case_number_frame(self, date, company):
        """The number with everything filled in but ``{seq}``: cases of one frame are counted together."""
        values = self._get_case_number_values(date, company)
        return number_pattern.get_frame(self.number_pattern, values, PLACEHOLDERS)

    def _render_case_number(self, sequence, date, company):
        """The number of the case that is the ``sequence``-th of its frame."""
        values = self._get_case_number_values(date, company)
        return number_pattern.render(self.number_pattern, values, sequence, PLACEHOLDERS)
