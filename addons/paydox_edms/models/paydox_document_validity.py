from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_document_kind import DEFAULT_EXPIRING_DAYS
from .paydox_document_link import SUPERSEDING_TYPES

VALIDITIES = [
    ("none", "No term"),
    ("future", "Not yet valid"),
    ("valid", "Valid"),
    ("expiring", "Expiring"),
    ("expired", "Expired"),
    ("superseded", "Superseded"),
]
SUPERSEDING_STATES = ("approved", "signed", "done")


class PaydoxDocument(models.Model):
    """Validity is worked out when it is read, so no job can leave it stale."""

    _inherit = "paydox.document"

    validity = fields.Selection(selection=VALIDITIES, compute="_compute_validity", search="_search_validity")

    # === COMPUTE METHODS === #

    @api.depends(
        "valid_from",
        "valid_to",
        "state",
        "kind_id.expiring_days",
        "backlink_ids.type",
        "backlink_ids.document_id.state",
    )
    @api.depends_context("uid", "tz")
    def _compute_validity(self):
        days = {id_: day for day, company_ids in self._get_companies_by_day().items() for id_ in company_ids}
        today = fields.Date.context_today(self)
        # sudo: a document that the user may not read supersedes this one all the same
        superseded_sudo = self.sudo().filtered_domain(self._get_superseded_domain())
        for document in self:
            if document.state == "cancelled":
                document.validity = "none"
            elif document.id in superseded_sudo._ids:
                document.validity = "superseded"
            else:
                document.validity = document._get_validity_on(days.get(document.company_id.id, today))

    def _get_validity_on(self, day):
        self.ensure_one()
        end = self._get_end()
        if not self.valid_from and not end:
            return "none"
        if self.valid_from and self.valid_from > day:
            return "future"
        if not end:
            return "valid"
        if end < day:
            return "expired"
        # sudo: the kind may belong to the settings of another company
        threshold = self.kind_id.sudo().expiring_days or DEFAULT_EXPIRING_DAYS
        return "expiring" if end <= day + timedelta(days=threshold) else "valid"

    def _get_end(self):
        """The last day of the term."""
        self.ensure_one()
        return self.valid_to

    def _search_validity(self, operator, value):
        if operator != "in":
            return NotImplemented
        by_value = self._get_validity_domains()
        return Domain.OR([by_value[item] for item in value if item in by_value])

    @api.model
    def _get_validity_domains(self):
        """A domain for each value; together they cover every document once."""
        by_day = self._get_companies_by_day()
        if len(by_day) == 1:
            return self._get_validity_domains_on(*by_day)
        # Where companies are a day apart, each has its own.
        parts = [
            (Domain("company_id", "in", company_ids), self._get_validity_domains_on(day))
            for day, company_ids in by_day.items()
        ]
        return {value: Domain.OR(own & domains[value] for own, domains in parts) for value in parts[0][1]}

    @api.model
    def _get_companies_by_day(self):
        """``{day: [company ids]}``: what day it is now in each company."""
        by_day = {}
        for company_id, zone in self.env["res.company"]._get_contact_timezones().items():
            # The day of the company, whoever looks; of a company that lives nowhere, that of the person.
            day = fields.Date.context_today(self.with_context(tz=zone) if zone else self)
            by_day.setdefault(day, []).append(company_id)
        return by_day

    @api.model
    def _get_validity_domains_on(self, today):
        cancelled = Domain("state", "=", "cancelled")
        superseded = ~cancelled & self._get_superseded_domain()
        dated = ~cancelled & ~self._get_superseded_domain()
        undated = Domain("valid_from", "=", False) & Domain("valid_to", "=", False)
        future = Domain("valid_from", ">", today)
        ended = Domain("valid_to", "<", today)
        begun = ~future & ~undated & ~ended
        expiring = self._get_expiring_domain(today)
        return {
            "none": cancelled | (dated & undated),
            "future": dated & future,
            "valid": dated & begun & ~expiring,
            "expiring": dated & begun & expiring,
            "expired": dated & ~future & ended,
            "superseded": superseded,
        }

    @api.model
    def _get_expiring_domain(self, today):
        # sudo: the kind may belong to the settings of another company
        kinds_sudo = self.env["paydox.document.kind"].sudo().with_context(active_test=False)
        return Domain.OR(
            Domain("kind_id", "in", kinds.ids) & Domain("valid_to", "<=", today + timedelta(days=days))
            for days, kinds in kinds_sudo._read_group([], ["expiring_days"], ["id:recordset"])
        )

    @api.model
    def _get_superseded_domain(self):
        links = Domain("type", "in", SUPERSEDING_TYPES) & Domain(
            "document_id", "any!", Domain("state", "in", SUPERSEDING_STATES)
        )
        return Domain("backlink_ids", "any!", links)
