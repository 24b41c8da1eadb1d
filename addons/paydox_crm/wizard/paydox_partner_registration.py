from odoo import api, fields, models
from odoo.tools import plaintext2html

_STEPS = ("kind", "details", "people", "bank")
_TEXTS = (
    "phone", "fax", "email", "website", "street", "street2", "zip", "city", "legal_name", "legal_address", "director_name",
    "director_position", "acting_basis",
)  # fmt: skip


class PaydoxPartnerRegistration(models.TransientModel):
    """Registers a counterparty with its contact persons and bank account in four steps, or the least of it on one screen.

    Nothing is created before the last button, and then everything in one transaction. What is checked lives in
    ``paydox_partner_registration_check.py``.
    """

    _name = "paydox.partner.registration"
    _description = "Register a Counterparty"

    # course
    is_quick = fields.Boolean(readonly=True)
    step = fields.Selection(
        selection=[
            ("kind", "Roles and Kind"),
            ("details", "Details"),
            ("people", "Contact Persons"),
            ("bank", "Bank and Notes"),
        ],
        default="kind",
        required=True,
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Registered", readonly=True, ondelete="cascade")
    # roles and kind
    partner_kind = fields.Selection(
        selection=[
            ("organisation", "Organisation"),
            ("sole_proprietor", "Sole proprietor"),
            ("person", "Private person"),
            ("foreign", "Foreign organisation"),
        ],
        string="Kind",
        default="organisation",
        required=True,
    )
    name = fields.Char(help="How it is called every day.")
    role_ids = fields.Many2many(
        comodel_name="paydox.partner.role", relation="paydox_partner_registration_role_rel", string="Roles"
    )
    country_id = fields.Many2one(
        comodel_name="res.country", default=lambda self: self.env.company.country_id, ondelete="cascade"
    )
    country_code = fields.Char(related="country_id.code")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="cascade",
    )
    # how to reach it
    phone = fields.Char()
    fax = fields.Char()
    email = fields.Char(string="E-mail")
    website = fields.Char()
    street = fields.Char()
    street2 = fields.Char()
    zip = fields.Char(string="ZIP")
    city = fields.Char()
    state_id = fields.Many2one(
        comodel_name="res.country.state", domain="[('country_id', '=?', country_id)]", ondelete="cascade"
    )
    # requisites
    legal_name = fields.Char()
    vat = fields.Char(string="Tax Number")
    vat_label = fields.Char(compute="_compute_labels")
    kpp = fields.Char(string="KPP")
    company_registry = fields.Char(string="Register Number")
    company_registry_label = fields.Char(compute="_compute_labels")
    okpo = fields.Char(string="OKPO")
    legal_address = fields.Char()
    director_name = fields.Char(string="Director")
    director_position = fields.Char()
    acting_basis = fields.Char(string="Acting on the Basis of")
    # contact persons
    contact_name = fields.Char(string="Main Contact Person")
    contact_ids = fields.One2many(comodel_name="paydox.partner.registration.contact", inverse_name="registration_id")
    # bank and notes
    acc_number = fields.Char(string="Account", help="Settlement account or IBAN. Leave it empty when it is not known.")
    bank_code = fields.Char(string="BIK or SWIFT")
    bank_name = fields.Char(string="Bank")
    correspondent_account = fields.Char(help="Account of the bank itself; it is kept with the bank.")
    comment = fields.Text(string="Notes")

    # === COMPUTE METHODS === #

    @api.depends("country_id", "partner_kind")
    def _compute_labels(self):
        Partner = self.env["res.partner"]
        tax = Partner._get_tax_number_labels()
        for registration in self:
            draft = Partner.new({name: registration[name] for name in ("country_id", "partner_kind")})
            registration.vat_label = tax.get(registration.country_id.code) or self.env._("Tax ID")
            registration.company_registry_label = draft.company_registry_label

    # === ACTIONS === #

    def action_next(self):
        """Check the step and go to the next."""
        self.ensure_one()
        self._check_step(self.step)
        place = _STEPS.index(self.step)
        self.step = _STEPS[min(place + 1, len(_STEPS) - 1)]
        return self._reopen()

    def action_back(self):
        """Go to the step before; what was typed stays."""
        self.ensure_one()
        self.step = _STEPS[max(_STEPS.index(self.step) - 1, 0)]
        return self._reopen()

    def action_register(self):
        """Create the counterparty with everything that was typed, all or nothing, and open its card."""
        return self._create_partner()._open_partner()

    def action_register_and_new(self):
        """Create the counterparty and begin the next one."""
        registration = self._create_partner()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "paydox_crm.paydox_partner_registration_action_quick"
            if registration.is_quick
            else "paydox_crm.paydox_partner_registration_action"
        )
        return action | {
            "context": {"default_is_quick": registration.is_quick, "default_role_ids": registration.role_ids.ids}
        }

    # === CREATION === #

    def _create_partner(self):
        self.ensure_one()
        # Pressed twice: it is there already.
        self.lock_for_update()
        if self.partner_id:
            return self
        self.env["res.partner"].check_access("create")
        for step in _STEPS:
            self._check_step(step)
        others = self._check_duplicates()
        partner = self.env["res.partner"].create(self._prepare_partner_values())
        if others:
            self.env["paydox.partner.distinct"]._note(partner, others, self.duplicate_reason)
            partner.message_post(
                body=self.env._(
                    "Registered although it looks like others that are there already. Reason: %(reason)s",
                    reason=self.duplicate_reason,
                )
            )
        self.partner_id = partner
        return self

    def _prepare_partner_values(self):
        compact = self._get_compact_numbers()
        values = {name: self[name].strip() for name in _TEXTS if self[name] and self[name].strip()}
        values |= {
            "name": self.name.strip(),
            "partner_kind": self.partner_kind,
            "is_company": self.partner_kind != "person",
            "country_id": self.country_id.id,
            "state_id": self.state_id.id if self.state_id.country_id == self.country_id else False,
            "user_id": self.user_id.id,
            "role_ids": [(6, 0, self.role_ids.ids)],
            **{name: value for name, value in compact.items() if value},
        }
        if self.comment and self.comment.strip():
            values["comment"] = plaintext2html(self.comment.strip())
        if people := self._prepare_contacts():
            values["child_ids"] = [(0, 0, person) for person in people]
        if self.acc_number and self.acc_number.strip():
            bank = self._find_or_create_bank()
            account = {"acc_number": "".join(self.acc_number.split()), "bank_id": bank.id}
            values["bank_ids"] = [(0, 0, account)]
        return values

    def _prepare_contacts(self):
        people = [contact._prepare_values() for contact in self.contact_ids if contact.name and contact.name.strip()]
        if self.contact_name and self.contact_name.strip():
            people.insert(0, {"name": self.contact_name.strip()})
        return people

    def _find_or_create_bank(self):
        """The bank with the code is one for all its clients; who types another name for it does not rename it."""
        Bank = self.env["res.bank"]
        code = "".join((self.bank_code or "").split()).upper()
        name = (self.bank_name or "").strip()
        bank = Bank.search([("bic", "=", code)], limit=1) if code else Bank
        if not bank and (code or name):
            bank = Bank.create({"name": name or code, "bic": code or False, "country": self.country_id.id})
        correspondent = "".join((self.correspondent_account or "").split())
        if bank and correspondent and not bank.correspondent_account:
            bank.correspondent_account = correspondent
        return bank

    # === HELPERS === #

    def _open_partner(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register a Counterparty"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("paydox_crm.paydox_partner_registration_view_form").id, "form")],
            "target": "new",
        }
