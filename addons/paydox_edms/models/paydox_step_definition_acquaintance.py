from odoo import fields, models


class PaydoxStepDefinition(models.AbstractModel):
    """What a step of acquaintance says besides who reads."""

    _inherit = "paydox.step.definition"

    must_open = fields.Boolean(
        string="Must Be Opened", help="Nobody can confirm before he opened the actual version of the document."
    )

    # === HELPERS === #

    def _prepare_pinned_values(self):
        return super()._prepare_pinned_values() | {"must_open": self.must_open}

    def _get_definition(self):
        definition = super()._get_definition()
        return definition | {"must_open": self.must_open} if self.kind == "acquaint" else definition
