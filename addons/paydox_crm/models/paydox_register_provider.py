import base64
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import registers
from ..tools.register_client import get_address_problem, post_json
from ..tools.registers import RegisterError
from ..tools.requisites import compact


class PaydoxRegisterProvider(models.Model):
    """A state register that is asked for the requisites of a counterparty, when a person presses the button.

    A further protocol is one more value of ``kind`` and a method ``_fetch_<kind>(number)`` that returns entries as
    ``tools/registers.py`` describes them. Only administrators see and set addresses and keys: the server sends requests there.
    """

    _name = "paydox.register.provider"
    _description = "State Register"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one(
        comodel_name="res.country",
        required=True,
        index=True,
        ondelete="restrict",
        help="Counterparties of this country are looked up here; the first register of a country that is active is asked.",
    )
    kind = fields.Selection(
        selection=[
            ("ru_party", "Russia: party suggestions by INN or OGRN (JSON)"),
            ("ro_anaf", "Romania: public service of ANAF by CUI (JSON)"),
            ("file", "File (CSV)"),
        ],
        string="Protocol",
        required=True,
    )
    url = fields.Char(
        string="Address",
        groups="base.group_system",
        help="Complete address of the service. It is a secure address (https), or one of this machine: numbers and key travel there.",
    )
    api_key = fields.Char(
        string="Key",
        groups="base.group_system",
        copy=False,
        help="Sent with each request where the service asks for one.",
    )
    timeout = fields.Integer(string="Time-out (s)", default=10, help="A request that takes longer is given up.")
    file = fields.Binary(
        attachment=True,
        help="First line: names of columns (vat, name, legal_name, kpp, company_registry, okpo, legal_address, director_name, "
        "director_position, phone, email, street, city, zip, status). UTF-8, commas or semicolons.",
    )
    filename = fields.Char()

    _timeout_check = models.Constraint("CHECK(timeout BETWEEN 1 AND 60)", "The time-out is between 1 and 60 seconds.")

    # === CONSTRAINT METHODS === #

    @api.constrains("kind", "url", "file", "active")
    def _check_address(self):
        problems = {
            "malformed": self.env._("it is no address. Give the complete one, beginning with https://"),
            "credentials": self.env._("it holds a user or a password. Put the key into its own field."),
            "insecure": self.env._("it is not secure. Give one that begins with https://"),
        }
        for provider in self:
            if provider.kind == "file":
                if provider.active and not provider.file:
                    raise ValidationError(
                        self.env._("Register “%(name)s” has no file. Upload one, or archive it.", name=provider.name)
                    )
            elif problem := get_address_problem(provider.url):
                raise ValidationError(
                    self.env._(
                        "The address of register “%(name)s” cannot be used: %(problem)s",
                        name=provider.name,
                        problem=problems[problem],
                    )
                )

    # === LOOK-UP === #

    @api.model
    def _get_provider(self, country):
        """Return the register of a country, as superuser, or an empty recordset."""
        # sudo: users ask through it without seeing its address and key
        return self.sudo().search([("country_id", "=", country.id)], limit=1) if country else self.sudo()

    @api.model
    def _look_up(self, country, number):
        """Return the entries of the register of ``country`` with the tax or register ``number``, at least one.

        Whatever the register answers with another number than the one that was asked for is refused.
        """
        if not self.env["res.partner"].has_access("create"):
            raise AccessError(
                self.env._(
                    "Only those who may edit counterparties ask a register. Ask your administrator for this right."
                )
            )
        provider = self._get_provider(country)
        number = compact(number)[:20]
        if not provider:
            raise UserError(
                self.env._(
                    "No register is set up for this country. Choose the country of the counterparty, or ask the administrator to "
                    "set one up (Contacts > Configuration > State Registers)."
                )
            )
        if not number:
            raise UserError(self.env._("Type the tax or register number first; the register is asked by it."))
        try:
            entries = getattr(provider, f"_fetch_{provider.kind}")(number)
            if not entries:
                raise RegisterError("missing", "Nothing found.")
            right = [entry for entry in entries if provider._has_number(entry, number)]
            if not right:
                raise RegisterError("lying", "Another number was answered.")
        except RegisterError as error:
            raise UserError(provider._describe_error(error.code, number)) from error
        return right

    @api.model
    def _has_number(self, entry, number):
        return any(registers.same_number(entry[name], number) for name in ("vat", "company_registry"))

    def _fetch_ru_party(self, number):
        if not number.isascii() or not number.isdigit() or len(number) not in (10, 12, 13, 15):
            raise RegisterError("number", "10, 12, 13 or 15 digits are expected.")
        headers = {"Authorization": f"Token {self.api_key}"} if self.api_key else {}
        answer = post_json(self.url, {"query": number, "count": 20}, headers=headers, timeout=self.timeout)
        return registers.parse_ru_party(answer)

    def _fetch_ro_anaf(self, number):
        digits = number.removeprefix("RO")
        if not digits.isascii() or not digits.isdigit() or not 2 <= len(digits) <= 10:
            raise RegisterError("number", "2 to 10 digits are expected.")
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        payload = [{"cui": int(digits), "data": date.today().isoformat()}]
        # The service answers 404 with a proper body when the number is not there.
        answer = post_json(self.url, payload, headers=headers, timeout=self.timeout, accepted=(200, 404))
        return registers.parse_ro_anaf(answer)

    def _fetch_file(self, number):
        content = self.with_context(bin_size=False).file
        return registers.parse_csv(base64.b64decode(content or b""), number)

    def _describe_error(self, code, number):
        """Return what happened in words, with what to do next; nothing of the address, the key or the answer is in it."""
        name = self.name
        later = self.env._("Fill in the requisites by hand, or try again later.")
        texts = {
            "missing": self.env._(
                "%(register)s has no entry with the number %(number)s. Check the number and the country.",
                register=name,
                number=number,
            ),
            "number": self.env._(
                "%(register)s cannot be asked by “%(number)s”: it is no number of this kind. Check it for missing digits.",
                register=name,
                number=number,
            ),
            "lying": self.env._(
                "%(register)s answered with another counterparty than the one asked for (%(number)s). Nothing was taken over. "
                "Tell the administrator.",
                register=name,
                number=number,
            ),
            "timeout": self.env._("%(register)s did not answer in time.", register=name) + " " + later,
            "unreachable": self.env._("%(register)s cannot be reached.", register=name) + " " + later,
            "busy": self.env._(
                "%(register)s is asked too often at the moment. Wait a minute and try again.", register=name
            ),
            "denied": self.env._(
                "%(register)s refuses our key. Ask the administrator to check it (Contacts > Configuration > State Registers).",
                register=name,
            ),
            "redirect": self.env._(
                "%(register)s sends to another address, which is not followed. Ask the administrator to check its address.",
                register=name,
            ),
            "size": self.env._(
                "%(register)s answered with more than can be right. Nothing was taken over.", register=name
            ),
        }
        return texts.get(code) or self.env._(
            "%(register)s answered something that cannot be understood. Nothing was taken over. Fill in the requisites by hand and "
            "tell the administrator.",
            register=name,
        )
