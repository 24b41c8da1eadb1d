import re
import secrets
from datetime import date, datetime
from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import ValidationError

FIELD_TYPES = [
    ("char", "Text"),
    ("text", "Long text"),
    ("integer", "Whole number"),
    ("float", "Number"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("boolean", "Yes or no"),
    ("selection", "Choice"),
    ("partner", "Counterparty or person"),
    ("user", "Employee"),
    ("document", "Document with a file"),
    ("separator", "Heading"),
]
COMODELS = {"partner": "res.partner", "user": "res.users", "document": "paydox.document"}
_YES_NO = {
    **dict.fromkeys(("yes", "true", "1", "да", "da"), True),
    **dict.fromkeys(("no", "false", "0", "нет", "nu"), False),
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def _parse_yes_no(text):
    try:
        return _YES_NO[text.casefold()]
    except KeyError as error:
        raise ValueError(text) from error


def _parse_number(text):
    value = float(text.replace(",", "."))
    if not isfinite(value):
        raise ValueError(text)
    return value


_PARSERS = {
    "integer": int,
    "float": _parse_number,
    "date": lambda text: date.fromisoformat(text).isoformat(),
    "datetime": lambda text: datetime.fromisoformat(text).replace(tzinfo=None).isoformat(" ", "seconds"),
    "boolean": _parse_yes_no,
}


class PaydoxCaseField(models.Model):
    """A field of the data form of a case; the definition of the properties of the cases is made of these rows."""

    _name = "paydox.case.field"
    _description = "Field of the Data Form of a Case"
    _inherit = ["paydox.revision.part"]
    _order = "template_id, sequence, id"
    _revision_field = "template_id"

    template_id = fields.Many2one(comodel_name="paydox.case.template", required=True, ondelete="cascade", index=True)
    name = fields.Char(string="Label", required=True, translate=True)
    sequence = fields.Integer(default=10)
    property_name = fields.Char(
        string="Technical Name",
        required=True,
        default=lambda self: f"f{secrets.token_hex(6)}",
        help="Stays the same in all revisions, so that cases keep their data when they are moved.",
    )
    type = fields.Selection(selection=FIELD_TYPES, default="char", required=True)
    options = fields.Text(string="Choices", translate=True, help="One choice a line.")
    default_value = fields.Char(string="Proposed Value", help="What a new case begins with.")
    required_at = fields.Selection(
        selection=[("start", "To start the case"), ("close", "To complete the case")],
        string="Required",
        help="A single step can require the field too.",
    )

    _property_uniq = models.Constraint(
        "UNIQUE(template_id, property_name)", "Two fields of the form have the same technical name."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("property_name")
    def _check_property_name(self):
        if wrong := self.filtered(lambda row: not _NAME.fullmatch(row.property_name)):
            raise ValidationError(
                self.env._(
                    "The technical name “%(name)s” can only have small Latin letters, digits and underscores.",
                    name=wrong[0].property_name,
                )
            )

    @api.constrains("name", "type", "options", "default_value")
    def _check_definition(self):
        for row in self:
            if row.type == "selection" and not row._get_options():
                raise ValidationError(
                    self.env._("“%(label)s” is a choice, but has nothing to choose from. Add choices.", label=row.name)
                )
            if len(set(row._get_options())) < len(row._get_options()):
                raise ValidationError(self.env._("“%(label)s” has the same choice twice.", label=row.name))
            row._parse_default()

    # === HELPERS === #

    def _get_options(self):
        """The choices as they are kept in the cases, whatever the language of the reader."""
        self.ensure_one()
        if self.type != "selection":
            return []
        return self._split_options(self.with_context(lang=None).options or self.options)

    @api.model
    def _split_options(self, text):
        return [line.strip() for line in (text or "").splitlines() if line.strip()]

    def _get_option_labels(self):
        """``{choice: its name in the language of the reader}``."""
        self.ensure_one()
        options = self._get_options()
        labels = self._split_options(self.options)
        return dict(zip(options, labels if len(labels) == len(options) else options, strict=True))

    def _find_option(self, text):
        """The choice that a person named in his language; another one may ask for it later in his own."""
        self.ensure_one()
        for code, __ in [(None, None), *self.env["res.lang"].get_installed()]:
            for key, label in self.with_context(lang=code)._get_option_labels().items():
                if text in (key, label):
                    return key
        raise ValueError(text)

    def _parse_default(self):
        """The proposed value as Odoo keeps it in the definition, or None."""
        return self._parse_value(self.default_value)

    def _parse_value(self, text):
        """A value that a person wrote, of the type of the field, or None when there is none."""
        self.ensure_one()
        text = (text or "").strip()
        if not text or self.type == "separator":
            return None
        try:
            if self.type in COMODELS:
                raise ValueError
            value = _PARSERS.get(self.type, str)(text)
            if self.type == "selection":
                value = self._find_option(value)
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is no value of the field “%(label)s”. %(hint)s",
                    value=text,
                    label=self.name,
                    hint=self._get_value_hint(),
                )
            ) from error
        return value

    def _get_value_hint(self):
        hints = {
            "integer": self.env._("Write a whole number."),
            "float": self.env._("Write a number, such as 12.5."),
            "date": self.env._("Write the date as 2026-12-31."),
            "datetime": self.env._("Write the date and time as 2026-12-31 18:00, in UTC."),
            "boolean": self.env._("Write yes or no."),
            "selection": self.env._(
                "Write one of the choices: %(choices)s.", choices=", ".join(self._get_option_labels().values())
            ),
        }
        return hints.get(self.type) or self.env._("Leave it empty.")

    def _prepare_property_definition(self):
        """The rows as Odoo's definition of properties, which knows one language: that of the source."""
        rows = self.with_context(lang=None)
        return [row._prepare_property() for row in rows if row.name and row.property_name]

    def _prepare_property(self):
        self.ensure_one()
        values = {"name": self.property_name, "string": self.name, "type": self.type}
        if self.type in COMODELS:
            values |= {"type": "many2one", "comodel": COMODELS[self.type]}
        if self.type == "user":
            values["domain"] = "[('share', '=', False)]"
        if self.type == "selection":
            values["selection"] = [[option, option] for option in dict.fromkeys(self._get_options())]
        try:
            default = self._parse_default()
        except ValidationError:
            # Refused when it is saved; the form asks before.
            default = None
        return values if default is None else values | {"default": default}
