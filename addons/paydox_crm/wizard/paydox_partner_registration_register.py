from odoo import fields, models

from ..tools.registers import FIELDS


class PaydoxPartnerRegistration(models.TransientModel):
    """Filling in the registration from a state register, when the person presses the button."""

    _inherit = "paydox.partner.registration"

    register_note = fields.Text(readonly=True)

    # === ACTIONS === #

    def action_look_up(self):
        """Ask the register of the country and fill in what is still empty; what was typed stays and the difference is told."""
        self.ensure_one()
        entries = self.env["paydox.register.provider"]._look_up(self.country_id, self.vat or self.company_registry)
        chosen = [entry for entry in entries if self.kpp and entry["kpp"] == self.kpp] or [
            entry for entry in entries if not entry["branch"]
        ]
        entry = (chosen or entries)[0]
        notes = self._get_register_warnings(entries, entry)
        values = {}
        for name in FIELDS:
            new, old = entry[name], (self[name] or "").strip()
            if not new or new == old or (name == "kpp" and self.partner_kind != "organisation"):
                continue
            if old and name != "name":
                label = self._fields[name]._description_string(self.env)
                notes.append(
                    self.env._(
                        "%(field)s: you typed “%(old)s”, the register has “%(new)s”.", field=label, old=old, new=new
                    )
                )
            elif not old:
                values[name] = new
        self.write(values | {"register_note": "\n".join(notes) or self.env._("Filled in from the register.")})
        return self._reopen()

    # === HELPERS === #

    def _get_register_warnings(self, entries, entry):
        notes = []
        if entry["status"] != "active":
            status = dict(self.env["paydox.register.lookup.entry"]._fields["status"]._description_selection(self.env))[
                entry["status"]
            ]
            notes.append(
                self.env._("The register says: %(status)s %(date)s. Make sure before you deal with it.", status=status,
                           date=entry["status_date"])
            )  # fmt: skip
        if len(entries) > 1:
            notes.append(
                self.env._(
                    "There are %(count)s branches with this number. For another one than the head office type its KPP and ask again.",
                    count=len(entries),
                )
            )
        return notes
