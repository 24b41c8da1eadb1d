from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [
    ("draft", "Draft"),
    ("review", "On approval"),
    ("approved", "Approved"),
    ("signed", "Signed"),
    ("done", "Executed"),
    ("cancelled", "Cancelled"),
]
# Set by the verbs, never by a form, an import or RPC.
ENGINE_FIELDS = frozenset(
    (
        "approval_ids",
        "approval_line_ids",
        "author_id",
        "change_ids",
        "checked_out_at",
        "checked_out_by_id",
        "inherits_permissions",
        "number",
        "paper_count",
        "participant_ids",
        "permission_source_ids",
        "registered_at",
        "registered_by_id",
        "state",
        "transfer_ids",
        "transition_count",
        "transition_ids",
        "version_count",
        "version_ids",
    )
)


class PaydoxDocument(models.Model):
    """The document card. Other concerns are in files named ``paydox_document_*``."""

    _name = "paydox.document"
    _description = "Document"
    _inherit = ["paydox.guarded.thread", "paydox.engine.fields", "paydox.approval.mixin", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True, tracking=True, index="trigram")
    kind_id = fields.Many2one(
        comodel_name="paydox.document.kind",
        required=True,
        check_company=True,
        domain="[('can_create', '=', True)]",
        ondelete="restrict",
        index=True,
        tracking=True,
    )
    direction = fields.Selection(related="kind_id.direction")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, index=True
    )
    # registration
    number = fields.Char(string="Registration Number", copy=False, readonly=True, index="trigram", tracking=True)
    registered_at = fields.Datetime(string="Registered On", copy=False, readonly=True)
    registered_by_id = fields.Many2one(comodel_name="res.users", copy=False, readonly=True)
    sender_number = fields.Char(string="Sender's Number", copy=False, tracking=True, index="trigram")
    sender_date = fields.Date(string="Sender's Date", copy=False)
    # dates
    date = fields.Date(string="Document Date", default=fields.Date.context_today, required=True, tracking=True)
    date_execution = fields.Date(string="Execution Date", copy=False, tracking=True)
    valid_from = fields.Date(copy=False, tracking=True)
    valid_to = fields.Date(copy=False, tracking=True, index="btree_not_null")
    # parties
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", check_company=True, index="btree_not_null", tracking=True
    )
    amount = fields.Monetary(tracking=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", default=lambda self: self.env.company.currency_id, required=True
    )
    # people
    author_id = fields.Many2one(
        comodel_name="res.users",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
    )
    participant_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_document_participant_rel",
        column1="document_id",
        column2="user_id",
        copy=False,
        readonly=True,
        help="Everybody who was asked to decide on the document.",
    )
    confidentiality = fields.Selection(
        selection=lambda self: self.env["paydox.document.kind"]._get_confidentialities(),
        compute="_compute_confidentiality",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    # relations
    parent_id = fields.Many2one(comodel_name="paydox.document", check_company=True, index="btree_not_null")
    child_ids = fields.One2many(comodel_name="paydox.document", inverse_name="parent_id")
    child_count = fields.Integer(compute="_compute_child_count")
    link_ids = fields.One2many(comodel_name="paydox.document.link", inverse_name="document_id")
    backlink_ids = fields.One2many(comodel_name="paydox.document.link", inverse_name="target_id")
    # files
    version_ids = fields.One2many(comodel_name="paydox.document.version", inverse_name="document_id", readonly=True)
    current_version_id = fields.Many2one(comodel_name="paydox.document.version", compute="_compute_current_version_id")
    # content
    properties = fields.Properties(definition="kind_id.property_definition")
    note = fields.Html(string="Content")
    # life cycle
    state = fields.Selection(
        selection=STATES, default="draft", required=True, readonly=True, copy=False, index=True, tracking=True
    )
    transition_count = fields.Integer(readonly=True, copy=False, help="Grows with every change of the state.")

    # === COMPUTE METHODS === #

    @api.depends("responsible_id", "company_id")
    def _compute_department_id(self):
        # sudo: employees are not readable for everybody; only the department is taken
        employees_sudo = self.env["hr.employee"].sudo().search([("user_id", "in", self.responsible_id.ids)])
        departments = {(employee.user_id, employee.company_id): employee.department_id for employee in employees_sudo}
        for document in self:
            department_sudo = departments.get((document.responsible_id.sudo(), document.company_id.sudo()))
            document.department_id = department_sudo.sudo(False) if department_sudo else document.department_id

    @api.depends("kind_id")
    def _compute_confidentiality(self):
        for document in self:
            document.confidentiality = document.kind_id.confidentiality or document.confidentiality or "internal"

    @api.depends("child_ids")
    def _compute_child_count(self):
        data = self._read_group([("parent_id", "in", self._origin.ids)], ["parent_id"], ["__count"])
        counts = {parent.id: count for parent, count in data}
        for document in self:
            document.child_count = counts.get(document._origin.id, 0)

    @api.depends("version_ids.state")
    def _compute_current_version_id(self):
        versions = self.env["paydox.document.version"].search(
            [("document_id", "in", self._origin.ids), ("state", "=", "actual")], order="id"
        )
        actual = {version.document_id.id: version for version in versions}
        for document in self:
            document.current_version_id = actual.get(document._origin.id, False)

    # === CONSTRAINT METHODS === #

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A document cannot be its own parent, directly or through others."))

    @api.constrains("valid_from", "valid_to")
    def _check_validity_dates(self):
        for document in self:
            if document.valid_from and document.valid_to and document.valid_to < document.valid_from:
                raise ValidationError(
                    self.env._(
                        "%(document)s: validity ends before it begins. Check both dates.", document=document.name
                    )
                )

    @api.constrains("amount")
    def _check_amount(self):
        for document in self:
            if document.amount < 0:
                raise ValidationError(self.env._("%(document)s: the amount is negative.", document=document.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_engine_fields(vals)
        documents = super(PaydoxDocument, self._without_forged_defaults()).create(vals_list)
        # The number of the parent may become a part of the number of the child.
        documents.parent_id.check_access("read")
        return documents

    def write(self, vals):
        result = super().write(vals)
        if vals.get("parent_id"):
            self.parent_id.check_access("read")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered_or_routed(self):
        for document in self:
            # sudo: a run that the user may not read keeps the document all the same
            if document.number or document.sudo().approval_ids or document.state != "draft":
                raise UserError(
                    self.env._(
                        "%(document)s was registered or sent for approval, so it stays in the registry. Cancel it instead.",
                        document=document.display_name,
                    )
                )

    def unlink(self):
        # sudo: files of versions cannot be deleted by anybody while the version is there
        attachments_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "paydox.document.version"),
                    ("res_id", "in", self.version_ids.ids),
                    ("res_field", "!=", False),
                ]
            )
        )
        result = super().unlink()
        attachments_sudo.unlink()
        return result

    # === ACTIONS === #

    def action_open_children(self):
        """Open the documents below this one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Subordinate Documents"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("parent_id", "=", self.id)],
            "context": self.action_new_child()["context"],
        }

    def action_open_file(self):
        """Open the actual version with its preview."""
        self.ensure_one()
        self.check_access("read")
        if not self.current_version_id:
            raise UserError(self.env._("%(document)s has no file yet.", document=self.display_name))
        return self.current_version_id.action_preview()

    def action_open_versions(self):
        """Open the versions as a list of their own, to choose two and compare them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions"),
            "res_model": "paydox.document.version",
            "views": [(False, "list"), (False, "form")],
            "domain": [("document_id", "=", self.id)],
        }

    def get_preview(self):
        """Preview of the actual version, see ``paydox.document.version.get_preview``; False when there is no file."""
        self.ensure_one()
        self.check_access("read")
        return self.current_version_id.get_preview() if self.current_version_id else False

    def action_open_add_version(self):
        """Open the window that asks for the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Version"),
            "res_model": "paydox.document.add.version",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_document_id": self.id},
        }

    # === HELPERS === #

    @api.model
    def _get_engine_fields(self):
        return ENGINE_FIELDS

    @api.model
    def _get_engine_fields_message(self, names):
        return self.env._("%(fields)s cannot be filled in by hand. Use the buttons of the document.", fields=names)
