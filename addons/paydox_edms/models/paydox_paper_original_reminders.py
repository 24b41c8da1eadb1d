import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .paydox_paper_original import OUT_STATES

_logger = logging.getLogger(__name__)

BATCH = 200
# Days after the term at which the heads and the responsible person hear of it.
ESCALATION_DAYS = 7
REMINDED, ESCALATED = 1, 2


class PaydoxPaperOriginal(models.Model):
    """Papers that do not come back: who is reminded, once for each term and level.

    The level stands on the paper and is written in the transaction that makes the reminders, so a job that is killed or
    misses days neither repeats nor drops one. A new term starts again.
    """

    _inherit = "paydox.paper.original"

    # === CRON === #

    @api.model
    def _cron_remind(self):
        """Remind of the papers that are due, in batches that survive a kill."""
        last_id = 0
        while True:
            domain = self._get_to_remind_domain() & Domain("id", ">", last_id)
            found = self.search(domain, limit=BATCH, order="id")
            if not found:
                break
            last_id = found[-1].id
            found.try_lock_for_update()._remind()
            remaining = self.search_count(self._get_to_remind_domain() & Domain("id", ">", last_id))
            if not self.env["ir.cron"]._commit_progress(len(found), remaining=remaining):
                break

    @api.model
    def _get_to_remind_domain(self):
        today = fields.Date.context_today(self)
        gone = Domain("holder_user_id.active", "=", False) & Domain("holder_user_id", "!=", False)
        first = Domain("reminder_level", "<", REMINDED) & (Domain("date_due", "<", today) | gone)
        late = Domain("date_due", "<", today - timedelta(days=ESCALATION_DAYS))
        return Domain("state", "in", OUT_STATES) & (first | (Domain("reminder_level", "<", ESCALATED) & late))

    def _remind(self):
        try:
            with self.env.cr.savepoint():
                self._remind_batch()
        except Exception:
            if len(self) == 1:
                # One paper must not stop the others; it is tried again by the next run.
                _logger.exception("No reminder for the paper original %s", self.id)
                return
            for original in self:
                original._remind()

    def _remind_batch(self):
        limit = fields.Date.context_today(self) - timedelta(days=ESCALATION_DAYS)
        escalated = self.filtered(lambda original: original.date_due and original.date_due < limit)
        heads = self._get_heads()
        recipients = {
            original: original._get_recipients(original in escalated, heads.get(original.holder_user_id))
            for original in self
        }
        # One activity for a paper and a person: what the first level asked for is still asked by the second.
        self.activity_unlink(["paydox_edms.mail_activity_type_return"])
        self.env["mail.activity"].create(
            [original._prepare_reminder(user) for original, users in recipients.items() for user in users]
        )
        escalated.write({"reminder_level": ESCALATED})
        (self - escalated).write({"reminder_level": REMINDED})

    # === HELPERS === #

    def _get_heads(self):
        """Head of the department by holder, active heads only."""
        employees = (
            self.env["hr.employee"]
            .with_context(active_test=False)
            .search([("user_id", "in", self.holder_user_id.ids), ("company_id", "in", self.company_id.ids)])
        )
        return {
            employee.user_id: employee.department_id.manager_id.user_id
            for employee in employees
            if employee.department_id.manager_id.user_id.active
        }

    def _get_recipients(self, is_escalated, head):
        """Who has the paper and who gave it out; at the second level also those above."""
        self.ensure_one()
        keeper = self.place_id.keeper_id.filtered("active") or self.issued_by_id.filtered("active")
        users = keeper | self.holder_user_id.filtered("active")
        is_gone = self.holder_user_id and not self.holder_user_id.active
        if head and (is_gone or is_escalated):
            users |= head
        if (is_escalated and not head) or not keeper:
            users |= self.document_id.responsible_id.filtered("active")
        return self._keep_readers(users) or self.document_id.author_id

    def _keep_readers(self, users):
        return users.filtered(
            lambda user: self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).has_access("read")
        )

    def _prepare_reminder(self, user):
        """The activity for one person, in his language.

        It names the paper and not the document: whoever reads the paper reads its activities, also those of others.
        """
        self.ensure_one()
        env = self.with_context(lang=user.lang).env
        if user == self.holder_user_id:
            summary = env._("Return the paper original %(paper)s", paper=self.display_name)
        else:
            summary = env._(
                "Get the paper original %(paper)s back from %(holder)s",
                paper=self.display_name,
                holder=self.holder_id.display_name,
            )
        note = self.date_due and env._("To be returned by %(date)s.", date=format_date(env, self.date_due))
        return {
            "res_model_id": env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": user.id,
            "activity_type_id": self.env.ref("paydox_edms.mail_activity_type_return").id,
            "summary": summary,
            "note": note,
            "date_deadline": self.date_due or fields.Date.context_today(self),
            "automated": True,
        }
