from odoo import fields, models


class PaydoxApprovalMixin(models.AbstractModel):
    """Makes any model approvable."""

    _name = "paydox.approval.mixin"
    _description = "Approvable"

    approval_ids = fields.One2many(
        comodel_name="paydox.approval",
        inverse_name="res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        bypass_search_access=True,
        readonly=True,
        copy=False,
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    def _compute_can_decide(self):
        self.can_decide = False
