import base64
import io

import xlsxwriter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.paydox_edms.tools.arguments import to_text
from odoo.addons.paydox_edms.tools.pdf_sheet import draw_sheet
from odoo.addons.paydox_edms.tools.search_domain import parse_domain, refuse_bad_domain

XLSX_MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COUNTS = ("in_time_count", "late_count", "overdue_count", "running_count", "extension_count")
MAX_FILTERS = 20


class PaydoxDisciplineReport(models.Model):
    """The table by department and person, as PDF and XLSX: the numbers of the screen, with filters and moment."""

    _inherit = "paydox.discipline.report"

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_summary(self, domain=None):
        """The numbers of the report by department and person, of what the current user may read.

        :param domain: on this model
        :return: ``{"rows": [{"department", "person", "total", "in_time_count", "late_count", "overdue_count",
            "running_count", "extension_count", "delay_hours", "reasons"}], "total": {…}}``
        """
        domain = parse_domain(self.env, domain)
        aggregates = ["__count", *(f"{name}:sum" for name in COUNTS), "delay_hours:avg"]
        with refuse_bad_domain(self.env):
            [numbers] = self._read_group(domain, [], aggregates)
            groups = self._read_group(domain, ["department_id", "user_id"], aggregates)
            reasons = self._get_reasons(domain)
        rows = [
            self._prepare_row(department, user, own, reasons.get((department, user), ""))
            for department, user, *own in groups
        ]
        rows.sort(key=lambda row: (not row["department"], row["department"], row["person"]))
        return {"rows": rows, "total": self._prepare_row(None, None, numbers, "")}

    @api.model
    @api.readonly
    def export_pdf(self, domain=None, filters=None):
        """The report as PDF.

        :param filters: the filters in words, as a list of texts
        :return: ``{"filename", "mimetype", "content"}``, the content in base64
        """
        content = draw_sheet(self._prepare_sheet(self.get_summary(domain), self._clean_filters(filters)))
        return self._pack(content, "pdf", "application/pdf")

    @api.model
    @api.readonly
    def export_xlsx(self, domain=None, filters=None):
        """The report as XLSX; see ``export_pdf``."""
        sheet = self._prepare_sheet(self.get_summary(domain), self._clean_filters(filters), is_text=False)
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
            bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#eef1f4"})
            page = book.add_worksheet()
            page.write_string(0, 0, sheet["title"], bold)
            line = 1
            for label, value in sheet["facts"]:
                page.write_string(line, 0, label, bold)
                page.write_string(line, 1, value)
                line += 1
            [section] = sheet["sections"]
            line += 1
            for column, (label, weight) in enumerate(section["columns"]):
                page.write_string(line, column, label, head)
                page.set_column(column, column, weight * 3)
            page.freeze_panes(line + 1, 2)
            for row in section["rows"]:
                line += 1
                for column, value in enumerate(row):
                    write = page.write_string if isinstance(value, str) else page.write_number
                    write(line, column, value)
        return self._pack(stream.getvalue(), "xlsx", XLSX_MIMETYPE)

    # === HELPERS === #

    @api.model
    def _prepare_row(self, department, user, numbers, reasons):
        total, *counts, delay = numbers
        # sudo: the names of colleagues are shown, nothing more
        names = {"department": department.sudo().name or "", "person": user.sudo().name or ""} if user else {}
        return names | {
            "total": total,
            **{name: count or 0 for name, count in zip(COUNTS, counts, strict=True)},
            "delay_hours": round(delay or 0.0, 2),
            "reasons": reasons,
        }

    @api.model
    def _get_reasons(self, domain):
        """``{(department, user): "Vacation: 3, Illness: 1"}``, the frequent ones first."""
        domain &= Domain("delay_reason_id", "!=", False)
        found = {}
        for department, user, reason, count in self._read_group(
            domain, ["department_id", "user_id", "delay_reason_id"], ["__count"], order="__count DESC"
        ):
            found.setdefault((department, user), []).append(f"{reason.display_name}: {count}")
        return {key: ", ".join(parts) for key, parts in found.items()}

    @api.model
    def _prepare_sheet(self, summary, filters, is_text=True):
        """The sheet that ``tools/pdf_sheet.py`` draws; without ``is_text``, numbers stay numbers."""
        convert = str if is_text else lambda value: value
        now = format_datetime(self.env, fields.Datetime.now(), tz=self.env.user.tz or "UTC")
        labels = [self._fields[name]._description_string(self.env) for name in COUNTS]
        columns = [
            (self._fields["department_id"]._description_string(self.env), 7),
            (self._fields["user_id"]._description_string(self.env), 7),
            (self.env._("All"), 3),
            *((label, 4) for label in labels),
            (self.env._("Average delay, working hours"), 5),
            (self.env._("Reasons"), 9),
        ]
        total = summary["total"] | {"department": self.env._("Total"), "person": ""}
        rows = [
            [
                row["department"],
                row["person"],
                *(convert(row[name]) for name in ("total", *COUNTS, "delay_hours")),
                row["reasons"],
            ]
            for row in [*summary["rows"], *([total] if summary["rows"] else [])]
        ]
        return {
            "title": self.env._("Executive Discipline"),
            "facts": [
                (self.env._("Filters"), "; ".join(filters) or self.env._("none")),
                (self.env._("Made on"), f"{now} ({self.env.user.tz or 'UTC'})"),
                (self.env._("Made by"), self.env.user.name),
                (self.env._("Company"), ", ".join(self.env.companies.mapped("name"))),
            ],
            "sections": [
                {
                    "title": self.env._("By department and person"),
                    "notes": [
                        self.env._("Terms are the last agreed ones. What was handed over or skipped is left out.")
                    ],
                    "columns": columns,
                    "rows": rows,
                    "empty": self.env._("Nothing with a term in this period."),
                }
            ],
            "footer": self.env._("Executive Discipline, %(moment)s", moment=now),
            "page_label": self.env._("Page {page} of {pages}"),
        }

    @api.model
    def _clean_filters(self, filters):
        filters = filters if isinstance(filters, list | tuple) else []
        return [text for text in (to_text(value, 200) for value in filters[:MAX_FILTERS]) if text]

    @api.model
    def _pack(self, content, extension, mimetype):
        moment = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        name = self.env._("Executive Discipline")
        return {
            "filename": f"{name} {moment:%Y-%m-%d}.{extension}",
            "mimetype": mimetype,
            "content": base64.b64encode(content).decode(),
        }
