from odoo import models


class CrmLead(models.Model):
    """Instructions about a deal."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "paydox.instruction.mixin"]

    # === BUSINESS METHODS === #

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: what is to be done about a deal goes on with the one that stays, whoever gave it
        about = [("res_model", "=", self._name), ("res_id", "in", opportunities.ids)]
        self.env["paydox.instruction"].sudo().search(about).write({"res_id": self.id})
        # sudo: so do the cases about it
        self.env["paydox.case"].sudo().search(about).write({"res_id": self.id})
        return result

    # === HELPERS === #

    def _prepare_instruction_defaults(self):
        return super()._prepare_instruction_defaults() | {"default_partner_id": self.partner_id.id}


class PaydoxInstruction(models.Model):
    """Calls and meetings about a deal stand among the meetings of the deal."""

    _inherit = "paydox.instruction"

    def _prepare_event(self):
        values = super()._prepare_event()
        if self.res_model == "crm.lead":
            values["opportunity_id"] = self.res_id
        return values
