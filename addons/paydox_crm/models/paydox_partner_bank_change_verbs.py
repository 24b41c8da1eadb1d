import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_partner_bank_change import VALUES
from .paydox_partner_requisites import _BANK_GROUP

_logger = logging.getLogger(__name__)
_TRANSITIONS = {
    "draft": {"review", "planned", "done", "cancelled"},
    "review": {"draft", "planned", "done"},
    "planned": {"done", "cancelled"},
}


class PaydoxPartnerBankChange(models.Model):
    """Asking, agreeing, taking effect."""

    _inherit = "paydox.partner.bank.change"

    # === ACTIONS === #

    def action_submit(self):
        """Let the change take effect: at once, or after a second person has agreed where the company wants it."""
        self.check_access("write")
        self._check_askable()
        lock_rows(self)
        self.invalidate_recordset(["state"])
        for change in self:
            change._check_state("review" if change.needs_agreement else "done")
            change._write_engine({"former": change.account_id._get_requisites_values() if change.account_id else False})
            if change.needs_agreement:
                change.action_request_approval()
            else:
                # sudo: the accounts are written by the one way that the history follows; the rights were checked above
                change.sudo()._take_effect()
        return True

    def action_cancel(self):
        """Give the change up, before it is sent or before its day has come."""
        self.check_access("write")
        lock_rows(self)
        self.invalidate_recordset(["state"])
        for change in self:
            change._check_state("cancelled")
        self._write_engine({"state": "cancelled"})
        return True

    # === BUSINESS METHODS === #

    def _take_effect(self):
        """Change the accounts, or wait for the day."""
        self.ensure_one()
        partners = self.env["res.partner"]
        if self.date > partners._get_requisites_today():
            self._check_state("planned")
            self._write_engine({"state": "planned"})
            job = self.env.ref("paydox_crm.ir_cron_apply_bank_changes", raise_if_not_found=False)
            if job:
                job._trigger(at=partners._get_start_of_day(self.date))
            return
        self._check_state("done")
        self._apply()
        self._write_engine({"state": "done", "applied_at": fields.Datetime.now()})

    def _apply(self):
        """Write the account and the dated state of the history, with its reason, as superuser."""
        partner, account = self.partner_id, self.account_id
        if self.operation != "add" and (not account or account._get_requisites_values() != self.former):
            raise UserError(
                self.env._(
                    "%(change)s: the account has changed since this was asked for. Cancel it and ask for another change.",
                    change=self.display_name,
                )
            )
        requisites = self.env["paydox.partner.requisites"]
        with partner._recording_requisites():
            known = partner._get_requisites_states(max(self.date, self._get_first_day()))
            accounts = list(known[partner.id].bank_snapshot or []) if partner.id in known else []
            if self.operation == "close":
                account._write_agreed({"active": False})
            elif self.operation == "add":
                account = account._create_agreed([self._prepare_account()])
                self._write_engine({"account_id": account.id})
            else:
                account._write_agreed(self._prepare_account())
            requisites._record_change(
                {partner.id: {"bank_ids": self._replace_in(accounts, account)}},
                days={partner.id: self.date},
                today=partner._get_requisites_today(),
                reason=self.reason,
                document=self.source_document_id,
            )

    def _prepare_account(self):
        return {
            "partner_id": self.partner_id.id,
            "acc_number": self.acc_number.strip(),
            "bank_id": self.bank_id.id,
            "currency_id": self.currency_id.id,
            "acc_holder_name": self.acc_holder_name,
        }

    def _replace_in(self, accounts, account):
        """The accounts of the day of the change, with this one changed."""
        new = account._get_requisites_values() if account.active else None
        if self.operation == "add":
            return [*accounts, new]
        changed = [new if known == self.former else known for known in accounts]
        return [known for known in changed if known]

    def _get_first_day(self):
        return self.env["paydox.partner.requisites"]._read_group(
            [("partner_id", "=", self.partner_id.id), ("superseded", "=", False)], [], ["valid_from:min"]
        )[0][0] or self.date  # fmt: skip

    @api.model
    def _cron_apply_due(self):
        """Let the planned changes take effect whose day has come, however many days the scheduler slept."""
        today = self.env["res.partner"]._get_requisites_today()
        due = self.search([("state", "=", "planned"), ("date", "<=", today)], order="date, id")
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for change in due:
            try:
                with self.env.cr.savepoint():
                    change._take_effect()
            except psycopg2.OperationalError:
                raise
            except Exception:
                # One change that cannot take effect must not hold up the others; it is tried again next time.
                _logger.exception("Planned change of bank details not applied: %s", change.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _check_state(self, state):
        self.ensure_one()
        if state not in _TRANSITIONS.get(self.state, ()):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(change)s is in the state “%(old)s” and cannot become “%(new)s”.",
                    change=self.display_name,
                    old=labels[self.state],
                    new=labels[state],
                )
            )

    # === HOOKS OF THE APPROVAL MIXIN === #

    def _get_approval_route(self):
        # sudo: the settings of the company are not readable for everybody
        company_sudo = self.partner_id._filter_bank_guarded() and self.partner_id._get_bank_guard_company()
        return company_sudo.bank_change_route_id if company_sudo else self.env["paydox.route"]

    def _get_material_fields(self):
        return frozenset(VALUES)

    def _check_approval_request(self):
        self.ensure_one()
        self._check_state("review")
        if not self.needs_agreement:
            raise UserError(self.env._("This change needs nobody's consent. Press “Take Effect”."))

    def _on_approval_started(self, approval):
        self._write_engine({"state": "review", "former": self.account_id and self.account_id._get_requisites_values()})

    def _on_approval_closed(self, approval, reason=None):
        if approval.state != "approved":
            self._write_engine({"state": "draft"})
            return
        asking = self.create_uid | approval.requested_by_id
        others = approval.line_ids.filtered(
            lambda line: line.state in ("agreed", "remarks") and line.decided_by_id and line.decided_by_id not in asking
        )
        if not others:
            raise UserError(
                self.env._(
                    "%(change)s: a second person has to agree, and the route has none. Ask who manages the routes.",
                    change=self.display_name,
                )
            )
        self._take_effect()

    def _add_approval_participants(self, users):
        blind = users.filtered(lambda user: not user.has_group(_BANK_GROUP))
        if blind:
            raise AccessError(
                self.env._(
                    "%(person)s may not see bank details, so he cannot agree to their change. Name somebody else in the route.",
                    person=blind[0].name,
                )
            )
        return super()._add_approval_participants(users)

    def _can_withdraw(self):
        # sudo: the person who asked may withdraw even if he may not read the sheet any more
        return self.env.user in self.create_uid | self.sudo().approval_id.requested_by_id

    def _get_inbox_facts(self):
        return super()._get_inbox_facts() | {"record_partner_id": self.partner_id.id}
