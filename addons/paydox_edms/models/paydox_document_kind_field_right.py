from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Values that the server can keep back on every way: the rest of the card is shown in too many places to promise it.
CONFIDENTIAL_FIELDS = ("amount",)


class PaydoxDocumentKindField(models.Model):
    """Who sees and who edits one field of the documents of a kind."""

    _inherit = "paydox.document.kind.field"

    reader_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="paydox_document_kind_field_reader_rel",
        string="Groups That See It",
        help="Empty, and no department either: everybody who reads the document. Who may edit the field sees it too.",
    )
    reader_department_ids = fields.Many2many(
        comodel_name="hr.department",
        relation="paydox_document_kind_field_reader_department_rel",
        string="Departments That See It",
    )
    editor_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="paydox_document_kind_field_editor_rel",
        string="Groups That Edit It",
        help="Empty, and no department either: everybody who edits the document.",
    )
    editor_department_ids = fields.Many2many(
        comodel_name="hr.department",
        relation="paydox_document_kind_field_editor_department_rel",
        string="Departments That Edit It",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("field_name", "reader_group_ids", "reader_department_ids")
    def _check_confidential(self):
        labels = dict(self._get_field_choices())
        for row in self.filtered(lambda row: row.reader_group_ids or row.reader_department_ids):
            if row.field_name and row.field_name not in CONFIDENTIAL_FIELDS:
                raise ValidationError(
                    self.env._(
                        "%(field)s is shown in lists, numbers and letters, so it cannot be kept from readers of the "
                        "document. These can: %(allowed)s, and own fields. Make the document secret instead.",
                        field=labels[row.field_name],
                        allowed=", ".join(labels[name] for name in CONFIDENTIAL_FIELDS),
                    )
                )

    @api.constrains("field_name", "editor_group_ids", "editor_department_ids")
    def _check_editors(self):
        if self.filtered(
            lambda row: row.field_name == "version_ids" and (row.editor_group_ids or row.editor_department_ids)
        ):
            raise ValidationError(self.env._("Who may add a file is decided by the right to edit the document."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._forget_rights()
        return rows

    def write(self, vals):
        self._forget_rights()
        result = super().write(vals)
        self._forget_rights()
        return result

    def unlink(self):
        self._forget_rights()
        return super().unlink()

    # === HELPERS === #

    def _forget_rights(self):
        self.env.registry.clear_cache()
        # sudo: words that only some people may see leave the index of the search, or come back to it
        rows_sudo = self.sudo().filtered(lambda row: row.reader_group_ids or row.reader_department_ids)
        if rows_sudo:
            documents_sudo = self.env["paydox.document"].sudo().with_context(active_test=False)
            documents_sudo = documents_sudo.search([("kind_id", "in", rows_sudo.kind_id.ids)])
            self.env["paydox.document.index"]._mark_cards(documents_sudo)

    @api.model
    @tools.ormcache()
    def _get_rights(self):
        """``[(key, kind id, who sees or None, who edits or None)]`` of the fields that are not for everybody: asked with
        every access. The key is the name of the field, or ``properties.name``; people are ids of groups and, with a
        minus, of departments."""
        # sudo: the settings of kinds decide on access, so they cannot depend on it
        names = ("reader_group_ids", "reader_department_ids", "editor_group_ids", "editor_department_ids")
        rows_sudo = self.sudo().search(Domain.OR(Domain(name, "!=", False) for name in names))
        rights = []
        for row in rows_sudo:
            readers = {*row.reader_group_ids.ids, *(-id_ for id_ in row.reader_department_ids.ids)}
            editors = {*row.editor_group_ids.ids, *(-id_ for id_ in row.editor_department_ids.ids)}
            if readers or editors:
                key = row.field_name or f"properties.{row.property_name}"
                rights.append((key, row.kind_id.id, readers and frozenset(readers | editors), frozenset(editors)))
        return rights

    @api.model
    def _get_closed(self):
        """What the current user may not see and not edit, as two dicts ``{key: ids of kinds}``."""
        unseen, unedited = {}, {}
        rights = self._get_rights()
        if not rights:
            return unseen, unedited
        user = self.env.user
        mine = {*user.all_group_ids.ids, *(-id_ for id_ in user.document_own_department_ids.ids)}
        for key, kind_id, readers, editors in rights:
            if readers and not mine & readers:
                unseen.setdefault(key, set()).add(kind_id)
            if (editors and not mine & editors) or (readers and not mine & readers):
                unedited.setdefault(key, set()).add(kind_id)
        return unseen, unedited
