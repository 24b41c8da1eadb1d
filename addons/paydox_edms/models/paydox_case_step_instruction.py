from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import html2plaintext

WORKING_STATES = ("assigned", "in_progress")
# The kind of an instruction by the kind of the step.
INSTRUCTION_KINDS = {"instruction": "task", "call": "call", "meeting": "meeting"}


class PaydoxCaseStep(models.Model):
    """Steps that give instructions, calls and meetings, and end with them."""

    _inherit = "paydox.case.step"

    instruction_ids = fields.One2many(
        comodel_name="paydox.instruction", inverse_name="case_step_id", string="Instructions", readonly=True
    )
    instruction_id = fields.Many2one(
        comodel_name="paydox.instruction", compute="_compute_instruction_id", help="The one that is not cancelled."
    )

    # === COMPUTE METHODS === #

    @api.depends("instruction_ids.state")
    def _compute_instruction_id(self):
        # sudo: whoever reads the step may know that it has an instruction, which has its own rules
        found_sudo = self.env["paydox.instruction"].sudo()
        found_sudo = found_sudo.search([("case_step_id", "in", self._origin.ids), ("state", "!=", "cancelled")])
        by_step = {instruction.case_step_id.id: instruction.id for instruction in found_sudo}
        for step in self:
            step.instruction_id = by_step.get(step._origin.id, False)

    # === BUSINESS METHODS === #

    def _make_instruction(self):
        self.env["paydox.instruction"]._assign_many([step._prepare_instruction_values() for step in self])
        self.invalidate_recordset(["instruction_ids", "instruction_id"])

    def _make_call(self):
        self._make_instruction()

    def _make_meeting(self):
        self._make_instruction()

    def _prepare_instruction_values(self):
        self.ensure_one()
        case, users = self.case_id, self.responsible_ids
        controller, texts = case._get_controller(self), self._speak_to(self.responsible_ids)
        values = {
            "name": texts.name,
            "description": texts.description,
            "kind": INSTRUCTION_KINDS[self.kind],
            "author_id": case.owner_id.id,
            "controller_id": controller.id,
            "deadline": self.deadline,
            "company_id": case.company_id.id,
            "res_model": case._name,
            "res_id": case.id,
            "case_step_id": self.id,
            "partner_id": case.partner_id.id,
            "location": self.location,
        }
        if len(users) > 1 and self.people_rule == "first":
            values["candidate_ids"] = [Command.set(users.ids)]
        else:
            values["executor_id"] = users[:1].id
            values["co_executor_ids"] = [Command.create({"user_id": user.id}) for user in users[1:]]
        if self.kind == "meeting":
            values |= self._prepare_meeting_values()
        return values

    def _prepare_meeting_values(self):
        """A proposed time, which its executor moves: before the end of the term, else on the next working day."""
        now = fields.Datetime.now()
        end = self.deadline
        duration = timedelta(hours=self.duration or 1)
        if not end or end - duration <= now:
            end = self._plan_term(self.case_id.company_id, self.env["hr.employee"], now, 1, "days")
        if end - duration <= now:
            end = now + duration + timedelta(hours=1)
        return {"start": end - duration, "stop": end, "deadline": max(end, self.deadline or end)}

    def _done_by_hand(self, report):
        given = self.filtered(lambda step: step.kind in INSTRUCTION_KINDS and step.instruction_id)
        for step in given:
            step.instruction_id._done_for_case(report)
        return super(PaydoxCaseStep, self - given)._done_by_hand(report)

    def _on_instruction_closed(self, instruction):
        self.ensure_one()
        if instruction.state == "done":
            self._end_and_go_on(html2plaintext(instruction.report or "").strip() or instruction.result)
        elif self.state == "active" and self.case_id.state == "running":
            self.case_id._lock()
            self._register_problem(
                self.env._("The instruction was cancelled. Press “Try again” to give it anew, or leave the step out.")
            )

    # === HOOKS === #

    def _make_again(self):
        result = super()._make_again()
        if self.kind in INSTRUCTION_KINDS and not self.instruction_id:
            self.write({"problem": False})
            self.case_id._touch()
            self._make_instruction()
        return result

    def _withdraw_things(self, reason):
        result = super()._withdraw_things(reason)
        given = self.filtered(lambda step: step.kind in INSTRUCTION_KINDS).instruction_ids
        given.filtered(lambda row: row.state not in ("done", "cancelled"))._cancel(reason)
        return result

    def _hand_over(self, user, reason):
        result = super()._hand_over(user, reason)
        instruction = self.instruction_id.sudo()
        if instruction.state in WORKING_STATES:
            instruction._reassign(user, reason or None)
        elif instruction.state == "draft":
            # It was declined: given anew to the other person.
            instruction.write({"executor_id": user.id, "candidate_ids": [Command.clear()]})
            instruction._give()
            self.write({"problem": False})
        return result

    def _get_thing(self):
        return super()._get_thing() or self.instruction_id


