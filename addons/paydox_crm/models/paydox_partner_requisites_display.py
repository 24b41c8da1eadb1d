from markupsafe import Markup

from odoo import api, fields, models


class PaydoxPartnerRequisites(models.Model):
    """A state of the requisites in words: for the history, and for the card of a document."""

    _inherit = "paydox.partner.requisites"

    changes = fields.Html(compute="_compute_changes", sanitize=False)
    values_html = fields.Html(string="Requisites", compute="_compute_values_html", sanitize=False)

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("changed_fields", "corrects_id")
    @api.depends_context("lang", "uid")
    def _compute_changes(self):
        may_see_bank = self._may_see_bank()
        for state in self:
            labels = state._get_labels()
            lines = []
            for name, change in (state.changed_fields or {}).items():
                if name != "bank_ids":
                    old, new = self._format_value(change["old"]), self._format_value(change["new"])
                elif may_see_bank:
                    old, new = (
                        self._format_value(state.former_bank_snapshot or []),
                        self._format_value(state.bank_snapshot or []),
                    )
                else:
                    old, new = "", self.env._("changed")
                lines.append(
                    Markup(
                        "<div><span class='text-muted'>%s:</span> <s class='text-muted'>%s</s> <span>→</span> <b>%s</b></div>"
                    )
                    % (labels[name], old, new)
                )
            if not lines:
                lines = [Markup("<div class='text-muted'>%s</div>") % self.env._("First known state")]
            state.changes = Markup("").join(lines)

    @api.depends("snapshot")
    @api.depends_context("lang", "uid")
    def _compute_values_html(self):
        for state in self:
            rows = [
                Markup("<tr><th class='fw-normal text-muted pe-3 align-top'>%s</th><td class='text-break'>%s</td></tr>")
                % (label, text)
                for __, label, text in state._get_shown_values()
                if text
            ]
            state.values_html = Markup("<table class='o_paydox_requisites'>%s</table>") % Markup("").join(rows)

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    def _get_shown_values(self):
        """Return [(field, label, text)] for people: the address in one line, bank accounts for those who may see them."""
        self.ensure_one()
        labels = self._get_labels()
        snapshot = self.snapshot or {}
        address = ["zip", "country_id", "state_id", "city", "street", "street2"]
        shown = [
            (name, labels[name], self._format_value(value) if (value := snapshot.get(name)) else "")
            for name in self.env["res.partner"]._get_requisites_fields()
            if name not in address
        ]
        line = ", ".join(
            self._get_country_name() if name == "country_id" else self._format_value(snapshot[name])
            for name in address
            if snapshot.get(name)
        )
        shown.append(("address", self.env._("Actual Address"), line))
        if self._may_see_bank():
            # sudo: the group has just been checked; a document is read by people with other rights on the partner.
            accounts = self.sudo().bank_snapshot
            shown.append(("bank_ids", labels["bank_ids"], self._format_value(accounts) if accounts else ""))
        return shown

    def _get_labels(self):
        """Return {field: label}; numbers are called as in the country of the state."""
        Partner = self.env["res.partner"]
        labels = {
            name: Partner._fields[name]._description_string(self.env) for name in Partner._get_requisites_fields()
        }
        country_id = (self.snapshot or {}).get("country_id")
        code = self.env["res.country"].browse(country_id[:1] if country_id else []).code
        registry = Partner._get_company_registry_labels().get(code)
        tax = Partner._get_tax_number_labels().get(code)
        return labels | {
            "company_registry": registry or labels["company_registry"],
            "vat": tax or labels["vat"],
            "bank_ids": self.env._("Bank Accounts"),
        }

    def _get_country_name(self):
        """Return the country in the language of the user, unless it was renamed since."""
        country_id, name = self.snapshot["country_id"]
        country = self.env["res.country"].browse(country_id).exists()
        return country.name if country.with_context(lang=None).name == name else name

    @api.model
    def _format_value(self, value):
        """Return a value of a snapshot as text."""
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return "; ".join(
                " ".join(
                    str(account[part])
                    for part in ("acc_number", "bank", "bic", "correspondent_account", "currency", "holder")
                    if account.get(part)
                )
                for account in value
            )
        if isinstance(value, list) and value:
            return value[1]
        return value or "—"
