import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools import number_pattern

DEFAULT_PATTERN = "{kind}-{year}/{seq:04}"
DEFAULT_EXPIRING_DAYS = 30
PAPER_POLICIES = [
    ("electronic", "Electronic only"),
    ("required", "Paper original required"),
    ("scanned", "Scanned, paper not kept"),
]

_CODE = re.compile(r"[\w.-]+")


class PaydoxDocumentKind(models.Model):
    """Category of documents: what a business administrator sets once, so that authors need not."""

    _name = "paydox.document.kind"
    _description = "Document Kind"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Takes the place of {kind} in the registration numbers.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: the kind serves every company.")
    direction = fields.Selection(
        selection=[("incoming", "Incoming"), ("outgoing", "Outgoing"), ("internal", "Internal")],
        default="internal",
        required=True,
    )
    is_counterparty_paper = fields.Boolean(help="A paper of a counterparty, such as a charter or a licence.")
    confidentiality = fields.Selection(
        selection="_get_confidentialities",
        default="internal",
        required=True,
        help="The level that new documents of this kind take.",
    )
    property_definition = fields.PropertiesDefinition(string="Own Fields")
    # numbering
    number_pattern = fields.Char(
        default=DEFAULT_PATTERN,
        required=True,
        help="Placeholders: {kind} {dept} {company} {year} {yy} {month} {day} {parent_number} {seq} or {seq:04}.",
    )
    number_period = fields.Selection(
        selection=[("never", "Never"), ("yearly", "Each year"), ("monthly", "Each month")],
        compute="_compute_number_period",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="When the sequence starts again from 1.",
    )
    number_example = fields.Char(compute="_compute_number_example")
    registration_moment = fields.Selection(
        selection=[("before", "Before the route"), ("after", "After the route"), ("any", "Before or after the route")],
        default="any",
        required=True,
    )
    # route
    route_id = fields.Many2one(
        comodel_name="paydox.route",
        check_company=True,
        index="btree_not_null",
        domain="[('state', '=', 'published')]",
        help="Documents of a kind without a route need no approval.",
    )
    # reminders
    reminder_days = fields.Char(
        default="30, 7, 1",
        help="How many days before the end of validity to remind, separated by commas. "
        "The largest number is also when a document starts to count as expiring.",
    )
    expiring_days = fields.Integer(compute="_compute_expiring_days", store=True)
    # paper
    paper_policy = fields.Selection(
        selection=PAPER_POLICIES,
        string="Paper",
        default="electronic",
        required=True,
        help="What new documents of this kind take; a single document can be made an exception.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "There is already a kind with this code in the company. Choose another code."
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_confidentialities(self):
        levels = {
            "open": self.env._("Open: everybody in the company"),
            "internal": self.env._("Internal: participants, their heads, clerks"),
            "secret": self.env._("Secret: participants only"),
        }
        return list(levels.items())

    @api.depends("number_pattern")
    def _compute_number_period(self):
        for kind in self:
            try:
                kind.number_period = number_pattern.get_default_period(kind.number_pattern)
            except number_pattern.PatternError:
                kind.number_period = kind.number_period or "yearly"

    @api.depends("number_pattern", "code")
    def _compute_number_example(self):
        today = fields.Date.context_today(self)
        for kind in self:
            values = dict.fromkeys(number_pattern.PLACEHOLDERS, "…") | kind._get_date_values(today)
            try:
                kind.number_example = number_pattern.render(
                    kind.number_pattern, values | {"kind": kind.code or "…"}, sequence=1
                )
            except number_pattern.PatternError:
                kind.number_example = False

    @api.depends("reminder_days")
    def _compute_expiring_days(self):
        for kind in self:
            kind.expiring_days = max(kind._get_reminder_days(), default=DEFAULT_EXPIRING_DAYS)

    # === CONSTRAINT METHODS === #

    @api.constrains("number_pattern", "number_period", "company_id", "active")
    def _check_number_pattern(self):
        for kind in self:
            try:
                number_pattern.parse(kind.number_pattern)
            except number_pattern.PatternError as error:
                raise ValidationError(kind._get_pattern_message(error)) from error
        for kind in self.filtered("active"):
            kind._check_shared_journal()

    def _check_shared_journal(self):
        """Two kinds that fill one journal must start it again at the same moment, or numbers would repeat."""
        skeleton = number_pattern.get_skeleton(self.number_pattern)
        if "{kind}" in skeleton:
            return
        domain = Domain("id", "!=", self.id) & Domain("number_period", "!=", self.number_period)
        if self.company_id:
            domain &= Domain("company_id", "in", [self.company_id.id, False])
        # sudo: a kind of a company that the administrator does not see shares the journal all the same
        for other_sudo in self.sudo().search(domain):
            if number_pattern.get_skeleton(other_sudo.number_pattern) == skeleton:
                raise ValidationError(
                    self.env._(
                        "%(kind)s and %(other)s use the same number pattern, but start it again at different times, "
                        "so a number could be given twice. Give both the same period or add {kind} to the pattern.",
                        kind=self.name,
                        other=other_sudo.name,
                    )
                )

    @api.constrains("code")
    def _check_code(self):
        for kind in self:
            if not _CODE.fullmatch(kind.code):
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” can only have letters, digits, dots, dashes and underscores.",
                        code=kind.code,
                    )
                )

    @api.constrains("reminder_days")
    def _check_reminder_days(self):
        for kind in self:
            parts = [part.strip() for part in (kind.reminder_days or "").split(",") if part.strip()]
            if not all(part.isdecimal() and 0 < int(part) < 3660 for part in parts):
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is not a list of days. Write whole numbers separated by commas, such as 30, 7, 1.",
                        text=kind.reminder_days,
                    )
                )

    @api.constrains("route_id")
    def _check_route(self):
        for kind in self:
            if kind.route_id.state == "draft":
                raise ValidationError(
                    self.env._(
                        "The route %(route)s is a draft. Publish it before you use it.",
                        route=kind.route_id.display_name,
                    )
                )

    # === HELPERS === #

    def _get_reminder_days(self):
        """Days before the end of validity on which people are reminded, the largest first."""
        self.ensure_one()
        parts = (self.reminder_days or "").split(",")
        return sorted({int(part) for part in map(str.strip, parts) if part.isdecimal()}, reverse=True)

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
                "There is no placeholder %(part)s. You can use {kind}, {dept}, {company}, {year}, {yy}, {month}, "
                "{day}, {parent_number}, {seq} and {seq:04}.",
                part=part,
            ),
            "touching": self.env._(
                "{seq} touches “%(part)s”, so two documents could get the same number. "
                "Put a separator, such as a dash, between them.",
                part=part,
            ),
        }
        return messages[error.reason]
