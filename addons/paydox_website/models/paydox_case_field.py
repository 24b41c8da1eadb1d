from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from odoo.addons.paydox_website.tools.order import OrderError, check_length, clean_line, clean_text

# What a stranger can be asked for: nothing that would let him choose among records.
WEBSITE_TYPES = ("char", "text", "integer", "float", "date", "boolean", "selection", "separator")
MAX_LINE = 256
MAX_LONG = 5000
_MAX_NUMBER = 15


class PaydoxCaseField(models.Model):
    """Fields of the data form that visitors of the website fill in."""

    _inherit = "paydox.case.field"

    is_website = fields.Boolean(
        string="On the Website",
        help="Visitors fill it in, on the page of the template and on the order forms that start a case by it.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("is_website", "type")
    def _check_website_type(self):
        if wrong := self.filtered(lambda row: row.is_website and row.type not in WEBSITE_TYPES):
            raise ValidationError(
                self.env._(
                    "“%(label)s” cannot be asked on the website: a visitor would choose among people, counterparties or "
                    "documents of yours. Choose another type, or take off the mark.",
                    label=wrong[0].name,
                )
            )

    # === HELPERS === #

    def _get_answer_name(self):
        """Name of the field on the page."""
        self.ensure_one()
        return f"data_{self.property_name}"

    def _is_answer_needed(self):
        self.ensure_one()
        return self.required_at == "start" and self.type not in ("boolean", "separator")

    def _parse_answers(self, values):
        """Check what a visitor typed.

        :param dict values: texts by name of the field on the page
        :return: ``(answers, errors)``: values by technical name, messages by name on the page
        """
        answers, errors = {}, {}
        for row in self.filtered(lambda row: row.type != "separator"):
            name = row._get_answer_name()
            try:
                answer = row._parse_answer(values.get(name) or "")
            except (OrderError, ValidationError):
                errors[name] = row._get_answer_error()
                continue
            if answer is None and row._is_answer_needed():
                errors[name] = self.env._("Please fill in “%(label)s”.", label=row.name)
            elif answer is not None:
                answers[row.property_name] = answer
        return answers, errors

    def _parse_answer(self, text):
        self.ensure_one()
        if self.type == "text":
            return check_length(clean_text(text), MAX_LONG) or None
        text = check_length(clean_line(text), MAX_LINE)
        if self.type == "boolean":
            return bool(text)
        if self.type in ("integer", "float"):
            check_length(text, _MAX_NUMBER)
        if self.type == "selection" and text and text not in self._get_options():
            raise OrderError("choice")
        return self._parse_value(text)

    def _get_answer_text(self, answer):
        """An answer in words, in the language of the reader."""
        self.ensure_one()
        if self.type == "boolean":
            return self.env._("Yes") if answer else self.env._("No")
        if self.type == "selection":
            return self._get_option_labels().get(answer, answer)
        if self.type == "date":
            return format_date(self.env, answer)
        return str(answer)

    def _get_answer_error(self):
        self.ensure_one()
        if self.type in ("char", "text"):
            limit = MAX_LONG if self.type == "text" else MAX_LINE
            return self.env._("This text is too long: at most %(limit)s characters fit.", limit=limit)
        if self.type == "selection":
            return self.env._("Choose one of the list.")
        return self._get_value_hint()
