import logging
from datetime import date

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.timeline import ONE_DAY, State, plan_change

_logger = logging.getLogger(__name__)
_BANK_GROUP = "paydox_crm.paydox_crm_group_bank"


class PaydoxPartnerRequisites(models.Model):
    """One state of the requisites of a counterparty, from its first to its last day, both included.

    Rows are added, never rewritten: an open row gets its last day, a wrong one is marked as superseded by the row that
    corrects it. Nobody writes here by RPC, administrators included.
    """

    _name = "paydox.partner.requisites"
    _inherit = ["paydox.protected"]
    _description = "State of the Requisites"
    _order = "valid_from desc, id desc"
    _rec_name = "valid_from"
    _allow_sudo_commands = False

    # what and when
    partner_id = fields.Many2one(comodel_name="res.partner", required=True, index=True, ondelete="cascade")
    valid_from = fields.Date(required=True, help="First day on which the requisites are in force.")
    valid_to = fields.Date(help="Last day on which the requisites are in force; empty: until further notice.")
    snapshot = fields.Json(required=True)
    bank_snapshot = fields.Json(string="Bank Accounts", groups=_BANK_GROUP)
    former_bank_snapshot = fields.Json(string="Former Bank Accounts", groups=_BANK_GROUP)
    changed_fields = fields.Json(help="Old and new values; of bank accounts only the fact that they changed.")
    # why
    reason = fields.Char()
    source_document_id = fields.Many2one(
        comodel_name="paydox.document",
        index="btree_not_null",
        ondelete="restrict",
        help="The document on the ground of which the requisites changed.",
    )
    # life cycle
    superseded = fields.Boolean(help="Another row corrects this one; it is kept to show what was known before.")
    corrects_id = fields.Many2one(
        comodel_name="paydox.partner.requisites",
        index="btree_not_null",
        ondelete="cascade",
    )
    pending = fields.Boolean(
        string="Planned", help="The day has not come yet; the card of the counterparty will change on it."
    )
    merged_from = fields.Integer(help="Number of the counterparty that was merged into this one.")

    _one_state_a_day = models.Constraint(
        "EXCLUDE USING gist (partner_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&) WHERE (superseded IS NOT TRUE)",
        "A counterparty has at most one state of its requisites a day. Register the change once more: somebody else has just "
        "registered another one.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_from <= valid_to)",
        "A state of the requisites cannot end before it begins.",
    )
    _in_force_idx = models.Index("(partner_id, valid_from) WHERE superseded IS NOT TRUE")
    _pending_idx = models.Index("(valid_from) WHERE pending")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_id", "valid_from", "valid_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for state in self:
            if state.valid_to:
                state.display_name = self.env._(
                    "%(partner)s, %(start)s – %(end)s",
                    partner=state.partner_id.display_name,
                    start=format_date(self.env, state.valid_from),
                    end=format_date(self.env, state.valid_to),
                )
            else:
                state.display_name = self.env._(
                    "%(partner)s, since %(start)s",
                    partner=state.partner_id.display_name,
                    start=format_date(self.env, state.valid_from),
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        self._check_engine()
        allowed = (
            vals.keys() <= {"valid_to", "superseded", "pending"}
            and ("valid_to" not in vals or (vals["valid_to"] and not any(state.valid_to for state in self)))
            and vals.get("superseded", True)
            and not vals.get("pending", False)
        )
        if not allowed:
            raise UserError(
                self.env._(
                    "A state of the requisites is never rewritten: an open one can be closed, a wrong one superseded. "
                    "Register a change with the right date instead; it becomes a new row that names what it corrects."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(
            self.env._(
                "The history of the requisites is kept as long as the counterparty. "
                "If a state is wrong, register a correction; it will be shown as superseded."
            )
        )

    # ------------------------------------------------------------
    # REGISTER
    # ------------------------------------------------------------

    @api.model
    def _record_change(self, values_by_partner, *, days=None, today, reason=False, document=None):
        """Record that the requisites hold from a day on; partners whose requisites are the same are left alone.

        :param dict values_by_partner: {partner id: {field: value}}, "bank_ids" among the fields
        :param dict days: {partner id: first day}, by default today, or the first day of the latest state if that is later
        :param today: what is later is planned
        :return: the new rows
        """
        days = days or {}
        first_day = min([today, *days.values()])
        # The day before a change tells what changed; the first day of the calendar has none.
        states_by_partner = self._get_states(values_by_partner, max(first_day, date.min + ONE_DAY) - ONE_DAY)
        closed, superseded, vals_list = {}, [], []
        for partner_id, values in values_by_partner.items():
            states = states_by_partner.get(partner_id, [])
            day = days.get(partner_id)
            # The company may live in a zone where the day of the latest state has not come yet: it is not passed over.
            latest = day or max([today, *(state.start for state in states if not state.key.pending)])
            plan = plan_change(states, latest, values)
            for state, last_day in plan.close.items():
                closed[last_day] = closed.get(last_day, self.browse()) | state
            superseded += plan.supersede
            vals_list += [
                self._prepare_state_values(partner_id, new, new.start > (today if day else latest), reason, document)
                for new in plan.add
            ]
        for last_day, states in closed.items():
            states.write({"valid_to": last_day})
        if superseded:
            self.browse([state.id for state in superseded]).write({"superseded": True})
        # The constraint looks at each row as it comes: room is made before the new ones enter.
        self.flush_model(["valid_to", "superseded", "pending"])
        return self.create(vals_list)

    @api.model
    def _get_states(self, partner_ids, day):
        """Return {partner id: [State]} in force on ``day`` or later."""
        rows = self.search_fetch(
            Domain("partner_id", "in", list(partner_ids))
            & Domain("superseded", "=", False)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day)),
            ["partner_id", "valid_from", "valid_to", "snapshot", "bank_snapshot", "pending"],
        )
        states = {}
        for row in rows:
            values = {**(row.snapshot or {}), "bank_ids": row.bank_snapshot or []}
            states.setdefault(row.partner_id.id, []).append(State(row, row.valid_from, row.valid_to or None, values))
        return states

    @api.model
    def _prepare_state_values(self, partner_id, new, pending, reason, document):
        values = {
            "partner_id": partner_id,
            "valid_from": new.start,
            "valid_to": new.end,
            "snapshot": {name: value for name, value in new.values.items() if name != "bank_ids"},
            "bank_snapshot": new.values.get("bank_ids"),
            "corrects_id": new.corrects.id if new.corrects else False,
            "pending": pending,
        }
        if new.copy_of:
            # Another period, or values from an earlier day: the row tells the same event.
            original = new.copy_of
            return values | {
                "changed_fields": original.changed_fields,
                "former_bank_snapshot": original.former_bank_snapshot,
                "reason": original.reason,
                "source_document_id": original.source_document_id.id,
            }
        return values | {
            "changed_fields": {
                name: {} if name == "bank_ids" else {"old": old, "new": value}
                for name, (old, value) in new.changes.items()
            },
            "former_bank_snapshot": new.changes["bank_ids"][0] if "bank_ids" in new.changes else False,
            "reason": reason,
            "source_document_id": document.id if document else False,
        }

    def _mark_applied(self):
        if self:
            self.write({"pending": False})

    @api.model
    def _absorb(self, source, destination):
        """Move the history of a merged counterparty to the one that stays, where it no longer says what is in force."""
        self.flush_model()
        # SQL: a state is not rewritten by the ORM; a merge is the one case when it changes hands.
        self.env.cr.execute(
            """
            UPDATE paydox_partner_requisites
               SET merged_from = CASE WHEN superseded IS NOT TRUE THEN partner_id ELSE merged_from END,
                   superseded = TRUE, pending = FALSE, partner_id = %(destination)s
             WHERE partner_id = %(source)s
            """,
            {"source": source.id, "destination": destination.id},
        )
        self.invalidate_model()

    @api.model
    def _cron_apply_due(self):
        """Apply the planned changes whose day has come, however many days the scheduler slept."""
        today = self.env["res.partner"]._get_requisites_today()
        due = self.search([("pending", "=", True), ("superseded", "=", False), ("valid_from", "<=", today)])
        partners = due.partner_id
        self.env["ir.cron"]._commit_progress(remaining=len(partners))
        for partner in partners:
            try:
                with self.env.cr.savepoint():
                    partner._apply_due_requisites(today)
            except psycopg2.OperationalError:
                raise
            except Exception:
                # One counterparty whose card refuses the values must not hold up the others; it is tried again next time.
                _logger.exception("Planned change of requisites not applied: partner %s", partner.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _search_in_force(self, partners, day):
        """Return the states of ``partners`` in force on ``day``, at most one for each."""
        return self.search_fetch(
            Domain("partner_id", "in", partners.ids)
            & Domain("superseded", "=", False)
            & Domain("valid_from", "<=", day)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day)),
            ["partner_id", "valid_from", "valid_to", "snapshot", "bank_snapshot"]
            if self._may_see_bank()
            else ["partner_id", "valid_from", "valid_to", "snapshot"],
        )

    @api.model
    def _may_see_bank(self):
        """Tell whether the person who asks may see bank details, whatever rights the code has at the moment."""
        return self.env.user.has_group(_BANK_GROUP)

    def _get_public_values(self, with_bank):
        self.ensure_one()
        values = {
            **(self.snapshot or {}),
            "valid_from": fields.Date.to_string(self.valid_from),
            "valid_to": self.valid_to and fields.Date.to_string(self.valid_to),
        }
        if with_bank:
            values["bank_ids"] = self.bank_snapshot or []
        return values
