import re

from odoo import api, models
from odoo.tools import email_normalize

_MIN_PHONE_DIGITS = 7


class ResPartner(models.Model):
    """Recognising a counterparty by what a visitor types."""

    _inherit = "res.partner"

    @api.model
    def _find_counterparty(self, email=None, phone=None):
        """Return the one counterparty that is safe to bind to what a stranger typed, else an empty recordset.

        Safe means: every given e-mail and phone that is known leads to the same single active partner of this company (or of
        none). Two partners with one e-mail, or an e-mail of one and a phone of another, are no match: binding a stranger's
        order to a wrong counterparty is worse than a new card. Internal users are never matched. A contact person is returned
        himself; his organisation is his ``commercial_partner_id``.

        :param str email: as typed
        :param str phone: as typed, in any format
        """
        # sudo: the visitor may read no partner; the caller gets a match only if it is the only one.
        Partner_sudo = self.sudo().with_context(active_test=True)
        company_domain = [("company_id", "in", [False, self.env.company.id]), ("partner_share", "=", True)]
        matches = []
        if normalized := email_normalize(email or ""):
            matches.append(Partner_sudo.search([("email_normalized", "=", normalized), *company_domain], limit=2))
        if number := self._normalize_typed_phone(phone):
            matches.append(Partner_sudo.search([("phone_sanitized", "=", number), *company_domain], limit=2))
        found = Partner_sudo.browse().union(*matches)
        return found.sudo(self.env.su) if len(found) == 1 else self.browse()

    @api.model
    def _normalize_typed_phone(self, phone):
        """Return the phone in the form in which ``phone_sanitized`` keeps it, or False."""
        if not phone or not isinstance(phone, str) or len(re.sub(r"\D", "", phone)) < _MIN_PHONE_DIGITS:
            return False
        country = self.env.company.country_id
        return self._phone_format(number=phone, country=country, force_format="E164") or False
