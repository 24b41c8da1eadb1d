from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

VERB_FIELDS = frozenset(("state", "done_at", "done_by_id", "overdue_for", "activity_id"))
# What stays open when a point is done: the act may come later.
OPEN_WHEN_CLOSED = frozenset(("act_id", "sequence", "note"))


class PaydoxDocumentControlPoint(models.Model):
    """What has to happen because of a document after it is signed: a stage of work, a payment, a delivery."""

    _name = "paydox.document.control.point"
    _description = "Control Point"
    _order = "document_id, sequence, date, id"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    kind = fields.Selection(
        selection=[("work", "Work"), ("payment", "Payment"), ("delivery", "Delivery"), ("other", "Other")],
        default="work",
        required=True,
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_responsible_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False)]",
        index="btree_not_null",
    )
    date = fields.Date(string="Term", required=True)
    currency_id = fields.Many2one(related="document_id.currency_id")
    amount = fields.Monetary()
    amount_done = fields.Monetary(string="Done For", help="How much of the amount was paid or accepted so far.")
    act_id = fields.Many2one(
        comodel_name="paydox.document",
        domain="[('id', '!=', document_id), ('company_id', '=', company_id)]",
        index="btree_not_null",
        help="The document that proves it: an act, an invoice, a work order.",
    )
    note = fields.Char()
    # set by the verbs
    state = fields.Selection(
        selection=[("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
    )
    done_at = fields.Datetime(string="Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    overdue_for = fields.Date(readonly=True, copy=False, help="The term whose passing was told to the responsible.")
    activity_id = fields.Many2one(
        comodel_name="mail.activity", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    # for the screen
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")
    has_no_act = fields.Boolean(compute="_compute_has_no_act", string="Done without an Act")
    can_close = fields.Boolean(compute="_compute_can_close")

    _planned_idx = models.Index("(date) WHERE state = 'planned'")
    _amounts = models.Constraint("CHECK(amount >= 0 AND amount_done >= 0)", "An amount cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends("document_id")
    def _compute_responsible_id(self):
        for point in self:
            point.responsible_id = point.responsible_id or point.document_id.responsible_id

    @api.depends("state", "date")
    @api.depends_context("uid", "tz")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for point in self:
            point.is_overdue = bool(point.state == "planned" and point.date and point.date < today)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "planned") & Domain("date", "<", fields.Date.context_today(self))
        return domain if True in value else ~domain

    @api.depends("state", "kind", "act_id")
    def _compute_has_no_act(self):
        for point in self:
            point.has_no_act = point.state == "done" and point.kind in ("work", "delivery") and not point.act_id

    @api.depends("state", "responsible_id")
    @api.depends_context("uid")
    def _compute_can_close(self):
        editable = self.document_id._filtered_access("write")
        for point in self:
            mine = point.responsible_id == self.env.user or point.document_id in editable
            point.can_close = bool(point.id and point.state == "planned" and mine)

    # === CONSTRAINT METHODS === #

    @api.constrains("responsible_id")
    def _check_responsible(self):
        for point in self:
            if point.responsible_id.share:
                raise ValidationError(self.env._("Only employees answer for a control point, not portal users."))

    @api.constrains("act_id", "document_id")
    def _check_act(self):
        for point in self:
            act_sudo = point.act_id.sudo()  # sudo: its company is compared, nothing of it is shown
            if act_sudo == point.document_id.sudo() or (act_sudo and act_sudo.company_id != point.company_id):
                raise ValidationError(self.env._("The act is another document of the same company."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_verb_fields(vals)
        points = super().create(vals_list)
        points.act_id.check_access("read")
        for point in points:
            point._log(False, point._get_log_text())
        return points

    def write(self, vals):
        self._check_verb_fields(vals)
        if vals.keys() - OPEN_WHEN_CLOSED:
            self._check_planned()
        before = [point._get_log_text() for point in self]
        if vals.keys() & {"date", "responsible_id"}:
            # Another term or another person: what was told is told again when the time comes.
            # sudo: these facts are written by the system only
            self.sudo()._forget_overdue()
        result = super().write(vals)
        # The rule holds after the change too: nobody moves a point over to another document.
        self.check_access("write")
        self.act_id.check_access("read")
        for point, old in zip(self, before, strict=True):
            if old != (new := point._get_log_text()):
                point._log(old, new)
        return result

    def unlink(self):
        self.check_access("unlink")
        for point in self:
            point._log(point._get_log_text(), False)
        self.sudo().activity_id.unlink()  # sudo: the activity goes with what it reminds of
        return super().unlink()

    # === HELPERS === #

    def _write_facts(self, vals):
        """Write what the verbs set, past the guards for people."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _check_planned(self):
        if closed := self.filtered(lambda point: point.state != "planned"):
            raise UserError(self.env._("“%(point)s” is closed. Reopen it before you change it.", point=closed[0].name))

    @api.model
    def _check_verb_fields(self, vals):
        # A default may be written back by a form, nothing else.
        forged = {name for name in VERB_FIELDS & vals.keys() if vals[name] not in (False, None, "planned")}
        if forged and not self.env.su:
            raise AccessError(self.env._("The state of a control point is set by its buttons."))

    def _get_log_text(self):
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        amount = f"{self.amount:g}" if self.amount else ""
        person = self.sudo().responsible_id.name  # sudo: a person is named, nothing more of him is shown
        return ", ".join(filter(None, (self.name, str(self.date), amount, person, states[self.state])))

    def _log(self, old, new):
        self.document_id._log_change("control", self.env._("Control point"), old, new)
