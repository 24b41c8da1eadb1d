import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

_ORGANISATIONS = ("organisation", "foreign")
_OF_COMPANY = ("organisation", "foreign", "sole_proprietor")
_OF_PERSON = ("person", "sole_proprietor")


class ResPartner(models.Model):
    """Of which kind a counterparty is: exactly one, on which depend its numbers and what is asked for."""

    _inherit = "res.partner"

    partner_kind = fields.Selection(
        selection=[
            ("organisation", "Organisation"),
            ("sole_proprietor", "Sole proprietor"),
            ("person", "Private person"),
            ("foreign", "Foreign organisation"),
            ("contact", "Contact person"),
        ],
        string="Kind",
        compute="_compute_partner_kind",
        inverse="_inverse_partner_kind",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Decides which numbers there are and how they are checked: a sole proprietor has no KPP and an OGRNIP of 15 digits, "
        "the numbers of a foreign organisation are not checked. Whoever belongs to an organisation is a contact person.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("is_company", "parent_id")
    def _compute_partner_kind(self):
        """Keep what was chosen as long as it fits; a new one is guessed from its numbers."""
        for partner in self:
            partner.partner_kind = partner._guess_partner_kind()

    def _inverse_partner_kind(self):
        self.filtered(
            lambda partner: partner.partner_kind in _ORGANISATIONS and not partner.is_company
        ).is_company = True
        people = self.filtered(lambda partner: partner.partner_kind in ("person", "contact") and partner.is_company)
        people.is_company = False

    @api.depends("partner_kind")
    def _compute_company_registry_label(self):
        result = super()._compute_company_registry_label()
        for partner in self:
            if partner.country_id.code == "RU":
                partner.company_registry_label = (
                    self.env._("OGRN") if partner.partner_kind == "organisation" else self.env._("OGRNIP")
                )
        return result

    def _guess_partner_kind(self):
        self.ensure_one()
        if self.parent_id and not self.is_company:
            return "contact"
        fitting = _OF_COMPANY if self.is_company else _OF_PERSON
        if self.partner_kind in fitting:
            return self.partner_kind
        has_number = _count_digits(self.company_registry) == 15
        if has_number or (self.is_company and self.country_id.code == "RU" and _count_digits(self.vat) == 12):
            return "sole_proprietor"
        return fitting[0]

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains("partner_kind", "is_company", "parent_id")
    def _check_partner_kind(self):
        for partner in self:
            employed = bool(partner.parent_id) and not partner.is_company
            if employed != (partner.partner_kind == "contact"):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be of this kind: whoever belongs to an organisation is a contact person, and a contact "
                        "person belongs to an organisation. Choose or clear the organisation.",
                        name=partner.display_name,
                    )
                )

    @api.onchange("partner_kind")
    def _onchange_partner_kind(self):
        self._inverse_partner_kind()
        if self.partner_kind in _OF_PERSON:
            self.kpp = False

    # ------------------------------------------------------------
    # DATABASE
    # ------------------------------------------------------------

    def _auto_init(self):
        """Give the counterparties that are already there their kind in one statement, as the guess does."""
        cr = self.env.cr
        if not column_exists(cr, "res_partner", "partner_kind"):
            create_column(cr, "res_partner", "partner_kind", "varchar")
            cr.execute(
                SQL(
                    r"""
                    UPDATE res_partner p
                       SET partner_kind = CASE
                           WHEN p.parent_id IS NOT NULL AND p.is_company IS NOT TRUE THEN 'contact'
                           WHEN length(regexp_replace(p.company_registry, '\D', '', 'g')) = 15 THEN 'sole_proprietor'
                           WHEN p.is_company IS NOT TRUE THEN 'person'
                           WHEN length(regexp_replace(p.vat, '\D', '', 'g')) = 12
                                AND p.country_id = (SELECT id FROM res_country WHERE code = 'RU') THEN 'sole_proprietor'
                           ELSE 'organisation'
                       END
                    """
                )
            )
        return super()._auto_init()


def _count_digits(value):
    return len(re.sub(r"\D", "", value or ""))
