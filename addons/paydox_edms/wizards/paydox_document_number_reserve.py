from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools import number_pattern


class PaydoxDocumentNumberReserve(models.TransientModel):
    _name = "paydox.document.number.reserve"
    _description = "Reserve Numbers"
    _check_company_auto = True

    company_id = fields.Many2one(comodel_name="res.company", default=lambda self: self.env.company, required=True)
    kind_id = fields.Many2one(
        comodel_name="paydox.document.kind", required=True, check_company=True, ondelete="cascade"
    )
    count = fields.Integer(string="How Many", default=1, required=True)
    purpose = fields.Char(help="What the numbers are for; kept in the journal.")
    department_id = fields.Many2one(comodel_name="hr.department", check_company=True, ondelete="cascade")
    parent_id = fields.Many2one(
        comodel_name="paydox.document",
        string="Parent Document",
        check_company=True,
        domain="[('number', '!=', False)]",
        ondelete="cascade",
    )
    nomenclature_id = fields.Many2one(
        comodel_name="paydox.nomenclature",
        string="Case of the Nomenclature",
        check_company=True,
        domain="[('state', '=', 'open')]",
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", check_company=True, ondelete="cascade"
    )
    # what the number is made of
    needs_department = fields.Boolean(compute="_compute_needs")
    needs_parent = fields.Boolean(compute="_compute_needs")
    needs_case = fields.Boolean(compute="_compute_needs")
    needs_partner = fields.Boolean(compute="_compute_needs")

    # === COMPUTE METHODS === #

    @api.depends("kind_id")
    def _compute_needs(self):
        for wizard in self:
            kind = wizard.kind_id
            names = number_pattern.get_fields(kind.number_pattern) if kind else set()
            wizard.needs_department = "dept" in names
            wizard.needs_parent = "parent_number" in names or kind.number_period == "parent"
            wizard.needs_case = "case" in names
            wizard.needs_partner = "partner_code" in names

    # === ACTIONS === #

    def action_confirm(self):
        """Take the numbers and show them."""
        self.ensure_one()
        numbers = self.env["paydox.document.number"]._reserve(self._prepare_sample(), self.count, self.purpose)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reserved Numbers"),
            "res_model": "paydox.document.number",
            "views": [(self.env.ref("paydox_edms.paydox_document_number_view_list_reserved").id, "list")],
            "domain": [("id", "in", numbers.ids)],
        }

    # === HELPERS === #

    def _prepare_sample(self):
        """A card, never saved, with what the number depends on."""
        if not self.kind_id.active:
            raise UserError(self.env._("The kind %(kind)s is archived. Choose another one.", kind=self.kind_id.name))
        for record in (self.kind_id, self.department_id, self.parent_id, self.nomenclature_id, self.partner_id):
            record.check_access("read")
        return self.env["paydox.document"].new(
            {
                "kind_id": self.kind_id.id,
                "company_id": self.company_id.id,
                "department_id": self.needs_department and self.department_id.id,
                "parent_id": self.needs_parent and self.parent_id.id,
                "nomenclature_id": self.needs_case and self.nomenclature_id.id,
                "partner_id": self.needs_partner and self.partner_id.id,
            }
        )
