from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if self.ids and vals.keys() & {"name", "vat", "parent_id"}:
            self.flush_recordset(["name", "vat", "parent_id", "commercial_partner_id"])
            # sudo: the index is written by the system
            self.env["paydox.document.index"].sudo()._mark_partners(self)
        return result
