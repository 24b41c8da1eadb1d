from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if self.ids and vals.keys() & {"name", "vat", "parent_id"}:
            self.flush_recordset(["name", "vat", "parent_id", "commercial_partner_id"])
            # sudo: the index is written by the system
            self.env["paydox.document.index"].sudo()._mark_partners(self)
        # sudo: whether it is the contact of a company is nobody's secret
        if "tz" in vals and self.env["res.company"].sudo().search_count([("partner_id", "in", self.ids)], limit=1):
            self.env.registry.clear_cache()
        return result
