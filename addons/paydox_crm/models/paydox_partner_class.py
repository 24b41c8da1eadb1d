from odoo import api, fields, models
from odoo.exceptions import ValidationError

DIMENSIONS = [
    ("activity", "Activity"),
    ("region", "Region"),
    ("group", "Group"),
    ("category", "Category"),
    ("advertisement", "Advertisement"),
]


class PaydoxPartnerClass(models.Model):
    """A value of one of the directories by which counterparties are classified; values may lie in one another."""

    _name = "paydox.partner.class"
    _description = "Classification of Counterparties"
    _parent_store = True
    _rec_names_search = ["complete_name", "code"]
    _order = "dimension, complete_name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for imports and for other systems.")
    dimension = fields.Selection(selection=DIMENSIONS, string="Directory", required=True, index=True)
    parent_id = fields.Many2one(
        comodel_name="paydox.partner.class",
        string="Part Of",
        domain="[('dimension', '=', dimension), ('id', '!=', id)]",
        ondelete="restrict",
        index=True,
    )
    child_ids = fields.One2many(comodel_name="paydox.partner.class", inverse_name="parent_id", string="Parts")
    parent_path = fields.Char(index=True)
    complete_name = fields.Char(string="Full Name", compute="_compute_complete_name", store=True, recursive=True)
    active = fields.Boolean(
        default=True, help="Archived: counterparties that have it keep it, nobody can be given it any more."
    )

    _code_uniq = models.UniqueIndex(
        "(dimension, code) WHERE code IS NOT NULL", "Another value of this directory has this code already."
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for value in self:
            above = value.parent_id.complete_name
            value.complete_name = f"{above} / {value.name}" if above else value.name

    @api.depends("name", "parent_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for value in self:
            names, step = [], value
            while step and len(names) < 10:
                names.append(step.name or "")
                step = step.parent_id
            value.display_name = " / ".join(reversed(names))

    # === CONSTRAINT METHODS === #

    @api.constrains("parent_id", "dimension")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A value cannot be a part of itself."))
        for value in self:
            if value.parent_id and value.parent_id.dimension != value.dimension:
                raise ValidationError(
                    self.env._(
                        "“%(parent)s” is of another directory than “%(name)s”.",
                        parent=value.parent_id.name,
                        name=value.name,
                    )
                )
            if any(child.dimension != value.dimension for child in value.child_ids):
                raise ValidationError(
                    self.env._("“%(name)s” has parts, so it stays in its directory.", name=value.name)
                )
