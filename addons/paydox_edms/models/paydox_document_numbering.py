from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.paydox_edms.tools import number_pattern

DEFAULT_PATTERN = "{kind}-{year}/{seq:04}"


class PaydoxDocumentNumbering(models.AbstractModel):
    """How registration numbers look and when they start again: for kinds and for journals."""

    _name = "paydox.document.numbering"
    _description = "Numbering"

    number_pattern = fields.Char(
        required=True,
        help="Placeholders: {kind} {journal} {dept} {case} {company} {partner_code} {year} {yy} {month} {day} "
        "{parent_number} {seq} or {seq:04}.",
    )
    number_period = fields.Selection(
        selection=[
            ("never", "Never"),
            ("yearly", "Each year"),
            ("monthly", "Each month"),
            ("parent", "For each parent document"),
        ],
        compute="_compute_number_period",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="When the sequence starts again from 1.",
    )
    number_example = fields.Char(compute="_compute_number_example")

    # === COMPUTE METHODS === #

    @api.depends("number_pattern")
    def _compute_number_period(self):
        for record in self:
            try:
                record.number_period = number_pattern.get_default_period(record.number_pattern)
            except number_pattern.PatternError:
                record.number_period = record.number_period or "yearly"

    @api.depends("number_pattern")
    def _compute_number_example(self):
        for record in self:
            try:
                record.number_example = number_pattern.render(
                    record.number_pattern, record._get_number_example_values(), sequence=1
                )
            except number_pattern.PatternError:
                record.number_example = False

    # === CONSTRAINT METHODS === #

    @api.constrains("number_pattern")
    def _check_number_pattern(self):
        for record in self:
            try:
                number_pattern.parse(record.number_pattern)
            except number_pattern.PatternError as error:
                raise ValidationError(record._get_pattern_message(error)) from error

    # === HELPERS === #

    def _get_number_skeleton(self):
        self.ensure_one()
        return number_pattern.get_skeleton(self.number_pattern)

    def _get_number_example_values(self):
        """Text for each placeholder of the example; addons that add placeholders extend it."""
        today = fields.Date.context_today(self)
        return dict.fromkeys(number_pattern.PLACEHOLDERS, "…") | self._get_date_values(today)

    @api.model
    def _get_date_values(self, date):
        return {
            "year": f"{date.year:04}",
            "yy": f"{date.year % 100:02}",
            "month": f"{date.month:02}",
            "day": f"{date.day:02}",
        }

    def _get_pattern_message(self, error):
        part = error.part
        messages = {
            "empty": self.env._("The number pattern is empty. Write at least {seq}."),
            "missing": self.env._(
                "The number pattern has no {seq}, so all documents would get the same number. Add {seq}."
            ),
            "twice": self.env._("The number pattern has {seq} more than once. Leave one."),
            "brace": self.env._("A brace in the number pattern has no pair. Write placeholders as {year}."),
            "width": self.env._("The width in %(part)s must be from 1 to 12, such as {seq:04}.", part=part),
            "unknown": self.env._(
                "There is no placeholder %(part)s. You can use {kind}, {journal}, {dept}, {case}, {company}, "
                "{partner_code}, {year}, {yy}, {month}, {day}, {parent_number}, {seq} and {seq:04}.",
                part=part,
            ),
            "touching": self.env._(
                "{seq} touches “%(part)s”, so two documents could get the same number. "
                "Put a separator, such as a dash, between them.",
                part=part,
            ),
        }
        return messages[error.reason]
