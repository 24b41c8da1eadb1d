from odoo import fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """A deal that waits by agreement, for a tender or a new budget: until then nobody is told that it stands too long."""

    _inherit = "crm.lead"

    paused_until = fields.Date(
        copy=False,
        help="The deal waits by agreement. Up to this day it is not among those that stand too long, and rules on deals "
        "without activity leave it.",
    )

    # === HELPERS ===#

    def _get_rotting_depends_fields(self):
        return [*super()._get_rotting_depends_fields(), "paused_until"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & self._get_unpaused_domain()

    def _get_unpaused_domain(self):
        today = fields.Date.to_string(fields.Date.context_today(self))
        return Domain("paused_until", "=", False) | Domain("paused_until", "<", today)
