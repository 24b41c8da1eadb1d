import base64

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty


class PaydoxDocument(models.Model):
    """What the settings of the kind do to its documents."""

    _inherit = "paydox.document"

    responsible_id = fields.Many2one(compute="_compute_responsible_id", store=True, readonly=False, precompute=True)
    valid_to = fields.Date(compute="_compute_valid_to", store=True, readonly=False, precompute=True)
    missing_text = fields.Text(compute="_compute_missing_text")
    required_names = fields.Char(compute="_compute_kind_fields")
    unlocked_names = fields.Char(compute="_compute_kind_fields")
    has_template = fields.Boolean(compute="_compute_has_template")

    # === COMPUTE METHODS === #

    @api.depends("kind_id")
    def _compute_responsible_id(self):
        for document in self:
            # sudo: the kind may belong to the settings of another company
            default = document.kind_id.sudo().responsible_id.sudo(False)
            document.responsible_id = default or document.responsible_id or self.env.user

    @api.depends("kind_id")
    def _compute_valid_to(self):
        for document in self:
            months = document.kind_id.sudo().validity_months  # sudo: as above
            start = document.valid_from or document.date
            if months and start and not document.valid_to:
                document.valid_to = start + relativedelta(months=months, days=-1)
            else:
                document.valid_to = document.valid_to

    @api.depends(lambda self: self._get_missing_text_depends())
    def _compute_missing_text(self):
        for document in self:
            missing = {
                purpose: ", ".join(names) for purpose, names in document._get_missing_by_purpose().items() if names
            }
            lines = []
            if names := missing.get("submit"):
                lines.append(self.env._("To send for approval, fill in: %(fields)s", fields=names))
            if names := missing.get("register"):
                lines.append(self.env._("To register, fill in: %(fields)s", fields=names))
            if names := missing.get("execute"):
                lines.append(self.env._("To mark as executed, fill in: %(fields)s", fields=names))
            document.missing_text = "\n".join(lines)

    def _get_missing_by_purpose(self):
        """Names of the fields that are still asked for, by what could be done with the document now."""
        self.ensure_one()
        purposes = {
            "submit": self.state == "draft" and self.has_route,
            "register": not self.number and self.state not in ("review", "cancelled"),
            "execute": self.state in ("approved", "signed"),
        }
        return {purpose: self._get_missing_fields(purpose) for purpose, is_next in purposes.items() if is_next}

    @api.model
    def _get_missing_text_depends(self):
        names = self.env["paydox.document.kind.field"]._get_requirable_fields()
        return ("kind_id", "state", "number", "properties", *names)

    @api.depends("kind_id")
    def _compute_kind_fields(self):
        for document in self:
            rows = document.kind_id.sudo().field_ids  # sudo: the kind may belong to the settings of another company
            required = rows.filtered(lambda row: row.required_at == "save").mapped("field_name")
            # Commas on both ends: the form looks for “,name,”.
            document.required_names = ",".join(("", *filter(None, required), ""))
            document.unlocked_names = ",".join(("", *document._get_kind_unlocked_fields(), ""))

    @api.depends("kind_id")
    def _compute_has_template(self):
        for document in self:
            document.has_template = bool(document.kind_id.sudo().template_filename)  # sudo: as above

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        if not self.env.su:
            documents._check_kind_creator()
            documents._check_required_fields("save")
        return documents

    def write(self, vals):
        if "kind_id" in vals:
            self._check_kind_change(vals["kind_id"])
        result = super().write(vals)
        if not self.env.su:
            if "kind_id" in vals:
                self._check_kind_creator()
            if vals.keys() & {
                "kind_id",
                "properties",
                *self.env["paydox.document.kind.field"]._get_requirable_fields(),
            }:
                self._check_required_fields("save")
        return result

    # === ACTIONS === #

    def action_create_from_template(self):
        """Make the file template of the kind the first version of the document."""
        self.ensure_one()
        self.check_access("write")
        # sudo: the kind may belong to the settings of another company
        kind_sudo = self.kind_id.sudo().with_context(bin_size=False)
        if not kind_sudo.template_file:
            raise UserError(
                self.env._(
                    "The kind %(kind)s has no file template. Add a file to the document instead.", kind=kind_sudo.name
                )
            )
        if self.version_count:
            raise UserError(self.env._("%(document)s already has a file. Add a version.", document=self.display_name))
        content = base64.b64decode(kind_sudo.template_file)
        self.add_version(kind_sudo.template_filename, content, self.env._("From the template of the kind"))
        return True

    # === HELPERS === #

    def _get_missing_fields(self, moment):
        """Labels of the fields that the kind wants filled in and that are empty.

        :param str moment: ``save``, ``submit``, ``register`` or ``execute``
        :rtype: list[str]
        """
        self.ensure_one()
        # sudo: the kind may belong to the settings of another company
        rows_sudo = self.kind_id.sudo().field_ids.filtered(lambda row: row.required_at in ("save", moment))
        return [row_sudo._get_label() for row_sudo in rows_sudo if row_sudo._is_missing_on(self)]

    def _check_required_fields(self, moment):
        """Name everything that is missing at once, before any verb does its work."""
        for document in self:
            if missing := document._get_missing_fields(moment):
                raise UserError(
                    self.env._(
                        "%(document)s: fill in %(fields)s first. Documents of the kind %(kind)s need it.",
                        document=document.display_name,
                        fields=", ".join(missing),
                        kind=document.kind_id.sudo().name,  # sudo: as above
                    )
                )

    def _is_field_empty(self, name):
        value = self[name]
        return is_html_empty(value) if self._fields[name].type == "html" else not value

    def _get_kind_unlocked_fields(self):
        """Names of the fields that the kind leaves editable, kept to those that may ever be."""
        self.ensure_one()
        rows = self.kind_id.sudo().field_ids  # sudo: the kind may belong to the settings of another company
        allowed = rows._get_unlockable_fields()
        return [row.field_name for row in rows if row.is_unlocked and row.field_name in allowed]

    def _get_document_unlocked_fields(self):
        return super()._get_document_unlocked_fields() | set(self._get_kind_unlocked_fields())

    def _check_kind_creator(self):
        for kind in self.kind_id:
            if not kind.can_create:
                raise AccessError(
                    self.env._(
                        "You may not create documents of the kind %(kind)s. Choose another kind or ask a manager of "
                        "documents.",
                        kind=kind.name,
                    )
                )

    def _check_kind_change(self, kind_id):
        """The number was made up by the rules of the kind, so a registered document keeps its kind."""
        for document in self:
            if document.number and document.kind_id.id != kind_id:
                raise UserError(
                    self.env._(
                        "%(document)s is registered, so its kind cannot be changed. Cancel it and make a new document.",
                        document=document.display_name,
                    )
                )

    # === VIEWS === #

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Let the kind speak on the form: fields it always requires, fields it leaves editable."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            settings = self.env["paydox.document.kind.field"]
            for name in settings._get_requirable_fields():
                for node in arch.xpath(f"//field[@name='{name}'][not(ancestor::field)][not(@required)]"):
                    node.set("required", f"',{name},' in (required_names or '')")
            for name in settings._get_unlockable_fields():
                for node in arch.xpath(f"//field[@name='{name}'][@readonly='is_locked'][not(ancestor::field)]"):
                    node.set("readonly", f"is_locked and ',{name},' not in (unlocked_names or '')")
        return arch, view
