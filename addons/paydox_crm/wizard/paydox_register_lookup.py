from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.registers import FIELDS


class PaydoxRegisterLookup(models.TransientModel):
    """Asks a state register about a counterparty, shows what differs, and takes over what the person ticked."""

    _name = "paydox.register.lookup"
    _description = "Fill Requisites from a State Register"

    partner_id = fields.Many2one(comodel_name="res.partner", required=True, readonly=True, ondelete="cascade")
    country_id = fields.Many2one(comodel_name="res.country", ondelete="cascade", required=True)
    number = fields.Char(string="INN, OGRN or CUI", required=True)
    register_name = fields.Char(compute="_compute_register_name")
    # what the register answered
    entry_ids = fields.One2many(comodel_name="paydox.register.lookup.entry", inverse_name="lookup_id", readonly=True)
    entry_count = fields.Integer(compute="_compute_entry_count")
    entry_id = fields.Many2one(
        comodel_name="paydox.register.lookup.entry",
        string="Organisation or Branch",
        domain="[('lookup_id', '=', id)]",
        ondelete="set null",
    )
    status = fields.Selection(related="entry_id.status")
    status_date = fields.Char(related="entry_id.status_date")
    line_ids = fields.One2many(comodel_name="paydox.register.lookup.line", inverse_name="lookup_id", string="Proposed")

    # === COMPUTE METHODS === #

    @api.depends("country_id")
    def _compute_register_name(self):
        for lookup in self:
            lookup.register_name = self.env["paydox.register.provider"]._get_provider(lookup.country_id).name

    @api.depends("entry_ids")
    def _compute_entry_count(self):
        for lookup in self:
            lookup.entry_count = len(lookup.entry_ids)

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        partner = self.env["res.partner"].browse(values.get("partner_id")).exists()
        if partner:
            partner.check_access("write")
            number = partner.vat if partner.vat != "/" else False
            values |= {
                "country_id": (partner.country_id or self.env.company.country_id).id,
                "number": number or partner.company_registry,
            }
        return values

    # === ACTIONS === #

    def action_ask(self):
        """Ask the register; the answer is shown and nothing is changed yet."""
        self.ensure_one()
        self.partner_id.check_access("write")
        entries = self.env["paydox.register.provider"]._look_up(self.country_id, self.number)
        # sudo: what the register answered is written by the code only, the person chooses among it
        lookup_sudo = self.sudo()
        lookup_sudo.entry_ids.unlink()
        lookup_sudo.entry_ids = [
            (0, 0, {"values": entry, "name": self._get_entry_name(entry), "status": entry["status"],
                    "status_date": entry["status_date"]})
            for entry in entries
        ]  # fmt: skip
        lookup_sudo.entry_id = self._choose_entry()
        return self._propose()

    def action_choose(self):
        """Show what the chosen entry differs in."""
        self.ensure_one()
        if self.entry_id not in self.entry_ids:
            raise UserError(self.env._("Choose one of the organisations that the register has named."))
        return self._propose()

    def action_apply(self):
        """Write what is ticked into the card of the counterparty."""
        self.ensure_one()
        partner = self.partner_id
        partner.check_access("write")
        if self.entry_id not in self.entry_ids:
            raise UserError(self.env._("Ask the register first."))
        entry = self.sudo().entry_id.values
        values = {
            line.field_name: entry[line.field_name]
            for line in self.line_ids
            if line.is_taken and line.field_name in FIELDS and entry.get(line.field_name)
        }
        if not values:
            raise UserError(self.env._("Nothing is ticked. Tick what is to be taken over, or discard the window."))
        changed = [
            line.label
            for line in self.line_ids
            if line.field_name in values and (partner[line.field_name] or "") != (line.old_value or "")
        ]
        if changed:
            raise UserError(
                self.env._(
                    "Somebody has changed %(fields)s meanwhile. Ask the register again and compare.",
                    fields=", ".join(changed),
                )
            )
        partner.write(values)
        partner.message_post(
            body=self.env._(
                "Taken over from %(register)s: %(fields)s",
                register=self.register_name,
                fields=", ".join(self.line_ids.filtered(lambda line: line.field_name in values).mapped("label")),
            )
        )
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    def _choose_entry(self):
        """The only entry, else the one with the KPP of the card: of several branches a person chooses."""
        entries = self.sudo().entry_ids
        if len(entries) == 1:
            return entries
        kpp = self.partner_id.kpp
        return entries.filtered(lambda entry: kpp and entry.values.get("kpp") == kpp)[:1]

    def _propose(self):
        """List what differs: what is empty on the card is ticked, what a person has entered is not."""
        lookup_sudo = self.sudo()
        lookup_sudo.line_ids.unlink()
        entry = lookup_sudo.entry_id.values or {}
        lines = []
        for name in FIELDS:
            new, old = entry.get(name), self.partner_id[name] or ""
            if new and new != old and not (name == "kpp" and self.partner_id.partner_kind != "organisation"):
                lines.append((0, 0, {"field_name": name, "old_value": old, "new_value": new, "is_taken": not old}))
        lookup_sudo.line_ids = lines
        return self._reopen()

    @api.model
    def _get_entry_name(self, entry):
        parts = [entry["name"] or entry["legal_name"], entry["kpp"] and self.env._("KPP %(kpp)s", kpp=entry["kpp"])]
        parts.append(self.env._("branch") if entry["branch"] else "")
        parts.append(entry["legal_address"][:80])
        return ", ".join(filter(None, parts))

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fill from Register"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class PaydoxRegisterLookupEntry(models.TransientModel):
    """One organisation, or branch of it, that a register has answered."""

    _name = "paydox.register.lookup.entry"
    _description = "Answer of a State Register"

    lookup_id = fields.Many2one(comodel_name="paydox.register.lookup", required=True, index=True, ondelete="cascade")
    name = fields.Char(readonly=True)
    values = fields.Json(readonly=True)
    status = fields.Selection(
        selection=[
            ("active", "Active"),
            ("liquidating", "In liquidation or bankrupt"),
            ("liquidated", "Ceased"),
            ("inactive", "Inactive"),
        ],
        readonly=True,
    )
    status_date = fields.Char(readonly=True)


class PaydoxRegisterLookupLine(models.TransientModel):
    """One value that differs: the person ticks whether it is taken over."""

    _name = "paydox.register.lookup.line"
    _description = "Value Proposed by a State Register"

    lookup_id = fields.Many2one(comodel_name="paydox.register.lookup", required=True, index=True, ondelete="cascade")
    field_name = fields.Char(readonly=True)
    label = fields.Char(compute="_compute_label")
    old_value = fields.Char(string="On the Card", readonly=True)
    new_value = fields.Char(string="In the Register", readonly=True)
    is_taken = fields.Boolean(string="Take Over")

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_label(self):
        Partner = self.env["res.partner"]
        for line in self:
            labels = Partner._get_tax_number_labels() if line.field_name == "vat" else {}
            field = Partner._fields.get(line.field_name)
            line.label = (
                labels.get(line.lookup_id.country_id.code)
                or (line.field_name == "company_registry" and line.lookup_id.partner_id.company_registry_label)
                or (field and field._description_string(self.env))
            )
