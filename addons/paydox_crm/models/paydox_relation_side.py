from odoo import api, fields, models
from odoo.tools import SQL


class PaydoxRelationSide(models.Model):
    """A relation as it looks from one of its two sides. A view, not a table: each relation is two rows."""

    _name = "paydox.relation.side"
    _description = "Relation from One Side"
    _auto = False
    _order = "is_ended, partner_id, id"
    _rec_name = "label"
    _depends = {
        "paydox.relation": ["date_from", "date_to", "is_sensitive", "note", "source_id", "target_id", "type_id"],
    }

    relation_id = fields.Many2one(comodel_name="paydox.relation", readonly=True)
    type_id = fields.Many2one(comodel_name="paydox.relation.type", readonly=True)
    is_inverse = fields.Boolean(readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Whose", readonly=True)
    other_id = fields.Many2one(comodel_name="res.partner", string="Of Whom", readonly=True)
    other_company_id = fields.Many2one(
        related="other_id.commercial_partner_id",
        string="Organisation",
        help="Where that person works today, whenever the relation began.",
    )
    label = fields.Char(string="What It Is", compute="_compute_label")
    date_from = fields.Date(string="Since", readonly=True)
    date_to = fields.Date(string="Until", readonly=True)
    is_ended = fields.Boolean(string="Ended", readonly=True)
    is_sensitive = fields.Boolean(string="Sensitive", readonly=True)
    note = fields.Text(readonly=True)

    # === TABLE QUERY === #

    @property
    def _table_query(self):
        readable = self.env["paydox.relation"]._search([]).select()
        return SQL("(%s) UNION ALL (%s)", self._select_side(False, readable), self._select_side(True, readable))

    @api.model
    def _select_side(self, is_inverse, readable):
        source, target = SQL("relation.source_id"), SQL("relation.target_id")
        return SQL(
            "SELECT relation.id::bigint * 2 + %(number)s AS id, relation.id AS relation_id, relation.type_id, "
            "%(is_inverse)s AS is_inverse, %(partner)s AS partner_id, %(other)s AS other_id, relation.date_from, "
            "relation.date_to, COALESCE(relation.date_to < %(today)s, FALSE) AS is_ended, relation.is_sensitive, "
            "relation.note FROM paydox_relation relation WHERE relation.id IN (%(readable)s)",
            number=int(is_inverse),
            is_inverse=is_inverse,
            partner=target if is_inverse else source,
            other=source if is_inverse else target,
            today=fields.Date.context_today(self),
            readable=readable,
        )

    # === COMPUTE METHODS === #

    @api.depends("type_id", "is_inverse")
    @api.depends_context("lang")
    def _compute_label(self):
        for side in self:
            side.label = side.type_id.inverse_name if side.is_inverse else side.type_id.name

    # === ACTIONS === #

    def action_open(self):
        """Open the relation."""
        self.ensure_one()
        self.relation_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Relation"),
            "res_model": "paydox.relation",
            "res_id": self.relation_id.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_end(self):
        """The relations end today."""
        return self.relation_id.action_end()


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === ACTIONS === #

    def action_new_relation(self):
        """Open the form of a new relation of the counterparty or person."""
        self.ensure_one()
        self.check_access("read")
        side = self.env["paydox.relation.type"]._get_side(self)
        kind = self.env["paydox.relation.type"].search([("source_side", "=", side)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Relation"),
            "res_model": "paydox.relation",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_source_id": self.id, "default_type_id": kind.id},
        }
