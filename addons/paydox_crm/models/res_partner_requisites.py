from contextlib import contextmanager
from datetime import date, datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.timeline import ONE_DAY

_TOUCHED = "paydox_crm.touched_partners"


class ResPartner(models.Model):
    """History of the requisites: whatever changes a column of them leaves a dated state."""

    _inherit = "res.partner"

    requisites_ids = fields.One2many(
        comodel_name="paydox.partner.requisites",
        inverse_name="partner_id",
        string="Requisites History",
        readonly=True,
        groups="base.group_user",
    )
    requisites_count = fields.Integer(compute="_compute_requisites_count", groups="base.group_user")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("requisites_ids", "commercial_partner_id")
    def _compute_requisites_count(self):
        groups = self.env["paydox.partner.requisites"]._read_group(
            [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.requisites_count = counts.get(partner.commercial_partner_id.id, 0)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_history_untouched(*vals_list)
        with self._recording_requisites() as touched:
            partners = super().create(vals_list)
            touched.update(partners.ids)
        return partners

    def write(self, vals):
        self._check_history_untouched(vals)
        if not self._get_requisites_triggers().intersection(vals):
            return super().write(vals)
        with self._recording_requisites():
            return super().write(vals)

    # ------------------------------------------------------------
    # PUBLIC
    # ------------------------------------------------------------

    @api.readonly
    def requisites_on(self, date):
        """Return the requisites in force on a day, for the whole recordset in one query.

        A contact person has those of his organisation. Bank accounts (``bank_ids``) are there only for those who may see
        the bank details.

        :param date: a date or ``YYYY-MM-DD``
        :return: ``{partner_id: {field: value, "valid_from": ..., "valid_to": ...}}``; a value is a text or False, or
            ``[id, name]`` of a country and of a state; the dict of a partner that had no state on that day is empty
        """
        day = self._parse_requisites_date(date)
        self.check_access("read")
        # sudo: the caller may read these partners; the state is theirs, and bank values are left out below.
        states_sudo = self.sudo()._get_requisites_states(day)
        with_bank = self.env["paydox.partner.requisites"]._may_see_bank()
        return {
            partner.id: states_sudo[partner.id]._get_public_values(with_bank) if partner.id in states_sudo else {}
            for partner in self
        }

    def action_open_requisites_history(self):
        """Open all states of the requisites, the latest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_crm.paydox_partner_requisites_action")
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {"paydox_one_partner": True}
        action["display_name"] = self.env._("Requisites of %(name)s", name=self.commercial_partner_id.display_name)
        return action

    # ------------------------------------------------------------
    # SNAPSHOT
    # ------------------------------------------------------------

    @api.model
    def _get_requisites_fields(self):
        """Return the columns whose states are kept, in the order in which they are shown; bank accounts come in addition."""
        return [
            "name",
            "legal_name",
            "legal_form",
            "vat",
            "kpp",
            "company_registry",
            "okpo",
            "legal_address",
            "postal_address",
            "director_name",
            "director_position",
            "acting_basis",
            "street",
            "street2",
            "zip",
            "city",
            "state_id",
            "country_id",
        ]

    @api.model
    def _get_requisites_triggers(self):
        """Return the fields of ``write`` after which a state may have to be recorded."""
        return {*self._get_requisites_fields(), "bank_ids", "parent_id", "is_company", "company_type"}

    @api.model
    def _get_snapshot_value(self, value):
        """Return a value of a column as the snapshot keeps it."""
        if isinstance(value, models.BaseModel):
            return [value.id, value.name] if value else False
        return value or False

    def _get_requisites_snapshots(self):
        """Return {partner id: {field: value, "bank_ids": [account]}} as it stands in the columns now."""
        accounts = self.env["res.partner.bank"].with_context(active_test=True).search([("partner_id", "in", self.ids)])
        accounts_by_partner = accounts.grouped("partner_id")
        names = self._get_requisites_fields()
        snapshots = {}
        # Names of countries are kept as in the source language, whoever saves.
        for partner in self.with_context(lang=None):
            values = {}
            for name in names:
                values[name] = self._get_snapshot_value(partner[name])
            values["bank_ids"] = [
                account._get_requisites_values()
                for account in accounts_by_partner.get(partner, ())
                if account.acc_number
            ]
            snapshots[partner.id] = values
        return snapshots

    # ------------------------------------------------------------
    # RECORDING
    # ------------------------------------------------------------

    @contextmanager
    def _recording_requisites(self):
        """Record the states of the partners changed inside, once, when the outermost of the nested calls ends.

        A save of a form is one state although it writes the partner, its accounts and, by synchronisation, its parent. The
        marker lives in the cursor and not in the context: a context comes from the caller and could switch the history off.
        """
        cache = self.env.cr.cache
        outermost = _TOUCHED not in cache
        touched = cache.setdefault(_TOUCHED, set())
        fresh = self.browse(set(self.ids) - touched)
        touched.update(fresh.ids)
        try:
            fresh._prepare_requisites_history()
            yield touched
            if outermost:
                self.browse(touched)._record_requisites()
        finally:
            if outermost:
                cache.pop(_TOUCHED, None)

    def _prepare_requisites_history(self):
        """Bring the history up to the moment before a change: apply what is due, open what was never opened."""
        # sudo: the history is kept whatever the rights of the person who changes the partner.
        partners_sudo = self.sudo()._filter_counterparties()
        if not partners_sudo:
            return
        Requisites_sudo = self.env["paydox.partner.requisites"].sudo()
        groups = Requisites_sudo._read_group(
            [("partner_id", "in", partners_sudo.ids), ("superseded", "=", False)],
            ["partner_id", "pending"],
            ["valid_from:min"],
        )
        today = self._get_requisites_today()
        due = self.browse(partner.id for partner, pending, first in groups if pending and first <= today)
        due._apply_due_requisites(today)
        known = {partner.id for partner, *__ in groups}
        partners_sudo.filtered(lambda partner: partner.id not in known)._record_requisites(since_creation=True)

    def _record_requisites(self, since_creation=False):
        """Compare the columns with the latest state and record the differences, in a fixed number of queries."""
        # sudo: see above.
        partners_sudo = self.sudo().exists()._filter_counterparties()
        if not partners_sudo:
            return
        today = self._get_requisites_today()
        days = {}
        if since_creation:
            days = {partner.id: fields.Date.to_date(partner.create_date) or today for partner in partners_sudo}
        self.env["paydox.partner.requisites"].sudo()._record_change(
            partners_sudo._get_requisites_snapshots(), days=days, today=today
        )

    def _apply_due_requisites(self, today):
        """Write into the columns the planned states whose day has come; doing it twice does nothing more."""
        if not self:
            return
        # sudo: the person who planned the change had the right to; the job has no user.
        states_sudo = self.env["paydox.partner.requisites"].sudo()
        due_sudo = states_sudo.search(
            [
                ("partner_id", "in", self.ids),
                ("pending", "=", True),
                ("superseded", "=", False),
                ("valid_from", "<=", today),
            ]
        )
        due_sudo._mark_applied()
        due_sudo.partner_id._write_requisites_columns(today)

    def _write_requisites_columns(self, day):
        """Make the columns equal to the state of ``day``."""
        states = self._get_requisites_states(day)
        for partner in self:
            if partner.id in states:
                values = partner._get_column_values(states[partner.id].snapshot)
                if values:
                    partner.write(values)

    def _get_column_values(self, snapshot):
        """Return the values of ``write`` that turn the columns of the partner into ``snapshot``."""
        self.ensure_one()
        values = {}
        for name in self._get_requisites_fields():
            value = snapshot.get(name, False)
            if isinstance(value, list):
                value = value[0]
            current = self[name]
            if isinstance(current, models.BaseModel):
                current = current.id
            if (current or False) != (value or False):
                values[name] = value
        return values

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _check_history_untouched(self, *vals_list):
        """Refuse commands on the rows of the history: some callers write partners as superuser."""
        if any("requisites_ids" in vals for vals in vals_list):
            raise AccessError(
                self.env._(
                    "The history of the requisites is written by the system only. Change the requisites themselves, or register "
                    "a change with its date and reason."
                )
            )

    def _filter_counterparties(self):
        """Keep organisations and people without an employer; contact persons have the requisites of their organisation."""
        return self.filtered(lambda partner: partner.is_company or not partner.parent_id)

    def _get_requisites_states(self, day):
        """Return {partner id: state in force on ``day``}, of the organisation for a contact person."""
        # All at once: what is read on demand comes a thousand at a time.
        self.fetch(["commercial_partner_id"])
        states = self.env["paydox.partner.requisites"]._search_in_force(self.commercial_partner_id, day)
        by_counterparty = {state.partner_id.id: state for state in states}
        return {
            partner.id: by_counterparty[partner.commercial_partner_id.id]
            for partner in self
            if partner.commercial_partner_id.id in by_counterparty
        }

    @api.model
    def _get_requisites_today(self):
        """Return the day on which a change made now is effective: that of the company, else of the user."""
        timezone = self._get_requisites_timezone()
        return fields.Datetime.context_timestamp(self.with_context(tz=timezone.zone), fields.Datetime.now()).date()

    @api.model
    def _get_requisites_timezone(self):
        # sudo: a visitor may save his address without being able to read the contact of the company.
        return pytz.timezone(self.env.company.sudo().partner_id.tz or self.env.user.tz or "UTC")

    @api.model
    def _get_start_of_day(self, day):
        """Return when ``day`` begins, in UTC without a zone."""
        if day >= date.max - ONE_DAY:
            # Zones are looked up with the days around, and there are none.
            return datetime.combine(day, time.min)
        timezone = self._get_requisites_timezone()
        return timezone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _parse_requisites_date(self, value):
        """Return the date that the caller means; refuse what is none."""
        try:
            day = fields.Date.to_date(value)
        except (TypeError, ValueError, AttributeError):
            day = None
        if not day:
            raise UserError(
                self.env._(
                    "“%(value)s” is not a date. Give the day for which the requisites are wanted as YYYY-MM-DD.",
                    value=value,
                )
            )
        return day
