from odoo import api, fields, models


class PaydoxCaseWindow(models.AbstractModel):
    """Window of a verb of a case: opened for who reads the case; the verb checks everything else."""

    _name = "paydox.case.window"
    _description = "Window of a Case"

    case_id = fields.Many2one(comodel_name="paydox.case", required=True, ondelete="cascade")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        windows = super().create(vals_list)
        windows._check_readable()
        return windows

    def write(self, vals):
        result = super().write(vals)
        self._check_readable()
        return result

    # === HOOKS === #

    def _check_readable(self):
        """Refuse a window on what the user may not read."""
        self.case_id.check_access("read")
