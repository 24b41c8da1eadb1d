from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.arguments import to_id


class PaydoxInstruction(models.Model):
    """Why a report came late, as the discipline report groups it."""

    _inherit = "paydox.instruction"

    delay_reason_id = fields.Many2one(
        comodel_name="paydox.delay.reason",
        string="Reason of Delay",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Said with the report when it comes after the term.",
    )

    # === HELPERS === #

    def _find_delay_reason(self, reason):
        """The reason of the directory, given as a record or an id; nothing when there is none such."""
        reasons = self.env["paydox.delay.reason"]
        if not reason:
            return reasons
        if isinstance(reason, models.BaseModel):
            reason = reason.id if reason._name == reasons._name else 0
        found = reasons.search([("id", "=", to_id(reason))])
        if not found:
            raise UserError(self.env._("There is no such reason of delay. Choose one from the list."))
        return found
