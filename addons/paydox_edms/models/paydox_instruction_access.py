from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .paydox_instruction import OPEN_STATES

# What the verbs write; a form may send back the defaults.
ENGINE_FIELDS = frozenset(
    (
        "state", "prepared_by_id", "is_to_confirm", "assigned_at", "accepted_at", "reported_at", "reported_by_id", "closed_at",
        "report", "result", "late_hours", "return_count", "calendar_event_id", "escalate_at", "is_escalated", "case_step_id", "series_id", "series_date",
        "extension_count", "first_deadline", "permission_ids", "delay_reason_id",
    )
)  # fmt: skip
# What was ordered: it changes by verbs only once it is given.
ORDERED_FIELDS = frozenset(
    (
        "name", "description", "text_id", "kind", "company_id", "author_id", "executor_id", "candidate_ids", "controller_id",
        "term_days", "deadline", "res_model", "res_id", "parent_id", "co_executor_ids", "start", "stop", "remind_at", "take_minutes", "is_report_required",
    )
)  # fmt: skip


class PaydoxInstruction(models.Model):
    """Who reads an instruction, and who writes what of it."""

    _inherit = "paydox.instruction"

    is_involved = fields.Boolean(
        compute="_compute_is_involved",
        search="_search_is_involved",
        help="The current user takes part, substitutes or heads somebody who does. For access rules.",
    )
    is_editable = fields.Boolean(compute="_compute_is_editable")
    is_mine = fields.Boolean(
        string="Waits for Me",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="The current user has to do something.",
    )

    for_whom = fields.Char(
        string="For", compute="_compute_for_whom", help="Whom the current user substitutes when he does it."
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "author_id",
        "prepared_by_id",
        "executor_id",
        "candidate_ids",
        "controller_id",
        "co_executor_ids.user_id",
        "state",
    )
    @api.depends_context("uid")
    def _compute_is_involved(self):
        # sudo: the answer is what decides on access, so it cannot depend on it
        found_sudo = self.sudo().search(Domain("id", "in", self.ids) & self._get_involved_domain())
        for instruction in self:
            # A new one is his who writes it.
            instruction.is_involved = not instruction._origin.id or instruction._origin.id in found_sudo._ids

    def _search_is_involved(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_involved_domain() if True in value else ~self._get_involved_domain()

    @api.model
    def _get_involved_domain(self):
        """A draft is read by those who write it; one that is given by all who take part, and by their heads."""
        me = self.env.user.document_principal_ids.ids
        people = list({*me, *self.env.user.document_subordinate_ids.ids})
        own = Domain("author_id", "in", people) | Domain("prepared_by_id", "=", self.env.uid)
        given = (
            Domain("executor_id", "in", people)
            | Domain("controller_id", "in", people)
            | Domain("candidate_ids", "in", people)
            | Domain("co_executor_ids", "any!", Domain("user_id", "in", people))
        )
        return own | (Domain("state", "!=", "draft") & given)

    @api.depends("state", "author_id", "prepared_by_id", "is_to_confirm")
    @api.depends_context("uid")
    def _compute_is_editable(self):
        me = self.env.user.document_principal_ids
        for instruction in self:
            writer = instruction.author_id in me or (
                instruction.prepared_by_id == self.env.user and not instruction.is_to_confirm
            )
            instruction.is_editable = not instruction._origin.id or (instruction.state == "draft" and writer)

    @api.depends("executor_id", "candidate_ids", "controller_id", "author_id", "co_executor_ids.user_id")
    @api.depends_context("uid")
    def _compute_for_whom(self):
        me = self.env.user
        others = me.document_principal_ids - me
        for instruction in self:
            people = instruction.executor_id | instruction.candidate_ids | instruction.controller_id
            people |= instruction.author_id | instruction.co_executor_ids.user_id
            # sudo: a substitute knows whom he substitutes
            names = [] if me in people else (people & others).sudo().mapped("name")
            instruction.for_whom = ", ".join(names)

    @api.depends("state", "executor_id", "controller_id", "co_executor_ids.state")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_todo_domain())
        for instruction in self:
            instruction.is_mine = instruction in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_todo_domain() if True in value else ~self._get_todo_domain()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self.browse()._check_not_forged(vals)
                vals["prepared_by_id"] = self.env.uid
        instructions = super(PaydoxInstruction, self._without_forged_defaults()).create(vals_list)
        if not self.env.su:
            instructions._check_author()
            instructions._check_subject_readable()
        return instructions

    def write(self, vals):
        if not self.env.su:
            self._check_not_forged(vals)
            if vals.keys() & ORDERED_FIELDS:
                self._check_editable()
        result = super().write(vals)
        if not self.env.su:
            if vals.keys() & {"author_id", "company_id"}:
                self._check_author()
            if vals.keys() & {"res_model", "res_id"}:
                self._check_subject_readable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        # sudo: rows of the course that nobody may see forbid the deletion all the same
        if given := self.filtered(
            lambda instruction: instruction.state != "draft" or instruction.sudo().transition_ids
        ):
            raise UserError(
                self.env._(
                    "“%(instruction)s” was given already and is kept. Cancel it instead.", instruction=given[0].name
                )
            )

    # === GUARDS === #

    @api.model
    def _get_engine_fields(self):
        return ENGINE_FIELDS

    def _check_not_forged(self, vals):
        """A form may send back the defaults, where they are what is there: emptying what was written is forging too."""
        defaults = (False, None, "", 0, 0.0, "draft")
        if forged := [
            name
            for name in ENGINE_FIELDS & vals.keys()
            if not (name == "prepared_by_id" and vals[name] == self.env.uid and self.prepared_by_id <= self.env.user)
            and (
                vals[name] not in defaults
                or any(row[name] and (name != "state" or row.state != "draft") for row in self)
            )
        ]:
            raise AccessError(
                self.env._(
                    "The course of an instruction is written by its buttons only: %(fields)s.",
                    fields=", ".join(sorted(forged)),
                )
            )

    def _check_editable(self):
        """What is given is changed by the verbs only, and a draft by those who write it."""
        if self.env.su:
            return
        if locked := self.filtered(lambda instruction: not instruction.is_editable):
            raise UserError(
                self.env._(
                    "“%(instruction)s” is given and stays as it is. Ask for another term, reassign it, or cancel it and give a "
                    "new one.",
                    instruction=locked[0].name,
                )
            )

    def _check_author(self):
        """Whoever prepares an instruction for another does it for his head or as a clerk; it waits for that person."""
        user = self.env.user
        for instruction in self:
            # sudo: who heads whom is not readable for everybody
            author_sudo = instruction.sudo().author_id
            if author_sudo == user or author_sudo in user.document_principal_ids:
                continue
            if user in author_sudo.document_subordinate_ids or user.has_group("paydox_edms.paydox_edms_group_clerk"):
                continue
            raise AccessError(
                self.env._(
                    "You prepare instructions in your own name, or in that of your head: %(user)s is not.",
                    user=author_sudo.name,
                )
            )

    def _check_subject_readable(self):
        for instruction in self:
            if (subject := instruction._get_subject()) is not None:
                if not subject:
                    raise UserError(self.env._("The record that the instruction is about does not exist any more."))
                subject.check_access("read")

    def _check_scope(self, users):
        """Where the company wants it so, people give work to their own department only."""
        for company, instructions in self.grouped("company_id").items():
            if company.sudo().instruction_scope != "department":
                continue
            for author in instructions.author_id:
                # sudo: who works where is not readable for everybody
                author_sudo = author.sudo()
                if author_sudo.has_group("paydox_edms.paydox_edms_group_clerk"):
                    continue
                around = author_sudo.document_own_department_ids
                colleagues = self.env["hr.employee"].sudo().search([("department_id", "in", around.ids)]).user_id
                allowed = author_sudo | author_sudo.document_subordinate_ids | colleagues
                if outside := users.sudo() - allowed:
                    raise AccessError(
                        self.env._(
                            "%(users)s do not work in your department. Give the instruction to their head.",
                            users=", ".join(outside.mapped("name")),
                        )
                    )

    @api.model
    def _get_todo_domain(self):
        """What waits for the current user to be done: his own, and those of people he substitutes."""
        me = self.env.user.document_principal_ids.ids
        working = Domain("state", "in", ("assigned", "in_progress")) & Domain("executor_id", "in", me)
        part = Domain("co_executor_ids", "any!", Domain("user_id", "in", me) & Domain("state", "=", "assigned"))
        control = Domain("state", "=", "reported") & Domain("controller_id", "in", me)
        return (working | control | part) & Domain("state", "in", OPEN_STATES)
