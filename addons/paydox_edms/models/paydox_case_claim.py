from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.locking import lock_rows

CLAIM_STATES = [
    ("registered", "Registered"),
    ("in_work", "In work"),
    ("satisfied", "Satisfied"),
    ("partly", "Partly satisfied"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
]
SERVICE_KINDS = ("claim", "request")
_TAKING_FIELDS = frozenset(("taken_at", "taken_by_id", "claim_state"))


class PaydoxCaseResult(models.Model):
    _inherit = "paydox.case.result"

    claim_state = fields.Selection(
        selection=CLAIM_STATES[2:],
        string="Status of the Claim",
        help="What a claim or a service request closed with this result counts as. Empty: satisfied when the goal is "
        "reached, else rejected.",
    )


class PaydoxCase(models.Model):
    """Claims and service requests: who complains about what, how far it is, who took it."""

    _inherit = "paydox.case"

    # who complains
    claim_direction = fields.Selection(
        selection=[("incoming", "To us"), ("outgoing", "From us")], string="Direction", default="incoming"
    )
    claimant_role = fields.Selection(
        selection=[
            ("customer", "Customer"),
            ("supplier", "Supplier"),
            ("dealer", "Dealer"),
            ("competitor", "Competitor"),
            ("other", "Other"),
        ],
        string="Role of the Claimant",
        help="What the other side is to us in this matter.",
    )
    is_anonymous = fields.Boolean(string="Anonymous", help="The claimant did not say who he is.")
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact Person",
        check_company=True,
        index="btree_not_null",
        help="Follows the claim in the portal, and nobody else of the counterparty does.",
    )
    claimant_text = fields.Char(
        string="How to Reach", help="Name, phone or address of a claimant who is not in the directory."
    )
    origin = fields.Selection(
        selection=[
            ("mail", "E-mail or letter"),
            ("phone", "Phone"),
            ("visit", "In person"),
            ("portal", "Portal"),
            ("website", "Website"),
        ],
        string="Came By",
    )
    # about what
    essence = fields.Text()
    cause_id = fields.Many2one(comodel_name="paydox.case.cause", ondelete="restrict", index="btree_not_null")
    cause_note = fields.Text(string="Causes Found")
    guilty_department_id = fields.Many2one(comodel_name="hr.department", check_company=True, index="btree_not_null")
    guilty_employee_id = fields.Many2one(comodel_name="hr.employee", check_company=True, index="btree_not_null")
    product = fields.Char(string="Product or Service")
    contract_id = fields.Many2one(
        comodel_name="paydox.document",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id)]",
        index="btree_not_null",
    )
    priority = fields.Selection(
        selection=[("0", "Normal"), ("1", "Important"), ("2", "Urgent")], default="0", required=True
    )
    claim_warning = fields.Char(string="Look Out", compute="_compute_claim_warning")
    # how far
    taken_at = fields.Datetime(string="Taken On", readonly=True, copy=False)
    taken_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False, index="btree_not_null")
    claim_state = fields.Selection(
        selection=CLAIM_STATES, string="Status", compute="_compute_claim_state", store=True, index="btree_not_null"
    )

    _anonymous_check = models.Constraint(
        "CHECK(NOT is_anonymous OR (partner_id IS NULL AND contact_id IS NULL))",
        "An anonymous claim names no counterparty. Take off the mark, or the counterparty.",
    )

    # === COMPUTE METHODS === #

    @api.depends("case_kind", "state", "taken_at", "result_id.claim_state", "result_id.is_reached")
    def _compute_claim_state(self):
        for case in self:
            case.claim_state = case._get_claim_state() if case.case_kind in SERVICE_KINDS else False

    @api.depends(
        "case_kind",
        "claim_direction",
        "guilty_employee_id",
        "owner_id",
        "is_anonymous",
        "partner_id",
        "contact_id",
        "contract_id",
    )
    def _compute_claim_warning(self):
        for case in self:
            case.claim_warning = " ".join(case._get_claim_warnings()) if case.case_kind in SERVICE_KINDS else False

    # === CONSTRAINT METHODS === #

    @api.constrains("is_anonymous", "partner_id", "contact_id")
    def _check_anonymous(self):
        # Before the constraint of the table, which would speak only when the steps have been looked at again.
        for case in self:
            if case.is_anonymous and (case.partner_id or case.contact_id):
                raise ValidationError(
                    self.env._(
                        "%(case)s is anonymous and names a counterparty. Take off the mark, or the counterparty.",
                        case=case.display_name,
                    )
                )

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for case in self:
            # sudo: whose contact it is decides, whoever may read the card
            contact_sudo, partner_sudo = case.sudo().contact_id, case.sudo().partner_id
            if contact_sudo and partner_sudo.commercial_partner_id != contact_sudo.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact person of the counterparty of %(case)s, "
                        "and would read the claim of somebody else. Choose another one.",
                        contact=contact_sudo.name,
                        case=case.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("contact_id") and not vals.get("partner_id"):
                contact = self.env["res.partner"].browse(vals["contact_id"])
                vals["partner_id"] = contact.commercial_partner_id.id
        return super().create(vals_list)

    @api.model
    def _get_engine_fields(self):
        return super()._get_engine_fields() | _TAKING_FIELDS

    @api.model
    def _check_engine_fields(self, vals):
        if vals.keys() & _TAKING_FIELDS:
            raise UserError(
                self.env._("The status of a claim follows from the buttons: take it in work, close it, reopen it.")
            )
        return super()._check_engine_fields(vals)

    # === ACTIONS === #

    def action_take(self):
        """Take claims and requests in work: who is first leads them from now on."""
        self.check_access("read")
        lock_rows(self)
        self.invalidate_recordset(["taken_at", "taken_by_id", "state"])
        for case in self:
            case._check_takable()
        # sudo: who is first becomes responsible, which only the responsible person could change by hand
        self.sudo().write({"taken_at": fields.Datetime.now(), "taken_by_id": self.env.uid, "owner_id": self.env.uid})
        for case in self:
            case._on_taken()
        self._on_data_changed()
        return True

    @api.model
    def action_register_claim(self):
        """Open the window to register a claim."""
        return self._get_register_window("claim")

    @api.model
    def action_register_request(self):
        """Open the window to register a service request."""
        return self._get_register_window("request")

    # === HELPERS === #

    @api.model
    def _get_register_window(self, kind):
        templates = self.env["paydox.case.template"]
        domain = Domain("case_kind", "=", kind) & Domain("can_start", "=", True) & Domain("res_model", "=", False)
        template = templates.search(domain, limit=1)
        if not template:
            raise UserError(
                self.env._("There is no published template for it, or you may not start it. Ask who manages templates.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": template.name,
            "res_model": "paydox.case.start",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_template_id": template.id},
        }

    def _get_claim_state(self):
        self.ensure_one()
        if self.state == "cancelled":
            return "withdrawn"
        if self.state == "done":
            return self.result_id.claim_state or ("satisfied" if self.result_id.is_reached else "rejected")
        return "in_work" if self.taken_at else "registered"

    def _get_claim_warnings(self):
        self.ensure_one()
        # sudo: only the user of the employee and the contract's counterparty and term are compared
        case_sudo = self.sudo()
        warnings = []
        if case_sudo.guilty_employee_id.user_id and case_sudo.guilty_employee_id.user_id == case_sudo.owner_id:
            warnings.append(
                self.env._("%(person)s is named guilty and handles the case. Let somebody else handle it.",
                           person=case_sudo.owner_id.name)
            )  # fmt: skip
        if not case_sudo.partner_id and not case_sudo.is_anonymous:
            warnings.append(self.env._("It is not said who the other side is."))
        if self.case_kind == "request":
            warnings += case_sudo._get_contract_warnings()
        return warnings

    def _get_contract_warnings(self):
        contract = self.contract_id
        if not contract:
            return [self.env._("The request is outside of any contract: it is paid separately.")]
        warnings = []
        if contract.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id:
            warnings.append(self.env._("The contract is of another counterparty."))
        if contract.validity in ("expired", "superseded", "future") or contract.state == "cancelled":
            warnings.append(self.env._("The contract is not in force: the request is outside of it."))
        return warnings

    def _check_takable(self):
        self.ensure_one()
        if self.case_kind not in SERVICE_KINDS:
            raise UserError(self.env._("%(case)s is no claim and no service request.", case=self.display_name))
        if self.state != "running":
            raise UserError(self.env._("%(case)s is not running, so it cannot be taken.", case=self.display_name))
        if self.taken_by_id:
            raise UserError(
                self.env._(
                    "%(case)s was taken by %(person)s. Refresh the list.",
                    case=self.display_name,
                    person=self.sudo().taken_by_id.name,  # sudo: the name of a colleague
                )
            )
        if not self.is_editor and not self.can_lead:
            raise UserError(
                self.env._("You only look at %(case)s. Those who work on it can take it.", case=self.display_name)
            )

    def _on_taken(self):
        """Hook: what else happens when somebody took the case."""

    @api.model
    def _get_service_domain(self):
        return Domain("case_kind", "in", SERVICE_KINDS)
