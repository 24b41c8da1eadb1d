from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class PaydoxPartnerRequisitesChange(models.TransientModel):
    """Registers a change that is effective on another day than today: in the past or in the future."""

    _name = "paydox.partner.requisites.change"
    _description = "Register a Change of Requisites"

    partner_id = fields.Many2one(comodel_name="res.partner", string="Counterparty", required=True, ondelete="cascade")
    date = fields.Date(
        string="Effective From",
        required=True,
        default=lambda self: self.env["res.partner"]._get_requisites_today(),
        help="First day of the new requisites. A past day corrects the history from that day on; a future one is planned, "
        "and the card of the counterparty changes on that day.",
    )
    reason = fields.Char(
        required=True, help="Shown in the history: renaming, new director, correction of a typing error …"
    )
    source_document_id = fields.Many2one(
        comodel_name="paydox.document",
        string="On the Ground of",
        ondelete="cascade",
        help="The document that proves the change.",
    )
    timing = fields.Selection(
        selection=[
            ("past", "In the past"),
            ("today", "Today"),
            ("future", "In the future"),
            ("before", "Before the first"),
        ],
        compute="_compute_timing",
    )
    first_known = fields.Date(compute="_compute_timing")
    # the requisites as of that day, to be changed
    name = fields.Char(compute="_compute_values", store=True, readonly=False)
    legal_name = fields.Char(compute="_compute_values", store=True, readonly=False)
    legal_form = fields.Char(compute="_compute_values", store=True, readonly=False)
    vat = fields.Char(string="Tax ID", compute="_compute_values", store=True, readonly=False)
    kpp = fields.Char(string="KPP", compute="_compute_values", store=True, readonly=False)
    company_registry = fields.Char(string="Company ID", compute="_compute_values", store=True, readonly=False)
    okpo = fields.Char(string="OKPO", compute="_compute_values", store=True, readonly=False)
    legal_address = fields.Char(compute="_compute_values", store=True, readonly=False)
    postal_address = fields.Char(compute="_compute_values", store=True, readonly=False)
    director_name = fields.Char(string="Director", compute="_compute_values", store=True, readonly=False)
    director_position = fields.Char(compute="_compute_values", store=True, readonly=False)
    acting_basis = fields.Char(string="Acting on the Basis of", compute="_compute_values", store=True, readonly=False)
    street = fields.Char(compute="_compute_values", store=True, readonly=False)
    street2 = fields.Char(string="Street 2", compute="_compute_values", store=True, readonly=False)
    zip = fields.Char(string="ZIP", compute="_compute_values", store=True, readonly=False)
    city = fields.Char(compute="_compute_values", store=True, readonly=False)
    state_id = fields.Many2one(
        comodel_name="res.country.state", compute="_compute_values", store=True, readonly=False, ondelete="cascade"
    )
    country_id = fields.Many2one(
        comodel_name="res.country", compute="_compute_values", store=True, readonly=False, ondelete="cascade"
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_id", "date")
    def _compute_timing(self):
        today = self.env["res.partner"]._get_requisites_today()
        firsts = dict(
            self.env["paydox.partner.requisites"]._read_group(
                [("partner_id", "in", self.partner_id.ids), ("superseded", "=", False)],
                ["partner_id"],
                ["valid_from:min"],
            )
        )
        for wizard in self:
            first = firsts.get(wizard.partner_id._origin)
            wizard.first_known = first
            if not wizard.date or wizard.date == today:
                wizard.timing = "today"
            elif wizard.date > today:
                wizard.timing = "future"
            else:
                wizard.timing = "before" if first and wizard.date < first else "past"

    @api.depends("partner_id", "date")
    def _compute_values(self):
        names = self.env["res.partner"]._get_requisites_fields()
        for wizard in self:
            partner = wizard.partner_id._origin
            snapshot = wizard._get_snapshot() if partner else {}
            for name in names:
                value = snapshot.get(name, False)
                wizard[name] = value[0] if isinstance(value, list) else value

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # Fields of one compute method are all taken as given when one of them is: the others are filled in here, so that a
        # call that names only the new director does not clear the rest.
        names = self.env["res.partner"]._get_requisites_fields()
        completed = []
        for vals in vals_list:
            draft = self.new({name: vals[name] for name in ("partner_id", "date") if name in vals})
            known = draft._convert_to_write({name: draft[name] for name in names})
            completed.append(known | vals)
        return super().create(completed)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_register(self):
        """Register the change: nothing known is rewritten, what is planned or in force is brought in line."""
        self.ensure_one()
        partner = self.partner_id
        partner.check_access("write")
        if self.source_document_id and not self.source_document_id.has_access("read"):
            raise AccessError(
                self.env._("You cannot refer to a document that you may not read. Choose another ground.")
            )
        if partner != partner.commercial_partner_id:
            raise UserError(
                self.env._(
                    "%(contact)s is a contact person and has no requisites of his own. Register the change for %(partner)s.",
                    contact=partner.display_name,
                    partner=partner.commercial_partner_id.display_name,
                )
            )
        with partner._recording_requisites():
            changes = self._get_changes()
            if not changes:
                raise UserError(
                    self.env._(
                        "Nothing differs from the requisites that are already known for %(day)s. "
                        "Change at least one of them, or the date.",
                        day=self.date,
                    )
                )
            today = partner._get_requisites_today()
            # sudo: the history is written by the system only; the right to change the partner was checked above.
            self.env["paydox.partner.requisites"].sudo()._record_change(
                {partner.id: changes},
                days={partner.id: self.date},
                today=today,
                reason=self.reason,
                document=self.source_document_id,
            )
            partner._write_requisites_columns(today)
        self._schedule(today)
        return partner.action_open_requisites_history()

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    def _get_snapshot(self):
        """Return the requisites of the chosen day; of the first known day for a day before it."""
        self.ensure_one()
        partner = self.partner_id._origin
        day = max(filter(None, (self.date or partner._get_requisites_today(), self.first_known)))
        state = partner._get_requisites_states(day).get(partner.id)
        return state.snapshot if state else {}

    def _get_changes(self):
        """Return {field: value as in a snapshot} of what the person changed."""
        self.ensure_one()
        known = self._get_snapshot()
        changes = {}
        for name in self.env["res.partner"]._get_requisites_fields():
            value = self.with_context(lang=None)[name]
            value = self.partner_id._get_snapshot_value(value.strip() if isinstance(value, str) else value)
            if value != known.get(name, False):
                changes[name] = value
        return changes

    def _schedule(self, today):
        """Have a planned change applied as soon as its day begins."""
        if self.date > today:
            # sudo: only the system may set a time for a job.
            self.env.ref("paydox_crm.ir_cron_apply_requisites").sudo()._trigger(
                at=self.env["res.partner"]._get_start_of_day(self.date)
            )
