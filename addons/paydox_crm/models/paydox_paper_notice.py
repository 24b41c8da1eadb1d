import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What a stopped scheduler missed still goes out within these days.
LOOKBACK_DAYS = 30
PEOPLE_BATCH = 20
NOTICES_BATCH = 20_000

_logger = logging.getLogger(__name__)


class PaydoxPaperNotice(models.Model):
    """Ledger of the notices of papers that end: who is told of which end at which threshold, once."""

    _name = "paydox.paper.notice"
    _description = "Notice of a Paper"
    _inherit = ["paydox.protected"]
    _order = "id desc"

    document_id = fields.Many2one(
        comodel_name="paydox.document", string="Paper", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="cascade")
    valid_to = fields.Date(required=True, readonly=True)
    days_before = fields.Integer(
        required=True, readonly=True, help="Which threshold; -1: it has ended.", aggregator=None
    )
    told_at = fields.Datetime(readonly=True, help="Empty: it goes out with the next run of the job.")

    _once = models.UniqueIndex("(document_id, valid_to, days_before, user_id)", "This person was already told.")
    _untold_idx = models.Index("(user_id) WHERE told_at IS NULL")

    # === CRON ===#

    @api.model
    def _cron_tell(self):
        """Note what is due, then tell each person in one message. Both parts can be cut short and are taken up again."""
        cron = self.env["ir.cron"]
        kinds = self.env["paydox.document.kind"].with_context(active_test=False).search(self._get_kind_domain())
        thresholds = [(kind, days) for kind in kinds for days in (*kind._get_reminder_days(), -1)]
        for place, (kind, days_before) in enumerate(thresholds, start=1):
            self._note_due(kind, days_before)
            # Something remains until everybody is told, so that what is cut short goes on at once.
            if not cron._commit_progress(1, remaining=len(thresholds) - place + 1):
                return
        # Each person is tried once in a run: whose rows somebody else works on, or who cannot be told, waits for the next.
        untold = self._count_untold()
        while untold:
            people = self._take_people(untold)
            self._tell_each(people)
            if not cron._commit_progress(len(people), remaining=len(untold)):
                return
            # What was loaded for some is of no use to the next: the memory stays flat.
            self.env.invalidate_all(flush=False)
        cron._commit_progress(remaining=0)

    # === BUSINESS METHODS ===#

    @api.model
    def _get_kind_domain(self):
        return Domain("is_counterparty_paper", "=", True)

    @api.model
    def _note_due(self, kind, days_before):
        """Insert the notices of one threshold in one statement, however many papers are due."""
        documents = self.env["paydox.document"]
        live = self.env["res.partner"]._get_live_papers_domain()
        domain = Domain("kind_id", "=", kind.id) & live & ~documents._get_superseded_domain()
        domain &= Domain.OR(
            Domain("company_id", "in", company_ids) & self._get_due_domain(days_before, day)
            for day, company_ids in documents._get_companies_by_day().items()
        )
        query = documents._search(domain)
        alias = query.table
        responsible = query.left_join(alias, "responsible_id", "res_users", "id", "responsible")
        author = query.left_join(alias, "author_id", "res_users", "id", "author")
        # Who was entered after the end is no news; who does not work here any more is not told.
        query.add_where(SQL("%s >= %s::date", SQL.identifier(alias, "valid_to"), SQL.identifier(alias, "create_date")))
        person = SQL(
            "CASE WHEN %(responsible)s AND NOT %(r_share)s THEN %(responsible_id)s "
            "WHEN %(author)s AND NOT %(a_share)s THEN %(author_id)s ELSE %(fallback)s END",
            responsible=SQL("COALESCE(%s, FALSE)", SQL.identifier(responsible, "active")),
            r_share=SQL("COALESCE(%s, FALSE)", SQL.identifier(responsible, "share")),
            responsible_id=SQL.identifier(responsible, "id"),
            author=SQL("COALESCE(%s, FALSE)", SQL.identifier(author, "active")),
            a_share=SQL("COALESCE(%s, FALSE)", SQL.identifier(author, "share")),
            author_id=SQL.identifier(author, "id"),
            fallback=self._get_fallback(kind, SQL.identifier(alias, "company_id")),
        )
        columns = query.select(
            SQL("%s AS document_id", SQL.identifier(alias, "id")),
            SQL("%s AS user_id", person),
            SQL("%s AS valid_to", SQL.identifier(alias, "valid_to")),
        )
        # Neither author nor editor: nobody wrote it, and each is a look at the users for every row.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO paydox_paper_notice (document_id, user_id, valid_to, days_before, create_date, write_date)
                     SELECT due.document_id, due.user_id, due.valid_to, %(days)s, %(now)s, %(now)s
                       FROM (%(due)s) AS due
                      WHERE due.user_id IS NOT NULL
                ON CONFLICT DO NOTHING
                """,
                days=days_before,
                now=fields.Datetime.now(),
                due=columns,
            )
        )

    @api.model
    def _get_due_domain(self, days_before, today):
        if days_before < 0:
            return Domain("valid_to", "<", today) & Domain("valid_to", ">=", today - timedelta(days=LOOKBACK_DAYS))
        return Domain("valid_to", ">=", today) & Domain("valid_to", "<=", today + timedelta(days=days_before))

    @api.model
    def _get_fallback(self, kind, company):
        """Who is told when neither the responsible nor the author works here any more, somebody of the company of the paper.

        :param SQL company: column of the company
        """
        managers = self.env.ref("paydox_edms.paydox_edms_group_manager").all_user_ids - self.env.ref("base.user_root")
        people = (kind.paper_fallback_id | managers.sorted("id")).filtered(lambda user: user.active and not user.share)
        cases = [
            SQL("WHEN %s THEN %s", company_id, fallback.id)
            for company_id in self.env["res.company"].search([("active", "=", True)]).ids
            if (fallback := people.filtered(lambda user: company_id in user.company_ids.ids)[:1])  # noqa: B023
        ]
        return SQL("CASE %s %s END", company, SQL(" ").join(cases)) if cases else SQL("NULL")

    @api.model
    def _count_untold(self):
        """``{user id: number of notices}`` of those who are to be told."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT user_id, COUNT(*) FROM paydox_paper_notice"
                    " WHERE told_at IS NULL GROUP BY user_id ORDER BY user_id DESC"
                )
            )
        )

    @api.model
    def _take_people(self, untold):
        """The next of them: not too many, nor with too many notices, which are all in memory at once."""
        user_ids, notices = [], 0
        while untold and len(user_ids) < PEOPLE_BATCH and notices < NOTICES_BATCH:
            user_id, count = untold.popitem()
            user_ids.append(user_id)
            notices += count
        return self.env["res.users"].browse(user_ids)

    @api.model
    def _tell_each(self, people):
        try:
            with self.env.cr.savepoint():
                self._tell(people)
        except Exception:
            if len(people) == 1:
                _logger.exception("User %s could not be told of the papers that end", people.id)
                return
            # Whoever cannot be told must not keep the news from the others.
            for user in people:
                self._tell_each(user)

    @api.model
    def _tell(self, people):
        """One message to each, in his language: what ends, what has ended; papers he may not read are left out."""
        due = self._claim(people)
        self.env["paydox.paper.digest"]._send({user: due[user] for user in people if user.active and user in due})

    @api.model
    def _claim(self, people):
        """Take what the people are to be told of; what somebody else works on at this moment waits for the next run.

        :return: ``{user: [paper ids]}``
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE paydox_paper_notice
                   SET told_at = %s
                 WHERE id IN (
                       SELECT id FROM paydox_paper_notice
                        WHERE told_at IS NULL AND user_id IN %s
                          FOR UPDATE SKIP LOCKED
                       )
             RETURNING user_id, document_id
                """,
                fields.Datetime.now(),
                people._ids,
            )
        )
        self.invalidate_model(["told_at"], flush=False)
        due = defaultdict(set)
        for user_id, paper_id in rows:
            due[people.browse(user_id)].add(paper_id)
        return due
