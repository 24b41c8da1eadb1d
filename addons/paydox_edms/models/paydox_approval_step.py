from odoo import fields, models

from .paydox_route_step import APPROVER_KINDS, STEP_KINDS, STEP_MODES, STEP_RULES


class PaydoxApprovalStep(models.Model):
    """A step as it was when the run started."""

    _name = "paydox.approval.step"
    _description = "Step of an Approval Sheet"
    _inherit = ["paydox.protected"]
    _order = "approval_id, sequence, id"

    approval_id = fields.Many2one(
        comodel_name="paydox.approval", required=True, readonly=True, ondelete="cascade", index=True
    )
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    line_ids = fields.One2many(comodel_name="paydox.approval.line", inverse_name="step_id")
    sequence = fields.Integer(readonly=True)
    # the definition, pinned
    name = fields.Char(required=True, readonly=True, translate=True)
    kind = fields.Selection(selection=STEP_KINDS, required=True, readonly=True)
    mode = fields.Selection(selection=STEP_MODES, required=True, readonly=True)
    rule = fields.Selection(selection=STEP_RULES, required=True, readonly=True)
    quorum = fields.Integer(readonly=True)
    approver_kind = fields.Selection(selection=APPROVER_KINDS, required=True, readonly=True)
    user_ids = fields.Many2many(comodel_name="res.users", readonly=True, context={"active_test": False})
    group_id = fields.Many2one(comodel_name="res.groups", readonly=True, ondelete="set null")
    approver_field = fields.Char(readonly=True)
    deadline_hours = fields.Float(readonly=True)
    allow_author = fields.Boolean(readonly=True)
    # the run
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("agreed", "Agreed"),
            ("refused", "Refused"),
            ("skipped", "Skipped"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    started_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
