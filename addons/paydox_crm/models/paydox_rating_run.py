from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools.jobs import wake

BATCH = 1000
_JOB = "paydox_crm.ir_cron_rating"


class PaydoxRatingRun(models.Model):
    """One pass over all counterparties: how far it got, so that what was cut short goes on from there.

    A pass works out the figures of a batch by one statement a criterion and writes only what differs from the latest row.
    """

    _name = "paydox.rating.run"
    _description = "Pass of the Rating"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "date"

    date = fields.Date(required=True, readonly=True)
    formula_id = fields.Many2one(
        comodel_name="paydox.rating.formula", required=True, readonly=True, ondelete="cascade", index=True
    )
    last_partner_id = fields.Integer(readonly=True, help="Counterparties up to this number are done.")
    changed_count = fields.Integer(
        readonly=True, string="Changed", help="How many counterparties are rated differently."
    )
    done_at = fields.Datetime(readonly=True, help="Empty: it goes on.")

    _once_a_day = models.UniqueIndex("(date, formula_id)", "There is one pass a day.")

    # === CRON === #

    @api.model
    def _cron_run(self):
        """Rate what changed today, then everybody once a day: terms pass without anybody touching them."""
        cron = self.env["ir.cron"]
        formula = self.env["paydox.rating.formula"]._get_published()
        if not formula:
            return
        today = self.env["res.partner"]._get_requisites_today()
        self.env["paydox.rating.override"]._end_due(today)._queue_rating()
        while partner_ids := self._take_queued():
            self._rate(partner_ids, formula)
            if not cron._commit_progress(len(partner_ids), remaining=self._count_queued() or 1):
                return
        run = self.search([("date", "=", today), ("formula_id", "=", formula.id)])
        run = run or self.create({"date": today, "formula_id": formula.id})
        while not run.done_at:
            partner_ids = self._get_batch(run.last_partner_id)
            run._go_on(partner_ids, formula)
            self.env.flush_all()
            if not cron._commit_progress(len(partner_ids), remaining=0 if run.done_at else 1):
                return
            # What one batch loaded is of no use to the next: the memory stays flat.
            self.env.invalidate_all(flush=False)

    # === BUSINESS METHODS === #

    def _go_on(self, partner_ids, formula):
        self.ensure_one()
        if not partner_ids:
            self.write({"done_at": fields.Datetime.now()})
            self.search([("date", "<", self.date - timedelta(days=60))]).unlink()
            return
        changed = self._rate(partner_ids, formula)
        self.write({"last_partner_id": partner_ids[-1], "changed_count": self.changed_count + changed})

    @api.model
    def _rate(self, partner_ids, formula):
        """Rate a batch. :return: how many counterparties are rated differently from before"""
        locked = self._lock(partner_ids)
        if busy := set(partner_ids) - locked:
            # Somebody is changing these cards at the moment.
            self.env["res.partner"].browse(busy)._queue_rating()
        return self.env["res.partner"].browse(sorted(locked))._rate(formula)

    @api.model
    def _lock(self, partner_ids):
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE id IN %s ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
                tuple(partner_ids) or (0,),
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _get_batch(self, last_id):
        """The next counterparties: organisations and people without an employer, our own companies left out."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner
                 WHERE id > %s AND commercial_partner_id = id AND active
                   AND NOT EXISTS (SELECT FROM res_company company WHERE company.partner_id = res_partner.id)
              ORDER BY id LIMIT %s
                """,
                last_id or 0,
                BATCH,
            )
        )
        return [row[0] for row in rows]

    # === QUEUE === #

    @api.model
    def _take_queued(self):
        """Take a batch out of the queue: what is queued meanwhile comes with the next one."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH taken AS (
                    DELETE FROM paydox_rating_queue
                     WHERE id IN (SELECT id FROM paydox_rating_queue ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
                 RETURNING partner_id
                )
                SELECT DISTINCT partner.commercial_partner_id
                  FROM taken JOIN res_partner partner ON partner.id = taken.partner_id ORDER BY 1
                """,
                BATCH,
            )
        )
        return [row[0] for row in rows if row[0]]

    @api.model
    def _count_queued(self):
        return self.env["paydox.rating.queue"].search_count([])

    @api.model
    def _wake(self):
        wake(self.env, _JOB)

    @api.model
    def _wake_at(self, last_days):
        """Let the job run when the days after ``last_days`` begin."""
        if last_days and (job := self.env.ref(_JOB, raise_if_not_found=False)):
            starts = [self.env["res.partner"]._get_start_of_day(day + timedelta(days=1)) for day in last_days]
            # sudo: business users have no access to the jobs
            job.sudo()._trigger(at=starts)


class PaydoxRatingQueue(models.Model):
    """Counterparties whose facts changed and who are rated with the next run of the job. Rows may repeat."""

    _name = "paydox.rating.queue"
    _description = "To Be Rated"
    _inherit = ["paydox.protected"]
    _order = "id"
    _log_access = False

    partner_id = fields.Many2one(comodel_name="res.partner", required=True, ondelete="cascade", index=True)
