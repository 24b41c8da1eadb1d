from odoo import api, fields, models


class ResPartnerBank(models.Model):
    """A bank account is a requisite of its holder: its changes belong to the holder's history."""

    _inherit = "res.partner.bank"

    correspondent_account = fields.Char(related="bank_id.correspondent_account", help="Account of the bank itself.")

    @api.model_create_multi
    def create(self, vals_list):
        holders = self.env["res.partner"].browse({vals["partner_id"] for vals in vals_list if vals.get("partner_id")})
        with holders._recording_requisites() as touched:
            accounts = super().create(vals_list)
            touched.update(accounts.partner_id.ids)
        return accounts

    def write(self, vals):
        holders = self.partner_id
        if vals.get("partner_id"):
            holders |= self.env["res.partner"].browse(vals["partner_id"])
        with holders._recording_requisites():
            return super().write(vals)

    def unlink(self):
        with self.partner_id._recording_requisites():
            return super().unlink()

    def _get_requisites_values(self):
        """Return what the history of the holder keeps of the account."""
        self.ensure_one()
        values = {
            "acc_number": self.acc_number,
            "bank": self.bank_id.name or False,
            "bic": self.bank_id.bic or False,
            "currency": self.currency_id.name or False,
            # Odoo fills it with the name of the partner; only another name says something.
            "holder": self.acc_holder_name != self.partner_id.name and self.acc_holder_name or False,
        }
        # Only where it is known: states of the time before the field must not look changed.
        if self.bank_id.correspondent_account:
            values["correspondent_account"] = self.bank_id.correspondent_account
        return values
