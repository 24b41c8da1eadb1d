from odoo import models

from ..tools import requisites


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _describe_account_problems(self, number, bank):
        """What cannot be right in an account that the counterparty is to have, in the sentences of its card, or False."""
        self.ensure_one()
        if self.partner_kind == "foreign":
            return False
        account = self.env["res.partner.bank"].new({"acc_number": number, "bank_id": bank.id})
        checks = {"RU": account._get_russian_checks, "RO": account._get_iban_checks}.get(self.country_id.code)
        return self._describe_problems(self._find_problems(checks())) if checks else False


class ResPartnerBank(models.Model):
    """What can be wrong with an account and with the codes of its bank."""

    _inherit = "res.partner.bank"

    def _get_russian_checks(self):
        """Return [(label, function that checks, value)] as for the other requisites of a counterparty in Russia."""
        self.ensure_one()
        code = requisites.compact(self.bank_id.bic)
        if not self._has_russian_form() or (code and not code.isdigit()):
            # An account abroad.
            return self._get_iban_checks()
        is_code = requisites.bik.is_valid(code)
        return [
            (self.env._("BIK of the bank"), requisites.bik.validate, code),
            (
                self.env._("Correspondent account of the bank"),
                lambda value: requisites.ru_corr_account.validate(value, code if is_code else None),
                self.bank_id.correspondent_account,
            ),
            (
                self._get_account_label(),
                lambda value: requisites.ru_account.validate(value, code if is_code else None),
                self.acc_number,
            ),
        ]

    def _get_iban_checks(self):
        """As above, for accounts that have an IBAN at banks that have a SWIFT code."""
        self.ensure_one()
        return [
            (self.env._("SWIFT of the bank"), requisites.swift.validate, self.bank_id.bic),
            (self._get_account_label(), requisites.iban.validate, self.acc_number),
        ]

    def _has_russian_form(self):
        """Whether it is meant to be an account in Russia: whatever does not begin as an IBAN does."""
        number = requisites.compact(self.acc_number)
        return not (number[:2].isalpha() and number[:2].isascii())

    def _get_account_label(self):
        """Which account it is, for those who may see the number."""
        if self.env["paydox.partner.requisites"]._may_see_bank():
            return self.env._("Bank account %(number)s", number=self.acc_number)
        return self.env._("Bank account")
