import base64
import io

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, formatLang
from odoo.tools.image import image_data_uri
from odoo.tools.misc import split_every

from ..tools.funnel_picture import BOARD_WIDTH, draw_board
from ..tools.funnel_xlsx import FunnelWorkbook

XLSX_MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE_COLUMNS = {
    "cohort": (
        "count",
        "amount",
        "reached",
        "stage_conversion",
        "funnel_conversion",
        "lost_here",
        "median_days",
    ),
    "snapshot": ("count", "amount", "median_days"),
}
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

    # ------------------------------------------------------------
    # Public
    # ------------------------------------------------------------

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
    ):
        """Return the funnel as a workbook: the numbers with a chart, the breakdown, the deals.

        The first arguments are those of `get_funnel`.

        :param filters: texts of the active filters to print; by default made from the domain
        :return: {"filename", "mimetype", "content"}, content in base64
        """
        buffer = io.BytesIO()
        filename = self._write_xlsx(
            buffer, domain, date_from, date_to, mode, breakdown, filters=filters
        )
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
    ):
        """Return the funnel as one A4 page; arguments and result as in `export_xlsx`."""
        content, filename = self._render_pdf(
            domain, date_from, date_to, mode, breakdown, filters=filters
        )
        return {
            "filename": filename,
            "mimetype": "application/pdf",
            "content": base64.b64encode(content).decode(),
        }

    # ------------------------------------------------------------
    # XLSX
    # ------------------------------------------------------------

    @api.model
    def _write_xlsx(self, file, domain, date_from, date_to, mode, breakdown, filters=None):
        """Write the workbook to a path or binary file and return its filename."""
        data = self.get_funnel(domain, date_from, date_to, mode, breakdown)
        facts = self._get_export_facts(data, domain, breakdown, filters)
        with FunnelWorkbook(file, self._get_export_labels(data)) as workbook:
            workbook.write_funnel(data, facts + self._get_export_totals(data))
            if breakdown:
                workbook.write_breakdown(data, self._get_breakdown_label(breakdown))
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
            created.replace(tzinfo=None),
        )

    # ------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------

    @api.model
    def _render_pdf(self, domain, date_from, date_to, mode, breakdown, filters=None):
        """Return (bytes of the PDF, filename)."""
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            raise UserError(
                self.env._(
                    "The PDF cannot be made, because the program wkhtmltopdf is not installed on "
                    "the server. Ask your administrator to install it, or take the Excel file."
                )
            )
        data = self.get_funnel(domain, date_from, date_to, mode, breakdown)
        html = self._render_pdf_html(data, domain, breakdown, filters)
        # sudo: the paper format is a technical record; the page holds only what the user may see.
        # The page has no links to assets, so one worker is enough.
        report_sudo = self.env["ir.actions.report"].sudo()
        paperformat = self.env.ref("paydox_funnel.paperformat_funnel")
        content = report_sudo.new({"paperformat_id": paperformat.id})._run_wkhtmltopdf([html])
        return content, self._get_export_filename("pdf")

    @api.model
    def _render_pdf_html(self, data, domain, breakdown, filters):
        layers, mode = data["layers"], data["mode"]
        labels = self._get_export_labels(data)
        columns = [labels[key] for key in TABLE_COLUMNS[mode]]
        rows = [self._get_layer_texts(layer, mode) for layer in layers]
        height = 470.0
        # sudo: name and logo of the user's own company, printed on every report
        company_sudo = self.env.company.sudo()
        body = self.env["ir.qweb"]._render(
            "paydox_funnel.report_funnel",
            {
                "company": company_sudo,
                "logo": company_sudo.logo_web and image_data_uri(company_sudo.logo_web),
                "data": data,
                "facts": self._get_export_facts(data, domain, breakdown, filters),
                "totals": self._get_export_totals(data),
                "labels": labels,
                "board": draw_board(layers, mode, rows, columns, height),
                "board_ratio": f"{height / BOARD_WIDTH * 100:.2f}",
                "verdict": self._get_verdict(layers),
                "lang": (self.env.lang or "en_US").replace("_", "-"),
            },
        )
        return f"<!DOCTYPE html>\n{body}"

    @api.model
    def _get_layer_texts(self, layer, mode):
        """Return the numbers of a layer as texts, for the picture and the table of the PDF."""
        conversion = self._format_share(layer["stage_conversion"])
        reached = self._format_number(layer["reached"])
        cells = {
            "count": self._format_number(layer["count"]),
            "amount": self._format_number(layer["amount"]),
            "reached": reached,
            "stage_conversion": conversion,
            "funnel_conversion": self._format_share(layer["funnel_conversion"]),
            "lost_here": self._format_number(layer["lost_here"]),
            "median_days": self._format_number(layer["median_days"], digits=1),
        }
        is_cohort = mode == "cohort"
        if layer["bottleneck"]:
            arrow = self.env._("%(share)s bottleneck", share=conversion)
        else:
            arrow = f"↓ {conversion}"
        return {
            "count": cells["count"],
            "reached": self.env._("%(count)s reached", count=reached) if is_cohort else "",
            "conversion": arrow,
            "cells": [cells[key] for key in TABLE_COLUMNS[mode]],
        }

    @api.model
    def _get_verdict(self, layers):
        """Name the bottleneck in a sentence, as the screen does."""
        for layer, following in zip(layers, layers[1:], strict=False):
            if layer["bottleneck"]:
                return self.env._(
                    "Bottleneck: only %(share)s of the deals that reached “%(from)s” "
                    "went on to “%(to)s”.",
                    share=self._format_share(layer["stage_conversion"]),
                    **{"from": layer["name"], "to": following["name"]},
                )
        return ""

    # ------------------------------------------------------------
    # What both files print
    # ------------------------------------------------------------

    @api.model
    def _get_export_facts(self, data, domain, breakdown, filters):
        """Return the conditions of the funnel as a list of (label, text)."""
        _ = self.env._
        is_cohort = data["mode"] == "cohort"
        facts = [
            (_("Company"), ", ".join(self.env.companies.sudo().mapped("name"))),
            (
                _("What is counted"),
                _("Deals created in the period and how far they got, lost ones included")
                if is_cohort
                else _("Open deals as they stand now, whenever they were created"),
            ),
        ]
        if is_cohort:
            facts.append((_("Period"), self._get_period_text(data, domain)))
        texts = self._get_filter_texts(domain, filters)
        facts.append((_("Filters"), "; ".join(texts) or _("none")))
        if breakdown:
            facts.append((_("Breakdown"), self._get_breakdown_label(breakdown)))
        if data["moment"]:
            facts.append((_("As of"), format_datetime(self.env, data["moment"])))
        moment = format_datetime(self.env, data["generated_at"])
        facts.append((_("Made"), _("%(moment)s by %(user)s", moment=moment, user=self.env.user.name)))
        return facts

    @api.model
    def _get_export_totals(self, data):
        """Return the sums on top of the funnel as a list of (label, text)."""
        _ = self.env._
        currency = data["currency"]
        if data["mode"] != "cohort":
            amount = f"{self._format_number(data['amount'])} {currency}"
            return [(_("Open deals"), self._format_number(data["cohort"])), (_("Amount"), amount)]
        totals = data["totals"]
        days = self._format_number(totals["median_cycle_days"], digits=1)

        def count_and_amount(part):
            return f"{self._format_number(part['count'])} ({self._format_number(part['amount'])} {currency})"

        return [
            (_("Deals created"), self._format_number(data["cohort"])),
            (_("Won"), count_and_amount(data["won"])),
            (_("Lost"), count_and_amount(data["lost"])),
            (_("Win rate"), self._format_share(totals["win_rate"])),
            (_("Median cycle, days"), days),
        ]

    @api.model
    def _get_export_labels(self, data):
        _ = self.env._
        return {
            "title": _("Sales funnel"),
            "funnel": _("Funnel"),
            "breakdown": _("Breakdown"),
            "deals": _("Deals"),
            "name": _("Status"),
            "count": _("Now"),
            "amount": _("Amount, %(currency)s", currency=data["currency"]),
            "reached": _("Reached"),
            "stage_conversion": _("To next"),
            "funnel_conversion": _("Of all"),
            "lost_here": _("Lost here"),
            "median_days": _("Median days"),
            "bottleneck": _("Bottleneck"),
            "spacer": _("Chart"),
            "deal_no": _("No."),
            "deal": _("Deal"),
            "partner": _("Counterparty"),
            "type": _("Deal Type"),
            "owner": _("Employee"),
            "created": _("Created"),
        }

    @api.model
    def _get_period_text(self, data, domain):
        _ = self.env._
        date_from, date_to = data["date_from"], data["date_to"]
        if any(leaf.field_expr == "create_date" for leaf in Domain(domain or []).iter_conditions()):
            return _("as in the filters")
        if date_from and date_to:
            return f"{format_date(self.env, date_from)} – {format_date(self.env, date_to)}"
        if date_from:
            return _("since %(day)s", day=format_date(self.env, date_from))
        return _("until %(day)s", day=format_date(self.env, date_to)) if date_to else _("all time")

    @api.model
    def _get_filter_texts(self, domain, filters):
        """Return the filters in words: those of the search bar, else the terms of the domain."""
        if filters is None:
            return [str(leaf) for leaf in Domain(domain or []).iter_conditions()][:MAX_FILTERS]
        if not isinstance(filters, list) or not all(isinstance(text, str) for text in filters):
            raise ValidationError(
                self.env._("The texts of the filters must be a list of texts. Remove them.")
            )
        return [text[:MAX_FILTER_CHARS] for text in filters[:MAX_FILTERS]]

    @api.model
    def _get_breakdown_label(self, breakdown):
        return self.env["crm.lead"].fields_get([breakdown], ["string"])[breakdown]["string"]

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
