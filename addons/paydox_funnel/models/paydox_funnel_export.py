import base64
import io

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, formatLang
from odoo.tools.misc import split_every

from odoo.addons.paydox_edms.tools.arguments import to_id, to_shown

from ..tools.funnel_xlsx import FunnelWorkbook

XLSX_MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DEALS_BATCH = 2000
DEAL_FIELDS = [
    "name",
    "partner_id",
    "partner_name",
    "deal_type_id",
    "expected_revenue",
    "user_id",
    "create_date",
]
# What a head reads in a file is one screen long.
MAX_FILTERS = 50
MAX_FILTER_CHARS = 500


class PaydoxFunnel(models.AbstractModel):
    """Files of the funnel: the numbers of one `get_funnel` as XLSX and as PDF."""

    _inherit = "paydox.funnel"

    # === PUBLIC ===#

    @api.model
    @api.readonly
    def export_xlsx(
        self,
        domain=None,
        date_from=None,
        date_to=None,
        mode="cohort",
        breakdown=None,
        filters=None,
        by=None,
        keys=None,
    ):
        """Return the funnel as a workbook: the numbers with a chart, the breakdown, the comparison, losses, trend, the deals.

        The first arguments are those of `get_funnel`.

        :param filters: texts of the active filters to print; by default made from the domain
        :param by: what stands side by side, and ``keys``: see ``get_comparison``; None for nothing
        :return: {"filename", "mimetype", "content"}, content in base64
        """
        buffer = io.BytesIO()
        filename = self._write_xlsx(buffer, domain, date_from, date_to, mode, breakdown, filters, by, keys)
        return {
            "filename": filename,
            "mimetype": XLSX_MIMETYPE,
            "content": base64.b64encode(buffer.getvalue()).decode(),
        }

    @api.model
    @api.readonly
    def export_pdf(
        self,
        domain=None,
        date_from=None,
        date_to=None,
        mode="cohort",
        breakdown=None,
        filters=None,
        by=None,
        keys=None,
    ):
        """Return the funnel as one A4 page, with a second one for the comparison; arguments and result as in `export_xlsx`."""
        content, filename = self._render_pdf(domain, date_from, date_to, mode, breakdown, filters, by, keys)
        return {
            "filename": filename,
            "mimetype": "application/pdf",
            "content": base64.b64encode(content).decode(),
        }

    # === XLSX ===#

    @api.model
    def _write_xlsx(self, file, domain, date_from, date_to, mode, breakdown, filters=None, by=None, keys=None):
        """Write the workbook to a path or binary file and return its filename."""
        data = self.get_funnel(domain, date_from, date_to, mode, breakdown)
        facts = self._get_export_facts(data, domain, breakdown, filters)
        with FunnelWorkbook(file, self._get_export_labels(data)) as workbook:
            workbook.write_funnel(data, facts, self._get_export_sums(data))
            if breakdown:
                workbook.write_breakdown(data, self._get_field_label(breakdown))
            if by:
                workbook.write_comparison(self.get_comparison(domain, date_from, date_to, mode, by, keys)["sides"])
            insights = self.get_insights(domain, date_from, date_to, mode)
            if insights["losses"]:
                workbook.write_losses(data, insights["losses"])
            if insights["trend"]:
                workbook.write_trend(insights["trend"])
            workbook.write_deals(self._iter_deals(data))
        return self._get_export_filename("xlsx")

    @api.model
    def _iter_deals(self, data):
        """Yield the rows of the deals, layer by layer, so that each status has the number of
        deals of its layer also when the funnel is looked at on a past day.
        """
        groups = [(layer["domain"], layer["name"]) for layer in data["layers"]]
        groups.append((data["lost"]["domain"], self.env._("Lost")))
        groups.append((data["no_status"]["domain"], ""))
        leads = self.env["crm.lead"].with_context(active_test=False)
        for domain, status in groups:
            for ids in split_every(DEALS_BATCH, leads.search(domain, order="id").ids):
                batch = leads.browse(ids)
                batch.fetch(DEAL_FIELDS)
                for lead in batch:
                    yield self._get_deal_row(lead, status)
                # A million deals must not gather in the cache.
                self.env.invalidate_all(flush=False)

    @api.model
    def _get_deal_row(self, lead, status):
        # sudo: the names of linked records, which every list of deals shows too
        lead_sudo = lead.sudo()
        created = fields.Datetime.context_timestamp(lead, lead.create_date)
        return (
            lead.id,
            lead.name,
            lead_sudo.partner_id.display_name or lead.partner_name,
            lead_sudo.deal_type_id.display_name,
            status,
            lead.expected_revenue,
            lead_sudo.user_id.display_name,
            created.replace(tzinfo=None, microsecond=0),
        )

    # === WHAT BOTH FILES PRINT ===#

    @api.model
    def _get_export_facts(self, data, domain, breakdown, filters):
        """Return the conditions of the funnel as a list of (label, text)."""
        is_cohort = data["mode"] == "cohort"
        facts = [
            (self.env._("Company"), ", ".join(self.env.companies.sudo().mapped("name"))),
            (
                self.env._("What is counted"),
                self.env._("Deals created in the period and how far they got, lost ones included")
                if is_cohort
                else self.env._("Open deals as they stand now, whenever they were created"),
            ),
        ]
        if is_cohort:
            facts.append((self.env._("Period"), self._get_period_text(data, domain)))
        texts = self._get_filter_texts(domain, filters)
        facts.append((self.env._("Filters"), "; ".join(texts) or self.env._("none")))
        if breakdown:
            facts.append((self.env._("Breakdown"), self._get_field_label(breakdown)))
        if data["missing_rates"]:
            facts.append((self.env._("Left out of the sums"), self._get_missing_rates_text(data)))
        if data["moment"]:
            day = format_date(self.env, data["date_to"])
            facts.append((self.env._("As of"), self.env._("the end of %(day)s", day=day)))
        moment = format_datetime(self.env, data["generated_at"], tz=str(self.env.tz))
        facts.append((self.env._("Made"), self.env._("%(moment)s by %(user)s", moment=moment, user=self.env.user.name)))
        return facts

    @api.model
    def _get_export_sums(self, data):
        """Return the sums on top of the funnel as a list of (label, [(value, kind), …]).

        Kinds: ``count``, ``money``, ``share``, ``days``, ``text``.
        """
        deals = [(data["cohort"], "count")]
        if data["mode"] != "cohort":
            amount = [(data["amount"], "money")]
            return [(self.env._("Open deals"), deals), (self.env._("Amount"), amount)]
        kinds = {"win_rate": "share", "median_cycle_days": "days", "velocity": "money"}
        win_rate, cycle, velocity = ([(data["totals"][name], kind)] for name, kind in kinds.items())

        def count_and_amount(part):
            return [(part["count"], "count"), (part["amount"], "money")]

        sums = [
            (self.env._("Deals created"), deals),
            (self.env._("Won"), count_and_amount(data["won"])),
            (self.env._("Lost"), count_and_amount(data["lost"])),
            (self.env._("Win rate"), win_rate),
            (self.env._("Median cycle, days"), cycle),
            (self.env._("Velocity, a day"), velocity),
        ]
        left_out, no_status = ", ".join(data["left_out"]), data["no_status"]["count"]
        if left_out:
            sums.append((self.env._("Not counted: deals of type"), [(left_out, "text")]))
        if no_status:
            sums.append((self.env._("In no status"), [(no_status, "count")]))
        return sums

    @api.model
    def _get_export_totals(self, data):
        """Return the sums on top of the funnel as a list of (label, text)."""

        def to_text(value, kind):
            return {
                "count": lambda: self._format_number(value),
                "money": lambda: self._format_number(value) + (f" {data['currency']}" if value is not None else ""),
                "share": lambda: self._format_share(value),
                "days": lambda: self._format_number(value, digits=1),
                "text": lambda: value,
            }[kind]()

        def join(values):
            first, *others = [to_text(value, kind) for value, kind in values]
            return f"{first} ({', '.join(others)})" if others else first

        return [(label, join(values)) for label, values in self._get_export_sums(data)]

    @api.model
    def _get_export_labels(self, data):
        return {
            "title": self.env._("Sales funnel"),
            "currency": data["currency"],
            "funnel": self.env._("Funnel"),
            "breakdown": self.env._("Breakdown"),
            "deals": self.env._("Deals"),
            "name": self.env._("Status"),
            "count": self.env._("Now"),
            "amount": self.env._("Amount, %(currency)s", currency=data["currency"]),
            "reached": self.env._("Reached"),
            "stage_conversion": self.env._("To next"),
            "funnel_conversion": self.env._("Of all"),
            "lost_here": self.env._("Lost here"),
            "median_days": self.env._("Median days"),
            "bottleneck": self.env._("Bottleneck"),
            "spacer": self.env._("Chart"),
            "comparison": self.env._("Comparison"),
            "losses": self.env._("Losses"),
            "reason": self.env._("Reason of the loss"),
            "share": self.env._("Share"),
            "trend": self.env._("Trend"),
            "since": self.env._("From"),
            "until": self.env._("To"),
            "won": self.env._("Won"),
            "lost": self.env._("Lost"),
            "win_rate": self.env._("Win rate"),
            "won_amount": self.env._("Amount won, %(currency)s", currency=data["currency"]),
            "total": self.env._("Total"),
            "cohort": self.env._("Deals created") if data["mode"] == "cohort" else self.env._("Open deals"),
            "cycle": self.env._("Median cycle, days"),
            "deal_no": self.env._("No."),
            "deal": self.env._("Deal"),
            "partner": self._get_field_label("partner_id"),
            "type": self._get_field_label("deal_type_id"),
            "owner": self._get_field_label("user_id"),
            "created": self.env._("Created"),
        }

    @api.model
    def _get_missing_rates_text(self, data):
        return self.env._(
            "amounts in %(currencies)s, for which there is no rate", currencies=", ".join(data["missing_rates"])
        )

    @api.model
    def _get_period_text(self, data, domain):
        date_from, date_to = data["date_from"], data["date_to"]
        if any(leaf.field_expr == "create_date" for leaf in Domain(domain or []).iter_conditions()):
            return self.env._("as in the filters")
        if date_from and date_to:
            return f"{format_date(self.env, date_from)} – {format_date(self.env, date_to)}"
        if date_from:
            return self.env._("since %(day)s", day=format_date(self.env, date_from))
        return self.env._("until %(day)s", day=format_date(self.env, date_to)) if date_to else self.env._("all time")

    @api.model
    def _get_filter_texts(self, domain, filters):
        """Return the filters in words: those of the search bar, else the terms of the domain."""
        if filters is None:
            conditions = list(Domain(domain or []).iter_conditions())[:MAX_FILTERS]
            return [self._describe_condition(leaf)[:MAX_FILTER_CHARS] for leaf in conditions]
        if not isinstance(filters, list) or not all(isinstance(text, str) for text in filters):
            raise ValidationError(self.env._("The texts of the filters must be a list of texts. Remove them."))
        return [to_shown(text, MAX_FILTER_CHARS) for text in filters[:MAX_FILTERS]]

    @api.model
    def _describe_condition(self, leaf):
        """A term of a domain in words, for funnels that come without those of the search bar: weekly ones, and by RPC."""
        name, _dot, rest = leaf.field_expr.partition(".")
        field = self.env["crm.lead"]._fields.get(name)
        values = leaf.value if isinstance(leaf.value, (list, tuple, set, frozenset)) else [leaf.value]
        if not field or rest:
            return f"{leaf.field_expr} {leaf.operator} {', '.join(map(str, values))}"
        if field.relational and (ids := [id_ for id_ in map(to_id, values) if id_]):
            # A name is told to who may read it only.
            records = self.env[field.comodel_name].with_context(active_test=False).browse(ids).exists()
            values = records._filtered_access("read").mapped("display_name") or ["…"]
        elif field.type == "selection":
            names = dict(field._description_selection(self.env))
            values = [names.get(value, value) for value in values]
        words = ", ".join("–" if value is False else str(value) for value in values)
        operator = "=" if leaf.operator == "in" else {"not in": "≠", "!=": "≠"}.get(leaf.operator, leaf.operator)
        return f"{self._get_field_label(name)} {operator} {words}"

    @api.model
    def _get_field_label(self, name):
        return self.env["crm.lead"].fields_get([name], ["string"])[name]["string"]

    @api.model
    def _get_export_filename(self, extension):
        today = fields.Date.to_string(fields.Date.context_today(self))
        return f"{self.env._('Funnel')} {today}.{extension}"

    @api.model
    def _format_number(self, value, digits=0):
        return "–" if value is None else formatLang(self.env, value, digits=digits)

    @api.model
    def _format_share(self, share):
        if share is None:
            return "–"
        digits = 1 if 0 < share < 0.1 else 0
        return f"{formatLang(self.env, share * 100, digits=digits)}%"
