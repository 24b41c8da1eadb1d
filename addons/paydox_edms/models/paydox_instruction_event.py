from odoo import api, models


class PaydoxEvent(models.Model):
    """What happens to instructions, told to rules and cases."""

    _inherit = "paydox.event"

    @api.model
    def _get_event_names(self):
        names = {
            "instruction.done": self.env._("Instruction done"),
            "instruction.declined": self.env._("Instruction declined"),
            "instruction.cancelled": self.env._("Instruction cancelled"),
        }
        return super()._get_event_names() + list(names.items())


class PaydoxInstruction(models.Model):
    _inherit = "paydox.instruction"

    def _emit(self, name):
        self.ensure_one()
        last = self.sudo().transition_ids[-1:]
        self.env["paydox.event"]._emit(name, self, f"{name}:{self.id}:{last.id}")
