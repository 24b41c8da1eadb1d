from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

MAX_DAYS = 3660


class PaydoxDocumentReminder(models.Model):
    """Whom to remind of which date, how long before and how often: of one document, or of all documents of a kind."""

    _name = "paydox.document.reminder"
    _description = "Document Reminder"
    _order = "document_id, kind_id, sequence, id"
    _rec_name = "date_field"

    document_id = fields.Many2one(comodel_name="paydox.document", ondelete="cascade", index="btree_not_null")
    kind_id = fields.Many2one(comodel_name="paydox.document.kind", ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one(comodel_name="res.company", compute="_compute_company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # what of
    date_field = fields.Selection(
        selection=[
            ("valid_to", "End of validity"),
            ("valid_from", "Start of validity"),
            ("date", "Document date"),
            ("notice_date", "Last day to object to the prolongation"),
            ("control_point", "Term of a control point"),
        ],
        string="Date",
        default="valid_to",
        required=True,
    )
    point_kind = fields.Selection(
        selection=[("work", "Work"), ("payment", "Payment"), ("delivery", "Delivery"), ("other", "Other")],
        string="Only Points",
        help="Empty: control points of every kind.",
    )
    days_before = fields.Integer(default=7)
    repeat_days = fields.Integer(string="Repeat Every, Days", help="Until the date comes. 0: remind once.")
    is_yearly = fields.Boolean(string="Each Year", help="Remind of the anniversaries of the date.")
    # whom
    user_ids = fields.Many2many(
        comodel_name="res.users", relation="paydox_document_reminder_user_rel", domain="[('share', '=', False)]"
    )
    group_ids = fields.Many2many(comodel_name="res.groups", relation="paydox_document_reminder_group_rel")
    to_responsible = fields.Boolean(string="Responsible", default=True)
    to_author = fields.Boolean(string="Author")
    note = fields.Char(help="What to do; it is told with the reminder.")

    _one_scope = models.Constraint(
        "CHECK(num_nonnulls(document_id, kind_id) = 1)", "A reminder belongs to one document or to one kind."
    )
    _days = models.Constraint(
        f"CHECK(days_before BETWEEN 0 AND {MAX_DAYS} AND repeat_days BETWEEN 0 AND {MAX_DAYS})",
        "The days of a reminder are from 0 to 3660.",
    )

    # === COMPUTE METHODS === #

    @api.depends("document_id.company_id", "kind_id.company_id")
    def _compute_company_id(self):
        for reminder in self:
            reminder.company_id = reminder.document_id.company_id or reminder.kind_id.company_id

    # === CONSTRAINT METHODS === #

    @api.constrains("is_yearly", "date_field", "repeat_days")
    def _check_yearly(self):
        for reminder in self:
            if reminder.is_yearly and (reminder.date_field == "control_point" or reminder.repeat_days):
                raise ValidationError(
                    self.env._("Anniversaries are of dates of the document, and each is reminded of once.")
                )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        # The rule holds after the change too: nobody moves a reminder over to another document.
        self.check_access("write")
        return result

    # === HELPERS === #

    def _get_people(self, responsible, author):
        """Everybody to be told, each once, whatever number of groups he is in."""
        self.ensure_one()
        people = self.user_ids | self.group_ids.all_user_ids
        if self.to_responsible:
            people |= responsible
        if self.to_author:
            people |= author
        return people.filtered(lambda user: user.active and not user.share)

    def _get_target_domain(self, name, start, today):
        """Where the date must lie for something to be due between ``start`` and ``today``."""
        self.ensure_one()
        first = start if self.repeat_days else start + timedelta(days=self.days_before)
        return Domain(name, ">=", first) & Domain(name, "<=", today + timedelta(days=self.days_before))

    def _get_due_day(self, target, start, today):
        """The latest day on which it is due to remind of ``target``, from ``start`` to ``today``, or False."""
        self.ensure_one()
        if self.is_yearly:
            years = max(1, (today + timedelta(days=self.days_before)).year - target.year)
            target = target + relativedelta(years=years)
        due = target - timedelta(days=self.days_before)
        if self.repeat_days and due < today:
            passed = (min(today, target) - due).days
            due += timedelta(days=passed // self.repeat_days * self.repeat_days)
        return due if start <= due <= today else False
