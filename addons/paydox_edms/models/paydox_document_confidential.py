from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# Computed from the amount, so they would tell it.
AMOUNT_FIELDS = frozenset(("amount", "effective_amount", "effective_text", "control_warning"))
GUARDED_COLUMNS = ("amount", "properties")


class PaydoxDocument(models.Model):
    """Fields that a kind keeps for some people: no reading, search, sum, order, export or form tells them to others.

    The mask stands where values leave the server (``_read_format``) and where they get into SQL (``_field_to_sql``);
    the code of the server itself works with the real values.
    """

    _inherit = "paydox.document"

    # === ORM METHODS === #

    def _field_to_sql(self, alias, field_expr, query=None):
        sql = super()._field_to_sql(alias, field_expr, query)
        if self.env.su or field_expr.partition(".")[0] not in GUARDED_COLUMNS:
            return sql
        unseen = self._get_unseen()
        if field_expr == "properties":
            kind_ids = set().union(*(ids for key, ids in unseen.items() if key.startswith("properties.")))
        else:
            kind_ids = unseen.get(field_expr)
        if not kind_ids:
            return sql
        kind = super()._field_to_sql(alias, "kind_id", query)
        return SQL("CASE WHEN %s IN %s THEN NULL ELSE %s END", kind, tuple(sorted(kind_ids)), sql)

    def _fetch_query(self, query, fields):
        guarded = [field for field in fields if field.name in GUARDED_COLUMNS]
        if self.env.su or not guarded or not self._get_unseen():
            return super()._fetch_query(query, fields)
        # sudo: the cache, which all code of the server shares, holds the real values of the records that the query found
        super(PaydoxDocument, self.sudo())._fetch_query(query, guarded)
        return super()._fetch_query(query, [field for field in fields if field not in guarded])

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if self.env.su or not (AMOUNT_FIELDS | {"properties"}) & set(fnames):
            return rows
        masked = self._get_masked()
        for row in rows:
            self._mask_values(row, masked.get(row["id"], ()))
        return rows

    def _export_rows(self, fields, *args, **kwargs):
        names = {path[0].partition(".")[0] for path in fields if path}
        if not self.env.su and names & (AMOUNT_FIELDS | {"properties"}):
            for document_id, keys in self._get_masked().items():
                if {key.partition(".")[0] for key in keys} & names:
                    raise AccessError(
                        self.env._(
                            "%(document)s has fields that its kind %(kind)s keeps for some people. Leave them out of the "
                            "export, or the documents of that kind.",
                            document=self.browse(document_id).display_name,
                            kind=self.browse(document_id).kind_id.display_name,
                        )
                    )
        return super()._export_rows(fields, *args, **kwargs)

    def onchange(self, values, field_names, fields_spec):
        result = super().onchange(values, field_names, fields_spec)
        if not self.env.su and self.ids:
            self._mask_values(result.get("value", {}), self._get_masked().get(self.ids[0], ()), keep=False)
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if not self.env.su:
            for document, vals in zip(self, vals_list, strict=True):
                closed = document._get_closed_keys(self._get_unedited())
                for key in closed:
                    name, _dot, own = key.partition(".")
                    if not own:
                        vals.pop(name, None)
                if isinstance(vals.get("properties"), dict):
                    own = {key.partition(".")[2] for key in closed}
                    vals["properties"] = {key: value for key, value in vals["properties"].items() if key not in own}
        return vals_list

    # === HELPERS === #

    @api.model
    def _get_unseen(self):
        return self.env["paydox.document.kind.field"]._get_closed()[0]

    @api.model
    def _get_unedited(self):
        return self.env["paydox.document.kind.field"]._get_closed()[1]

    def _get_closed_keys(self, closed):
        self.ensure_one()
        kind_id = self.sudo().kind_id.id  # sudo: the kind of a document whose values are kept back
        return {key for key, kind_ids in closed.items() if kind_id in kind_ids}

    def _get_masked(self):
        """Keys of the fields that the current user may not see, as ``{document id: keys}``."""
        unseen = self._get_unseen()
        if not unseen:
            return {}
        masked = {}
        amount_kinds = unseen.get("amount", ())
        for document_sudo in self.sudo().filtered("id"):  # sudo: as above, and agreements that the user may not read
            keys = document_sudo._get_closed_keys(unseen)
            if amount_kinds:
                agreements = document_sudo.backlink_ids.document_id
                if "amount" in keys:
                    keys |= AMOUNT_FIELDS
                elif any(kind.id in amount_kinds for kind in agreements.kind_id):
                    # The amount now less the amount then would be the one that is kept back.
                    keys |= AMOUNT_FIELDS - {"amount"}
            if keys:
                masked[document_sudo.id] = keys
        return masked

    @api.model
    def _mask_values(self, values, keys, keep=True):
        """Take the values of the keys out, in place; without ``keep`` the names as well."""
        own = {key.partition(".")[2] for key in keys if "." in key}
        for name in AMOUNT_FIELDS.intersection(keys, values):
            if keep:
                values[name] = False
            else:
                del values[name]
        if own and isinstance(values.get("properties"), list):
            values["properties"] = [
                {key: value for key, value in item.items() if key != "value"} | {"value": False}
                if item.get("name") in own
                else item
                for item in values["properties"]
            ]
        elif own and isinstance(values.get("properties"), dict):
            values["properties"] = {key: value for key, value in values["properties"].items() if key not in own}
        for key in [key for key in values if key.startswith("properties.") and key in keys]:
            values[key] = False

    def _prepare_child_values(self):
        values = super()._prepare_child_values()
        self._mask_values(values, self._get_masked().get(self.id, ()), keep=False)
        return values

    def _prepare_tree_values(self):
        values = super()._prepare_tree_values()
        for document_id, keys in self._get_masked().items():
            self._mask_values(values[document_id], keys)
        return values

    def _get_inbox_facts(self):
        facts = super()._get_inbox_facts()
        if self._get_masked().get(self.id, set()) & {"amount"}:
            facts["record_amount"] = False
        return facts

    def _get_search_parts(self):
        """What only some people see is not indexed: a hit would tell it to the others."""
        parts = super()._get_search_parts()
        closed = {
            (key.partition(".")[0], kind_id)
            for key, kind_id, readers, _editors in self.env["paydox.document.kind.field"]._get_rights()
            if readers
        }
        for document in self if closed else ():
            parts[document.id] = [
                (name, text) for name, text in parts[document.id] if (name, document.kind_id.id) not in closed
            ]
        return parts
