from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from .paydox_approval_step_people import PERSONAL_KINDS

NOTICE_BATCH = 200
# How long before the end of the term the rest are reminded.
REMIND_BEFORE = timedelta(days=1)


class PaydoxApprovalLine(models.Model):
    """Lines of acquaintance: opening proved, no activity for each of thousands, notices in batches."""

    _inherit = "paydox.approval.line"

    department_id = fields.Many2one(
        comodel_name="hr.department",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Where the person worked when he was asked.",
    )
    opened_at = fields.Datetime(string="Opened On", readonly=True)
    opened_version_id = fields.Many2one(
        comodel_name="paydox.document.version", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    notified_at = fields.Datetime(readonly=True)
    reminded_on = fields.Date(readonly=True)

    # what a person may read because he was asked to
    _acquainted_idx = models.Index(
        "(user_id, document_id) WHERE kind = 'acquaint' AND state IN ('pending', 'agreed', 'remarks')"
    )
    _unnotified_idx = models.Index("(id) WHERE kind = 'acquaint' AND state = 'pending' AND notified_at IS NULL")
    _unread_idx = models.Index("(deadline, id) WHERE kind = 'acquaint' AND state = 'pending'")

    # === COMPUTE METHODS === #

    @api.model
    def _get_to_decide_domain(self):
        own = Domain("kind", "not in", PERSONAL_KINDS) | Domain("user_id", "=", self.env.uid)
        return super()._get_to_decide_domain() & own

    @api.model
    def _get_acquainted_domain(self):
        """Lines by which the current user read the record."""
        return (
            Domain("user_id", "=", self.env.uid)
            & Domain("kind", "=", "acquaint")
            & Domain("state", "in", ("pending", "agreed", "remarks"))
        )

    # === ACTIONS === #

    def action_open_record(self):
        action = super().action_open_record()
        record = self._get_record()
        if self.user_id == self.env.user and not record._get_approval_version():
            # Without a file the card itself is what is read.
            record._register_opening(record._get_approval_version())
        return action

    def action_remove(self):
        """Open the window that asks why the person need not answer."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release from the Sheet"),
            "res_model": "paydox.approval.release",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _accept_answer(self, action, answer):
        line_vals, decision_vals = super()._accept_answer(action, answer)
        if self.kind == "acquaint":
            if action != "agree":
                raise UserError(self.env._("An acquaintance is only confirmed, by each person himself."))
            self._check_opened()
            decision_vals |= {"opened_at": self.opened_at, "opened_version_id": self.opened_version_id.id}
        return line_vals, decision_vals

    def _is_opened(self):
        """Whether the person opened the actual version."""
        self.ensure_one()
        return bool(self.opened_at) and self.opened_version_id == self._get_record()._get_approval_version()

    def _check_opened(self):
        if self.step_id.must_open and not self._is_opened():
            raise UserError(
                self.env._(
                    "Open the document first: press “Read” on the card of %(record)s, then confirm.",
                    record=self._get_record().display_name,
                )
            )

    def _register_opening(self, version):
        """Note the first opening of ``version`` by the people of these lines, without touching earlier proof of it."""
        new = self.filtered(lambda line: not line.opened_at or line.opened_version_id != version)
        new.write({"opened_at": fields.Datetime.now(), "opened_version_id": version.id})

    def _schedule_activities(self):
        # Thousands of readers find their lines in the inbox; an activity for each would only slow the document down.
        others = self.filtered(lambda line: line.kind != "acquaint")
        return super(PaydoxApprovalLine, others)._schedule_activities()

    def _admit(self, users):
        # Readers keep their access by their lines.
        others = self.filtered(lambda line: line.kind != "acquaint")
        return super(PaydoxApprovalLine, others)._admit(users)

    # === CRON === #

    @api.model
    def _cron_notify_acquaintance(self):
        """Tell the people who were asked to read, in batches that survive a kill."""
        self._notify_in_batches(self._get_unnotified_domain, self._notify_asked)

    @api.model
    def _cron_remind_acquaintance(self):
        """Remind those who have not read: once a day at most, from the day before the term or when asked to."""
        self._notify_in_batches(self._get_unread_domain, self._notify_reminded)

    @api.model
    def _notify_in_batches(self, get_domain, notify):
        while True:
            domain = get_domain()
            lines = self.search(domain, limit=NOTICE_BATCH, order="id").try_lock_for_update()
            if not lines:
                break
            notify(lines)
            remaining = self.search_count(domain)
            if not self.env["ir.cron"]._commit_progress(len(lines), remaining=remaining):
                break
            self.env.invalidate_all()

    @api.model
    def _get_unnotified_domain(self):
        return Domain("kind", "=", "acquaint") & Domain("state", "=", "pending") & Domain("notified_at", "=", False)

    @api.model
    def _get_unread_domain(self):
        now = fields.Datetime.now()
        due = Domain("deadline", "<", now + REMIND_BEFORE) | Domain("step_id.remind_on", "=", now.date())
        return (
            Domain("kind", "=", "acquaint")
            & Domain("state", "=", "pending")
            & Domain("notified_at", "!=", False)
            & (Domain("reminded_on", "=", False) | Domain("reminded_on", "<", now.date()))
            & due
        )

    @api.model
    def _notify_asked(self, lines):
        lines._notify_people(
            lambda env, term: (
                env._("Please read the document and confirm by %(term)s.", term=term)
                if term
                else env._("Please read the document and confirm.")
            )
        )
        lines.write({"notified_at": fields.Datetime.now()})

    @api.model
    def _notify_reminded(self, lines):
        lines._notify_people(
            lambda env, term: (
                env._("You have not confirmed yet that you read it. The term: %(term)s.", term=term)
                if term
                else env._("You have not confirmed yet that you read it.")
            )
        )
        lines.write({"reminded_on": fields.Datetime.now().date()})

    def _notify_people(self, get_text):
        """One message for all people of one document, one term and one language."""
        active = self.filtered("user_id.active")
        for (model, res_id, deadline, lang, tz), lines in active.grouped(
            lambda line: (line.res_model, line.res_id, line.deadline, line.user_id.lang, line.user_id.tz)
        ).items():
            record = self.env[model].browse(res_id).with_context(lang=lang)
            term = deadline and format_datetime(record.env, deadline, tz=tz or "UTC", dt_format="short")
            record.message_notify(
                partner_ids=lines.user_id.partner_id.ids,
                subject=record.display_name,
                body=get_text(record.env, term),
                author_id=lines.approval_id.requested_by_id[:1].partner_id.id,
                force_send=False,
            )
