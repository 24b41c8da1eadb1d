from odoo import fields, models


class PaydoxStepDefinition(models.AbstractModel):
    """What a step of signing says."""

    _inherit = "paydox.step.definition"

    allow_substitute_sign = fields.Boolean(
        string="Substitutes may sign",
        default=True,
        help="The substitute signs in his own name, and both names are shown. Untick it where the right to sign is personal.",
    )

    # === HELPERS === #

    def _prepare_pinned_values(self):
        return super()._prepare_pinned_values() | {"allow_substitute_sign": self.allow_substitute_sign}

    def _get_definition(self):
        return super()._get_definition() | {"allow_substitute_sign": self.allow_substitute_sign}
