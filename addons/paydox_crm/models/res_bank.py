from odoo import fields, models


class ResBank(models.Model):
    """The name and the code of a bank are part of the requisites of those who have an account there."""

    _inherit = "res.bank"

    correspondent_account = fields.Char(
        help="Account of the bank itself at the central bank or at another bank (К/с); printed together with the BIK."
    )

    def write(self, vals):
        if not {"name", "bic", "correspondent_account"}.intersection(vals):
            return super().write(vals)
        # sudo: the history is kept for all holders, also for those whom this user may not see.
        accounts_sudo = self.env["res.partner.bank"].sudo().search([("bank_id", "in", self.ids)])
        with accounts_sudo.partner_id.sudo(self.env.su)._recording_requisites():
            return super().write(vals)
