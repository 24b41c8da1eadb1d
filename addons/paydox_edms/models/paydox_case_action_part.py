from odoo import api, fields, models
from odoo.tools import SQL


class PaydoxCaseAction(models.Model):
    """Parts of co-executors in the list of open actions."""

    _inherit = "paydox.case.action"
    _depends = {
        "paydox.instruction.executor": ["instruction_id", "state", "term", "user_id"],
    }

    kind = fields.Selection(selection_add=[("part", "Part of an instruction")])
    part_id = fields.Many2one(comodel_name="paydox.instruction.executor", readonly=True)

    # === TABLE QUERY === #

    @api.model
    def _get_sources(self):
        return [*super()._get_sources(), self._select_parts()]

    @api.model
    def _get_link_columns(self):
        return [*super()._get_link_columns(), "part_id"]

    @api.model
    def _select_parts(self):
        columns = {
            "id": SQL("part.id"),
            "case_id": SQL("about_case.id"),
            "partner_id": SQL(
                "COALESCE(instruction.partner_id, about_case.partner_id, about_document.partner_id, about_partner.id)"
            ),
            "company_id": SQL("instruction.company_id"),
            "user_id": SQL("part.user_id"),
            "deadline": SQL("part.term"),
        }
        return SQL(
            """
            SELECT %s
              FROM paydox_instruction_executor part
              JOIN paydox_instruction instruction ON instruction.id = part.instruction_id
                   AND instruction.state IN ('assigned', 'in_progress')
              %s
             WHERE part.state = 'assigned'
            """,
            self._select_row(4, "part_id", SQL("'part'"), columns),
            self._join_subjects(),
        )

    # === COMPUTE METHODS === #

    def _get_subject(self):
        if not self.part_id:
            return super()._get_subject()
        part = self.part_id
        return f"{part.instruction_id.name}: {part.note}" if part.note else part.instruction_id.name

    # === ACTIONS === #

    def action_done(self, report=None):
        """Report the parts as done; other rows as before."""
        rows = self._get_present()
        if not rows.part_id:
            return super().action_done(report)
        parts = rows._get_records("part_id", self.env._("Mark parts and whole instructions as done separately."))
        return parts.action_report(report)

    def action_open(self):
        """Open the instruction of a part that is of no case."""
        rows = self._get_present()
        if len(rows) == 1 and rows.part_id and not rows.case_id:
            return rows.part_id.instruction_id.get_formview_action()
        return super().action_open()
