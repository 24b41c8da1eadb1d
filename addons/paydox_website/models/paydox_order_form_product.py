from odoo import fields, models


class PaydoxOrderFormProduct(models.Model):
    """What can be ordered with a form."""

    _name = "paydox.order.form.product"
    _description = "Order Form Product"
    _order = "form_id, sequence, id"

    form_id = fields.Many2one(comodel_name="paydox.order.form", ondelete="cascade", required=True, index=True)
    name = fields.Char(string="Product", required=True, translate=True)
    sequence = fields.Integer(default=10)
    max_quantity = fields.Integer(
        string="Largest Quantity", default=100, required=True, help="A visitor cannot order more than this at once."
    )

    _max_quantity_range = models.Constraint(
        "CHECK(max_quantity BETWEEN 1 AND 1000000)", "The largest quantity must be from 1 to 1,000,000."
    )
