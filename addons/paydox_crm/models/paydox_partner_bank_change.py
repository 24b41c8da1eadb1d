from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

VALUES = ("partner_id", "operation", "account_id", "acc_number", "bank_id", "currency_id", "acc_holder_name", "date")
_ENGINE = frozenset(("state", "former", "applied_at", "company_id"))
OPEN_STATES = ("draft", "review", "planned")


class PaydoxPartnerBankChange(models.Model):
    """A change of the bank accounts of a counterparty, asked for by one person and agreed by another where the company wants it.

    Only those who see bank details ask, agree and read. The verbs are in ``paydox_partner_bank_change_verbs.py``.
    """

    _name = "paydox.partner.bank.change"
    _description = "Change of Bank Details"
    _inherit = ["paydox.approval.mixin", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Counterparty",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('commercial_partner_id', '=', id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, readonly=True, index=True
    )
    operation = fields.Selection(
        selection=[("add", "New account"), ("change", "Change of an account"), ("close", "Account closed")],
        default="add",
        required=True,
    )
    account_id = fields.Many2one(
        comodel_name="res.partner.bank",
        domain="[('partner_id', '=', partner_id)]",
        ondelete="set null",
        index="btree_not_null",
    )
    # the new values
    acc_number = fields.Char(
        string="Account Number", compute="_compute_values", store=True, readonly=False, precompute=True
    )
    bank_id = fields.Many2one(
        comodel_name="res.bank", compute="_compute_values", store=True, readonly=False, precompute=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_values", store=True, readonly=False, precompute=True
    )
    acc_holder_name = fields.Char(
        string="Account Holder", compute="_compute_values", store=True, readonly=False, precompute=True
    )
    # when and why
    date = fields.Date(
        string="Effective From",
        default=lambda self: self.env["res.partner"]._get_requisites_today(),
        required=True,
        help="A past day corrects the history from that day on; on a future one the accounts change by themselves.",
    )
    reason = fields.Char(required=True, help="Shown in the history: letter of the counterparty, new bank …")
    source_document_id = fields.Many2one(
        comodel_name="paydox.document",
        string="On the Ground of",
        ondelete="restrict",
        index="btree_not_null",
        help="The document that proves the change.",
    )
    # life cycle
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("review", "To be agreed"),
            ("planned", "Planned"),
            ("done", "In force"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    former = fields.Json(readonly=True, copy=False, help="The account as it was when the change was asked for.")
    former_text = fields.Char(string="Now", compute="_compute_former_text")
    applied_at = fields.Datetime(string="In Force Since", readonly=True, copy=False)
    needs_agreement = fields.Boolean(compute="_compute_needs_agreement")
    problems = fields.Text(compute="_compute_problems", help="What cannot be right in the new account and in its bank.")

    _account_named = models.Constraint(
        "CHECK(state IN ('done', 'cancelled') OR operation = 'add' OR account_id IS NOT NULL)",
        "Choose the account that changes or is closed.",
    )
    _planned_idx = models.Index("(date) WHERE state = 'planned'")

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._(
                "Change of bank details: %(partner)s", partner=change.partner_id.display_name
            )

    @api.depends("account_id", "operation")
    def _compute_values(self):
        for change in self:
            account = change.account_id if change.operation != "add" else change.account_id.browse()
            change.acc_number = account.acc_number or change.acc_number
            change.bank_id = account.bank_id or change.bank_id
            change.currency_id = account.currency_id or change.currency_id
            change.acc_holder_name = account.acc_holder_name or change.acc_holder_name

    @api.depends("account_id", "former", "state")
    def _compute_former_text(self):
        for change in self:
            open_account = change.account_id if change.state in OPEN_STATES else change.account_id.browse()
            values = change.former or (open_account and open_account._get_requisites_values())
            change.former_text = self.env["paydox.partner.requisites"]._format_value([values]) if values else False

    @api.depends("partner_id")
    def _compute_needs_agreement(self):
        guarded = self.partner_id._filter_bank_guarded()
        for change in self:
            change.needs_agreement = change.partner_id.commercial_partner_id in guarded

    @api.depends("partner_id", "operation", "acc_number", "bank_id")
    @api.depends_context("lang")
    def _compute_problems(self):
        for change in self:
            is_new = change.partner_id and change.operation != "close" and change.acc_number
            change.problems = is_new and change.partner_id._describe_account_problems(change.acc_number, change.bank_id)

    # === CONSTRAINT METHODS === #

    @api.constrains("account_id", "partner_id", "operation", "acc_number")
    def _check_account(self):
        for change in self:
            if change.account_id and change.account_id.partner_id != change.partner_id:
                raise ValidationError(
                    self.env._("%(change)s: the account is of somebody else. Choose one of his.", change=change.display_name)
                )  # fmt: skip
            if change.operation != "close" and not (change.acc_number or "").strip():
                raise ValidationError(
                    self.env._("%(change)s: enter the number of the account.", change=change.display_name)
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_engine_fields(vals)
            partner = self.env["res.partner"].browse(vals.get("partner_id") or []).commercial_partner_id
            vals["partner_id"] = partner.id
            # The counterparty of a company is agreed on by the people of that company.
            vals["company_id"] = (partner.company_id or self.env.company).id
        changes = super().create(vals_list)
        changes._check_askable()
        return changes

    def write(self, vals):
        self._check_engine_fields(vals)
        if vals.keys() & {*VALUES, "reason", "source_document_id"} and self.filtered(lambda row: row.state != "draft"):
            raise UserError(
                self.env._("What was sent does not change. Withdraw it first, or cancel it and ask for another change.")
            )
        result = super().write(vals)
        if vals.keys() & {"partner_id", "source_document_id"}:
            self._check_askable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        # sudo: a round that the user may not read keeps the request all the same
        if self.filtered(lambda change: change.state != "draft" or change.sudo().approval_ids):
            raise UserError(self.env._("What was sent stays on file. Cancel it instead."))

    # === HELPERS === #

    def _write_engine(self, vals):
        """Write what the verbs set, past the guard for people."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.model
    def _check_engine_fields(self, vals):
        forged = {name for name in _ENGINE & vals.keys() if vals[name] not in (False, None, "draft")}
        if forged and not self.env.su:
            raise AccessError(self.env._("The state of a change of bank details is set by its buttons."))

    def _check_askable(self):
        """Who asks may change the card of the counterparty, and reads the document that he names."""
        self.partner_id.check_access("write")
        self.source_document_id.check_access("read")
