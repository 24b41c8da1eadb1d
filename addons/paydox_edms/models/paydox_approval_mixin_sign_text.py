from odoo import models


class PaydoxApprovalMixin(models.AbstractModel):
    """Signing of records that have no file: what is signed is a text of their facts."""

    _inherit = "paydox.approval.mixin"

    # === HOOKS === #

    def _get_text_to_sign(self):
        """The facts that people agree on, as text, or False for a record that is signed by its file only."""
        self.ensure_one()
        if self._get_approval_document():
            return False
        # sudo: the names of models are not readable for everybody
        label = self.env["ir.model"].sudo()._get(self._name).name
        rows = [f"{label} {self.id}: {self.display_name}"]
        for name in sorted(self._get_material_fields()):
            if field := self._fields.get(name):
                rows.append(f"{field._description_string(self.env)}: {self._get_fact_text(field)}")
        return "\n".join(rows)

    # === HELPERS === #

    def _get_fact_text(self, field):
        value = self[field.name]
        if field.relational:
            return ", ".join(f"{record.display_name} ({record.id})" for record in value) or "—"
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value) or "—"
        text = self.env["paydox.approval"]._get_plain_value(self, field.name)
        return "—" if text is False and field.type != "boolean" else str(text)
