from odoo import api, models


class ReportApprovalSheet(models.AbstractModel):
    """The sheet on the screen; its PDF is drawn from the same texts."""

    _name = "report.paydox_edms.report_approval_sheet"
    _description = "Approval Sheet"

    @api.model
    def _get_report_values(self, docids, data=None):
        approvals = self.env["paydox.approval"].browse(docids)
        return {"docs": approvals, "sheets": approvals._prepare_sheets()}
