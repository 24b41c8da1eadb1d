import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .paydox_document_numbering import DEFAULT_PATTERN

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
    _inherit = ["paydox.document.numbering"]
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
    # files
    allow_macros = fields.Boolean(
        string="Macros Allowed",
        help="Office files with macros may be uploaded. Macros can harm whoever opens the file.",
    )
    log_access = fields.Boolean(
        string="Journal of Access",
        help="Each opening of the card and each download or preview of a file is written down.",
    )
    # numbering
    journal_id = fields.Many2one(
        comodel_name="paydox.document.journal",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Documents of all kinds of a journal are numbered together. Empty: the kind has numbers of its own.",
    )
    number_pattern = fields.Char(compute="_compute_number_pattern", store=True, readonly=False, precompute=True)
    registration_moment = fields.Selection(
        selection=[("before", "Before the route"), ("after", "After the route"), ("any", "Before or after the route")],
        default="any",
        required=True,
    )
    reply_kind_id = fields.Many2one(
        comodel_name="paydox.document.kind",
        string="Kind of Replies",
        check_company=True,
        domain="[('direction', '=', 'outgoing')]",
        help="The kind of the letter that the button “Reply” begins.",
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

    @api.depends("journal_id.number_pattern")
    def _compute_number_pattern(self):
        for kind in self:
            kind.number_pattern = kind.journal_id.number_pattern or kind.number_pattern or DEFAULT_PATTERN

    @api.depends("journal_id.number_period")
    def _compute_number_period(self):
        kept_by_journal = self.filtered("journal_id")
        for kind in kept_by_journal:
            kind.number_period = kind.journal_id.number_period
        return super(PaydoxDocumentKind, self - kept_by_journal)._compute_number_period()

    @api.depends("code", "journal_id.code")
    def _compute_number_example(self):
        return super()._compute_number_example()

    @api.depends("reminder_days")
    def _compute_expiring_days(self):
        for kind in self:
            kind.expiring_days = max(kind._get_reminder_days(), default=DEFAULT_EXPIRING_DAYS)

    # === CONSTRAINT METHODS === #

    @api.constrains("number_pattern", "number_period", "company_id", "active")
    def _check_number_pattern(self):
        result = super()._check_number_pattern()
        for kind in self.filtered("active"):
            kind._check_shared_journal()
        return result

    @api.constrains("number_pattern", "number_period", "journal_id")
    def _check_journal(self):
        for kind in self.filtered("journal_id"):
            journal = kind.journal_id
            if (kind.number_pattern, kind.number_period) != (journal.number_pattern, journal.number_period):
                raise ValidationError(
                    self.env._(
                        "%(kind)s takes its numbers from the journal %(journal)s. Change the pattern there, or take the "
                        "kind out of the journal.",
                        kind=kind.name,
                        journal=journal.name,
                    )
                )

    def _check_shared_journal(self):
        """Two kinds that fill one journal must start it again at the same moment, or numbers would repeat."""
        skeleton = self._get_number_skeleton()
        if "{kind}" in skeleton:
            return
        domain = Domain("id", "!=", self.id) & Domain("number_period", "!=", self.number_period)
        if self.company_id:
            domain &= Domain("company_id", "in", [self.company_id.id, False])
        # sudo: a kind of a company that the administrator does not see shares the journal all the same
        for other_sudo in self.sudo().search(domain):
            if other_sudo._get_number_skeleton() == skeleton:
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

    def _get_number_example_values(self):
        codes = {"kind": self.code, "journal": self.journal_id.code}
        return super()._get_number_example_values() | {name: code for name, code in codes.items() if code}
