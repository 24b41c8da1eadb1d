from odoo import fields, models


class PaydoxPaperReportLine(models.TransientModel):
    """A paper that has expired, or that is missing, as a row that is grouped, counted and exported."""

    _name = "paydox.paper.report.line"
    _description = "Expired or Missing Paper"
    _order = "status, valid_to, id"
    _rec_name = "kind_id"

    report_id = fields.Many2one(
        comodel_name="paydox.paper.report", required=True, readonly=True, ondelete="cascade", index=True
    )
    status = fields.Selection(
        selection=[("expired", "Expired"), ("missing", "Missing")], string="State", required=True, readonly=True
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Counterparty", readonly=True, ondelete="cascade")
    kind_id = fields.Many2one(comodel_name="paydox.document.kind", string="Paper", readonly=True, ondelete="cascade")
    document_id = fields.Many2one(comodel_name="paydox.document", readonly=True, ondelete="cascade")
    number = fields.Char(readonly=True)
    valid_from = fields.Date(readonly=True)
    valid_to = fields.Date(readonly=True)
    days = fields.Integer(string="Days Overdue", readonly=True, aggregator="max")
    responsible_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="cascade")
    note = fields.Char(string="Refusal", readonly=True, help="Why the counterparty does not give the paper.")

    # === ACTIONS ===#

    def action_open_subject(self):
        """Open the paper that has expired, or the counterparty that has not given one."""
        self.ensure_one()
        self.check_access("read")
        record = self.document_id or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
