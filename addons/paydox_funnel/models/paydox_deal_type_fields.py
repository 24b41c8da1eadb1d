from odoo import api, fields, models


class PaydoxDealType(models.Model):
    """Own fields: those that only the deals of the type have. They are made on a deal, here they are named."""

    _inherit = "paydox.deal.type"

    own_field_names = fields.Char(string="Own Fields of the Deals", compute="_compute_own_field_names")

    @api.depends("property_definition")
    def _compute_own_field_names(self):
        for deal_type in self:
            definition = deal_type.property_definition or []
            names = [item.get("string") or item["name"] for item in definition if item["type"] != "separator"]
            deal_type.own_field_names = ", ".join(names)
