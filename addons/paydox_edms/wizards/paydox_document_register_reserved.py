from odoo import api, fields, models


class PaydoxDocumentRegisterReserved(models.TransientModel):
    _name = "paydox.document.register.reserved"
    _description = "Register with a Reserved Number"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade")
    available_ids = fields.Many2many(comodel_name="paydox.document.number", compute="_compute_available_ids")
    number_id = fields.Many2one(
        comodel_name="paydox.document.number",
        string="Reserved Number",
        compute="_compute_number_id",
        store=True,
        readonly=False,
        required=True,
        domain="[('id', 'in', available_ids)]",
        ondelete="cascade",
    )
    purpose = fields.Char(related="number_id.purpose", related_sudo=False, string="Reserved For")

    # === COMPUTE METHODS === #

    @api.depends("document_id")
    def _compute_available_ids(self):
        for wizard in self:
            found = self.env["paydox.document.number"]._find_reserved(wizard.document_id)
            wizard.available_ids = found.get(wizard.document_id, False)

    @api.depends("available_ids")
    def _compute_number_id(self):
        for wizard in self:
            wizard.number_id = wizard.number_id or wizard.available_ids[:1]

    # === ACTIONS === #

    def action_confirm(self):
        """Give the document the chosen number."""
        self.ensure_one()
        self.document_id._register_reserved(self.number_id)
        return {"type": "ir.actions.act_window_close"}
