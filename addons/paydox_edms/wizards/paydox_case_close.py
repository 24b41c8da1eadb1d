from odoo import api, fields, models


class PaydoxCaseClose(models.TransientModel):
    """Asks what came out of the case; the verb checks everything again."""

    _name = "paydox.case.close"
    _description = "Close a Case"
    _inherit = ["paydox.case.window"]

    goal = fields.Char(related="case_id.goal", related_sudo=False)
    allowed_result_ids = fields.Many2many(
        comodel_name="paydox.case.result", compute="_compute_allowed_result_ids", string="Possible Results"
    )
    result_id = fields.Many2one(
        comodel_name="paydox.case.result",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', allowed_result_ids)]",
    )
    is_reached = fields.Boolean(related="result_id.is_reached", string="Goal Is Reached")
    note = fields.Text(string="What Came Out")
    open_steps = fields.Text(compute="_compute_open_steps")
    cancel_open = fields.Boolean(
        string="Cancel the Open Steps", help="The open steps and what they made are cancelled."
    )

    # === COMPUTE METHODS === #

    @api.depends("case_id")
    def _compute_allowed_result_ids(self):
        everything = self.env["paydox.case.result"].search([], limit=1000)
        for wizard in self:
            wizard.allowed_result_ids = wizard.case_id.template_id.result_ids or everything

    @api.depends("case_id")
    def _compute_open_steps(self):
        for wizard in self:
            steps = wizard.case_id.step_ids._filter_holding()
            wizard.open_steps = "\n".join(f"• {step.display_name}" for step in steps) or False

    # === ACTIONS === #

    def action_confirm(self):
        """Close the case."""
        self.ensure_one()
        self.case_id.action_close(self.result_id, self.note, self.cancel_open)
        return {"type": "ir.actions.act_window_close"}
