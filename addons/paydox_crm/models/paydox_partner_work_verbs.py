from odoo import models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.models.paydox_case_action_instruction import REPORTED_KINDS


class PaydoxPartnerWork(models.Model):
    """Acting right in the list: each button calls the verb of the record behind the row, which checks everything."""

    _inherit = "paydox.partner.work"

    # === ACTIONS === #

    def action_done(self, report=None):
        """Mark instructions, interactions and activities as done; what needs a report asks for it."""
        rows = self._get_open()
        if not rows:
            return self._get_gone_notice()
        for name in ("instruction_id", "interaction_id", "activity_id"):
            if records := rows[name]:
                if len(records) < len(rows):
                    raise UserError(self.env._("Mark instructions, interactions and activities as done separately."))
                return rows._finish(name, records, report)
        raise UserError(self.env._("Only instructions, interactions and activities are marked as done here."))

    def action_open(self):
        """Open what stands behind the row."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        rows.ensure_one()
        if rows.line_id:
            return rows.line_id.action_open_record()
        if rows.question_id:
            return rows.question_id.action_open_case()
        if rows.activity_id:
            return rows.partner_id.get_formview_action()
        return rows._get_record().get_formview_action()

    # === HELPERS === #

    def _finish(self, name, records, report):
        if name == "instruction_id":
            if len(records) == 1 and records.kind in REPORTED_KINDS and not report:
                return records.action_open_report()
            return records.action_report(report)
        if name == "interaction_id":
            return records.action_done(report)
        records.action_feedback(feedback=report if isinstance(report, str) else False)
        return True

    def _get_record(self):
        self.ensure_one()
        return next(record for name in self._get_link_columns() if (record := self[name]))

    def _get_open(self):
        return self._get_present().filtered("is_open")
