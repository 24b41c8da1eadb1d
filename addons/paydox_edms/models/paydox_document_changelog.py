from odoo import api, fields, models, tools
from odoo.tools import html2plaintext

MAX_TEXT = 5000
LOGGED_ENGINE_FIELDS = ("number", "state")
_SKIPPED_TYPES = ("binary", "json", "one2many", "reference", "properties_definition")


class PaydoxDocument(models.Model):
    """Every change of a business field becomes a row of the change log, whoever makes it and in whatever context."""

    _inherit = "paydox.document"

    change_ids = fields.One2many(
        comodel_name="paydox.document.change", inverse_name="document_id", readonly=True, copy=False
    )

    # === CRUD METHODS === #

    def write(self, vals):
        names = self._get_logged_fields()
        if not (logged := names.intersection(vals)):
            return super().write(vals)
        if logged.issubset(LOGGED_ENGINE_FIELDS):
            # What the verbs set moves no field that people fill in.
            names = logged
        before = self._get_snapshot(names)
        result = super().write(vals)
        self._log_field_changes(before, self._get_snapshot(names))
        return result

    # === ACTIONS === #

    def action_open_changes(self):
        """Open the change log."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Log"),
            "res_model": "paydox.document.change",
            "views": [(False, "list")],
            "domain": [("document_id", "=", self.id)],
            "context": {"hide_document": True},
        }

    # === HELPERS === #

    @api.model
    @tools.ormcache()
    def _get_logged_fields(self):
        """Names of the stored fields that people fill in, those of other addons included, with number and state."""
        mail = {*self.env["mail.thread"]._fields, *self.env["mail.activity.mixin"]._fields, *models.MAGIC_COLUMNS}
        return frozenset(
            name
            for name, field in self._fields.items()
            if name in LOGGED_ENGINE_FIELDS
            or (field.store and not (field.readonly or field.related or field.type in _SKIPPED_TYPES or name in mail))
        )

    def _get_snapshot(self, names):
        """Values by document and field; documents are compared by id, everything else as it is."""
        # sudo: the log is complete, whatever the person who makes the change may read
        documents_sudo = self.sudo()
        return {
            document_sudo.id: {name: document_sudo._get_snapshot_value(name) for name in names}
            for document_sudo in documents_sudo
        }

    def _get_snapshot_value(self, name):
        field = self._fields[name]
        if field.type == "properties":
            return {item["name"]: item for item in field.convert_to_read(self[name], self) or []}
        return self[name].ids if field.relational else self[name]

    def _log_field_changes(self, before, after):
        rows = []
        for document in self:
            old, new = before[document.id], after[document.id]
            for name in sorted(old):
                if old[name] != new[name] and (old[name] or new[name]):
                    rows += document._prepare_change_values(name, old[name], new[name])
        if rows:
            self.env["paydox.document.change"]._append(rows)

    def _prepare_change_values(self, name, old, new):
        """Rows of the log for one field; the own fields of a kind give one row each."""
        field = self._fields[name]
        common = {"document_id": self.id, "type": "field", "field_name": name}
        if field.type == "properties":
            return [
                common
                | {
                    "label": (new.get(key) or old.get(key)).get("string"),
                    "old_value": self._get_property_text(old.get(key)),
                    "new_value": self._get_property_text(new.get(key)),
                }
                for key in dict.fromkeys((*old, *new))
                if (old.get(key) or {}).get("value") != (new.get(key) or {}).get("value")
            ]
        if field.type == "many2one" and field.comodel_name == self._name:
            return [common | {"old_document_id": old and old[0], "new_document_id": new and new[0]}]
        return [common | {"old_value": self._get_value_text(field, old), "new_value": self._get_value_text(field, new)}]

    def _get_value_text(self, field, value):
        if field.relational:
            if field.comodel_name == self._name:
                return str(len(value))
            # sudo: the log is complete, whatever the person who makes the change may read
            return ", ".join(self.env[field.comodel_name].sudo().browse(value).mapped("display_name"))
        if field.type == "html":
            return html2plaintext(value or "")[:MAX_TEXT]
        if field.type in ("integer", "float", "monetary", "boolean"):
            return str(value)
        return str(value)[:MAX_TEXT] if value else False

    @api.model
    def _get_property_text(self, item):
        """A value of an own field as text; a document is not named, since the log outlives the right to read it."""
        value = (item or {}).get("value")
        if not value:
            return False
        kind = item["type"]
        if kind in ("many2one", "many2many"):
            pairs = [value] if kind == "many2one" else value
            hidden = item.get("comodel") == self._name
            return ", ".join(self.env._("a document") if hidden else str(pair[1]) for pair in pairs)
        if kind == "selection":
            return dict(item.get("selection") or []).get(value, value)
        if kind == "tags":
            labels = {tag[0]: tag[1] for tag in item.get("tags") or []}
            return ", ".join(labels.get(tag, tag) for tag in value)
        return html2plaintext(value)[:MAX_TEXT] if kind == "html" else str(value)[:MAX_TEXT]

    def _log_change(self, change_type, label, old=None, new=None, **vals):
        """Add a row that is no change of a field: a version, a round, a permission, a link."""
        common = {"type": change_type, "label": label, "old_value": old, "new_value": new} | vals
        self.env["paydox.document.change"]._append([common | {"document_id": document.id} for document in self])
