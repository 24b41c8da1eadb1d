from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .paydox_permission import GRANTEES


class PaydoxDocument(models.Model):
    """Permissions that come down to a document: from its kind, from the documents above it. From cases: see there."""

    _inherit = "paydox.document"

    inherits_permissions = fields.Boolean(
        default=True,
        readonly=True,
        copy=False,
        help="The permissions of the kind, of the case and of the documents above hold here too. Those of kind and case "
        "stop at secret documents, those of a document above that is not secret as well.",
    )
    # The documents whose permissions hold here, kept so that the rules of a list look them up by an index.
    permission_source_ids = fields.Many2many(
        comodel_name="paydox.document",
        relation="paydox_document_permission_source_rel",
        column1="document_id",
        column2="source_id",
        compute="_compute_permission_source_ids",
        store=True,
        precompute=True,
        recursive=True,
    )
    inherited_text = fields.Text(string="Inherited Permissions", compute="_compute_inherited_text")

    # === COMPUTE METHODS === #

    @api.depends(
        "inherits_permissions",
        "confidentiality",
        "parent_id.confidentiality",
        "parent_id.permission_source_ids",
    )
    def _compute_permission_source_ids(self):
        for document in self:
            # sudo: what comes down does not depend on who looks
            parent_sudo = document.sudo().parent_id
            is_let_down = document.confidentiality != "secret" or parent_sudo.confidentiality == "secret"
            if parent_sudo and document.inherits_permissions and is_let_down:
                document.permission_source_ids = (parent_sudo | parent_sudo.permission_source_ids).ids
            else:
                document.permission_source_ids = False

    @api.depends("inherits_permissions", "kind_id", "permission_source_ids")
    @api.depends_context("uid", "lang")
    def _compute_inherited_text(self):
        for document in self:
            document.inherited_text = "\n".join(
                self.env._("%(permission)s (from: %(origin)s)", permission=row._get_log_text(), origin=name)
                for name, rows in document._get_inherited_permissions()
                for row in rows
            )

    # === CRUD METHODS === #

    def write(self, vals):
        names = [name for name in self._get_placing_fields() if vals.get(name)]
        if names and not self.env.su:
            moved = self.filtered(lambda document: any(document[name].id != vals[name] for name in names))
            # Who may only edit lets nobody in, himself least of all, by placing the document elsewhere.
            moved.filtered(lambda document: not document._may_give_permissions())._set_inheritance(False)
        return super().write(vals)

    # === ACTIONS === #

    def action_break_inheritance(self, keep=False):
        """From now on only the permissions of the document itself hold.

        :param bool keep: copy those that came down until now into its own list
        """
        self._check_permission_manager()
        documents = self.filtered("inherits_permissions")
        vals_list = []
        for document in documents if keep else ():
            for _source, rows in document._get_inherited_permissions():
                vals_list += [document._prepare_own_permission(row) for row in rows]
        # sudo: the right to give permissions, which may itself have come down, was checked above
        self.env["paydox.document.permission"].sudo().create(vals_list)
        documents._set_inheritance(False)
        return True

    def action_keep_inherited(self):
        """Copy what came down into the list of the document, then go without inheriting."""
        return self.action_break_inheritance(keep=True)

    def action_restore_inheritance(self):
        """The permissions of the kind, of the case and of the documents above hold here again."""
        self._check_permission_manager()
        self.filtered(lambda document: not document.inherits_permissions)._set_inheritance(True)
        return True

    # === HELPERS === #

    @api.model
    def _get_inheritance_sources(self):
        """From where permissions come down; addons and parts that carry a list of permissions extend it.

        :return: pairs of the name of a relational field of the document, whose records have ``permission_ids`` (of a
            model that inherits ``paydox.permission``), and the domain of the documents that take them
        """
        return [
            ("kind_id", Domain("inherits_permissions", "=", True) & Domain("confidentiality", "!=", "secret")),
            ("permission_source_ids", Domain.TRUE),  # empty where nothing comes down
        ]

    @api.model
    def _get_granted_domain(self, levels=None):
        """Documents on which a permission of theirs, or one that comes down, gives the current user a level."""
        mine = self.env["paydox.document.permission"]._get_mine_domain(levels)
        domain = Domain("permission_ids", "any!", mine)
        for name, taking in self._get_inheritance_sources():
            domain |= taking & Domain(name, "any!", Domain("permission_ids", "any!", mine))
        return domain

    @api.model
    def _get_orphaned_domain(self):
        """Documents whose people left: the head of the department answers for them, the secret ones included."""
        departments = self.env.user.document_department_ids
        if not departments:
            return Domain.FALSE
        domain = Domain("department_id", "in", departments.ids)
        for name in ("author_id", "responsible_id"):
            domain &= Domain(name, "=", False) | Domain(name, "any!", Domain("active", "=", False))
        return domain

    @api.model
    def _get_placing_fields(self):
        """Fields that say where a document stands, hence which permissions come down to it."""
        return ("parent_id", "kind_id")

    def _get_inherited_permissions(self):
        """Pairs of the name of a source and its permissions, in force or not."""
        self.ensure_one()
        # sudo: the permissions are those of this document, wherever they are written down
        document_sudo = self.sudo()
        pairs = []
        for name, taking in self._get_inheritance_sources():
            for source_sudo in document_sudo.filtered_domain(taking)[name]:
                if source_sudo.permission_ids:
                    # The name of a document that the user may not read is not told.
                    pairs.append((source_sudo.sudo(False).display_name, source_sudo.permission_ids))
        return pairs

    def _prepare_own_permission(self, permission):
        vals = {name: permission[name].id for name in GRANTEES}
        return vals | {"document_id": self.id, "level": permission.level, "date_to": permission.date_to}

    def _may_give_permissions(self):
        self.ensure_one()
        is_manager = self.env.user.has_group("paydox_edms.paydox_edms_group_manager")
        return self.is_permission_manager or (is_manager and self.confidentiality != "secret")

    def _check_permission_manager(self):
        self.check_access("read")
        for document in self:
            if not document._may_give_permissions():
                raise AccessError(
                    self.env._(
                        "%(document)s: only its author, the responsible person and those who manage its permissions decide "
                        "who is let in. Ask one of them.",
                        document=document.display_name,
                    )
                )

    def _set_inheritance(self, inherits):
        if not self:
            return
        # sudo: the field is set by the verbs only, on confirmed documents as well
        self.sudo().write({"inherits_permissions": inherits})
        words = {True: self.env._("Inherited"), False: self.env._("Own list only")}
        self._log_change("access", self.env._("Permissions"), words[not inherits], words[inherits])
        self.env["paydox.document.permission"]._forget_rights()
