from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# These are done only with a report, which the window asks for.
REPORTED_KINDS = ("call", "meeting")


class PaydoxCaseAction(models.Model):
    """Instructions in the list of open actions: to do, to take from a group, and reports to accept."""

    _inherit = "paydox.case.action"
    _depends = {
        "paydox.instruction": [
            "company_id", "controller_id", "deadline", "executor_id", "partner_id", "res_id", "res_model", "state"
        ],
    }  # fmt: skip

    kind = fields.Selection(
        selection_add=[("instruction", "Instruction"), ("offer", "To take"), ("report", "Report to accept")]
    )
    instruction_id = fields.Many2one(comodel_name="paydox.instruction", readonly=True)

    # === TABLE QUERY === #

    @api.model
    def _get_sources(self):
        return [*super()._get_sources(), self._select_instructions()]

    @api.model
    def _get_link_columns(self):
        return [*super()._get_link_columns(), "instruction_id"]

    @api.model
    def _get_step_kinds(self):
        # The others stand in the list as their instructions.
        return ("message", "milestone")

    @api.model
    def _select_instructions(self):
        columns = {
            "id": SQL("instruction.id"),
            "case_id": SQL("about_case.id"),
            "partner_id": SQL(
                "COALESCE(instruction.partner_id, about_case.partner_id, about_document.partner_id, about_partner.id)"
            ),
            "company_id": SQL("instruction.company_id"),
            "user_id": SQL(
                "CASE WHEN instruction.state = 'reported' THEN instruction.controller_id"
                " ELSE instruction.executor_id END"
            ),
            "deadline": SQL("instruction.deadline"),
        }
        kind = SQL(
            "CASE WHEN instruction.state = 'reported' THEN 'report' "
            "WHEN instruction.executor_id IS NULL THEN 'offer' ELSE 'instruction' END"
        )
        return SQL(
            """
            SELECT %s
              FROM paydox_instruction instruction
              %s
             WHERE instruction.state IN ('assigned', 'in_progress', 'reported')
            """,
            self._select_row(3, "instruction_id", kind, columns),
            self._join_subjects(),
        )

    @api.model
    def _join_subjects(self):
        """What an instruction is about, by which a row gets its case and its counterparty."""
        return SQL(
            """
            LEFT JOIN paydox_case about_case
                   ON instruction.res_model = 'paydox.case' AND about_case.id = instruction.res_id
            LEFT JOIN paydox_document about_document
                   ON instruction.res_model = 'paydox.document' AND about_document.id = instruction.res_id
            LEFT JOIN res_partner about_partner
                   ON instruction.res_model = 'res.partner' AND about_partner.id = instruction.res_id
            """
        )

    # === COMPUTE METHODS === #

    def _get_subject(self):
        return self.instruction_id.name if self.instruction_id else super()._get_subject()

    @api.model
    def _get_mine_domain(self):
        people = self.env.user.document_principal_ids.ids
        offered = Domain("kind", "=", "offer") & Domain("instruction_id.candidate_ids", "in", people)
        return super()._get_mine_domain() | offered

    # === ACTIONS === #

    def action_take(self):
        """Take what was offered to a group; who is first has it."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        instructions = rows._get_records("instruction_id", self.env._("Only what is offered to a group can be taken."))
        if rows.filtered(lambda row: row.kind != "offer"):
            return self._get_gone_notice()
        return instructions.action_take()

    def action_done(self, report=None):
        """Mark steps as done, and report instructions as done."""
        rows = self._get_present()
        instructions = rows.instruction_id
        if not instructions:
            return super().action_done(report)
        if rows.filtered(lambda row: not row.instruction_id):
            raise UserError(self.env._("Mark instructions and steps as done separately."))
        if len(instructions) == 1 and instructions.kind in REPORTED_KINDS and not report:
            return instructions.action_open_report()
        return instructions.action_report(report)

    def action_agree(self):
        """Agree with decisions, and accept reports."""
        rows = self._get_present()
        reports = rows.filtered(lambda row: row.kind == "report").instruction_id
        if not reports or rows.line_id:
            return super().action_agree()
        return reports.action_finish()

    def action_decide(self):
        """Open the window to refuse a decision, or to return a report."""
        rows = self._get_present()
        if len(rows) == 1 and rows.kind == "report":
            return rows.instruction_id.action_open_return()
        return super().action_decide()

    def action_open(self):
        """Open the instruction when the row is of no case."""
        rows = self._get_present()
        if len(rows) == 1 and rows.instruction_id and not rows.case_id:
            return rows.instruction_id.get_formview_action()
        return super().action_open()
