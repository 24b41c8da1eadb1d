from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.paydox_edms.tools.arguments import to_text

from .paydox_partner_check import CHECK_STATES

MAX_NOTE = 500
DEFAULT_DAYS = 90
_REGISTER_STATES = {"active": "valid", "liquidating": "warning", "liquidated": "ceased", "inactive": "ceased"}


class ResPartner(models.Model):
    """Whether the tax number was looked up, what came out, and what speaks against the counterparty."""

    _inherit = "res.partner"

    check_ids = fields.One2many(
        comodel_name="paydox.partner.check", inverse_name="partner_id", string="Checks", groups="base.group_user"
    )
    check_state = fields.Selection(
        selection=[
            ("none", "Not checked"),
            *CHECK_STATES,
            ("stale", "Checked long ago"),
            ("void", "Number changed since"),
        ],
        string="Check",
        compute="_compute_check",
        groups="base.group_user",
    )
    check_text = fields.Char(compute="_compute_check", groups="base.group_user")
    risk_sign_ids = fields.Many2many(
        comodel_name="paydox.partner.risk",
        string="Risk Signs",
        tracking=True,
        groups="base.group_user",
        context={"active_test": False},
        help="Kept by hand. Shown on every document and deal of the counterparty.",
    )

    # === COMPUTE METHODS === #

    @api.depends("check_ids", "vat", "kpp", "commercial_partner_id")
    @api.depends_context("lang")
    def _compute_check(self):
        companies = self.commercial_partner_id
        # sudo: what the check found is no secret of its row
        rows_sudo = self.env["paydox.partner.check"].sudo()
        latest = dict(
            rows_sudo._read_group([("partner_id", "in", companies.ids)], ["partner_id"], ["id:max"])
            if companies.ids
            else []
        )
        found = {row.partner_id.id: row for row in rows_sudo.browse(latest.values())}
        oldest = fields.Date.context_today(self) - timedelta(days=self._get_check_days())
        labels = dict(self._fields["check_state"]._description_selection(self.env))
        for partner in self:
            company = partner.commercial_partner_id
            row = found.get(company._origin.id)
            state = partner._get_check_state(row, oldest)
            partner.check_state = state
            if not row:
                partner.check_text = labels["none"]
                continue
            result = labels[row.state if state in ("stale", row.state) else state]
            partner.check_text = self.env._(
                "Checked %(day)s, %(result)s", day=format_date(self.env, row.date), result=result.lower()
            )
            if state == "stale":
                partner.check_text = self.env._("%(text)s (long ago, check again)", text=partner.check_text)

    # === CRUD METHODS === #

    def write(self, vals):
        if "risk_sign_ids" not in vals:
            return super().write(vals)
        before = {partner: partner.risk_sign_ids for partner in self}
        result = super().write(vals)
        for partner, signs in before.items():
            partner._check_new_signs(signs)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            if vals.get("risk_sign_ids"):
                partner._check_new_signs(self.env["paydox.partner.risk"])
        return partners

    # === ACTIONS === #

    def action_check_number(self):
        """Ask the state register for the number of the counterparty and write down what it says."""
        self.ensure_one()
        self.check_access("write")
        company = self.commercial_partner_id
        provider = self.env["paydox.register.provider"]
        number = company.vat if company.vat and company.vat != "/" else company.company_registry
        try:
            entries = provider._look_up(company.country_id, number or "")
        except UserError as error:
            # A number that is not in the register is a result, everything else is an error.
            if getattr(error.__cause__, "code", None) != "missing":
                raise
            entries = []
        register = provider._get_provider(company.country_id).name
        company._add_check(*company._get_register_result(entries), source=register)
        return True

    def action_note_check(self, state=None, note=None):
        """Write down what a person found; without a result, open the window that asks for it.

        :param str state: one of ``valid``, ``not_found``, ``ceased``, ``warning``
        """
        self.ensure_one()
        self.check_access("write")
        if state is None:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Check of a Counterparty"),
                "res_model": "paydox.partner.check.note",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_partner_id": self.commercial_partner_id.id},
            }
        if not isinstance(state, str) or state not in dict(CHECK_STATES):
            raise UserError(self.env._("Choose what the check found."))
        self.commercial_partner_id._add_check(state, to_text(note, MAX_NOTE))
        return True

    def action_open_checks(self):
        """Show all checks of the counterparty."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Checks"),
            "res_model": "paydox.partner.check",
            "views": [(False, "list")],
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
        }

    # === HELPERS === #

    def _check_new_signs(self, before):
        self.ensure_one()
        if archived := (self.risk_sign_ids - before).filtered(lambda sign: not sign.active):
            raise ValidationError(
                self.env._("“%(name)s” is archived and cannot be chosen any more.", name=archived[0].name)
            )

    @api.model
    def _get_check_days(self):
        # sudo: system parameters are not readable for everybody
        text = str(self.env["ir.config_parameter"].sudo().get_param("paydox_crm.check_days", DEFAULT_DAYS)).strip()
        return int(text) if text.isdecimal() and 0 < len(text) < 6 and int(text) else DEFAULT_DAYS

    def _get_checked_number(self):
        """What a check is of: the number with the KPP, however they are written."""
        self.ensure_one()
        parts = (self.vat if self.vat != "/" else "", self.company_registry, self.kpp)
        return " ".join("".join(part.split()).upper() for part in parts if part)

    def _get_check_state(self, row, oldest):
        self.ensure_one()
        if not row:
            return "none"
        if row.number != self.commercial_partner_id._get_checked_number():
            return "void"
        return "stale" if row.date < oldest else row.state

    def _get_register_result(self, entries):
        """``(state, note)`` of what the register answered."""
        if not entries:
            return "not_found", False
        fitting = [entry for entry in entries if not self.kpp or entry["kpp"] in (self.kpp, "", False)]
        entry = (fitting or entries)[0]
        state = _REGISTER_STATES.get(entry["status"], "warning")
        if not fitting and state == "valid":
            return "warning", self.env._("The register knows the number with another KPP.")
        return state, entry["name"] or entry["legal_name"] or False

    def _add_check(self, state, note, source=None):
        self.ensure_one()
        number = self._get_checked_number()
        if not number:
            raise UserError(
                self.env._("%(partner)s has no number to check. Fill it in first.", partner=self.display_name)
            )
        # sudo: rows of checks are written by the verbs only; the right to edit the counterparty was checked
        self.env["paydox.partner.check"].sudo().create(
            {
                "partner_id": self.id,
                "state": state,
                "number": number,
                "source": source,
                "note": note,
                "user_id": self.env.uid,
                "date": fields.Date.context_today(self),
            }
        )

    def _get_risk_text(self):
        """What to look out for before one deals with the counterparty, or False. For documents and deals."""
        self.ensure_one()
        company = self.commercial_partner_id
        parts = (
            [company.check_text] if company.check_state in ("not_found", "ceased", "warning", "stale", "void") else []
        )
        if company.risk_sign_ids:
            parts.append(self.env._("Risk signs: %(signs)s", signs=", ".join(company.risk_sign_ids.mapped("name"))))
        return "; ".join(parts) or False
