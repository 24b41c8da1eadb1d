from odoo import api, fields, models
from odoo.exceptions import UserError

SIDES = [("organisation", "Organisation"), ("person", "Person")]


class PaydoxRelationType(models.Model):
    """What two counterparties or people are to each other, told from both sides."""

    _name = "paydox.relation.type"
    _description = "Type of Relation"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="The first is … of the second: “subsidiary of”.")
    inverse_name = fields.Char(
        required=True, translate=True, help="The second is … of the first: “parent of”. The same for a mutual relation."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    source_side = fields.Selection(selection=SIDES, string="The First Is", default="organisation", required=True)
    target_side = fields.Selection(selection=SIDES, string="The Second Is", default="organisation", required=True)
    is_mutual = fields.Boolean(
        string="Mutual", help="Both are the same to each other, as competitors or relatives: kept once for both."
    )
    is_hierarchy = fields.Boolean(
        string="Hierarchy", help="Goes one way only: who stands above somebody cannot stand below him."
    )
    is_sensitive = fields.Boolean(string="Sensitive", help="Shown to those only who may see sensitive relations.")
    role = fields.Selection(
        selection=[("decides", "Decides"), ("knows", "Knows")],
        help="Decides: the first influences what the second decides on a deal. Knows: people who know each other; a "
        "deal shows who of us knows those who decide.",
    )
    relation_ids = fields.One2many(comodel_name="paydox.relation", inverse_name="type_id")
    change_count = fields.Integer(
        readonly=True, copy=False, help="Grows with each relation: of two entered at once the second is checked anew."
    )

    _mutual_check = models.Constraint(
        "CHECK(NOT (is_mutual AND is_hierarchy))", "A relation is either mutual or a hierarchy."
    )
    _mutual_sides_check = models.Constraint(
        "CHECK(NOT is_mutual OR source_side = target_side)", "A mutual relation has the same on both sides."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        shape = {"source_side", "target_side", "is_mutual", "is_hierarchy"}
        if shape & vals.keys() and self.sudo().relation_ids:
            changed = self.filtered(lambda kind: any(name in vals and vals[name] != kind[name] for name in shape))
            # sudo: relations that the user may not see count too
            if used := changed.sudo().filtered("relation_ids"):
                raise UserError(
                    self.env._(
                        "Relations of the type “%(relation)s” exist already, so what it joins stays as it is. Archive it and "
                        "make another type.",
                        relation=used[0].name,
                    )
                )
        return super().write(vals)

    # === HELPERS === #

    @api.model
    def _get_side(self, partner):
        return "organisation" if partner.is_company else "person"
