from odoo import fields, models


class PaydoxApproval(models.Model):
    """One run of a route over one record: the approval sheet of one round."""

    _name = "paydox.approval"
    _description = "Approval Sheet"
    _inherit = ["paydox.protected"]
    _order = "id desc"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True, index=True)
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    route_id = fields.Many2one(comodel_name="paydox.route", readonly=True, required=True, ondelete="restrict", index=True)
    revision = fields.Integer(readonly=True, aggregator=None)
    round = fields.Integer(required=True, readonly=True, aggregator=None)
    state = fields.Selection(
        selection=[
            ("running", "Running"),
            ("approved", "Approved"),
            ("rejected", "Refused or returned"),
            ("withdrawn", "Withdrawn"),
        ],
        default="running",
        required=True,
        readonly=True,
    )
    requested_by_id = fields.Many2one(comodel_name="res.users", readonly=True, required=True, index=True)
    author_id = fields.Many2one(comodel_name="res.users", readonly=True, required=True)
    version_id = fields.Many2one(
        comodel_name="paydox.document.version", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    closed_at = fields.Datetime(readonly=True)
    step_ids = fields.One2many(comodel_name="paydox.approval.step", inverse_name="approval_id")
    line_ids = fields.One2many(comodel_name="paydox.approval.line", inverse_name="approval_id")
    decision_ids = fields.One2many(comodel_name="paydox.approval.decision", inverse_name="approval_id")
    # chain
    decision_count = fields.Integer(readonly=True, help="Grows with every decision; carries the lock of the run.")
    last_hash = fields.Char(readonly=True)

    _running_uniq = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'running'", "This record is already on approval."
    )
    _round_uniq = models.Constraint("UNIQUE(res_model, res_id, round)", "This round already exists.")
