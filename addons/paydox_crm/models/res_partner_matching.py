from odoo import api, models

# Mailboxes that many people write from: an address of one says of which house the letter is, not of which counterparty.
_SHARED_MAILBOXES = frozenset(
    (
        "accounting", "admin", "buh", "buhgalteria", "client", "clients", "comenzi", "contabilitate", "contact", "contacts",
        "hello", "help", "helpdesk", "info", "inbox", "mail", "manager", "marketing", "no-reply", "noreply", "office", "order",
        "orders", "post", "priemnaya", "reception", "relatii", "sales", "secretar", "secretariat", "service", "shop", "store",
        "support", "team", "vanzari", "zakaz", "zakupki",
    )
)  # fmt: skip


class ResPartner(models.Model):
    """Recognising a counterparty by what somebody types who is not in the system."""

    _inherit = "res.partner"

    @api.model
    def _find_counterparty(self, email=None, phone=None, vat=None):
        """Return the one counterparty that is safe to bind to what a stranger typed, else an empty recordset.

        :param str email: as typed
        :param str phone: as typed, in any format
        :param str vat: tax number as typed (INN, CUI)
        """
        [(found, _matches)] = self._find_counterparties([{"email": email, "phone": phone, "vat": vat}])
        return found

    @api.model
    def _find_counterparties(self, requests):
        """Who the requests may be of: ``[(the one who is surely meant or nobody, matches)]``, in two queries.

        Sure means: all that is known of what was typed leads to one counterparty, a person or an organisation with its
        people, and it is more than a mailbox that many write from. Two counterparties with one e-mail, or an e-mail of one
        and a phone of another, are no match: a wrong binding is worse than a new card. Archived ones, those of other
        companies and colleagues are never matched. A contact person is returned himself; his organisation is his
        ``commercial_partner_id``.

        :param list requests: dicts of ``email``, ``phone``, ``vat``, as typed, and ``company`` (by default the current one)
        :return: matches as those of ``_search_duplicates``, which ``_describe_duplicates`` puts into words
        """
        code = self.env.company.sudo().country_id.phone_code
        candidates = []
        for request in requests:
            texts = {name: request.get(name) for name in ("email", "phone", "vat")}
            candidates.append({"keys": self._get_match_values(texts, code)[0], "name": ""})
        # sudo: whoever sends the request may read no partner; what the caller does with a match is his
        Partner_sudo = self.sudo().with_context(active_test=True)
        found = Partner_sudo._search_duplicates(candidates, with_similar=False)
        ids = {match["partner_id"] for matches in found for match in matches}
        partners_sudo = Partner_sudo.search([("id", "in", list(ids)), ("partner_share", "=", True)])
        result = []
        for request, candidate, matches in zip(requests, candidates, found, strict=True):
            companies = (self.env["res.company"], request.get("company") or self.env.company)
            matches = [
                match
                for match in matches
                if (partner := Partner_sudo.browse(match["partner_id"])) in partners_sudo
                and partner.company_id in companies
            ]
            reasons = {Partner_sudo.browse(match["partner_id"]): set(match["reasons"]) for match in matches}
            result.append((Partner_sudo._choose_counterparty(reasons, candidate["keys"]).sudo(self.env.su), matches))
        return result

    @api.model
    def _choose_counterparty(self, reasons, keys):
        """The one who is surely meant among ``{partner: letters of the reasons}``, else nobody."""
        partners = self.browse().union(*reasons)
        by_mail_only = set().union(*reasons.values()) == {"e"}
        if len(partners.commercial_partner_id) != 1 or (by_mail_only and _is_shared_mailbox(keys)):
            return self.browse()
        best = max(len(letters) for letters in reasons.values())
        first = self.browse().union(*(partner for partner, letters in reasons.items() if len(letters) == best))
        # Of an organisation and its people the one person who wrote says more.
        person = first.filtered(lambda partner: not partner.is_company)
        chosen = first if len(first) == 1 else person
        return chosen if len(chosen) == 1 else first.commercial_partner_id


def _is_shared_mailbox(keys):
    mailboxes = {key[2:].split("@")[0].split("+")[0] for key in keys if key.startswith("e:")}
    return mailboxes <= _SHARED_MAILBOXES
