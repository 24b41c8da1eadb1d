from odoo import api, fields, models
from odoo.tools import SQL

# Acts that are decided on by the term of a person; reading and votes have sheets of their own.
DECISION_KINDS = ("approve", "confirm", "sign")


class PaydoxDisciplineReport(models.Model):
    """Executive discipline: every instruction and decision with a term, and whether it came in time.

    Each reader sees the rows of what he may read: the queries below ask the access rules of instructions and decisions.
    """

    _name = "paydox.discipline.report"
    _description = "Executive Discipline"
    _auto = False
    _order = "deadline desc, id desc"
    _rec_name = "user_id"

    item = fields.Selection(
        selection=[("instruction", "Instruction"), ("decision", "Decision")], string="What", readonly=True
    )
    instruction_id = fields.Many2one(comodel_name="paydox.instruction", readonly=True)
    line_id = fields.Many2one(comodel_name="paydox.approval.line", string="Decision", readonly=True)
    record_name = fields.Char(string="Subject", compute="_compute_record_name")
    user_id = fields.Many2one(comodel_name="res.users", string="Person", readonly=True)
    department_id = fields.Many2one(comodel_name="hr.department", readonly=True)
    author_id = fields.Many2one(comodel_name="res.users", string="Given By", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    asked_at = fields.Datetime(string="Given On", readonly=True)
    deadline = fields.Datetime(string="Term", readonly=True, help="The last term that was agreed.")
    done_at = fields.Datetime(string="Done On", readonly=True)
    result = fields.Selection(
        selection=[
            ("in_time", "In time"),
            ("late", "Done late"),
            ("overdue", "Not done, overdue"),
            ("running", "Term not over"),
        ],
        readonly=True,
    )
    delay_reason_id = fields.Many2one(comodel_name="paydox.delay.reason", string="Kind of Delay", readonly=True)
    delay_reason = fields.Text(string="Reason of Delay", readonly=True)
    # numbers
    in_time_count = fields.Integer(string="In Time", readonly=True)
    late_count = fields.Integer(string="Done Late", readonly=True)
    overdue_count = fields.Integer(string="Not Done, Overdue", readonly=True)
    running_count = fields.Integer(string="Term Not Over", readonly=True)
    extension_count = fields.Integer(string="Extensions", readonly=True)
    delay_hours = fields.Float(
        string="Delay, Working Hours",
        readonly=True,
        aggregator="avg",
        help="Of what was done late: working time between the term and the end. The sum of many is their average.",
    )

    _depends = {
        "paydox.instruction": [
            "state", "executor_id", "author_id", "company_id", "assigned_at", "deadline", "reported_at", "closed_at",
            "late_hours", "extension_count", "delay_reason_id",
        ],
        "paydox.approval.line": [
            "state", "kind", "user_id", "department_id", "company_id", "requested_at", "deadline", "decided_at", "action",
            "hours_late", "delay_reason_id", "delay_reason", "approval_id",
        ],
        "paydox.approval": ["requested_by_id"],
        "hr.employee": ["user_id", "company_id"],
        "hr.version": ["department_id"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._select_instructions(), self._select_decisions())

    # === QUERIES === #

    def _select_instructions(self):
        """What was executed counts from the report; a returned one is open again."""
        done_at = SQL("COALESCE(i.reported_at, i.closed_at)")
        is_done = SQL("i.state IN ('reported', 'done')")
        return SQL(
            """
            SELECT i.id * 2 AS id,
                   'instruction' AS item,
                   i.id AS instruction_id,
                   NULL::integer AS line_id,
                   i.executor_id AS user_id,
                   employee.department_id AS department_id,
                   i.author_id AS author_id,
                   i.company_id AS company_id,
                   i.assigned_at AS asked_at,
                   i.deadline AS deadline,
                   CASE WHEN %(is_done)s THEN %(done_at)s END AS done_at,
                   i.delay_reason_id AS delay_reason_id,
                   NULL::text AS delay_reason,
                   COALESCE(i.extension_count, 0) AS extension_count,
                   %(hours)s AS delay_hours,
                   %(results)s
              FROM paydox_instruction i
         LEFT JOIN LATERAL (
                   SELECT v.department_id
                     FROM hr_employee e
                     JOIN hr_version v ON v.id = e.current_version_id
                    WHERE e.user_id = i.executor_id AND e.company_id = i.company_id
                 ORDER BY e.active DESC, e.id DESC
                    LIMIT 1
                   ) employee ON TRUE
             WHERE i.state IN ('assigned', 'in_progress', 'reported', 'done')
               AND i.deadline IS NOT NULL
               AND i.executor_id IS NOT NULL
               AND i.id IN %(readable)s
            """,
            is_done=is_done,
            done_at=done_at,
            hours=SQL("CASE WHEN %s AND %s > i.deadline THEN i.late_hours END", is_done, done_at),
            results=self._select_results(SQL("i.deadline"), is_done, done_at),
            readable=self.env["paydox.instruction"]._search([]).subselect(),
        )

    def _select_decisions(self):
        """Decisions of routes that have a term; what was not needed or handed over is nobody's delay."""
        is_done = SQL("l.state IN ('agreed', 'remarks', 'refused')")
        return SQL(
            """
            SELECT l.id * 2 + 1 AS id,
                   'decision' AS item,
                   NULL::integer AS instruction_id,
                   l.id AS line_id,
                   l.user_id AS user_id,
                   l.department_id AS department_id,
                   a.requested_by_id AS author_id,
                   l.company_id AS company_id,
                   l.requested_at AS asked_at,
                   l.deadline AS deadline,
                   l.decided_at AS done_at,
                   l.delay_reason_id AS delay_reason_id,
                   l.delay_reason AS delay_reason,
                   0 AS extension_count,
                   CASE WHEN %(is_done)s AND l.decided_at > l.deadline THEN l.hours_late END AS delay_hours,
                   %(results)s
              FROM paydox_approval_line l
              JOIN paydox_approval a ON a.id = l.approval_id
             WHERE l.deadline IS NOT NULL
               AND l.kind IN %(kinds)s
               AND (l.state = 'pending' OR (%(is_done)s AND COALESCE(l.action, '') NOT IN ('carry', 'repeat')))
               AND l.id IN %(readable)s
            """,
            is_done=is_done,
            kinds=DECISION_KINDS,
            results=self._select_results(SQL("l.deadline"), is_done, SQL("l.decided_at")),
            readable=self.env["paydox.approval.line"]._search([]).subselect(),
        )

    @api.model
    def _select_results(self, deadline, is_done, done_at):
        """The result as a word, and as a number for each word, so that all of them are summed alike."""
        now = fields.Datetime.now()
        result = SQL(
            """CASE WHEN %(is_done)s THEN CASE WHEN %(done_at)s > %(deadline)s THEN 'late' ELSE 'in_time' END
                    WHEN %(deadline)s < %(now)s THEN 'overdue' ELSE 'running' END""",
            is_done=is_done,
            done_at=done_at,
            deadline=deadline,
            now=now,
        )
        counts = (
            SQL("(%s = %s)::integer AS %s", result, word, SQL.identifier(f"{word}_count"))
            for word in ("in_time", "late", "overdue", "running")
        )
        return SQL(", ").join((SQL("%s AS result", result), *counts))

    # === COMPUTE METHODS === #

    @api.depends("instruction_id", "line_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        for row in self:
            row.record_name = row.instruction_id.display_name or row.line_id.record_name

    # === ACTIONS === #

    def action_open_record(self):
        """Open the instruction, or what was to be decided on."""
        self.ensure_one()
        self.check_access("read")
        if self.line_id:
            return self.line_id.action_open_record()
        return {
            "type": "ir.actions.act_window",
            "res_model": "paydox.instruction",
            "res_id": self.instruction_id.id,
            "views": [(False, "form")],
        }
