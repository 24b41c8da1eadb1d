from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # order of the website
    order_form_id = fields.Many2one(
        comodel_name="paydox.order.form", ondelete="restrict", copy=False, index="btree_not_null"
    )
    order_product = fields.Char(string="Ordered Product")
    order_quantity = fields.Integer(string="Ordered Quantity", aggregator="sum")
    delivery_region = fields.Char()
    delivery_city = fields.Char()
    order_consent_version = fields.Integer(string="Consent Version", readonly=True, copy=False, aggregator=None)
    order_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Made when the page was shown: however often that page is sent, it makes one deal.",
    )
    order_digest = fields.Char(
        readonly=True, copy=False, groups="base.group_system", help="Tells a repeated order from another one."
    )

    _order_key_uniq = models.UniqueIndex("(order_key) WHERE order_key IS NOT NULL", "This order is already here.")
    _order_quantity_positive = models.Constraint(
        "CHECK(order_quantity IS NULL OR order_quantity >= 0)", "The ordered quantity cannot be negative."
    )
