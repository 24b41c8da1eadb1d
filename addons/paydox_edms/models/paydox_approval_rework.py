from odoo import api, models


class PaydoxApproval(models.Model):
    """Rework: what a new round keeps of the former one."""

    _inherit = "paydox.approval"

    # === HELPERS === #

    @api.model
    def _prepare_rework_values(self, record, route, former, scope):
        """What the new round pins about the former one and about the facts it is sent with."""
        approval = former.get(record.id, self)
        keeps = scope == "not_agreed" and approval and not self._get_rework_obstacle(record, route, approval)
        return {
            "material_snapshot": self._get_material_snapshot(record, route),
            "carried_from_id": approval.id if keeps else False,
        }

    @api.model
    def _get_rework_obstacle(self, record, route, former):
        """Why everybody has to decide again on ``record``, as a sentence, or False."""
        if not former:
            return self.env._("This is the first round.")
        if former.state not in ("rejected", "withdrawn"):
            return self.env._("The former round ended with an approval.")
        if former.route_id != route:
            return self.env._("The route changed since the former round.")
        # sudo: the values are compared, only the names of the fields are told
        old, new = former.sudo().material_snapshot or {}, self._get_material_snapshot(record, route)
        changed = [name for name in new if name in old and old[name] != new[name]]
        if changed:
            labels = [record._fields[name]._description_string(self.env) for name in changed]
            return self.env._("Changed since the former round: %(fields)s.", fields=", ".join(labels))
        return False

    @api.model
    def _get_material_snapshot(self, record, route):
        """The facts that people agree on besides the file, as plain JSON: ``{field: value}``."""
        names = route.fact_ids.mapped("field_name") or record._get_material_fields()
        return {name: self._get_plain_value(record, name) for name in sorted(names) if name in record._fields}

    @api.model
    def _get_plain_value(self, record, name):
        value = record[name]
        if record._fields[name].relational:
            return sorted(value.ids)
        if isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float):
            return round(value, 6)
        return str(value)
