from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxDocument(models.Model):
    """Registration: a number from the journal, new or reserved, given once."""

    _inherit = "paydox.document"

    can_register_reserved = fields.Boolean(
        compute="_compute_can_register_reserved", help="A number was reserved that this document may take."
    )
    waits_for_registration = fields.Boolean(
        compute="_compute_waits_for_registration",
        search="_search_waits_for_registration",
        help="The document can be registered now, and the order of its kind says that it is its time.",
    )
    date_warning = fields.Char(compute="_compute_date_warning")

    _unregistered_idx = models.Index("(company_id, state) WHERE number IS NULL")

    # === COMPUTE METHODS === #

    @api.depends(
        "date",
        "date_execution",
        "sender_date",
        "direction",
        "valid_to",
        "date_signed",
        "registered_at",
        "parent_id.date",
    )
    def _compute_date_warning(self):
        """Dates in an odd order are pointed out and not refused: papers of former years are registered as they are."""
        today = fields.Date.context_today(self)
        for document in self:
            warnings = []
            if document.date_execution and document.date and document.date_execution < document.date:
                warnings.append(self.env._("It was executed before the date of the document."))
            if document.direction == "incoming" and document.sender_date and document.sender_date > today:
                warnings.append(self.env._("The sender's date is in the future."))
            if document.valid_to and document.date and document.valid_to < document.date:
                warnings.append(self.env._("Its validity ended before the date of the document."))
            if document.date_signed and document.date and document.date_signed < document.date:
                warnings.append(self.env._("It was signed before the date of the document."))
            # sudo: only the date of the document above is compared
            parent_sudo = document.sudo().parent_id
            if parent_sudo.date and document.date and document.date < parent_sudo.date:
                warnings.append(self.env._("It is dated before the document that it stands under."))
            document.date_warning = " ".join(warnings)

    @api.depends("number", "state", "kind_id.registration_moment", "kind_id.route_id")
    def _compute_waits_for_registration(self):
        waiting = self.filtered_domain(self._get_to_register_domain())
        for document in self:
            document.waits_for_registration = document in waiting

    def _search_waits_for_registration(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_to_register_domain() if True in value else ~self._get_to_register_domain()

    @api.model
    def _get_to_register_domain(self):
        """Drafts that are registered before their route or have none, and confirmed documents of the other kinds."""
        # Papers of counterparties are kept in their file; they wait for a number only where their kind says so.
        unrouted = Domain("kind_id.route_id", "=", False) & Domain("kind_id.is_counterparty_paper", "=", False)
        drafts = Domain("state", "=", "draft") & (Domain("kind_id.registration_moment", "=", "before") | unrouted)
        confirmed = Domain("state", "in", ("approved", "signed")) & Domain(
            "kind_id.registration_moment", "!=", "before"
        )
        return Domain("number", "=", False) & (drafts | confirmed)

    @api.depends("kind_id", "company_id", "department_id", "parent_id", "nomenclature_id", "partner_id", "can_register")
    @api.depends_context("uid")
    def _compute_can_register_reserved(self):
        numbers = self.env["paydox.document.number"]
        self.can_register_reserved = False
        registrable = self.filtered("can_register")
        if registrable and numbers.has_access("read"):
            for document, reserved in numbers._find_reserved(registrable).items():
                document.can_register_reserved = bool(reserved)

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        direction = self.env.context.get("paydox_direction")
        if direction and "kind_id" in fields and not defaults.get("kind_id"):
            domain = Domain("direction", "=", direction) & Domain("company_id", "in", [False, self.env.company.id])
            kinds = self.env["paydox.document.kind"].search(domain, limit=2)
            if len(kinds) == 1:
                defaults["kind_id"] = kinds.id
        return defaults

    def write(self, vals):
        self._check_fixed_by_number(vals)
        return super().write(vals)

    # === ACTIONS === #

    def action_register(self):
        """Give each document its registration number, once."""
        self._start_registration()
        now = fields.Datetime.now()
        # sudo: the journal and the registration are written by this verb only
        self._complete_registration(self.env["paydox.document.number"].sudo()._allocate(self, now), now)
        return True

    def action_open_register_reserved(self):
        """Open the window that asks which reserved number to take."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register with a Reserved Number"),
            "res_model": "paydox.document.register.reserved",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_document_id": self.id},
        }

    # === HELPERS === #

    def _register_reserved(self, number):
        """Give the document a number that was reserved.

        :param number: one ``paydox.document.number``
        """
        self.ensure_one()
        self._start_registration()
        self._complete_registration(number._take(self), fields.Datetime.now())

    def _start_registration(self):
        self.check_access("write")
        lock_rows(self)
        self._refuse_obstacles("_get_register_obstacle")
        self._check_required_fields("register")

    def _complete_registration(self, numbers_sudo, moment):
        for number_sudo in numbers_sudo:
            number_sudo.document_id.write(
                {"number": number_sudo.number, "registered_at": moment, "registered_by_id": self.env.uid}
            )
        self.env["paydox.document.transition"]._append(self, "registered")
        self._emit("document.registered")

    def _check_fixed_by_number(self, vals):
        registered = self.filtered("number")
        if "company_id" in vals and registered.filtered(lambda document: document.company_id.id != vals["company_id"]):
            raise UserError(
                self.env._(
                    "The company of a registered document cannot change: the number is of its journal. Cancel the document "
                    "and make a new one."
                )
            )
        if "parent_id" in vals:
            registered._check_parent_in_number(vals["parent_id"])

    def _check_parent_in_number(self, parent_id):
        # sudo: the journal is not readable for everybody
        rows_sudo = self.env["paydox.document.number"].sudo()
        counted_sudo = rows_sudo.search([("document_id", "in", self.ids), ("parent_id", "not in", [False, parent_id])])
        if counted_sudo:
            document = counted_sudo[0].document_id.sudo(False)
            raise UserError(
                self.env._(
                    "%(document)s got its number within its parent document and stays under it. Cancel it and make a new "
                    "one.",
                    document=document.display_name,
                )
            )
