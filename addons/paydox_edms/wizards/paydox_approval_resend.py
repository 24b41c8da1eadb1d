from odoo import api, fields, models
from odoo.exceptions import UserError


class PaydoxApprovalResend(models.TransientModel):
    """Asks who decides again after rework."""

    _name = "paydox.approval.resend"
    _description = "Send Again"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    scope = fields.Selection(
        selection=[("all", "Everybody"), ("not_agreed", "Only those who had not agreed")],
        string="Who Decides Again",
        compute="_compute_scope",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    obstacle = fields.Char(compute="_compute_obstacle")
    agreed_names = fields.Char(string="Had Agreed", compute="_compute_obstacle")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_obstacle(self):
        for wizard in self:
            record = wizard._get_record()
            obstacles = record._get_rework_obstacles([(record.sudo(), record.sudo()._get_approval_route())])
            wizard.obstacle = next(iter(obstacles.values()), False)
            # sudo: who sends the record again may know who had agreed to it
            lines_sudo = record.sudo().approval_id.line_ids
            agreed_sudo = lines_sudo.filtered(lambda line: line._is_personal_agreement()).user_id
            wizard.agreed_names = ", ".join(agreed_sudo.mapped("name"))

    @api.depends("obstacle", "agreed_names")
    def _compute_scope(self):
        for wizard in self:
            wizard.scope = "all" if wizard.obstacle or not wizard.agreed_names else "not_agreed"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_writable()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_writable()
        return result

    # === ACTIONS === #

    def action_confirm(self):
        """Send the record again."""
        self.ensure_one()
        self._get_record().action_request_approval(self.scope)
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    def _check_writable(self):
        # Stored computed fields are computed as superuser, so the question is asked here.
        for wizard in self:
            wizard._get_record().check_access("write")

    def _get_record(self):
        """The record, when it is one that goes by routes."""
        self.ensure_one()
        approvable = self.env["paydox.approval"]._get_approvable_models()
        record = self.env[self.res_model].browse(self.res_id).exists() if self.res_model in approvable else False
        if not record:
            raise UserError(self.env._("There is nothing to send. Open the record and try again."))
        return record
