from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PaydoxRouteFact(models.Model):
    """A fact on which people agree besides the file: when it changes, everybody has to agree again."""

    _name = "paydox.route.fact"
    _description = "Material Fact of a Route"
    _inherit = ["paydox.revision.part"]
    _order = "route_id, id"
    _rec_name = "field_name"
    _revision_field = "route_id"

    route_id = fields.Many2one(comodel_name="paydox.route", required=True, ondelete="cascade", index=True)
    field_name = fields.Selection(selection="_get_field_choices", string="Fact", required=True)

    _field_uniq = models.Constraint("UNIQUE(route_id, field_name)", "This fact is already named.")

    # === SELECTION METHODS === #

    @api.model
    def _get_field_choices(self):
        """Stored fields that a person fills in, of every approvable model; the route refuses those of another one."""
        hidden = self.env["paydox.step.definition"]._get_technical_fields() | {
            "active",
            "state",
            "number",
            "company_id",
        }
        names = {}
        for model in self.env["paydox.approval"]._get_approvable_models():
            for name, field in self.env[model]._fields.items():
                usable = field.store and not field.readonly and field.type not in ("one2many", "binary", "properties")
                if usable and name not in hidden and name not in names:
                    names[name] = field._description_string(self.env)
        return sorted(names.items(), key=lambda item: item[1])

    # === CONSTRAINT METHODS === #

    @api.constrains("field_name", "route_id")
    def _check_field(self):
        for fact in self:
            choices = dict(self._get_field_choices())
            if fact.field_name not in choices or fact.field_name not in self.env[fact.route_id.res_model]._fields:
                label = choices.get(fact.field_name, fact.field_name)
                raise ValidationError(self.env._("%(field)s is no field of what goes by this route.", field=label))
