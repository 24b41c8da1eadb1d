from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_instruction import OPEN_STATES


class PaydoxInstructionMixin(models.AbstractModel):
    """Makes instructions possible on a model: documents, cases, counterparties, deals."""

    _name = "paydox.instruction.mixin"
    _description = "Instructions on a Record"

    instruction_ids = fields.One2many(
        comodel_name="paydox.instruction",
        inverse_name="res_id",
        string="Instructions",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
    )
    instruction_count = fields.Integer(compute="_compute_instruction_count")
    instruction_open_count = fields.Integer(string="Open Instructions", compute="_compute_instruction_count")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_instruction_count(self):
        # As the user: the number must not tell of instructions that he may not see.
        domain = (
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids) & Domain("state", "!=", "cancelled")
        )
        rows = self.env["paydox.instruction"]._read_group(domain, ["res_id", "state"], ["__count"])
        counts, open_counts = {}, {}
        for res_id, state, count in rows:
            counts[res_id] = counts.get(res_id, 0) + count
            if state in OPEN_STATES:
                open_counts[res_id] = open_counts.get(res_id, 0) + count
        for record in self:
            record.instruction_count = counts.get(record._origin.id, 0)
            record.instruction_open_count = open_counts.get(record._origin.id, 0)

    # === CRUD METHODS === #

    def unlink(self):
        # sudo: what was to be done about a record that is gone is dropped, whoever gave it
        instructions_sudo = self.env["paydox.instruction"].sudo()
        about = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        open_sudo = instructions_sudo.search(about & Domain("state", "in", ("draft", *OPEN_STATES)))
        reason = self.env._("What it was about was deleted.")
        result = super().unlink()
        open_sudo._cancel(reason)
        return result

    # === ACTIONS === #

    def action_new_instruction(self):
        """Open the form of a new instruction about the record."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Instruction"),
            "res_model": "paydox.instruction",
            "views": [(False, "form")],
            "context": self._prepare_instruction_defaults(),
        }

    def action_open_instructions(self):
        """Open the instructions about the record."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_edms.paydox_instruction_action_all")
        return action | {
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": self._prepare_instruction_defaults(),
        }

    # === HELPERS === #

    def _prepare_instruction_defaults(self):
        return {"default_res_model": self._name, "default_res_id": self.id}
