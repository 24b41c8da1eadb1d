from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .paydox_partner_class import DIMENSIONS

CLASS_FIELDS = {f"class_{code}_id": code for code, _label in DIMENSIONS}


def _class_field(dimension, label, help_text=None):
    return fields.Many2one(
        comodel_name="paydox.partner.class",
        string=label,
        domain=f"[('dimension', '=', '{dimension}')]",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help=help_text,
    )


class ResPartner(models.Model):
    """Classification by directories, for searching, grouping and segments of mailings."""

    _inherit = "res.partner"

    class_activity_id = _class_field("activity", "Activity")
    class_region_id = _class_field("region", "Sales Region")
    class_group_id = _class_field("group", "Group")
    class_category_id = _class_field("category", "Category")
    class_advertisement_id = _class_field("advertisement", "Advertisement", "How the counterparty learned of us.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        for name in CLASS_FIELDS:
            partners._check_class(name, dict.fromkeys(partners, self.env["paydox.partner.class"]))
        return partners

    def write(self, vals):
        names = CLASS_FIELDS.keys() & vals.keys()
        if not names:
            return super().write(vals)
        before = {name: {partner: partner[name] for partner in self} for name in names}
        result = super().write(vals)
        for name in names:
            self._check_class(name, before[name])
        return result

    # === HELPERS === #

    def _check_class(self, name, before):
        """What was chosen anew is in use and of the right directory; what a counterparty had it keeps."""
        for partner in self:
            value = partner[name]
            if not value or value == before[partner]:
                continue
            if value.dimension != CLASS_FIELDS[name]:
                raise ValidationError(
                    self.env._(
                        "“%(value)s” is no value of the directory “%(directory)s”.",
                        value=value.display_name,
                        directory=self._fields[name]._description_string(self.env),
                    )
                )
            if not value.active:
                raise ValidationError(
                    self.env._(
                        "“%(value)s” is archived and cannot be chosen any more. Choose another one.",
                        value=value.display_name,
                    )
                )