class PaydoxInstruction(models.Model):
    _inherit = "paydox.instruction"

    case_step_id = fields.Many2one(
        comodel_name="paydox.case.step",
        string="Step of a Case",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    _case_step_uniq = models.UniqueIndex(
        "(case_step_id) WHERE case_step_id IS NOT NULL AND state <> 'cancelled'",
        "The step of the case already has its instruction.",
    )

    # === CRUD METHODS === #

    def _check_not_forged(self, vals):
        if vals.get("case_step_id"):
            raise AccessError(self.env._("The step of a case is set by the case only."))
        return super()._check_not_forged(vals)

    # === ACTIONS === #

    def action_report(self, report=None, result=None, delay_reason_id=None):
        self._check_case_data()
        return super().action_report(report, result, delay_reason_id)

    def action_finish(self):
        self._check_case_data()
        return super().action_finish()

    def action_remove_control(self):
        self.filtered(lambda row: row.state == "reported")._check_case_data()
        return super().action_remove_control()

    def action_decline(self, reason):
        result = super().action_decline(reason)
        # sudo: steps are written by the engine only
        for instruction in self.sudo().filtered("case_step_id"):
            step = instruction.case_step_id
            if step.state == "active" and step.case_id.state == "running":
                step.case_id._lock()
                step._register_problem(
                    self.env._(
                        "%(user)s declined: %(reason)s Give it to another person.",
                        user=instruction.executor_id.name,
                        reason=self._clean_text(reason),
                    )
                )
        return result

    # === BUSINESS METHODS === #

    def _done_for_case(self, report):
        """The step was marked as done: by who does it, by who accepts it, or by who leads the case."""
        self.ensure_one()
        me = self.env.user.document_principal_ids
        # As the person who pressed: each verb checks him again.
        mine = self.with_user(self.env.user).sudo(False)
        if self.state == "reported":
            mine.action_finish()
        elif self.state in WORKING_STATES and self.executor_id in me:
            mine.action_report(report)
        elif self.state in WORKING_STATES and not self.executor_id and self.candidate_ids & me:
            mine.action_take()
            mine.action_report(report)
        elif self.state in WORKING_STATES:
            self.sudo()._report_by_lead(report)
        else:
            raise UserError(
                self.env._("“%(instruction)s” is not given to anybody now. Give it first.", instruction=self.name)
            )

    def _report_by_lead(self, report):
        """Who leads the case says that it is done, instead of its executor; who controls it still accepts it."""
        now = fields.Datetime.now()
        values = {
            "report": self._clean_report(report),
            "reported_at": now,
            "reported_by_id": self.env.uid,
            "late_hours": self._get_late_hours(now),
        }
        if self.is_on_control and self.controller_id not in self.env.user.document_principal_ids:
            self._go("report", "reported", values)
        else:
            self._go("report", "done", values | {"closed_at": now})
            self._close_if_done()

    def _check_case_data(self):
        """What the step asks for has to be filled in before its work is reported."""
        self.check_access("read")
        # sudo: who does the work may know which data it needs
        self.sudo().case_step_id._check_data()

    # === HOOKS === #

    def _on_closed(self):
        result = super()._on_closed()
        for instruction in self.filtered("case_step_id"):
            instruction.case_step_id._on_instruction_closed(instruction)
        return result

    def _on_reopened(self):
        result = super()._on_reopened()
        for instruction in self.filtered("case_step_id"):
            step = instruction.case_step_id
            if step.case_id.state == "running":
                step.case_id._lock()
                step._reopen(self.env._("Its instruction was taken up again."))
        return result

    # === HELPERS === #

    @api.model
    def _get_involved_domain(self):
        """What is given in a case is read by those who read the case."""
        cases = self.env["paydox.case"]
        # sudo: the rule of cases is the domain itself
        mine = cases.sudo()._search(cases._get_involved_domain())
        given = Domain("res_model", "=", cases._name) & Domain("res_id", "in", mine) & Domain("state", "!=", "draft")
        return super()._get_involved_domain() | given


class PaydoxCase(models.Model):
    _name = "paydox.case"
    _inherit = ["paydox.case", "paydox.instruction.mixin"]
