from odoo import fields, models


class PaydoxDocumentKind(models.Model):
    """What the papers of the counterparty mean to documents of a kind."""

    _inherit = "paydox.document.kind"

    papers_needed = fields.Selection(
        selection=[
            ("warn", "Warn only"),
            ("route", "Not sent for approval without them"),
            ("sign", "Not signed without them"),
        ],
        string="Papers of the Counterparty",
        default="warn",
        required=True,
        help="When a paper that the counterparty must have is missing or has expired.",
    )
    paper_fallback_id = fields.Many2one(
        comodel_name="res.users",
        string="Told Instead",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        index="btree_not_null",
        help="Who is told of papers that end when their responsible and their author do not work here any more.",
    )
