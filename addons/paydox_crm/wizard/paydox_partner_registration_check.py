from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.paydox_edms.tools.arguments import to_text

from ..tools import matching, requisites
from ..tools.requisites import RequisiteError

_NUMBERS = ("vat", "kpp", "company_registry", "okpo")
_SHOWN = 10


class PaydoxPartnerRegistration(models.TransientModel):
    """What the registration checks: numbers, addresses, and whether the counterparty is there already."""

    _inherit = "paydox.partner.registration"

    # duplicates
    duplicates = fields.Json(compute="_compute_duplicates")
    needs_reason = fields.Boolean(compute="_compute_duplicates")
    duplicate_reason = fields.Char(
        string="Why It Is Another One",
        help="Kept on the new card: the next one who meets the likeness reads it.",
    )
    # numbers
    problems = fields.Text(compute="_compute_problems")

    # === COMPUTE METHODS === #

    @api.depends("name", "vat", "kpp", "company_registry", "phone", "fax", "email", "country_id", "partner_kind", "contact_ids.phone",
                 "contact_ids.email")  # fmt: skip
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_duplicates(self):
        Partner = self.env["res.partner"]
        candidates = [registration._get_candidate() for registration in self]
        for registration, matches in zip(self, Partner._search_duplicates(candidates), strict=True):
            described = [] if registration.partner_id else Partner._describe_duplicates(matches[:_SHOWN])
            registration.duplicates = described or False
            registration.needs_reason = any(row["strong"] for row in described)

    @api.depends(*_NUMBERS, "country_id", "partner_kind", "acc_number", "bank_code", "correspondent_account")
    @api.depends_context("lang")
    def _compute_problems(self):
        for registration in self:
            numbers = registration._get_number_problems() + registration._get_bank_problems()
            registration.problems = "\n".join(numbers) or False

    @api.onchange("partner_kind")
    def _onchange_partner_kind(self):
        if self.partner_kind != "organisation":
            self.kpp = False

    # === DUPLICATES === #

    def _get_candidate(self):
        """What the counterparty and its contact persons are recognised by."""
        self.ensure_one()
        Partner = self.env["res.partner"]
        # sudo: the dialling code of a country is no secret
        code = self.country_id.sudo().phone_code or self.env.company.sudo().country_id.phone_code
        values = {
            name: self[name] for name in Partner._get_match_fields() if name in self._fields and name != "country_id"
        }
        keys, name = Partner._get_match_values(values, code)
        for contact in self.contact_ids:
            people, __ = Partner._get_match_values(
                {"phone": contact.phone, "email": contact.email}, code, employed=True
            )
            keys += [key for key in people if key not in keys]
        return {"keys": keys, "name": name, "kpp": self.kpp and requisites.compact(self.kpp)}

    def _check_duplicates(self):
        """Ask for a reason when others share something with this one.

        :return: those others, also those whom the user may not read
        """
        Partner = self.env["res.partner"]
        [matches] = Partner._search_duplicates([self._get_candidate()], with_similar=False)
        reason = to_text(self.duplicate_reason, 500)
        if matches and not reason:
            rows = Partner._describe_duplicates(matches[:3])
            raise ValidationError(
                self.env._(
                    "It may be there already: %(others)s. Open that one instead, or say in “Why It Is Another One” why this is "
                    "another counterparty.",
                    others="; ".join(self._describe_match(row) for row in rows),
                )
            )
        return Partner.browse(match["partner_id"] for match in matches)

    @api.model
    def _describe_match(self, row):
        reasons = ", ".join(row["reasons"])
        if row["id"]:
            return self.env._("%(name)s (%(reasons)s)", name=row["name"], reasons=reasons)
        return self.env._("one that you may not see (%(reasons)s), ask %(person)s", reasons=reasons, person=row["ask"])

    # === CHECKS === #

    def _check_step(self, step):
        """Refuse what cannot be right, naming the field and the reason."""
        problems = {
            "kind": self._get_name_problems,
            "details": lambda: self._get_mail_problems() + self._get_number_problems(),
            "people": self._get_people_problems,
            "bank": self._get_bank_problems,
        }[step]()
        if problems:
            raise ValidationError(
                self.env._("Correct or clear what follows, then go on.\n%(problems)s", problems="\n".join(problems))
            )

    def _get_name_problems(self):
        if not (self.name and self.name.strip()):
            return [self.env._("Name: it is missing. A name is all that is needed at first.")]
        return []

    def _get_mail_problems(self):
        if self.email and self.email.strip() and not matching.email_keys(self.email):
            return [self.env._("E-mail: “%(email)s” is no address such as office@company.com.", email=self.email)]
        return []

    def _get_people_problems(self):
        problems = []
        for contact in self.contact_ids:
            if not (contact.name and contact.name.strip()):
                problems.append(self.env._("Contact person: the name is missing in one of the lines."))
            if contact.email and contact.email.strip() and not matching.email_keys(contact.email):
                problems.append(
                    self.env._(
                        "E-mail of %(person)s: “%(email)s” is no address such as office@company.com.",
                        person=contact.name,
                        email=contact.email,
                    )
                )
        return problems

    def _get_draft(self):
        """The counterparty as it would be, to be judged by the rules of its card."""
        values = {name: self[name] for name in _NUMBERS if self[name] and self[name].strip()}
        if self.partner_kind != "organisation":
            values.pop("kpp", None)
        return self.env["res.partner"].new(
            values
            | {
                "partner_kind": self.partner_kind,
                "is_company": self.partner_kind != "person",
                "country_id": self.country_id._origin.id or self.country_id.id,
            }
        )

    def _get_number_problems(self):
        draft = self._get_draft()
        reasons = draft._get_problem_reasons()
        return [
            self.env._("%(field)s: %(reason)s", field=label, reason=reasons[code])
            for label, code in draft._get_requisites_problems()
        ]

    def _get_bank_problems(self):
        """Numbers of the bank by the rules of Russia where the code is a BIK; an IBAN by its check digits."""
        account, code, own = (
            requisites.compact(self[name]) for name in ("acc_number", "bank_code", "correspondent_account")
        )
        checks = []
        if code and self.country_code == "RU":
            checks.append((self.env._("BIK"), lambda: requisites.bik.validate(code)))
        is_bik = requisites.bik.is_valid(code)
        if account and (self.country_code == "RU" or is_bik) and not account[:2].isalpha():
            label = self.env._("Account")
            checks.append((label, lambda: requisites.ru_account.validate(account, code if is_bik else None)))
        elif account and account[:2].isalpha():
            checks.append((self.env._("IBAN"), lambda: _validate_iban(account)))
        if own:
            label = self.env._("Correspondent account")
            checks.append((label, lambda: requisites.ru_account.validate(own, code if is_bik else None)))
        reasons = self.env["res.partner"]._get_problem_reasons()
        problems = []
        for label, check in checks:
            try:
                check()
            except RequisiteError as error:
                problems.append(self.env._("%(field)s: %(reason)s", field=label, reason=reasons[error.code]))
        if not account and (own or code or (self.bank_name and self.bank_name.strip())):
            problems.append(self.env._("Account: it is missing, so the bank says nothing. Type it, or clear the bank."))
        return problems

    def _get_compact_numbers(self):
        """The numbers as they are kept: checked, without spaces. The RO of a payer of VAT is a part of what is kept."""
        draft = self._get_draft()
        values = {name: requisites.compact(draft[name]) for name in _NUMBERS if draft[name]}
        if self.country_code == "RO" and values.get("company_registry"):
            values["company_registry"] = requisites.onrc.validate(values["company_registry"])
        if self.partner_kind == "foreign" or self.country_code not in ("RU", "RO"):
            values = {name: draft[name].strip() for name in values}
        return values


def _validate_iban(value):
    """Check the length, the letters and the check digits (mod 97) of an IBAN."""
    if not value.isascii() or not value.isalnum():
        raise RequisiteError("characters", "Only digits and Latin letters are allowed.")
    if not 15 <= len(value) <= 34 or (value.startswith("RO") and len(value) != 24):
        raise RequisiteError("length", "Wrong number of characters.")
    if not value[2:4].isdigit() or int("".join(str(int(char, 36)) for char in value[4:] + value[:4])) % 97 != 1:
        raise RequisiteError("checksum", "The check digits do not match.")
