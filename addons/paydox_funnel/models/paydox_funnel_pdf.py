from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.image import image_data_uri
from odoo.tools.misc import split_every

from ..tools.funnel_picture import BOARD_WIDTH, draw_boards

BOARD_HEIGHT = 470.0
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
COMPARED = {
    "cohort": ("count", "reached", "stage_conversion", "median_days"),
    "snapshot": ("count", "amount", "median_days"),
}
SIDES_IN_WIDTH = 4
MAX_REASONS = 3


class PaydoxFunnel(models.AbstractModel):
    """The page of the funnel: picture and table as SVG, printed by wkhtmltopdf."""

    _inherit = "paydox.funnel"

    @api.model
    def _render_pdf(self, domain, date_from, date_to, mode, breakdown, filters=None, by=None, keys=None):
        """Return (bytes of the PDF, filename)."""
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            raise UserError(
                self.env._(
                    "The PDF cannot be made, because the program wkhtmltopdf is not installed on "
                    "the server. Ask your administrator to install it, or take the Excel file."
                )
            )
        data = self.get_funnel(domain, date_from, date_to, mode, breakdown)
        sides = self.get_comparison(domain, date_from, date_to, mode, by, keys)["sides"] if by else []
        losses = self.get_insights(domain, date_from, date_to, mode)["losses"]
        html = self._render_pdf_html(data, domain, breakdown, filters, sides, losses)
        # sudo: the paper format is a technical record; the page holds only what the user may see.
        # The page has no links to assets, so one worker is enough.
        report_sudo = self.env["ir.actions.report"].sudo()
        paperformat = self.env.ref("paydox_funnel.paperformat_funnel")
        content = report_sudo.new({"paperformat_id": paperformat.id})._run_wkhtmltopdf([html])
        return content, self._get_export_filename("pdf")

    @api.model
    def _render_pdf_html(self, data, domain, breakdown, filters, sides=(), losses=()):
        layers, mode = data["layers"], data["mode"]
        labels = self._get_export_labels(data)
        columns = [labels[key] for key in TABLE_COLUMNS[mode]]
        rows = [self._get_layer_texts(layer, mode) for layer in layers]
        # sudo: name and logo of the user's own company, printed on every report
        company_sudo = self.env.company.sudo()
        body = self.env["ir.qweb"]._render(
            "paydox_funnel.report_funnel",
            {
                "company": company_sudo,
                "logo": not company_sudo.uses_default_logo
                and company_sudo.logo_web
                and image_data_uri(company_sudo.logo_web),
                "data": data,
                "facts": self._get_export_facts(data, domain, breakdown, filters),
                "totals": self._get_export_totals(data),
                "labels": labels,
                "boards": draw_boards(layers, mode, rows, columns, BOARD_HEIGHT),
                "board_ratio": f"{BOARD_HEIGHT / BOARD_WIDTH * 100:.2f}",
                "verdict": self._get_verdict(layers),
                "losses": self._get_losses_text(losses),
                "comparison": self._get_comparison_texts(data, sides),
                "lang": (self.env.lang or "en_US").replace("_", "-"),
            },
        )
        return f"<!DOCTYPE html>\n{body}"

    @api.model
    def _get_layer_texts(self, layer, mode):
        """Return the numbers of a layer as texts, for the picture and the table of the PDF."""
        cells = self._get_cells(layer)
        conversion, reached = cells["stage_conversion"], cells["reached"]
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
    def _get_cells(self, layer):
        return {
            "count": self._format_number(layer["count"]),
            "amount": self._format_number(layer["amount"]),
            "reached": self._format_number(layer["reached"]),
            "stage_conversion": self._format_share(layer["stage_conversion"]),
            "funnel_conversion": self._format_share(layer["funnel_conversion"]),
            "lost_here": self._format_number(layer["lost_here"]),
            "median_days": self._format_number(layer["median_days"], digits=1),
        }

    @api.model
    def _get_losses_text(self, losses):
        """The most frequent reasons in a sentence."""
        if not losses:
            return ""
        reasons = ", ".join(f"{loss['name']} ({self._format_number(loss['count'])})" for loss in losses[:MAX_REASONS])
        return self.env._("Lost most often because of: %(reasons)s.", reasons=reasons)

    @api.model
    def _get_comparison_texts(self, data, sides):
        """Blocks of a table: as many sides as fit in the width of the page, for each layer what the screen shows."""
        columns = COMPARED[data["mode"]]
        labels = self._get_export_labels(data)
        blocks = []
        for part in split_every(SIDES_IN_WIDTH, sides):
            funnels = [side["funnel"] for side in part]
            blocks.append(
                {
                    "names": [side["name"] for side in part],
                    "columns": [labels[column] for column in columns],
                    "totals": [self._get_export_totals(funnel)[:4] for funnel in funnels],
                    "rows": [
                        {
                            "name": layers[0]["name"],
                            "cells": [
                                (self._get_cells(layer)[column], layer["bottleneck"])
                                for layer in layers
                                for column in columns
                            ],
                        }
                        for layers in zip(*(funnel["layers"] for funnel in funnels), strict=True)
                    ],
                }
            )
        return blocks

    @api.model
    def _get_verdict(self, layers):
        """Name the bottleneck in a sentence, as the screen does."""
        for layer, following in zip(layers, layers[1:], strict=False):
            if layer["bottleneck"]:
                return self.env._(
                    "Bottleneck: only %(share)s of the deals that reached “%(from)s” went on to “%(to)s”.",
                    share=self._format_share(layer["stage_conversion"]),
                    **{"from": layer["name"], "to": following["name"]},
                )
        return ""
