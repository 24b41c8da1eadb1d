from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.arguments import to_id

SHOWN = 5
# Typed about the client: binding would fill these from the card, and a difference would be written back to the card
# (``_inverse_phone``), so that who knows an address could change the phone number of its owner.
TYPED = ("contact_name", "partner_name", "email_from", "phone", "lang_id", "function", "website")


class CrmLead(models.Model):
    """Binding: whatever way a deal comes, its counterparty is recognised by e-mail, phone and tax number."""

    _inherit = "crm.lead"

    partner_vat = fields.Char(
        string="Tax Number", help="Tax number as the client gave it (INN, CUI), by which his card is found."
    )
    # Counterparties with the same e-mail, phone or tax number, while the deal is bound to none.
    counterparty_hint = fields.Json(compute="_compute_counterparty_hint", export_string_translation=False)

    # === COMPUTE METHODS ===#

    @api.depends("partner_id", "email_from", "phone", "partner_vat", "company_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_counterparty_hint(self):
        unbound = self.filtered(lambda lead: not lead.partner_id) if self.env.user._is_internal() else self.browse()
        (self - unbound).counterparty_hint = False
        for lead, (_meant, matches) in zip(unbound, unbound._find_counterparties(), strict=True):
            lead.counterparty_hint = self.env["res.partner"]._describe_duplicates(matches[:SHOWN]) or False

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads.filtered(lambda lead: not lead.partner_id)._bind_counterparties()
        return leads

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        # Odoo takes the first card that has the address; the deal is bound by its own rules when it is created.
        return super().message_new(msg_dict, custom_values={"partner_id": False, **(custom_values or {})})

    # === ACTIONS ===#

    def action_bind_counterparty(self, partner_id):
        """Bind the deal to the counterparty that a person chose; what the client typed stays.

        :param int partner_id: a counterparty that the user may read
        """
        self.ensure_one()
        self.check_access("write")
        partner = self.env["res.partner"].browse(to_id(partner_id)).exists()
        if not partner:
            raise UserError(self.env._("That counterparty is no longer there. Reload the deal."))
        partner.check_access("read")
        self._bind_to(partner)
        return True

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        # The number is that of the organisation or, where there is none, of the person.
        values = super()._prepare_customer_values(partner_name, is_company=is_company, parent_id=parent_id)
        if self.partner_vat and not parent_id and (is_company or not self.partner_name):
            values["vat"] = self.partner_vat
        return values

    # === BINDING ===#

    def _find_counterparties(self):
        """As ``res.partner._find_counterparties``, for each deal."""
        return self.env["res.partner"]._find_counterparties(
            [
                {
                    "email": lead.email_from,
                    "phone": lead.phone,
                    "vat": lead.partner_vat,
                    "company": lead.company_id,
                }
                for lead in self
            ]
        )

    def _bind_counterparties(self):
        """Bind deals to the counterparty that is surely meant; where several may be, the responsible person chooses."""
        told = self.filtered(lambda lead: lead.email_from or lead.phone or lead.partner_vat)
        found = told._find_counterparties()
        # Who enters a deal learns nothing of a counterparty that he may not see.
        readable = self.env["res.partner"].union(*(meant for meant, _matches in found))._filtered_access("read")
        bound, bodies = {}, {}
        for lead, (meant, matches) in zip(told, found, strict=True):
            env = lead.with_context(lang=lead._get_readers_lang()).env
            if meant and meant in readable:
                bound[meant] = bound.get(meant, lead.browse()) | lead
                bodies[lead.id] = env._(
                    "Bound to %(partner)s: it has the same e-mail, phone or tax number.", partner=meant.display_name
                )
            elif matches:
                bodies[lead.id] = env._(
                    "There are counterparties with the same e-mail, phone or tax number, but it is not sure which one "
                    "is meant. Choose it on the deal."
                )
        for partner, leads in bound.items():
            leads._bind_to(partner)
        if bodies:
            self.browse(bodies)._message_log_batch(bodies)

    def _get_readers_lang(self):
        """Language of who works with the deal, whoever made it: a visitor, a letter and an import have another or none."""
        self.ensure_one()
        # sudo: the language of a colleague, in which he is written to
        lead_sudo = self.sudo()
        company_sudo = lead_sudo.company_id or self.env.company.sudo()
        return lead_sudo.user_id.lang or company_sudo.partner_id.lang or self.env.lang

    def _bind_to(self, partner):
        """Bind the deals; what is empty on them comes from the card."""
        kept = [([self._fields[name]], self.filtered(name)) for name in TYPED]
        with self.env.protecting(kept):
            self.write({"partner_id": partner.id})
            self.flush_recordset()
