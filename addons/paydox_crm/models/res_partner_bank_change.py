from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# What makes an account another one; its place in the list and its notes are free.
GUARDED = frozenset(
    ("acc_number", "partner_id", "bank_id", "currency_id", "acc_holder_name", "active", "clearing_number")
)


class ResCompany(models.Model):
    _inherit = "res.company"

    bank_change_approval = fields.Boolean(
        string="Bank Details under Four Eyes",
        help="Bank accounts of counterparties change only after a second person has agreed. Counterparties of no company are "
        "guarded as soon as one company wants it.",
    )
    bank_change_route_id = fields.Many2one(
        comodel_name="paydox.route",
        string="Who Agrees to Bank Details",
        domain="[('res_model', '=', 'paydox.partner.bank.change'), ('state', '=', 'published')]",
        ondelete="restrict",
        index="btree_not_null",
    )

    @api.constrains("bank_change_approval", "bank_change_route_id")
    def _check_bank_change_route(self):
        for company in self.filtered("bank_change_approval"):
            if not company.bank_change_route_id:
                raise ValidationError(
                    self.env._("%(company)s: choose the route by which a change of bank details goes.", company=company.name)
                )  # fmt: skip
            company.bank_change_route_id._check_serves("paydox.partner.bank.change", company.name)
            if company.bank_change_route_id.step_ids.filtered("allow_author"):
                raise ValidationError(
                    self.env._(
                        "%(company)s: on the route %(route)s a person may agree to what he asked for himself. Choose another.",
                        company=company.name,
                        route=company.bank_change_route_id.name,
                    )
                )

    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"bank_change_approval"}

    @api.model
    @tools.ormcache()
    def _get_bank_guard_ids(self):
        """Asked with every card of a counterparty. The cache is forgotten when a company is made, changed in this or deleted."""
        # sudo: as where it is asked
        return self.sudo().search(Domain("bank_change_approval", "=", True))._ids


class PaydoxRoute(models.Model):
    _inherit = "paydox.route"

    bank_company_ids = fields.One2many(
        comodel_name="res.company", inverse_name="bank_change_route_id", string="Used for Bank Details By"
    )

    def action_publish(self):
        result = super().action_publish()
        # sudo: who publishes a route need not be able to edit the companies that follow it
        for route_sudo in self.sudo().filtered("previous_id"):
            route_sudo.previous_id.bank_company_ids.write({"bank_change_route_id": route_sudo.id})
        return result

    @api.model
    def _publish_bank_route(self):
        """Put the shipped route to use, whether it came with the installation or with an update."""
        shipped = self.env.ref("paydox_crm.route_bank_change", raise_if_not_found=False)
        if shipped and shipped.state == "draft":
            shipped.action_publish()


class ResPartner(models.Model):
    _inherit = "res.partner"

    bank_change_ids = fields.One2many(
        comodel_name="paydox.partner.bank.change",
        inverse_name="partner_id",
        string="Changes of Bank Details",
        groups="paydox_crm.paydox_crm_group_bank",
        domain=[("state", "in", ("draft", "review", "planned"))],
        readonly=True,
    )
    is_bank_guarded = fields.Boolean(compute="_compute_is_bank_guarded")

    @api.depends("commercial_partner_id.company_id")
    def _compute_is_bank_guarded(self):
        guarded = self._filter_bank_guarded()
        for partner in self:
            partner.is_bank_guarded = partner.commercial_partner_id in guarded

    @api.model
    def _get_guarding_companies(self):
        # sudo: the guard holds whatever companies the user works in
        companies_sudo = self.env["res.company"].sudo()
        return companies_sudo.browse(companies_sudo._get_bank_guard_ids())

    def _filter_bank_guarded(self):
        """The counterparties whose accounts change under four eyes; our own companies are none."""
        guarding = self._get_guarding_companies()
        if not guarding:
            return self.browse()
        # sudo: as above
        partners_sudo = self.sudo().commercial_partner_id
        own_sudo = self.env["res.company"].sudo().search(Domain("partner_id", "in", partners_sudo.ids)).partner_id
        found = (partners_sudo - own_sudo).filtered(
            lambda partner: not partner.company_id or partner.company_id.parent_ids & guarding
        )
        return self.browse(found.ids)

    def _get_bank_guard_company(self):
        """The company whose route decides, as superuser: that of the counterparty, else of the user, else the first."""
        guarding = self._get_guarding_companies()
        own = self.sudo().company_id or self.env.company.sudo()  # sudo: as above
        return (own.parent_ids & guarding)[-1:] or guarding[:1]

    def _check_banks_free(self):
        """Refuse a change of accounts past a second person, whichever way it comes and whatever rights the code has."""
        if guarded := self._filter_bank_guarded():
            raise UserError(
                self.env._(
                    "The bank details of %(partner)s change only after a second person has agreed. Press “Change bank details” "
                    "among the requisites of the card; whoever may see bank details can ask for it there.",
                    partner=guarded[0].sudo().display_name,  # sudo: the name of the one that is being changed
                )
            )

    def action_change_bank(self):
        """Open a request to change the bank accounts."""
        self.ensure_one()
        self.check_access("read")
        self.env["paydox.partner.bank.change"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change of Bank Details"),
            "res_model": "paydox.partner.bank.change",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts.partner_id._check_banks_free()
        return accounts

    def write(self, vals):
        if changed := self.filtered(lambda account: account._is_guarded_change(vals)):
            changed.partner_id._check_banks_free()
            self.env["res.partner"].browse(vals.get("partner_id") or [])._check_banks_free()
        return super().write(vals)

    def unlink(self):
        self.partner_id._check_banks_free()
        return super().unlink()

    def _create_agreed(self, vals_list):
        """As ``create``, for what was agreed."""
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _write_agreed(self, vals):
        """As ``write``, for what was agreed."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _is_guarded_change(self, vals):
        """Whether something that matters differs; an import and a form may send what is there already."""
        self.ensure_one()
        for name in GUARDED & vals.keys():
            field = self._fields[name]
            if field.convert_to_write(self[name], self) != (vals[name] or False):
                return True
        return False


class ResBank(models.Model):
    _inherit = "res.bank"

    def write(self, vals):
        names = {"bic", "correspondent_account"} & vals.keys()
        if any((bank[name] or False) != (vals[name] or False) for bank in self for name in names):
            # sudo: the accounts of all holders, also of those whom this user may not see
            holders_sudo = self.env["res.partner.bank"].sudo().search([("bank_id", "in", self.ids)]).partner_id
            if holders_sudo._filter_bank_guarded():
                raise UserError(
                    self.env._(
                        "Accounts of counterparties are at %(bank)s, and they change only after a second person has agreed. "
                        "Enter the bank with the new code once more, and ask for a change of the accounts.",
                        bank=self[:1].name,
                    )
                )
        return super().write(vals)
