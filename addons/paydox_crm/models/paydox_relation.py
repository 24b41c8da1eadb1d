from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class PaydoxRelation(models.Model):
    """What one counterparty or person is to another, from day to day; shown from both sides by ``paydox.relation.side``."""

    _name = "paydox.relation"
    _description = "Relation"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"

    type_id = fields.Many2one(
        comodel_name="paydox.relation.type", required=True, ondelete="restrict", index=True, tracking=True
    )
    source_side = fields.Selection(related="type_id.source_side")
    target_side = fields.Selection(related="type_id.target_side")
    source_id = fields.Many2one(
        comodel_name="res.partner", string="Who", required=True, ondelete="cascade", index=True, tracking=True
    )
    target_id = fields.Many2one(
        comodel_name="res.partner", string="To Whom", required=True, ondelete="cascade", index=True, tracking=True
    )
    date_from = fields.Date(string="Since", tracking=True)
    date_to = fields.Date(string="Until", tracking=True, help="The last day. Empty: it goes on.")
    note = fields.Text()
    is_sensitive = fields.Boolean(
        string="Sensitive",
        compute="_compute_is_sensitive",
        store=True,
        readonly=False,
        precompute=True,
        help="Shown to those only who may see sensitive relations.",
    )
    is_ended = fields.Boolean(string="Ended", compute="_compute_is_ended", search="_search_is_ended")
    is_readable = fields.Boolean(
        compute="_compute_is_readable", search="_search_is_readable", help="For the access rule."
    )

    _not_itself = models.Constraint("CHECK(source_id <> target_id)", "Nobody has a relation to himself.")
    _dates_check = models.Constraint(
        "CHECK(date_from IS NULL OR date_to IS NULL OR date_from <= date_to)", "A relation cannot end before it begins."
    )
    _once = models.Constraint(
        # one that is kept from others does not tell of itself by being in the way
        "EXCLUDE USING gist (type_id WITH =, source_id WITH =, target_id WITH =, "
        "(COALESCE(is_sensitive, FALSE)::int) WITH =, daterange(date_from, date_to, '[]') WITH &&)",
        "This relation is entered already for these days. End the former one, or change it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("type_id", "source_id", "target_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for relation in self:
            relation.display_name = self.env._(
                "%(who)s: %(relation)s %(whom)s",
                who=relation.source_id.display_name,
                relation=relation.type_id.name,
                whom=relation.target_id.display_name,
            )

    @api.depends("type_id")
    def _compute_is_sensitive(self):
        for relation in self:
            relation.is_sensitive = relation.is_sensitive or relation.type_id.is_sensitive

    @api.depends("date_to")
    def _compute_is_ended(self):
        today = fields.Date.context_today(self)
        for relation in self:
            relation.is_ended = bool(relation.date_to) and relation.date_to < today

    def _search_is_ended(self, operator, value):
        if operator != "in":
            return NotImplemented
        ended = Domain("date_to", "<", fields.Date.context_today(self))
        return ended if True in value else Domain("date_to", "=", False) | ~ended

    @api.depends("source_id", "target_id", "is_sensitive")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_readable(self):
        # The rule asks as superuser; the answer is the one of the person.
        relations_sudo = self.sudo()
        partners = (relations_sudo.source_id | relations_sudo.target_id).sudo(False)
        allowed = set(partners._filtered_access("read")._ids)
        may_see = self._may_see_sensitive()
        for relation, relation_sudo in zip(self, relations_sudo, strict=True):
            relation.is_readable = (
                relation_sudo.source_id.id in allowed
                and relation_sudo.target_id.id in allowed
                and (may_see or not relation_sudo.is_sensitive)
            )

    def _search_is_readable(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        readable = self.env["res.partner"].sudo(False).with_context(active_test=False)._search([])
        domain = Domain("source_id", "in", readable) & Domain("target_id", "in", readable)
        return domain if self._may_see_sensitive() else domain & Domain("is_sensitive", "=", False)

    @api.model
    def _may_see_sensitive(self):
        return self.env.user.has_group("paydox_crm.paydox_crm_group_sensitive")

    # === CONSTRAINT METHODS === #

    @api.constrains("type_id", "source_id", "target_id")
    def _check_sides(self):
        kinds = self.env["paydox.relation.type"]
        for relation in self:
            pairs = [(relation.source_id, relation.source_side), (relation.target_id, relation.target_side)]
            for partner, side in pairs:
                if kinds._get_side(partner) != side:
                    raise ValidationError(
                        self.env._(
                            "“%(relation)s” does not fit %(partner)s: choose a person where a person is meant, and an "
                            "organisation where an organisation is.",
                            relation=relation.type_id.name,
                            partner=partner.display_name,
                        )
                    )

    @api.constrains("type_id", "source_id", "target_id", "date_from", "date_to")
    def _check_no_circle(self):
        """Nobody stands above himself on one and the same day, directly or through others."""
        hierarchies = self.filtered(lambda relation: relation.type_id.is_hierarchy)
        if not hierarchies:
            return
        self.flush_model()
        # Two who enter the halves of a circle at once write the same row, so the second one is run again.
        self.env.cr.execute(
            SQL(
                "UPDATE paydox_relation_type SET change_count = COALESCE(change_count, 0) + 1 WHERE id IN %s",
                tuple(hierarchies.type_id.ids),
            )
        )
        # SQL: a walk over all relations of the type, also those that the user may not see
        found = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE above(start_id, type_id, id, days) AS (
                        SELECT relation.id, relation.type_id, relation.target_id,
                               daterange(relation.date_from, relation.date_to, '[]')
                          FROM paydox_relation relation
                         WHERE relation.id IN %(ids)s
                         UNION
                        SELECT above.start_id, above.type_id, next.target_id,
                               above.days * daterange(next.date_from, next.date_to, '[]')
                          FROM above
                          JOIN paydox_relation next
                            ON next.source_id = above.id AND next.type_id = above.type_id
                           AND above.days && daterange(next.date_from, next.date_to, '[]')
                )
                SELECT above.start_id
                  FROM above
                  JOIN paydox_relation start ON start.id = above.start_id AND start.source_id = above.id
                 LIMIT 1
                """,
                ids=tuple(hierarchies.ids),
            )
        )
        if found:
            relation = self.browse(found[0][0])
            raise ValidationError(
                self.env._(
                    "%(who)s cannot be “%(relation)s” %(whom)s: through others %(whom)s is that of %(who)s already. "
                    "End the former relation first.",
                    who=relation.source_id.display_name,
                    relation=relation.type_id.name,
                    whom=relation.target_id.display_name,
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_enterable(vals_list)
        relations = super().create([self._in_order(vals) for vals in vals_list])
        relations._check_readable()
        return relations

    def write(self, vals):
        result = super().write(vals)
        if {"type_id", "source_id", "target_id"} & vals.keys():
            for relation in self:
                ordered = relation._in_order(
                    {name: relation[name].id for name in ("type_id", "source_id", "target_id")}
                )
                if ordered["source_id"] != relation.source_id.id:
                    super(PaydoxRelation, relation).write(ordered)
        if {"source_id", "target_id", "is_sensitive", "type_id"} & vals.keys():
            self._check_readable()
        return result

    # === ACTIONS === #

    def action_end(self):
        """The relation ends today."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        for relation in self.filtered(lambda relation: not relation.is_ended):
            relation.date_to = max(today, relation.date_from or today)
        return True

    # === HELPERS === #

    @api.model
    def _in_order(self, vals):
        """A mutual relation is kept once: the one who was entered first stands first."""
        kind = self.env["paydox.relation.type"].browse(vals.get("type_id")).exists()
        source_id, target_id = vals.get("source_id"), vals.get("target_id")
        is_swapped = isinstance(source_id, int) and isinstance(target_id, int) and source_id > target_id
        if kind.is_mutual and is_swapped:
            return vals | {"source_id": target_id, "target_id": source_id}
        return vals

    @api.model
    def _check_enterable(self, vals_list):
        """Asked before anything is written: what is in the way must not tell of what the user may not see."""
        if self.env.su:
            return
        partner_ids = {vals.get(name) for vals in vals_list for name in ("source_id", "target_id")}
        kind_ids = {vals.get("type_id") for vals in vals_list}
        self.env["res.partner"].browse(id_ for id_ in partner_ids if id_).check_access("read")
        kinds = self.env["paydox.relation.type"].browse(id_ for id_ in kind_ids if id_)
        sensitive = any(vals.get("is_sensitive") for vals in vals_list) or any(kinds.mapped("is_sensitive"))
        if sensitive and not self._may_see_sensitive():
            raise AccessError(
                self.env._("Sensitive relations are entered by those who may see them. Ask one of them to do it.")
            )

    def _check_readable(self):
        """Nobody joins those whom he may not see, and nobody hides from himself what he enters."""
        if not self.env.su:
            self.invalidate_recordset(["is_readable"])
            (self.source_id | self.target_id).check_access("read")
            self.check_access("read")
