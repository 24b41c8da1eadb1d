from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Rows of several tables share one list; each source keeps its ids apart by a number of its own.
SOURCE_COUNT = 16
OPEN_STATUSES = ("open", "planned", "overdue", "no_result")
_NOW = SQL("(now() AT TIME ZONE 'UTC')")


class PaydoxPartnerWork(models.Model):
    """Everything that is done, planned or open with counterparties, in one list. A view, not a table.

    The access rules of each source are a part of its SELECT, so a row is as readable as its record.
    An addon adds a source by ``_get_sources``, ``_get_link_columns`` and its kinds.
    """

    _name = "paydox.partner.work"
    _description = "Work with a Counterparty"
    _inherit = ["paydox.action.row"]
    _auto = False
    _order = "deadline desc, id desc"
    _rec_name = "kind"
    _depends = {
        "mail.activity": ["active", "activity_type_id", "date_deadline", "res_id", "res_model", "user_id"],
        "paydox.approval.line": ["company_id", "deadline", "document_id", "state", "user_id"],
        "paydox.case": ["case_kind", "closed_at", "company_id", "owner_id", "partner_id", "started_at", "state"],
        "paydox.case.question": ["asked_at", "company_id", "deadline", "partner_id", "state", "user_id"],
        "paydox.document": ["partner_id"],
        "paydox.instruction": [
            "assigned_at", "company_id", "controller_id", "deadline", "executor_id", "kind", "partner_id", "res_id",
            "res_model", "state",
        ],
        "paydox.interaction": ["channel", "company_id", "moment", "partner_id", "result", "state", "user_id"],
    }  # fmt: skip

    kind = fields.Selection(
        selection=[
            ("task", "Instruction"),
            ("reminder", "Reminder"),
            ("case", "Case"),
            ("claim", "Claim"),
            ("question", "Message to answer"),
            ("decision", "Document to decide"),
            ("call", "Call"),
            ("meeting", "Meeting"),
            ("visit", "Visit"),
            ("email", "E-mail"),
            ("sms", "SMS"),
            ("message", "Message"),
            ("activity", "Activity"),
            ("other", "Other"),
        ],
        string="Type",
        readonly=True,
    )
    status = fields.Selection(
        selection=[
            ("open", "Not closed"),
            ("planned", "Planned"),
            ("overdue", "Overdue"),
            ("no_result", "Result not entered"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
    )
    is_open = fields.Boolean(string="Not Closed", readonly=True)
    is_talk = fields.Boolean(string="Call, Meeting or Letter", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Counterparty", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Responsible", readonly=True)
    deadline = fields.Datetime(string="When", readonly=True, help="Until when, or when it was.")
    # the record
    instruction_id = fields.Many2one(comodel_name="paydox.instruction", readonly=True)
    case_id = fields.Many2one(comodel_name="paydox.case", readonly=True)
    question_id = fields.Many2one(comodel_name="paydox.case.question", readonly=True)
    line_id = fields.Many2one(comodel_name="paydox.approval.line", string="Decision", readonly=True)
    interaction_id = fields.Many2one(comodel_name="paydox.interaction", readonly=True)
    activity_id = fields.Many2one(comodel_name="mail.activity", readonly=True)
    subject = fields.Char(compute="_compute_subject")
    is_mine = fields.Boolean(string="Mine", compute="_compute_is_mine", search="_search_is_mine")

    # === TABLE QUERY === #

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(SQL("(%s)", source) for source in self._get_sources(self._is_readable))

    @api.model
    def _get_sources(self, is_readable):
        """One SELECT for each kind of record that the user may read at all, with the columns of ``_select_row``.

        :param is_readable: ``_is_readable``, or what says of every row that it is readable for a caller who asks later
        """
        sources = [self._select_interactions(is_readable), self._select_activities(is_readable)]
        if self.env["paydox.instruction"].has_access("read"):
            sources += self._select_instructions(is_readable)
        if self.env["paydox.case"].has_access("read"):
            sources += [self._select_cases(is_readable), self._select_questions(is_readable)]
        if self.env["paydox.approval.line"].has_access("read"):
            sources.append(self._select_decisions(is_readable))
        return sources

    @api.model
    def _get_link_columns(self):
        """``{column: model}`` that names the record of a row; one of them is filled in each row."""
        return {
            "instruction_id": "paydox.instruction",
            "case_id": "paydox.case",
            "question_id": "paydox.case.question",
            "line_id": "paydox.approval.line",
            "interaction_id": "paydox.interaction",
            "activity_id": "mail.activity",
        }

    @api.model
    def _select_row(self, source, link, rest, *, kind, status, partner, company, user, deadline, talk=None):
        """The columns of a row in their order.

        :param int source: number of the source, below ``SOURCE_COUNT``
        :param str link: which of the links is filled
        :param SQL rest: FROM and WHERE; the row is called ``row``
        """
        links = [
            SQL("%s AS %s", SQL("row.id") if name == link else SQL("NULL::integer"), SQL.identifier(name))
            for name in self._get_link_columns()
        ]
        return SQL(
            "SELECT row.id::bigint * %(count)s + %(source)s AS id, %(kind)s::varchar AS kind, "
            "%(status)s::varchar AS status, %(status)s IN %(open)s AS is_open, %(talk)s AS is_talk, "
            "%(partner)s AS partner_id, %(company)s AS company_id, %(user)s AS user_id, %(deadline)s AS deadline, "
            "%(links)s %(rest)s",
            count=SOURCE_COUNT,
            source=source,
            kind=kind,
            status=status,
            open=OPEN_STATUSES,
            talk=talk or SQL("FALSE"),
            partner=partner,
            company=company,
            user=user,
            deadline=deadline,
            links=SQL(", ").join(links),
            rest=rest,
        )

    @api.model
    def _is_readable(self, column, model):
        """Condition that the record of a row is one that the user reads."""
        readable = self.env[model].with_context(active_test=False)._search([])
        return SQL("%s IN (%s)", column, readable.select())

    @api.model
    def _select_instructions(self, is_readable):
        """Instructions about a contact, a document or a case of the counterparty; each comes once."""
        no_contact = SQL("row.partner_id IS NULL")
        ways = [
            (SQL("row.partner_id"), SQL(""), SQL("row.partner_id IS NOT NULL")),
            (SQL("row.res_id"), SQL(""), SQL("row.res_model = 'res.partner' AND row.partner_id IS NULL")),
        ]
        for table, model in (("paydox_document", "paydox.document"), ("paydox_case", "paydox.case")):
            join = SQL("JOIN %s about ON row.res_model = %s AND about.id = row.res_id", SQL.identifier(table), model)
            ways.append((SQL("about.partner_id"), join, no_contact))
        return [self._select_instruction(is_readable, *way) for way in ways]

    @api.model
    def _select_instruction(self, is_readable, partner, join, condition):
        talk = SQL("row.kind IN ('call', 'meeting')")
        return self._select_row(
            0,
            "instruction_id",
            SQL(
                "FROM paydox_instruction row %s WHERE %s AND row.state <> 'draft' AND %s",
                join,
                condition,
                is_readable(SQL("row.id"), "paydox.instruction"),
            ),
            kind=SQL("row.kind"),
            status=SQL(
                "CASE WHEN row.state IN ('done', 'cancelled') THEN row.state WHEN row.deadline < %s THEN 'overdue' "
                "WHEN %s THEN 'planned' ELSE 'open' END",
                _NOW,
                talk,
            ),
            partner=partner,
            company=SQL("row.company_id"),
            user=SQL("CASE WHEN row.state = 'reported' THEN row.controller_id ELSE row.executor_id END"),
            deadline=SQL("COALESCE(row.start, row.deadline, row.assigned_at)"),
            talk=talk,
        )

    @api.model
    def _select_cases(self, is_readable):
        return self._select_row(
            1,
            "case_id",
            SQL(
                "FROM paydox_case row WHERE row.state <> 'draft' AND %s",
                is_readable(SQL("row.id"), "paydox.case"),
            ),
            kind=SQL("CASE WHEN row.case_kind = 'general' THEN 'case' ELSE 'claim' END"),
            status=SQL("CASE WHEN row.state = 'running' THEN 'open' ELSE row.state END"),
            partner=SQL("row.partner_id"),
            company=SQL("row.company_id"),
            user=SQL("row.owner_id"),
            deadline=SQL("COALESCE(row.closed_at, row.started_at)"),
        )

    @api.model
    def _select_questions(self, is_readable):
        return self._select_row(
            2,
            "question_id",
            SQL("FROM paydox_case_question row WHERE %s", is_readable(SQL("row.id"), "paydox.case.question")),
            kind=SQL("'question'"),
            status=SQL(
                "CASE row.state WHEN 'answered' THEN 'done' WHEN 'withdrawn' THEN 'cancelled' "
                "ELSE CASE WHEN row.deadline < %s THEN 'overdue' ELSE 'open' END END",
                _NOW,
            ),
            partner=SQL("row.partner_id"),
            company=SQL("row.company_id"),
            user=SQL("row.user_id"),
            deadline=SQL("COALESCE(row.deadline, row.asked_at)"),
        )

    @api.model
    def _select_decisions(self, is_readable):
        """Decisions on documents of the counterparty that wait; those that were taken are in the timeline."""
        return self._select_row(
            3,
            "line_id",
            SQL(
                "FROM paydox_approval_line row JOIN paydox_document document ON document.id = row.document_id "
                "WHERE row.state = 'pending' AND %s",
                is_readable(SQL("row.id"), "paydox.approval.line"),
            ),
            kind=SQL("'decision'"),
            status=SQL("CASE WHEN row.deadline < %s THEN 'overdue' ELSE 'open' END", _NOW),
            partner=SQL("document.partner_id"),
            company=SQL("row.company_id"),
            user=SQL("row.user_id"),
            deadline=SQL("row.deadline"),
        )

    @api.model
    def _select_interactions(self, is_readable):
        return self._select_row(
            4,
            "interaction_id",
            SQL("FROM paydox_interaction row WHERE %s", is_readable(SQL("row.id"), "paydox.interaction")),
            kind=SQL("row.channel"),
            status=SQL(
                "CASE WHEN row.state = 'planned' AND row.moment < %s THEN 'overdue' "
                "WHEN row.state = 'done' AND row.channel IN ('call', 'meeting', 'visit') "
                "AND COALESCE(row.result, '') = '' THEN 'no_result' ELSE row.state END",
                _NOW,
            ),
            partner=SQL("row.partner_id"),
            company=SQL("row.company_id"),
            user=SQL("row.user_id"),
            deadline=SQL("row.moment"),
            talk=SQL("TRUE"),
        )

    @api.model
    def _select_activities(self, is_readable):
        """Activities on counterparties: one's own and, as everywhere, those on counterparties that one may change."""
        writable = self.env["res.partner"].has_access("write")
        return self._select_row(
            5,
            "activity_id",
            SQL(
                "FROM mail_activity row LEFT JOIN mail_activity_type type ON type.id = row.activity_type_id "
                "WHERE row.res_model = 'res.partner' AND row.active AND %s AND (%s OR row.user_id = %s)",
                is_readable(SQL("row.res_id"), "res.partner"),
                writable,
                self.env.uid,
            ),
            kind=SQL(
                "CASE type.category WHEN 'phonecall' THEN 'call' WHEN 'meeting' THEN 'meeting' ELSE 'activity' END"
            ),
            status=SQL("CASE WHEN row.date_deadline < %s::date THEN 'overdue' ELSE 'planned' END", _NOW),
            partner=SQL("row.res_id"),
            company=SQL("NULL::integer"),
            user=SQL("row.user_id"),
            deadline=SQL("row.date_deadline::timestamp"),
            talk=SQL("COALESCE(type.category IN ('phonecall', 'meeting'), FALSE)"),
        )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_subject(self):
        for row in self:
            row.subject = row._get_subject()

    def _get_subject(self):
        self.ensure_one()
        if self.activity_id:
            # sudo: who reads the counterparty reads what is planned with it
            activity_sudo = self.activity_id.sudo()
            return activity_sudo.summary or activity_sudo.activity_type_id.name
        if self.line_id:
            return self.line_id.record_name
        if self.question_id:
            return self.question_id.text
        return (self.instruction_id or self.case_id or self.interaction_id).display_name

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        people = self.env.user.document_principal_ids
        for row in self:
            row.is_mine = row.user_id in people

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("user_id", "in", self.env.user.document_principal_ids.ids)
        return mine if True in value else ~mine
