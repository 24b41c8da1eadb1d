import io

from odoo import models

from odoo.addons.paydox_edms.tools.pdf_sheet import draw_sheet

SHEET_REPORT = "paydox_edms.report_approval_sheet"


class IrActionsReport(models.Model):
    """The PDF of a sheet is drawn, so that it looks the same with every build of wkhtmltopdf, and without it."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        if not res_ids or self._get_report(report_ref).report_name != SHEET_REPORT:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        streams = {res_id: {"stream": None, "attachment": None} for res_id in res_ids}
        for approvals, sheet in self.env["paydox.approval"].browse(streams)._prepare_sheets():
            streams[approvals[0].id]["stream"] = io.BytesIO(draw_sheet(sheet))
        return streams
