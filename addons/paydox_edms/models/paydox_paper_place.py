from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxPaperPlace(models.Model):
    """Where paper lies: building, room, rack, box, folder."""

    _name = "paydox.paper.place"
    _description = "Storage Place"
    _parent_store = True
    _rec_name = "complete_name"
    _rec_names_search = ["code", "complete_name"]
    _order = "complete_name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(required=True, copy=False, help="The text of the label: typed in or scanned to find the place.")
    kind = fields.Selection(
        selection=[
            ("building", "Building"),
            ("room", "Room"),
            ("rack", "Rack"),
            ("box", "Box"),
            ("folder", "Folder"),
        ],
        default="box",
        required=True,
    )
    complete_name = fields.Char(string="Path", compute="_compute_complete_name", store=True, recursive=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, index=True
    )
    parent_id = fields.Many2one(
        comodel_name="paydox.paper.place", string="Inside Of", ondelete="restrict", check_company=True, index=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(comodel_name="paydox.paper.place", inverse_name="parent_id", string="Places Inside")
    keeper_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_keeper_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who answers for the papers here and is reminded when they do not come back.",
    )
    nomenclature_id = fields.Many2one(
        comodel_name="paydox.nomenclature",
        string="Case of Papers",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The case of the nomenclature that is kept here; its papers are offered this place.",
    )
    note = fields.Char()
    original_ids = fields.One2many(comodel_name="paydox.paper.original", inverse_name="place_id", readonly=True)
    original_count = fields.Integer(string="Papers", compute="_compute_original_count")

    _code_uniq = models.Constraint(
        "UNIQUE(company_id, code)", "There is already a place with this code in the company. Choose another code."
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for place in self:
            # A separator in a name must not look like one more level.
            name = (place.name or "").replace(" / ", "/")
            place.complete_name = f"{place.parent_id.complete_name} / {name}" if place.parent_id else name

    @api.depends("parent_id")
    def _compute_keeper_id(self):
        for place in self:
            place.keeper_id = place.keeper_id or place.parent_id.keeper_id

    @api.depends("original_ids.state")
    def _compute_original_count(self):
        """Papers that lie here or in a place inside, whoever of them the user may open."""
        counts = {}
        if places := self._origin.filtered("parent_path"):
            # sudo: a number of papers tells nothing of what is written on them
            groups = (
                self.env["paydox.paper.original"]
                .sudo()
                ._read_group(
                    [("place_id", "child_of", places.ids), ("state", "=", "stored")], ["place_id"], ["__count"]
                )
            )
            for inner, count in groups:
                for place_id in map(int, inner.parent_path.split("/")[:-1]):
                    counts[place_id] = counts.get(place_id, 0) + count
        for place in self:
            place.original_count = counts.get(place._origin.id, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A place cannot be inside of itself, directly or through others."))

    @api.constrains("company_id")
    def _check_company_kept(self):
        # sudo: papers and places out of sight count all the same
        places_sudo = self.sudo().with_context(active_test=False)
        for place_sudo in places_sudo:
            if (place_sudo.child_ids.company_id | place_sudo.original_ids.company_id) - place_sudo.company_id:
                raise ValidationError(
                    self.env._(
                        "%(place)s holds papers or places of its company, so it cannot go to another one.",
                        place=place_sudo.complete_name,
                    )
                )

    @api.constrains("active")
    def _check_archived_is_empty(self):
        archived = self.filtered(lambda place: not place.active)
        domain = Domain("place_id", "child_of", archived.ids) & Domain("state", "in", ("stored", "issued", "sent"))
        # sudo: papers that the user may not see keep the place all the same
        if archived and (original_sudo := self.env["paydox.paper.original"].sudo().search(domain, limit=1)):
            raise ValidationError(
                self.env._(
                    "Papers belong to %(place)s. Move them to another place before you archive it.",
                    place=original_sudo.place_id.complete_name,
                )
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if "parent_id" not in vals:
            return super().write(vals)
        self.check_access("write")
        lock_rows(self)
        moved = self.filtered(lambda place: place.parent_id.id != vals["parent_id"])
        paths = moved._get_inner_paths()
        result = super().write(vals)
        self._log_relocation(paths)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: the trail of papers that the user may not see keeps the place all the same
        movements_sudo = self.env["paydox.paper.movement"].sudo()
        domain = Domain("from_place_id", "in", self.ids) | Domain("to_place_id", "in", self.ids)
        if self.child_ids - self or movements_sudo.search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "Papers or other places are or were here, so the trail needs this place. Archive it instead."
                )
            )

    # === HELPERS === #

    @api.model
    def _find_by_code(self, code):
        """The place with this label that the user may read, letter case aside; empty when there is none."""
        found = self.search(
            [("code", "=ilike", (code or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))]
        )
        return found if len(found) == 1 else found.filtered(lambda place: place.code == code)[:1]

    def _get_inner_paths(self):
        """Path by id of the places and of all that is inside, also of what is archived."""
        if not self:
            return {}
        # sudo: a place moves with everything inside
        places_sudo = self.sudo().with_context(active_test=False)
        inner_sudo = places_sudo.search([("id", "child_of", self.ids)])
        return {place.id: place.complete_name for place in inner_sudo}

    def _log_relocation(self, paths):
        """One line in the trail of each paper that lies in a place that was moved, in one statement for any number.

        :param dict paths: former path by id of the place
        """
        if not paths:
            return
        self.env.flush_all()
        now = fields.Datetime.now()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO paydox_paper_movement
                            (original_id, document_id, company_id, action, moment, from_place_id, to_place_id,
                             from_path, to_path, user_id, create_uid, create_date, write_uid, write_date)
                     SELECT original.id, original.document_id, original.company_id, 'relocate', %(now)s,
                            place.id, place.id, former.path, place.complete_name, %(uid)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                       FROM unnest(%(ids)s::int[], %(paths)s::varchar[]) AS former(id, path)
                       JOIN paydox_paper_place place ON place.id = former.id
                       JOIN paydox_paper_original original ON original.place_id = place.id AND original.state = 'stored'
                      WHERE former.path <> place.complete_name
                  RETURNING id
                """,
                now=now,
                uid=self.env.uid,
                ids=list(paths),
                paths=list(paths.values()),
            )
        )
        self.env["paydox.paper.movement"].invalidate_model()
