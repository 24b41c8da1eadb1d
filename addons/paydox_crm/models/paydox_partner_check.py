from odoo import fields, models

CHECK_STATES = [
    ("valid", "Valid"),
    ("not_found", "Not found"),
    ("ceased", "Ceased activity"),
    ("warning", "Look out"),
]


class PaydoxPartnerRisk(models.Model):
    """A sign that a counterparty is risky; the list is kept by hand."""

    _name = "paydox.partner.risk"
    _description = "Risk Sign of a Counterparty"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, help="Archived: counterparties keep it, new ones do not get it.")
    description = fields.Text(translate=True, help="What is meant by it, and what to do then.")

    _name_uniq = models.UniqueIndex("(name)", "This sign is in the list already.")


class PaydoxPartnerCheck(models.Model):
    """One check of the tax number of a counterparty: what was found, for which number, when and by whom."""

    _name = "paydox.partner.check"
    _description = "Check of a Counterparty"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "number"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", required=True, readonly=True, ondelete="cascade", index=True
    )
    state = fields.Selection(selection=CHECK_STATES, string="Result", required=True, readonly=True)
    number = fields.Char(string="Checked Number", readonly=True, help="Number and KPP as they were when checked.")
    source = fields.Char(readonly=True, help="The register that was asked. Empty: looked up by a person.")
    note = fields.Char(readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Checked By", readonly=True, ondelete="restrict")
    date = fields.Date(string="Checked On", required=True, readonly=True)
