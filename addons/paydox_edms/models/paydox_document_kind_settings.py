import base64
import hashlib

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

MAX_MONTHS = 1200


class PaydoxDocumentKind(models.Model):
    """What a kind gives to its documents beyond number and route; see ``paydox_document_settings.py`` for the effect."""

    _inherit = "paydox.document.kind"

    # fields
    field_ids = fields.One2many(
        comodel_name="paydox.document.kind.field", inverse_name="kind_id", string="Field Settings", copy=True
    )
    reminder_ids = fields.One2many(
        comodel_name="paydox.document.reminder", inverse_name="kind_id", string="Reminders", copy=True
    )
    # defaults
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Default Responsible",
        domain="[('share', '=', False)]",
        help="Empty: the author is responsible.",
    )
    validity_months = fields.Integer(
        string="Validity, Months", help="New documents end that many months after their date. 0: no term."
    )
    template_file = fields.Binary(string="File Template", attachment=True)
    template_filename = fields.Char()
    template_checksum = fields.Char(string="SHA-256 of the Template", compute="_compute_template_checksum", store=True)
    # access
    creator_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="paydox_document_kind_creator_rel",
        string="Who May Create",
        help="Empty: everybody who works with documents.",
    )
    reader_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="paydox_document_kind_reader_rel",
        string="Groups That Read",
        help="Members read all documents of this kind except the secret ones.",
    )
    reader_department_ids = fields.Many2many(
        comodel_name="hr.department",
        relation="paydox_document_kind_reader_department_rel",
        string="Departments That Read",
        help="Employees of these departments and of those inside read all documents of this kind except the secret ones.",
    )
    can_create = fields.Boolean(compute="_compute_can_create", search="_search_can_create")
    # acquaintance
    acquaintance_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_document_kind_acquaintance_user_rel",
        string="People to Acquaint",
        domain="[('share', '=', False)]",
    )
    acquaintance_group_id = fields.Many2one(comodel_name="res.groups", string="Group to Acquaint")
    acquaintance_department_ids = fields.Many2many(
        comodel_name="hr.department",
        relation="paydox_document_kind_acquaintance_department_rel",
        string="Departments to Acquaint",
    )
    reacquaint_on_new_version = fields.Boolean(
        string="Acquaint Again with Each Version", help="A new version is sent for acquaintance to the same people."
    )

    # === COMPUTE METHODS === #

    @api.depends("template_file")
    def _compute_template_checksum(self):
        for kind in self.with_context(bin_size=False):
            content = base64.b64decode(kind.template_file or b"")
            kind.template_checksum = hashlib.sha256(content).hexdigest() if content else False

    @api.depends("creator_group_ids")
    @api.depends_context("uid")
    def _compute_can_create(self):
        groups = self.env.user.all_group_ids
        for kind in self:
            kind.can_create = not kind.creator_group_ids or bool(kind.creator_group_ids & groups)

    def _search_can_create(self, operator, value):
        if operator != "in":
            return NotImplemented
        groups = Domain("creator_group_ids", "in", self.env.user.all_group_ids.ids)
        allowed = Domain("creator_group_ids", "=", False) | groups
        return allowed if True in value else ~allowed

    # === CONSTRAINT METHODS === #

    @api.constrains("validity_months")
    def _check_validity_months(self):
        for kind in self:
            if not 0 <= kind.validity_months <= MAX_MONTHS:
                raise ValidationError(
                    self.env._("The validity is from 0 (no term) to %(limit)s months.", limit=MAX_MONTHS)
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        if any(vals.get("reader_group_ids") or vals.get("reader_department_ids") for vals in vals_list):
            self._forget_readers()
        return kinds

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"reader_group_ids", "reader_department_ids"}:
            self._forget_readers()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_readers()
        return result

    # === HELPERS === #

    @api.model
    @tools.ormcache()
    def _get_readers(self):
        """``[(kind id, {group id, minus department id})]`` of the kinds that name readers: asked with every access."""
        # sudo: the settings of kinds decide on access, so they cannot depend on it
        kinds_sudo = self.sudo().with_context(active_test=False)
        named = kinds_sudo.search([("reader_group_ids", "!=", False)])
        named |= kinds_sudo.search([("reader_department_ids", "!=", False)])
        return [
            (kind.id, frozenset((*kind.reader_group_ids.ids, *(-id_ for id_ in kind.reader_department_ids.ids))))
            for kind in named
        ]

    @api.model
    def _forget_readers(self):
        """What a reader may see depends on rows that no computed field can name as its dependency."""
        self.env.registry.clear_cache()
        self.env["res.users"].invalidate_model(["document_reader_kind_ids"])
        self.env["paydox.document"].invalidate_model(["is_involved"])
