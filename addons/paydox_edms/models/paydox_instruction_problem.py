from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_instruction import OPEN_STATES, WORKING_STATES


class PaydoxInstruction(models.Model):
    """What keeps an instruction from being done, in a sentence for those who can help."""

    _inherit = "paydox.instruction"

    problem = fields.Char(compute="_compute_problem")
    has_problem = fields.Boolean(
        string="Cannot Go On",
        compute="_compute_problem",
        search="_search_has_problem",
        help="The executor or the controller left, or nobody of the group took it in time.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "kind",
        "phone",
        "executor_id.active",
        "controller_id.active",
        "co_executor_ids.user_id",
        "is_escalated",
    )
    @api.depends_context("lang")
    def _compute_problem(self):
        for instruction in self:
            # sudo: colleagues are looked at, nothing of them is shown but their names
            obstacle = instruction.sudo()._get_obstacle()
            instruction.has_problem = bool(obstacle)
            if not obstacle and instruction.kind == "call" and instruction.state != "done" and not instruction.phone:
                obstacle = self.env._("No telephone number is known. Enter it here or in the contact.")
            instruction.problem = obstacle

    def _search_has_problem(self, operator, value):
        if operator != "in":
            return NotImplemented
        gone = Domain("active", "=", False)
        working = Domain("state", "in", WORKING_STATES)
        domain = working & Domain("executor_id", "any!", gone)
        domain |= Domain("state", "in", OPEN_STATES) & Domain("controller_id", "any!", gone)
        domain |= working & Domain("executor_id", "=", False) & Domain("is_escalated", "=", True)
        return domain if True in value else ~domain

    def _get_obstacle(self):
        self.ensure_one()
        working = self.state in WORKING_STATES
        if working and self.executor_id and not self.executor_id.active:
            return self.env._(
                "%(user)s does not work here any more. Reassign it to somebody else.", user=self.executor_id.name
            )
        if self.state in OPEN_STATES and self.controller_id and not self.controller_id.active:
            return self.env._(
                "%(user)s, who controls it, does not work here any more. Take it off control.",
                user=self.controller_id.name,
            )
        if working and not self.executor_id and self.is_escalated:
            return self.env._("Nobody of the group has taken it in time. Reassign it to somebody.")
        return False


class ResUsers(models.Model):
    _inherit = "res.users"

    # === CRUD METHODS === #

    def write(self, vals):
        leaving = self.filtered("active") if "active" in vals and not vals["active"] else self.browse()
        result = super().write(vals)
        if leaving:
            leaving._tell_of_left_instructions()
        return result

    # === BUSINESS METHODS === #

    def _tell_of_left_instructions(self):
        """Who gave work to somebody who leaves learns of it at once."""
        # sudo: personnel archives a person without reading what he works on
        instructions_sudo = self.env["paydox.instruction"].sudo()
        people = Domain("executor_id", "in", self.ids) | Domain("controller_id", "in", self.ids)
        people |= Domain(
            "co_executor_ids", "any!", Domain("user_id", "in", self.ids) & Domain("state", "=", "assigned")
        )
        open_sudo = instructions_sudo.search(Domain("state", "in", OPEN_STATES) & people)
        if not open_sudo:
            return
        text = self.env._("%(users)s left: see who goes on with it.", users=", ".join(self.sudo().mapped("name")))
        open_sudo._note_many("left", [(row, row.author_id | row.controller_id) for row in open_sudo], text)
        open_sudo._sync_turns()
