from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .paydox_instruction import OPEN_STATES, WORKING_STATES

MAX_DEPTH = 20


class PaydoxInstruction(models.Model):
    """The tree: what was divided among others, and how each branch stands."""

    _inherit = "paydox.instruction"

    part_count = fields.Integer(string="Number of Parts", compute="_compute_parts")
    part_open_count = fields.Integer(string="Open Parts", compute="_compute_parts")
    parts_text = fields.Char(string="Parts Done", compute="_compute_parts")
    tree = fields.Html(compute="_compute_tree", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("child_ids.state")
    def _compute_parts(self):
        # sudo: how far the parts are is told to everybody who reads the whole
        domain = Domain("parent_id", "in", self.ids) & Domain("state", "!=", "cancelled")
        rows = self.sudo()._read_group(domain, ["parent_id", "state"], ["__count"])
        counts, open_counts = {}, {}
        for parent, state, count in rows:
            counts[parent.id] = counts.get(parent.id, 0) + count
            if state != "done":
                open_counts[parent.id] = open_counts.get(parent.id, 0) + count
        for instruction in self:
            total = counts.get(instruction._origin.id, 0)
            left = open_counts.get(instruction._origin.id, 0)
            instruction.part_count, instruction.part_open_count = total, left
            instruction.parts_text = bool(total) and self.env._("%(done)s of %(all)s", done=total - left, all=total)

    @api.depends("child_ids.state", "child_ids.executor_id", "child_ids.deadline")
    @api.depends_context("lang", "tz")
    def _compute_tree(self):
        branches = self._get_branches()
        states = dict(self._fields["state"]._description_selection(self.env))
        for instruction in self:
            rows = instruction._flatten_branches(branches)
            instruction.tree = rows and self.env["ir.qweb"]._render(
                "paydox_edms.instruction_tree", {"rows": rows, "states": states}
            )

    def _get_branches(self):
        """``{id: its parts}`` for the whole tree below; one query a level."""
        # sudo: who reads the whole sees the name, the person, the term and the state of each part, and nothing else
        level, found = self.sudo(), {}
        for _depth in range(MAX_DEPTH):
            parts = (
                level.search([("parent_id", "in", level.ids)], order="deadline, id") if level.ids else level.browse()
            )
            if not parts:
                break
            for parent, children in parts.grouped("parent_id").items():
                found[parent.id] = children
            level = parts
        return found

    def _flatten_branches(self, branches, depth=0):
        rows = []
        for part in branches.get(self._origin.id, ()):
            rows.append((depth, part))
            rows += part._flatten_branches(branches, depth + 1)
        return rows

    # === CONSTRAINT METHODS === #

    @api.constrains("parent_id")
    def _check_no_circle(self):
        if self._has_cycle():
            raise ValidationError(self.env._("An instruction cannot be a part of itself."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        instructions = super().create(vals_list)
        if not self.env.su:
            instructions._check_parent()
        return instructions

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su and vals.get("parent_id"):
            self._check_parent()
        return result

    # === ACTIONS === #

    def action_open_parts(self):
        """Open the parts that the user may read."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_edms.paydox_instruction_action_all")
        return action | {"domain": [("parent_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _cancel(self, reason=None, for_users=None):
        result = super()._cancel(reason, for_users)
        # sudo: what helps to carry out what is dropped is dropped with it, whoever gave it
        parts_sudo = self.sudo().search(
            Domain("parent_id", "in", self.ids) & Domain("state", "in", ("draft", *OPEN_STATES))
        )
        if parts_sudo:
            for part in parts_sudo.filtered(lambda part: part.state != "draft"):
                part._note("cancelled", part._get_workers(), self.env._("Cancelled with what it was a part of."))
            parts_sudo._cancel(self.env._("Cancelled with what it was a part of."))
        return result

    # === GUARDS === #

    def _check_parent(self):
        """Only those who carry an instruction out divide it."""
        me = self.env.user.document_principal_ids
        for instruction in self.filtered("parent_id"):
            # sudo: the parent is looked at, nothing of it is shown
            parent_sudo = instruction.sudo().parent_id
            if not (parent_sudo.executor_id | parent_sudo.co_executor_ids.user_id) & me:
                raise AccessError(self.env._("Only those who carry an instruction out give parts of it to others."))
            if parent_sudo.state not in WORKING_STATES:
                raise UserError(parent_sudo._get_stale_text())

    def _check_report(self, report, result):
        checked = super()._check_report(report, result)
        # sudo: the executor may have divided it when somebody else was
        left_sudo = self.sudo().child_ids.filtered(lambda part: part.state in OPEN_STATES)
        if left_sudo and not report:
            raise UserError(
                self.env._(
                    "Parts of it are not done yet: %(parts)s. Wait for them, or write in the report why it is done without "
                    "them.",
                    parts=", ".join(left_sudo.mapped("name")),
                )
            )
        return checked
