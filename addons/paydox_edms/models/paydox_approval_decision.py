from odoo import fields, models


class PaydoxApprovalDecision(models.Model):
    """Append-only ledger of a run; each row carries the hash of the former."""

    _name = "paydox.approval.decision"
    _description = "Decision"
    _inherit = ["paydox.protected"]
    _order = "approval_id, sequence, id"

    approval_id = fields.Many2one(
        comodel_name="paydox.approval", required=True, readonly=True, ondelete="restrict", index=True
    )
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    sequence = fields.Integer(required=True, readonly=True, aggregator=None)
    line_id = fields.Many2one(
        comodel_name="paydox.approval.line", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    step_id = fields.Many2one(comodel_name="paydox.approval.step", readonly=True, ondelete="restrict")
    version_id = fields.Many2one(comodel_name="paydox.document.version", readonly=True, ondelete="restrict")
    checksum = fields.Char(readonly=True)
    action = fields.Selection(
        selection=[
            ("start", "Sent"),
            ("agree", "Agreed"),
            ("remarks", "Agreed with remarks"),
            ("refuse", "Refused"),
            ("return", "Returned for rework"),
            ("delegate", "Delegated"),
            ("withdraw", "Withdrawn"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="For Whom", required=True, readonly=True, ondelete="restrict"
    )
    decided_by_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="restrict")
    target_user_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime(required=True, readonly=True)
    comment = fields.Text(readonly=True)
    delay_reason = fields.Text(readonly=True)
    previous_hash = fields.Char(readonly=True)
    hash = fields.Char(required=True, readonly=True)

    _sequence_uniq = models.Constraint("UNIQUE(approval_id, sequence)", "This place in the chain is taken.")
