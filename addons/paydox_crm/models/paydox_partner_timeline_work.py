from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.timeline import join_words
from .paydox_partner_timeline import TimelineSource


class PaydoxPartnerTimeline(models.AbstractModel):
    """Instructions, cases, questions, calls and meetings in the timeline."""

    _inherit = "paydox.partner.timeline"

    # === HOOKS === #

    @api.model
    def _get_timeline_sources(self, scope):
        sources = super()._get_timeline_sources(scope)
        if self.env["paydox.instruction"].has_access("read"):
            sources.append(self._get_instruction_source(scope))
        if self.env["paydox.case"].has_access("read"):
            sources += self._get_case_sources(scope)
        if self.env["calendar.event"].has_access("read"):
            sources.append(self._get_meeting_source(scope))
        return [*sources, self._get_interaction_source(scope), self._get_activity_source(scope)]

    @api.model
    def _get_timeline_kinds(self):
        return super()._get_timeline_kinds() | {
            "instruction": (self.env._("Instructions"), "fa-tasks"),
            "case": (self.env._("Cases"), "fa-briefcase"),
            "claim": (self.env._("Claims"), "fa-exclamation-circle"),
            "call": (self.env._("Calls"), "fa-phone"),
            "meeting": (self.env._("Meetings"), "fa-users"),
        }

    @api.model
    def _get_guard_domain(self, model):
        domain = super()._get_guard_domain(model)
        return domain & self.env[model]._get_shown_domain() if model == "calendar.event" else domain

    @api.model
    def _get_timeline_words(self):
        words = super()._get_timeline_words()
        channels = self.env["paydox.interaction"]._fields["channel"]._description_selection(self.env)
        words |= {("interaction", code): label for code, label in channels}
        words |= {
            ("interaction", f"{code}_failed"): self.env._("%(channel)s: failed", channel=label)
            for code, label in channels
        }
        return words | join_words(
            {
                "instruction": {
                    "assigned": self.env._("Instruction given"),
                    "in_progress": self.env._("Instruction accepted"),
                    "reported": self.env._("Instruction reported"),
                    "done": self.env._("Instruction done"),
                    "cancelled": self.env._("Instruction cancelled"),
                },
                "case_started": {"case": self.env._("Case started"), "claim": self.env._("Claim registered")},
                "case_closed": {"done": self.env._("Closed"), "cancelled": self.env._("Cancelled")},
                "question": {"asked": self.env._("Question")},
                "answer": {"answered": self.env._("Answer")},
                "calendar": {"meeting": self.env._("Meeting")},
                "activity": {"done": self.env._("Activity done")},
            }
        )

    # === INSTRUCTIONS === #

    @api.model
    def _get_instruction_source(self, scope):
        self.env["paydox.instruction"].flush_model()
        self.env["paydox.instruction.transition"].flush_model()
        select = self._select_event(
            SQL(
                "FROM paydox_instruction_transition row JOIN paydox_instruction instruction "
                "ON instruction.id = row.instruction_id WHERE (instruction.partner_id IN %(family)s "
                "OR instruction.res_model = 'res.partner' AND instruction.res_id IN %(family)s) "
                "AND row.from_state IS DISTINCT FROM row.to_state AND row.to_state <> 'draft'",
                family=scope.family_ids,
            ),
            moment=SQL("row.occurred_at"),
            id=SQL("row.id"),
            kind=SQL("CASE WHEN instruction.kind IN ('call', 'meeting') THEN instruction.kind ELSE 'instruction' END"),
            event=SQL("row.to_state"),
            res_model="paydox.instruction",
            res_id=SQL("instruction.id"),
            title=SQL("instruction.name"),
            user_id=SQL("row.user_id"),
            partner_id=SQL("instruction.partner_id"),
            detail=SQL("row.comment"),
        )
        return TimelineSource("instruction", ("instruction", "call", "meeting"), select, "paydox.instruction")

    # === CASES === #

    @api.model
    def _get_case_sources(self, scope):
        self.env["paydox.case"].flush_model()
        from_clause = SQL("FROM paydox_case row WHERE row.partner_id IN %s AND row.state <> 'draft'", scope.family_ids)
        columns = {
            "id": SQL("row.id"),
            "kind": SQL("CASE WHEN row.case_kind = 'general' THEN 'case' ELSE 'claim' END"),
            "res_model": "paydox.case",
            "res_id": SQL("row.id"),
            "title": SQL("CONCAT_WS(': ', row.number, row.name)"),
            "partner_id": SQL("row.partner_id"),
        }
        started = self._select_event(
            from_clause,
            moment=SQL("row.started_at"),
            event=columns["kind"],
            user_id=SQL("row.author_id"),
            **columns,
        )
        closed = self._select_event(
            from_clause, moment=SQL("row.closed_at"), event=SQL("row.state"), detail=SQL("row.result_note"), **columns
        )
        kinds, probe = ("case", "claim"), SQL("SELECT %s", from_clause)
        return [
            TimelineSource("case_started", kinds, started, "paydox.case", probe=probe),
            TimelineSource("case_closed", kinds, closed, "paydox.case", probe=probe),
            *self._get_question_sources(scope),
        ]

    @api.model
    def _get_question_sources(self, scope):
        questions = self.env["paydox.case.question"]
        if not questions.has_access("read"):
            return []
        questions.flush_model()
        columns = {
            "id": SQL("message.id"),
            "kind": "message",
            "res_model": "paydox.case",
            "res_id": SQL("row.case_id"),
            "title": SQL("asked_case.name"),
            "author_id": SQL("message.author_id"),
            "partner_id": SQL("asked_case.partner_id"),
            "detail": SQL("message.body"),
            "guard_ids": SQL("row.ids"),
        }
        selects = {}
        for code, link, event in (("question", "message_id", "asked"), ("answer", "answer_message_id", "answered")):
            # several people may be asked by one message: who reads one of the questions sees it
            selects[code] = self._select_event(
                SQL(
                    "FROM (SELECT %(link)s AS message_id, MIN(case_id) AS case_id, array_agg(id) AS ids "
                    "FROM paydox_case_question WHERE partner_id IN %(family)s AND %(link)s IS NOT NULL GROUP BY 1) row "
                    "JOIN mail_message message ON message.id = row.message_id "
                    "JOIN paydox_case asked_case ON asked_case.id = row.case_id",
                    link=SQL.identifier(link),
                    family=scope.family_ids,
                ),
                moment=SQL("message.date"),
                event=event,
                **columns,
            )
        probe = SQL("SELECT FROM paydox_case_question WHERE partner_id IN %s", scope.family_ids)
        return [
            TimelineSource(code, ("message",), select, "paydox.case.question", has_guards=True, probe=probe)
            for code, select in selects.items()
        ]

    @api.model
    def _get_message_codes(self):
        return super()._get_message_codes() | {"activity", "question", "answer"}

    # === MEETINGS === #

    @api.model
    def _get_meeting_source(self, scope):
        """Meetings that were; what others keep private is left out, as in the calendar."""
        self.env["calendar.event"].flush_model()
        select = self._select_event(
            SQL(
                "FROM calendar_event row WHERE row.active AND row.start <= %s AND row.id IN ("
                "SELECT calendar_event_id FROM calendar_event_res_partner_rel WHERE res_partner_id IN %s)",
                fields.Datetime.now(),
                scope.readable_ids,
            ),
            moment=SQL("row.start"),
            id=SQL("row.id"),
            kind="meeting",
            event="meeting",
            res_model="calendar.event",
            res_id=SQL("row.id"),
            title=SQL("row.name"),
            user_id=SQL("row.user_id"),
            detail=SQL("row.location"),
        )
        probe = SQL("SELECT FROM calendar_event_res_partner_rel WHERE res_partner_id IN %s", scope.readable_ids)
        return TimelineSource("calendar", ("meeting",), select, "calendar.event", probe=probe)

    # === INTERACTIONS === #

    @api.model
    def _get_interaction_source(self, scope):
        self.env["paydox.interaction"].flush_model()
        from_clause = SQL(
            "FROM paydox_interaction row WHERE row.partner_id IN %s AND row.state IN ('done', 'failed') "
            "AND row.message_id IS NULL",
            scope.family_ids,
        )
        kind = SQL("CASE row.channel WHEN 'visit' THEN 'meeting' WHEN 'other' THEN 'message' ELSE row.channel END")
        select = self._select_event(
            from_clause,
            moment=SQL("row.moment"),
            id=SQL("row.id"),
            kind=kind,
            event=SQL("CASE WHEN row.state = 'failed' THEN row.channel || '_failed' ELSE row.channel END"),
            res_model="paydox.interaction",
            res_id=SQL("row.id"),
            title=SQL("row.name"),
            user_id=SQL("row.user_id"),
            partner_id=SQL("row.partner_id"),
            detail=SQL("CONCAT_WS(' ', row.failure, row.result)"),
        )
        kinds = ("call", "meeting", "email", "sms", "message")
        return TimelineSource("interaction", kinds, select, "paydox.interaction", probe=SQL("SELECT %s", from_clause))

    @api.model
    def _get_activity_source(self, scope):
        """Activities that were done leave a message, which says what came of them."""
        select = self._select_event(
            SQL(
                "FROM mail_message row JOIN mail_activity_type type ON type.id = row.mail_activity_type_id "
                "WHERE row.model = 'res.partner' AND row.res_id IN %s AND row.message_type = 'notification'",
                scope.readable_ids,
            ),
            moment=SQL("row.date"),
            id=SQL("row.id"),
            kind=SQL(
                "CASE type.category WHEN 'phonecall' THEN 'call' WHEN 'meeting' THEN 'meeting' ELSE 'message' END"
            ),
            event="done",
            res_model="res.partner",
            res_id=SQL("row.res_id"),
            author_id=SQL("row.author_id"),
            partner_id=SQL("row.res_id"),
            detail=SQL("row.body"),
        )
        return TimelineSource("activity", ("call", "meeting", "message"), select, None)


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model
    def _get_shown_domain(self):
        """Meetings whose subject the user may know: those in which he takes part, and those that nobody keeps private."""
        mine = Domain("partner_ids", "in", self.env.user.partner_id.ids)
        return Domain(self._get_default_privacy_domain()) | mine
