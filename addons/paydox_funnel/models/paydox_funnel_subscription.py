import logging
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.condition import parse_condition

from ..tools.funnel_scope import BREAKDOWNS

_logger = logging.getLogger(__name__)

BATCH = 20
# Two presses of Send within this time are one.
ONCE_IN = timedelta(minutes=1)
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class PaydoxFunnelSubscription(models.Model):
    """A funnel that goes out every week, with the numbers that its owner sees."""

    _name = "paydox.funnel.subscription"
    _description = "Weekly Funnel"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        copy=False,
        ondelete="cascade",
        index=True,
        help="The funnel is computed with the rights and the company of this person.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, ondelete="cascade"
    )
    recipient_ids = fields.Many2many(
        comodel_name="res.users", string="Recipients", domain="[('share', '=', False)]", required=True
    )
    # what
    domain = fields.Char(string="Filter", default="[]", required=True)
    mode = fields.Selection(
        selection=[("cohort", "Created in period"), ("snapshot", "Open now")], default="cohort", required=True
    )
    breakdown = fields.Selection(selection="_selection_breakdown")
    days = fields.Integer(
        string="Days Back", default=365, help="Deals created in the last so many days. 0: all deals.", aggregator=None
    )
    # when
    weekday = fields.Selection(selection=WEEKDAYS, default="0", required=True)
    hour = fields.Integer(default=8, help="In the time zone of the owner.", aggregator=None)
    next_at = fields.Datetime(
        string="Next", compute="_compute_next_at", store=True, index="btree_not_null", readonly=True, copy=False
    )
    sent_at = fields.Datetime(string="Last Sent", readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False, help="Why it could not be sent the last time.")

    _hour_check = models.Constraint("CHECK(hour BETWEEN 0 AND 23)", "The hour is between 0 and 23.")
    _days_check = models.Constraint("CHECK(days BETWEEN 0 AND 36500)", "The number of days is between 0 and 36500.")

    @api.model
    def _selection_breakdown(self):
        labels = self.env["crm.lead"].fields_get(BREAKDOWNS, ["string"])
        return [(name, labels[name]["string"]) for name in BREAKDOWNS]

    # === COMPUTE METHODS ===#

    @api.depends("weekday", "hour", "active", "user_id.tz")
    def _compute_next_at(self):
        for subscription in self:
            subscription.next_at = subscription.active and subscription._get_next(fields.Datetime.now())

    # === CONSTRAINT METHODS ===#

    @api.constrains("domain", "breakdown", "mode")
    def _check_query(self):
        for subscription in self:
            # As the owner: who asks for something may ask only for what he may read.
            try:
                funnel = subscription._as_owner()
                funnel._get_scope(**subscription._get_query())
                funnel.env["crm.lead"]._search(parse_condition(subscription.domain))
            except (ValueError, SyntaxError, TypeError, UserError) as error:
                raise ValidationError(
                    self.env._(
                        "The weekly funnel %(name)s cannot be computed: %(error)s",
                        name=subscription.name,
                        error=str(error)[:200],
                    )
                ) from error

    @api.constrains("company_id", "user_id")
    def _check_owner_company(self):
        for subscription in self:
            if subscription.company_id not in subscription.user_id.company_ids:
                raise ValidationError(self.env._("The owner of a weekly funnel works in its company."))

    @api.constrains("recipient_ids")
    def _check_recipients(self):
        for subscription in self:
            if not subscription.recipient_ids or subscription.recipient_ids.filtered("share"):
                raise ValidationError(self.env._("A weekly funnel goes to colleagues: choose at least one."))

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_owner(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_owner(vals)
        return super().write(vals)

    # === ACTIONS ===#

    def action_send_now(self):
        """Send it at once, besides its ordinary day."""
        self.check_access("write")
        self.lock_for_update()
        now = fields.Datetime.now()
        for subscription in self:
            if subscription.sent_at and now - subscription.sent_at < ONCE_IN:
                raise UserError(
                    self.env._(
                        "“%(name)s” went out a moment ago. Wait a minute if it is to go out once more.",
                        name=subscription.name,
                    )
                )
            subscription._send()
        return True

    # === BUSINESS METHODS ===#

    def _send(self):
        """Make the files as the owner and send them to those who still work here."""
        self.ensure_one()
        recipients = self.sudo().recipient_ids.filtered(lambda user: user.active and not user.share)
        if not recipients:
            raise UserError(self.env._("Nobody of the recipients works here any more. Choose others."))
        funnel = self._as_owner()
        files = funnel._make_files(self._get_query())
        body = funnel.env._("The sales funnel “%(name)s” is attached as PDF and as Excel file.", name=self.name)
        funnel._deliver(recipients.partner_id, self.name, body, files)
        # sudo: these facts are written by the system only
        self.sudo().write({"sent_at": fields.Datetime.now(), "problem": False})

    def _as_owner(self):
        """The funnel as the owner sees it, in his language and his company."""
        user = self.user_id
        return (
            self.env["paydox.funnel"]
            .with_user(user)
            .with_context(lang=user.lang, tz=user.tz, allowed_company_ids=self.company_id.ids)
        )

    def _get_query(self):
        self.ensure_one()
        today = fields.Date.context_today(self.with_context(tz=self.user_id.tz))
        date_from = self.days and self.mode == "cohort" and today - timedelta(days=self.days)
        return {
            "domain": parse_condition(self.domain),
            "date_from": date_from.isoformat() if date_from else None,
            "date_to": None,
            "mode": self.mode,
            "breakdown": self.breakdown or None,
        }

    def _get_next(self, after):
        """The first moment after ``after`` (UTC) at which it is due, by the clock of the owner."""
        self.ensure_one()
        zone = pytz.timezone(self.user_id.tz or "UTC")
        day = pytz.utc.localize(after).astimezone(zone).date()
        day += timedelta(days=(int(self.weekday or 0) - day.weekday()) % 7)
        for candidate in (day, day + timedelta(days=7)):
            moment = zone.localize(datetime.combine(candidate, time(self.hour))).astimezone(pytz.utc)
            if (moment := moment.replace(tzinfo=None)) > after:
                return moment
        return False

    # === CRON ===#

    @api.model
    def _cron_send(self):
        """Send what is due. After a pause of the scheduler each goes out once, not once for every week that was missed."""
        domain = Domain("next_at", "<=", fields.Datetime.now()) & Domain("user_id.active", "=", True)
        while subscriptions := self.search(domain, limit=BATCH, order="next_at, id").try_lock_for_update():
            for subscription in subscriptions:
                values = {"next_at": subscription._get_next(fields.Datetime.now())}
                try:
                    with self.env.cr.savepoint():
                        subscription._send()
                except Exception as error:  # noqa: BLE001  one that fails must not stop the others
                    _logger.exception("The weekly funnel %s could not be sent", subscription.id)
                    values["problem"] = str(error)[:500]
                subscription.sudo().write(values)
            if not self.env["ir.cron"]._commit_progress(len(subscriptions), remaining=self.search_count(domain)):
                break

    # === HELPERS ===#

    @api.model
    def _check_owner(self, vals):
        self.env["paydox.funnel"]._check_storable(vals, "domain")
        if not self.env.su and vals.get("user_id", self.env.uid) != self.env.uid:
            raise AccessError(self.env._("A weekly funnel shows what its owner sees, so everybody makes his own."))
        if not self.env.su and vals.keys() & {"next_at", "sent_at", "problem"}:
            raise AccessError(self.env._("When a weekly funnel was sent is written by the system only."))
