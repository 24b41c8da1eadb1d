from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Rows of several tables share one list; each source keeps its ids apart by a number of its own.
SOURCE_COUNT = 8


class PaydoxCaseAction(models.Model):
    """What waits for people: questions to answer, decisions to take, steps to start and to mark. A view, not a table.

    Each row belongs to a record of its source; who may not read that record does not see the row.
    """

    _name = "paydox.case.action"
    _description = "Open Action"
    _inherit = ["paydox.action.row"]
    _auto = False
    _order = "deadline, id"
    _rec_name = "kind"
    _depends = {
        "paydox.approval.line": ["approval_id", "document_id", "user_id", "company_id", "deadline", "state"],
        "paydox.case": ["owner_id", "partner_id", "state"],
        "paydox.case.question": ["case_id", "partner_id", "company_id", "user_id", "deadline", "state"],
        "paydox.case.step": [
            "case_id", "company_id", "deadline", "state", "kind", "approval_id", "document_id", "responsible_ids"
        ],
        "paydox.document": ["partner_id"],
    }  # fmt: skip

    kind = fields.Selection(
        selection=[
            ("question", "To answer"),
            ("decision", "To decide"),
            ("step", "To do"),
            ("ready", "To start"),
        ],
        string="What",
        readonly=True,
    )
    case_id = fields.Many2one(comodel_name="paydox.case", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Counterparty", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Waits For", readonly=True)
    deadline = fields.Datetime(readonly=True)
    # the record
    question_id = fields.Many2one(comodel_name="paydox.case.question", readonly=True)
    line_id = fields.Many2one(comodel_name="paydox.approval.line", string="Decision", readonly=True)
    step_id = fields.Many2one(comodel_name="paydox.case.step", readonly=True)
    subject = fields.Char(string="What to Do", compute="_compute_subject")
    # for whoever looks
    is_mine = fields.Boolean(string="Mine", compute="_compute_is_mine", search="_search_is_mine")
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    is_readable = fields.Boolean(
        compute="_compute_is_readable", search="_search_is_readable", help="For the access rule."
    )

    # === TABLE QUERY === #

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(SQL("(%s)", source) for source in self._get_sources())

    @api.model
    def _get_sources(self):
        """One SELECT for each kind of record, with the columns of ``_select_row``."""
        return [self._select_questions(), self._select_decisions(), self._select_steps()]

    @api.model
    def _get_link_columns(self):
        """Columns that name the record of a row; one of them is filled in each row."""
        return ["question_id", "line_id", "step_id"]

    @api.model
    def _select_row(self, source, link, kind, columns):
        """The columns of a row in their order.

        :param int source: number of the source, below ``SOURCE_COUNT``
        :param str link: which of the links is filled, with the ``id`` of the source
        :param SQL kind: the kind of the row
        :param dict columns: SQL of the other columns
        """
        links = [
            SQL("%s AS %s", columns["id"] if name == link else SQL("NULL::integer"), SQL.identifier(name))
            for name in self._get_link_columns()
        ]
        return SQL(
            "%(id)s::bigint * %(count)s + %(source)s AS id, %(kind)s AS kind, %(case)s AS case_id, "
            "%(partner)s AS partner_id, %(company)s AS company_id, %(user)s AS user_id, %(deadline)s AS deadline, "
            "%(links)s",
            id=columns["id"],
            count=SOURCE_COUNT,
            source=source,
            kind=kind,
            case=columns["case_id"],
            partner=columns["partner_id"],
            company=columns["company_id"],
            user=columns["user_id"],
            deadline=columns["deadline"],
            links=SQL(", ").join(links),
        )

    @api.model
    def _select_questions(self):
        names = ("id", "case_id", "partner_id", "company_id", "user_id", "deadline")
        return SQL(
            "SELECT %s FROM paydox_case_question question WHERE question.state = 'open'",
            self._select_row(
                0, "question_id", SQL("'question'"), {name: SQL.identifier("question", name) for name in names}
            ),
        )

    @api.model
    def _select_decisions(self):
        """All decisions that wait, those of cases and the others; the case is the one whose step they belong to."""
        columns = {
            "id": SQL("line.id"),
            "case_id": SQL("link.case_id"),
            "partner_id": SQL("COALESCE(document.partner_id, link.partner_id)"),
            "company_id": SQL("line.company_id"),
            "user_id": SQL("line.user_id"),
            "deadline": SQL("line.deadline"),
        }
        return SQL(
            """
            SELECT %s
              FROM paydox_approval_line line
         LEFT JOIN paydox_document document ON document.id = line.document_id
         LEFT JOIN LATERAL (
                   SELECT step.case_id, step_case.partner_id
                     FROM paydox_case_step step
                     JOIN paydox_case step_case ON step_case.id = step.case_id
                    WHERE step.approval_id = line.approval_id OR step.document_id = line.document_id
                 ORDER BY step.id
                    LIMIT 1
                   ) link ON TRUE
             WHERE line.state = 'pending'
            """,
            self._select_row(1, "line_id", SQL("'decision'"), columns),
        )

    @api.model
    def _select_steps(self):
        """Steps that a person marks himself: what they made stands in the list by itself."""
        columns = {
            "id": SQL("step.id"),
            "case_id": SQL("step.case_id"),
            "partner_id": SQL("step_case.partner_id"),
            "company_id": SQL("step_case.company_id"),
            "user_id": SQL(
                """
                COALESCE(
                    (SELECT MIN(user_id) FROM paydox_case_step_responsible_rel rel WHERE rel.step_id = step.id),
                    step_case.owner_id
                )
                """
            ),
            "deadline": SQL("step.deadline"),
        }
        kind = SQL("CASE WHEN step.state = 'ready' THEN 'ready' ELSE 'step' END")
        return SQL(
            """
            SELECT %s
              FROM paydox_case_step step
              JOIN paydox_case step_case ON step_case.id = step.case_id AND step_case.state = 'running'
             WHERE %s
            """,
            self._select_row(2, "step_id", kind, columns),
            self._get_step_condition(),
        )

    @api.model
    def _get_step_condition(self):
        """Which steps are rows; what has a record of its own is left to that record."""
        return SQL(
            "step.state = 'ready' OR (step.state = 'active' AND step.kind IN %s "
            "AND step.approval_id IS NULL AND step.document_id IS NULL)",
            self._get_step_kinds(),
        )

    @api.model
    def _get_step_kinds(self):
        return ("instruction", "call", "meeting", "message", "milestone")

    # === COMPUTE METHODS === #

    @api.depends("kind")
    @api.depends_context("uid", "lang")
    def _compute_subject(self):
        for row in self:
            row.subject = row._get_subject()

    def _get_subject(self):
        self.ensure_one()
        if self.question_id:
            return self.question_id.text
        return self.line_id.record_name if self.line_id else self.step_id.name

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_mine_domain())
        for row in self:
            row.is_mine = row in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_mine_domain() if True in value else ~self._get_mine_domain()

    @api.model
    def _get_mine_domain(self):
        """What waits for the current user, or for whom he substitutes."""
        people = self.env.user.document_principal_ids.ids
        several = Domain("step_id.responsible_ids", "in", people)
        return Domain("user_id", "in", people) | (Domain("step_id", "!=", False) & several)

    @api.depends("deadline")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for row in self:
            row.is_late = bool(row.deadline and row.deadline < now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("deadline", "<", fields.Datetime.now())
        return domain if True in value else ~domain

    @api.depends("kind")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_readable(self):
        readable = self.browse()
        for name in self._get_link_columns():
            # The rule asks as superuser; the answer is the one of the person.
            records = self.sudo().mapped(name).sudo(False)
            allowed = set(records.exists()._filtered_access("read")._ids)
            readable |= self.filtered(lambda row, name=name, allowed=allowed: row.sudo()[name].id in allowed)
        for row in self:
            row.is_readable = row in readable

    def _search_is_readable(self, operator, value):
        """The rules of each source, as they are for the person who looks."""
        if operator != "in" or True not in value:
            return NotImplemented
        return Domain.OR(
            Domain(name, "in", self.env[self._fields[name].comodel_name].sudo(False)._search([]))
            for name in self._get_link_columns()
        )
