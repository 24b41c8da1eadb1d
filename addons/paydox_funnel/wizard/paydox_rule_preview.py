from odoo import api, fields, models


class PaydoxRulePreview(models.TransientModel):
    """Window that shows what the rules would do to a deal now, and why not."""

    _name = "paydox.rule.preview"
    _description = "What Would the Rules Do Now"

    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal", ondelete="cascade")
    revision_id = fields.Many2one(
        comodel_name="paydox.deal.type.revision",
        string="Rules",
        ondelete="cascade",
        help="Empty: the rules that are in force for the deal.",
    )
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.depends("lead_id", "revision_id")
    def _compute_result(self):
        for window in self:
            window.result = False
            if window.lead_id:
                rows = self.env["paydox.rule"].get_preview(window.lead_id._origin.id, window.revision_id._origin.id)
                window.result = self.env["ir.qweb"]._render("paydox_funnel.rule_preview", {"rows": rows})
