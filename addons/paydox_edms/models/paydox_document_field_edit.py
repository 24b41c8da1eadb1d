import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class PaydoxDocument(models.Model):
    """Fields that a kind lets only some people edit."""

    _inherit = "paydox.document"

    closed_names = fields.Char(compute="_compute_closed_names")

    # === COMPUTE METHODS === #

    @api.depends("kind_id")
    @api.depends_context("uid")
    def _compute_closed_names(self):
        unedited = self._get_unedited()
        for document in self:
            names = {key.partition(".")[0] for key in document._get_closed_keys(unedited) if "." not in key}
            # Commas on both ends: the form looks for “,name,”.
            document.closed_names = ",".join(("", *sorted(names), ""))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            unedited = self._get_unedited()
            for vals in vals_list if unedited else ():
                self._check_new_values(vals, unedited)
        return super().create(vals_list)

    def write(self, vals):
        unedited = {} if self.env.su else self._get_unedited()
        if not unedited:
            return super().write(vals)
        if vals.get("kind_id"):
            self._check_kind_hides(vals["kind_id"])
        if "properties" in vals:
            vals = vals | {"properties": self._parse_properties(vals["properties"])}
        for document in self:
            document._check_changed_values(vals, unedited)
            if vals.get("kind_id"):
                document._check_brought_values(vals, unedited)
        if "properties" not in vals:
            return super().write(vals)
        for document in self:
            prepared = document._keep_unseen(vals["properties"], unedited)
            super(PaydoxDocument, document).write(vals | {"properties": prepared})
        return True

    # === HELPERS === #

    @api.model
    def _check_new_values(self, vals, unedited):
        kind = self.env["paydox.document.kind"].browse(
            vals.get("kind_id") or self.default_get(["kind_id"]).get("kind_id")
        )
        # sudo: the defaults of own fields that the user may not fill in himself
        defaults = {item["name"]: item.get("default") for item in kind.sudo().property_definition or []}
        # What the context gives for want of a value is filled in as well.
        given = {name: vals.get(name, self.env.context.get(f"default_{name}")) for name in self._fields}
        own = self._get_own_values(self._parse_properties(given["properties"]))
        for key, kind_ids in unedited.items():
            name, _dot, own_name = key.partition(".")
            value = own.get(own_name) if own_name else given.get(name)
            if kind.id in kind_ids and value and value != defaults.get(own_name):
                self._refuse_field(key, kind)

    def _check_changed_values(self, vals, unedited):
        document_sudo = self.sudo()  # sudo: the value that the user may not see is what he may not change
        for key in self._get_closed_keys(unedited):
            if key in vals and "." not in key:
                field = self._fields[key]
                if field.convert_to_write(document_sudo[key], document_sudo) != (
                    vals[key] or field.falsy_value or False
                ):
                    self._refuse_field(key, self.kind_id)

    def _check_brought_values(self, vals, unedited):
        """What one may not fill in is not filled in under another kind and brought along."""
        document_sudo = self.sudo()  # sudo: as above
        kind = document_sudo.kind_id.browse(vals["kind_id"])
        if kind == document_sudo.kind_id:
            return
        own = self._get_own_values(vals.get("properties"))
        for key, kind_ids in unedited.items():
            name, _dot, own_name = key.partition(".")
            value = own.get(own_name) if own_name else vals.get(name, document_sudo[name])
            if kind.id in kind_ids and value:
                self._refuse_field(key, kind)

    def _check_kind_hides(self, kind_id):
        """What a kind keeps back is not brought to light by another kind."""
        unseen = self._get_unseen()
        for document in self:
            document_sudo = document.sudo()  # sudo: as above
            own = dict(document_sudo.properties or {})
            for key in document._get_closed_keys(unseen) if document_sudo.kind_id.id != kind_id else ():
                name, _dot, own_name = key.partition(".")
                if own.get(own_name) if own_name else document_sudo[name]:
                    self._refuse_field(key, document.kind_id)

    def _keep_unseen(self, values, unedited):
        """The own fields as they are to be written: those that the user may not see or edit stay."""
        closed = {key.partition(".")[2] for key in self._get_closed_keys(unedited) if "." in key}
        if not closed:
            return values
        unseen = self._get_closed_keys(self._get_unseen())
        given = self._get_own_values(values)
        # sudo: as above
        stored = {item["name"]: item for item in self.sudo().read(["properties"])[0]["properties"] or []}
        old = self._get_own_values(list(stored.values()))
        for name in closed & given.keys():
            is_blank = f"properties.{name}" in unseen and not given[name]
            if not is_blank and (given[name] or False) != (old.get(name) or False):
                self._refuse_field(f"properties.{name}", self.kind_id)
        if isinstance(values, dict):
            return values | {name: old[name] for name in closed if name in old}
        kept = [stored.get(item.get("name"), item) if item.get("name") in closed else item for item in values or []]
        missing = closed - {item.get("name") for item in kept}
        return kept + [stored[name] for name in missing if name in stored]

    @api.model
    def _parse_properties(self, values):
        """Own fields may come as text."""
        if not isinstance(values, str):
            return values
        try:
            return json.loads(values)
        except ValueError as error:
            raise UserError(self.env._("The own fields could not be read. Reload the page and try again.")) from error

    @api.model
    def _get_own_values(self, values):
        if isinstance(values, dict):
            return values
        items = values if isinstance(values, (list, tuple)) else ()
        return {item.get("name"): item.get("value") for item in items if isinstance(item, dict)}

    def _refuse_field(self, key, kind):
        name, _dot, own_name = key.partition(".")
        labels = {item["name"]: item.get("string") for item in kind.sudo().property_definition or []}  # sudo: as above
        label = labels.get(own_name) if own_name else self._fields[name]._description_string(self.env)
        raise AccessError(
            self.env._(
                "%(field)s of documents of the kind %(kind)s is for certain people only. Ask one of them, or leave the "
                "field as it is.",
                field=label or own_name,
                kind=kind.sudo().name,
            )
        )

    # === VIEWS === #

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            for name in self.env["paydox.document.kind.field"]._get_requirable_fields():
                for node in arch.xpath(f"//field[@name='{name}'][@readonly][not(ancestor::field)]"):
                    node.set("readonly", f"({node.get('readonly')}) or ',{name},' in (closed_names or '')")
        return arch, view
