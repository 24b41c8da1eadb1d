import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.paydox_crm.tools import occasions

_logger = logging.getLogger(__name__)

_GROUP = "paydox_crm.paydox_crm_group_personal"
_BATCH = 500
_MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


class PaydoxPartnerDate(models.Model):
    """A day of every year that matters to a contact person, with a reminder before it. Personal data."""

    _name = "paydox.partner.date"
    _description = "Important Date of a Contact"
    # Reminders are on the row itself: on the card others would read them.
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "next_date, id"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Contact", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        selection=[("birthday", "Birthday"), ("anniversary", "Anniversary"), ("other", "Other")],
        default="birthday",
        required=True,
    )
    name = fields.Char(string="Occasion", help="e.g. founded the company")
    day = fields.Integer(required=True, aggregator=None)
    month = fields.Selection(selection=_MONTHS, required=True)
    year = fields.Integer(aggregator=None, help="0: unknown.")
    next_date = fields.Date(
        string="Next Time",
        compute="_compute_next_date",
        store=True,
        index=True,
        help="29 February is kept on the 28th.",
    )
    years = fields.Integer(compute="_compute_years", help="How many years it will be; 0 when unknown.")
    remind_days = fields.Integer(string="Remind, Days Before", default=3, required=True, aggregator=None)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Remind",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        domain="[('share', '=', False)]",
        help="Empty: who works with the counterparty. Only who may see personal data is reminded.",
    )
    reminded_for = fields.Date(readonly=True, copy=False, help="The occasion of which somebody was reminded.")

    _remind_days_range = models.Constraint(
        "CHECK(remind_days BETWEEN 0 AND 90)", "Reminders come 0 to 90 days before the day."
    )
    _day_range = models.Constraint("CHECK(day BETWEEN 1 AND 31)", "A month has days from 1 to 31.")

    # === COMPUTE METHODS === #

    @api.depends("day", "month")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for row in self:
            is_day = row.month and occasions.is_day(int(row.month), row.day)
            row.next_date = is_day and occasions.next_occasion(today, int(row.month), row.day)

    @api.depends("next_date", "year")
    def _compute_years(self):
        for row in self:
            row.years = row.next_date.year - row.year if row.next_date and row.year else 0

    @api.depends("partner_id")
    def _compute_user_id(self):
        for row in self:
            row.user_id = row.user_id or row.partner_id.user_id or row.partner_id.commercial_partner_id.user_id

    @api.depends("kind", "name", "partner_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = self.env._(
                "%(person)s: %(occasion)s",
                person=row.partner_id.name or "",
                occasion=row.name or kinds.get(row.kind, ""),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("day", "month", "year")
    def _check_day(self):
        this_year = fields.Date.context_today(self).year
        for row in self:
            if not occasions.is_day(int(row.month), row.day):
                raise ValidationError(
                    self.env._("There is no day %(day)s in month %(month)s.", day=row.day, month=row.month)
                )
            if row.year and not 1800 <= row.year <= this_year + 1:
                raise ValidationError(
                    self.env._("%(year)s cannot be the year of it. Leave it empty when it is unknown.", year=row.year)
                )

    @api.constrains("user_id")
    def _check_user(self):
        for row in self.filtered("user_id"):
            # sudo: whether a colleague may see personal data is looked up
            user_sudo = row.sudo().user_id
            if user_sudo != row.partner_id.user_id and not user_sudo.has_group(_GROUP):
                raise ValidationError(
                    self.env._(
                        "%(user)s may not see personal data and cannot be reminded. Choose somebody else.",
                        user=user_sudo.name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "reminded_for"}
        if vals.keys() & {"day", "month"}:
            vals = vals | {"reminded_for": False}
        return super().write(vals)

    # === JOB === #

    @api.model
    def _cron_remind(self):
        """Remind of what comes in the next days, once for each occasion; also when the job was away for some days."""
        today = fields.Date.context_today(self)
        while passed := self.search([("next_date", "<", today)], limit=_BATCH):
            passed._compute_next_date()
            self.env.flush_all()
            if not self.env["ir.cron"]._commit_progress(len(passed)):
                return
        soon = self.search(
            [
                ("next_date", ">=", today),
                ("next_date", "<=", today + timedelta(days=90)),
                ("partner_id.active", "=", True),
            ]
        )
        due = soon.filtered(
            lambda row: row.next_date - timedelta(days=row.remind_days) <= today and row.reminded_for != row.next_date
        )
        for row in due.try_lock_for_update(limit=_BATCH):
            try:
                with self.env.cr.savepoint():
                    row._remind()
            except Exception:
                _logger.exception("Nobody could be reminded of important date %s", row.id)
            self.env["ir.cron"]._commit_progress(1)

    def _remind(self):
        self.ensure_one()
        user = self.user_id or self.partner_id.user_id or self.partner_id.commercial_partner_id.user_id
        self.reminded_for = self.next_date
        if not user.active or not user.has_group(_GROUP):
            return
        row = self.with_context(lang=user.lang)
        row.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.next_date,
            summary=row._get_reminder_text(),
            user_id=user.id,
        )

    def _get_reminder_text(self):
        self.ensure_one()
        day = self.next_date.strftime("%d.%m")
        if self.years > 0:
            return self.env._("%(what)s, %(day)s (%(years)s years)", what=self.display_name, day=day, years=self.years)
        return self.env._("%(what)s, %(day)s", what=self.display_name, day=day)


class ResPartner(models.Model):
    _inherit = "res.partner"

    date_ids = fields.One2many(
        comodel_name="paydox.partner.date", inverse_name="partner_id", string="Important Dates", groups=_GROUP
    )
