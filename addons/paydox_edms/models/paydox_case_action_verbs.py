from odoo import models


class PaydoxCaseAction(models.Model):
    """Acting right in the list: each button calls the verb of the record behind the row, which checks everything."""

    _inherit = "paydox.case.action"

    # === ACTIONS === #

    def action_done(self, report=None):
        """Mark as done."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        steps = rows._get_records("step_id", self.env._("Only steps can be marked as done."))
        return steps.action_done(report)

    def action_start(self):
        """Start steps that wait for a hand."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        return rows._get_records("step_id", self.env._("Only steps can be started.")).action_start()

    def action_open(self):
        """Open the case, or what is to be decided on."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        rows.ensure_one()
        if rows.line_id:
            return rows.line_id.action_open_record()
        return {
            "type": "ir.actions.act_window",
            "res_model": "paydox.case",
            "res_id": rows.case_id.id,
            "views": [(False, "form")],
        }
