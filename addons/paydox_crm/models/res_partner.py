from odoo import api, fields, models

from ..tools import requisites
from ..tools.requisites import RequisiteError


class ResPartner(models.Model):
    """Requisites as ordinary columns, and what is wrong with them."""

    _inherit = "res.partner"

    # identity
    legal_name = fields.Char(help="Full name as it is registered and printed in contracts.")
    legal_form = fields.Char(help="Limited liability company, joint-stock company, sole proprietor …")
    kpp = fields.Char(string="KPP", help="Russian tax registration reason code: organisations only, 9 characters.")
    okpo = fields.Char(string="OKPO", help="Russian statistics code: 8 digits, 10 for a sole proprietor.")
    legal_address = fields.Char(help="Address of registration, in one line as it is printed in contracts.")
    postal_address = fields.Char(help="Where letters go, in one line; empty: to the actual address.")
    tax_number_label = fields.Char(compute="_compute_tax_number_label")
    # signatory
    director_name = fields.Char(string="Director", help="The head, who signs for the counterparty.")
    director_position = fields.Char(help="Position of the head: general director, administrator …")
    acting_basis = fields.Char(
        string="Acting on the Basis of",
        help="On what the signatory acts: the charter, a power of attorney with its number and date …",
    )
    # quality
    requisites_problems = fields.Text(compute="_compute_requisites_problems", compute_sudo=True)
    has_requisites_problems = fields.Boolean(
        string="Requisites to Check",
        compute="_compute_has_requisites_problems",
        store=True,
        help="At least one of the requisites is not a number that the authority could have given.",
    )
    # phone_validation computes it; the website looks customers up by it.
    phone_sanitized = fields.Char(index="btree_not_null")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("country_id")
    @api.depends_context("lang")
    def _compute_tax_number_label(self):
        """The number is called on the card as in the sentence that says what is wrong with it."""
        labels = self._get_tax_number_labels()
        tax_id = self._fields["vat"]._description_string(self.env)
        for partner in self:
            partner.tax_number_label = labels.get(partner.country_id.code, tax_id)

    @api.depends(lambda self: self._get_checked_fields())
    @api.depends_context("lang", "uid")
    def _compute_requisites_problems(self):
        for partner in self:
            partner.requisites_problems = partner._describe_problems(partner._get_requisites_problems())

    @api.depends(lambda self: self._get_checked_fields())
    def _compute_has_requisites_problems(self):
        for partner in self:
            partner.has_requisites_problems = bool(partner._get_requisites_problems())

    def _get_company_registry_labels(self):
        labels = super()._get_company_registry_labels()
        labels["RU"] = self.env._("OGRN / OGRNIP")
        labels["RO"] = self.env._("Trade Register No.")
        return labels

    @api.model
    def _get_tax_number_labels(self):
        """Return {code of a country: how its tax number is called}."""
        return {"RU": self.env._("INN"), "RO": self.env._("CUI")}

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def check_vat_ru(self, vat):
        """Odoo's check of tax numbers, where it is installed, asks this: its own refuses every sixth valid INN of 12 digits."""
        return requisites.inn.is_valid(vat)

    @api.model
    def _get_checked_fields(self):
        return [
            "vat",
            "kpp",
            "okpo",
            "company_registry",
            "country_id",
            "parent_id",
            "is_company",
            "partner_kind",
            "bank_ids.active",
            "bank_ids.acc_number",
            "bank_ids.bank_id.bic",
            "bank_ids.bank_id.correspondent_account",
        ]

    def _get_requisites_problems(self):
        """Return [(label of the requisite, code of the reason)]; the rules are those of the country of the partner."""
        self.ensure_one()
        if (self.parent_id and not self.is_company) or self.partner_kind == "foreign":
            return []
        checks = {"RU": self._get_russian_checks, "RO": self._get_romanian_checks}.get(self.country_id.code)
        return self._find_problems(checks() if checks else [])

    @api.model
    def _find_problems(self, checks):
        """Return [(label, code of the reason)] of ``[(label, function that checks, value)]``."""
        problems = []
        for label, validate, value in checks:
            if not value:
                continue
            try:
                validate(value)
            except RequisiteError as error:
                problems.append((label, error.code))
        return problems

    @api.model
    def _describe_problems(self, problems):
        reasons = self._get_problem_reasons()
        return "\n".join(
            self.env._("%(field)s: %(reason)s", field=label, reason=reasons[code]) for label, code in problems
        )

    def _get_russian_checks(self):
        is_organisation = self.partner_kind == "organisation"
        checks = [
            (self.env._("INN"), self._validate_inn, self.vat != "/" and self.vat),
            (self.env._("KPP"), self._validate_kpp, self.kpp),
            (
                self.env._("OGRN") if is_organisation else self.env._("OGRNIP"),
                self._validate_ogrn if is_organisation else requisites.ogrnip.validate,
                self.company_registry,
            ),
            (self.env._("OKPO"), requisites.okpo.validate, self.okpo),
        ]
        for account in self.bank_ids:
            checks += account._get_russian_checks()
        return checks

    def _get_romanian_checks(self):
        checks = [
            (self.env._("CUI"), requisites.cui.validate, self.vat != "/" and self.vat),
            (self.env._("Trade Register No."), requisites.onrc.validate, self.company_registry),
        ]
        for account in self.bank_ids:
            checks += account._get_iban_checks()
        return checks

    def _validate_inn(self, value):
        compact = requisites.inn.validate(value)
        if (len(compact) == 10) != (self.partner_kind == "organisation"):
            raise RequisiteError("kind", "10 digits are of an organisation, 12 of a person.")
        return compact

    def _validate_kpp(self, value):
        if self.partner_kind != "organisation" or len(requisites.compact(self.vat)) == 12:
            raise RequisiteError("not_for_person", "A person and a sole proprietor have no KPP.")
        return requisites.kpp.validate(value)

    def _validate_ogrn(self, value):
        compact = requisites.ogrn.validate(value)
        if compact[0] not in "15":
            raise RequisiteError("record", "It is the number of a record, not of an organisation.")
        return compact

    def _get_problem_reasons(self):
        """Return {code of a reason: sentence in the language of the user}."""
        return {
            "empty": self.env._("nothing but spaces is given."),
            "characters": self.env._("it contains characters that are not allowed."),
            "length": self.env._("it has a wrong number of characters."),
            "zeros": self.env._("zeros only is not a number that is ever given."),
            "prefix": self.env._("it cannot begin like this."),
            "format": self.env._("it does not look like a number of this kind."),
            "checksum": self.env._("the check digit does not match, there is a typing error in it."),
            "year": self.env._("the year in it is impossible."),
            "county": self.env._("the county in it does not exist."),
            "bank": self.env._(
                "it is not an account of this bank: its last three digits differ from those of the BIK."
            ),
            "record": self.env._("it is the number of a record; the number of an organisation begins with 1 or 5."),
            "kind": self.env._(
                "10 digits are of an organisation, 12 of a person or a sole proprietor; check the kind as well."
            ),
            "not_for_person": self.env._("a person and a sole proprietor have none; clear it or correct the INN."),
        }
