from odoo import models


class PaydoxCaseTemplate(models.Model):
    _inherit = "paydox.case.template"

    # === HELPERS === #

    def _get_form_labels(self):
        """``{template id: {technical name: (label, {choice: label})}}`` in the language of the reader."""
        # sudo: the labels are read by everybody who reads a case of the template
        rows_sudo = self.env["paydox.case.field"].sudo().search([("template_id", "in", self.ids)])
        labels = {template_id: {} for template_id in self.ids}
        for row in rows_sudo:
            labels[row.template_id.id][row.property_name] = (row.name, row._get_option_labels())
        return labels


class PaydoxCase(models.Model):
    """The data form in the language of the reader: the definition of properties knows one language only."""

    _inherit = "paydox.case"

    # === CRUD METHODS === #

    def _read_format(self, fnames, load="_classic_read"):
        data = super()._read_format(fnames, load)
        if "properties" in fnames and self.env.lang not in (False, None, "en_US"):
            self._translate_forms(data)
        return data

    # === HELPERS === #

    def _translate_forms(self, data):
        """Put the labels of the reader into what was read."""
        templates = {case.id: case.template_id.id for case in self.sudo()}  # sudo: only which form it is
        labels = self.env["paydox.case.template"].browse(set(templates.values()) - {False})._get_form_labels()
        for values in data:
            known = labels.get(templates.get(values["id"]), {})
            if known and isinstance(values.get("properties"), list):
                values["properties"] = [self._translate_property(item, known) for item in values["properties"]]

    def _translate_property(self, item, known):
        if item.get("name") not in known:
            return item
        label, options = known[item["name"]]
        item = item | {"string": label}
        if item.get("selection"):
            item["selection"] = [[key, options.get(key, name)] for key, name in item["selection"]]
        return item
