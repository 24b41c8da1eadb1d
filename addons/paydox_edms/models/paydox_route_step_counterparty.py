from odoo import models


class PaydoxRouteStep(models.Model):
    """What a step of the counterparty cannot be, kept by the database."""

    _inherit = "paydox.route.step"

    _outside_kind = models.Constraint(
        "CHECK(approver_kind <> 'counterparty' OR kind IN ('approve', 'confirm'))",
        "The counterparty agrees or writes remarks by a link. Choose the kind “Approve” or “Confirm” for this step.",
    )
    _outside_timeout = models.Constraint(
        "CHECK(approver_kind <> 'counterparty' OR timeout_action = 'none')",
        "Nobody agrees in place of the counterparty. Choose “Wait” for the end of the term of this step.",
    )
