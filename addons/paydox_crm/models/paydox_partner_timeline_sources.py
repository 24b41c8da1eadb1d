from odoo import api, models
from odoo.tools import SQL, html2plaintext

from ..tools.timeline import join_words
from .paydox_partner_timeline import TimelineSource

_DETAIL = 280
_DOCUMENT_KINDS = ("document", "paper")
_MESSAGE_TYPES = ("comment", "email", "email_outgoing", "sms", "auto_comment")


class PaydoxPartnerTimeline(models.AbstractModel):
    """Documents, papers, requisites, and what was written: the sources of this addon. Work is in a file of its own."""

    _inherit = "paydox.partner.timeline"

    # === HOOKS === #

    @api.model
    def _get_timeline_sources(self, scope):
        sources = super()._get_timeline_sources(scope)
        if self.env["paydox.document"].has_access("read"):
            sources += self._get_document_sources(scope)
        return [*sources, self._get_requisites_source(scope), *self._get_message_sources(scope)]

    @api.model
    def _get_timeline_kinds(self):
        return super()._get_timeline_kinds() | {
            "document": (self.env._("Documents"), "fa-file-text-o"),
            "paper": (self.env._("Papers"), "fa-id-card-o"),
            "requisites": (self.env._("Requisites"), "fa-university"),
            "email": (self.env._("E-mails"), "fa-envelope-o"),
            "message": (self.env._("Messages"), "fa-comment-o"),
            "sms": (self.env._("SMS"), "fa-mobile"),
        }

    @api.model
    def _get_timeline_words(self):
        states = {
            ("document", state): self.env._("State: %(state)s", state=label)
            for state, label in self.env["paydox.document"]._fields["state"]._description_selection(self.env)
        }
        return super()._get_timeline_words() | states | self._get_document_words() | self._get_message_words()

    # === DOCUMENTS === #

    @api.model
    def _get_document_words(self):
        return join_words(
            {
                "created": {
                    "incoming": self.env._("Received"),
                    "outgoing": self.env._("Created"),
                    "internal": self.env._("Created"),
                },
                "document": {
                    "draft": self.env._("Returned to draft"),
                    "review": self.env._("Sent for approval"),
                    "approved": self.env._("Agreed"),
                    "signed": self.env._("Signed"),
                    "done": self.env._("Executed"),
                    "cancelled": self.env._("Cancelled"),
                    "registered": self.env._("Registered"),
                },
                "version": {"version": self.env._("New version")},
                "signature": {"signature": self.env._("Signature put")},
                "review_sent": {"sent": self.env._("Sent to the counterparty")},
                "review_opened": {"opened": self.env._("Opened by the counterparty")},
                "review_answer": {
                    "agreed": self.env._("The counterparty agreed"),
                    "remarks": self.env._("The counterparty has remarks"),
                },
                "paper_move": {
                    "receive": self.env._("Paper original received"),
                    "send": self.env._("Paper original sent out"),
                    "issue": self.env._("Paper original given out"),
                    "return": self.env._("Paper original returned"),
                },
                "relinked": {"away": self.env._("Moved to another counterparty")},
            }
        )

    @api.model
    def _select_of_document(self, from_clause, *, moment, until=True, **columns):
        """An event of a document; of one that moved away, those up to that day."""
        columns.setdefault("title", SQL("documents.title"))
        limit = SQL(" AND (documents.until IS NULL OR %s <= documents.until)", moment) if until else SQL("")
        return self._select_event(
            SQL("%s%s", from_clause, limit),
            moment=moment,
            kind=SQL("CASE WHEN documents.is_paper THEN 'paper' ELSE 'document' END"),
            res_model="paydox.document",
            res_id=SQL("documents.id"),
            partner_id=SQL("documents.partner_id"),
            moved_to=SQL("documents.moved_to"),
            **columns,
        )

    @api.model
    def _get_document_sources(self, scope):
        for model in ("transition", "version"):
            self.env[f"paydox.document.{model}"].flush_model()
        for model in ("paydox.signature", "paydox.external.review", "paydox.paper.movement"):
            self.env[model].flush_model()
        joined = SQL("JOIN documents ON documents.id = row.document_id")
        created = self._select_of_document(
            SQL("FROM documents WHERE TRUE"),
            moment=SQL("documents.created_at"),
            id=SQL("documents.id"),
            event=SQL("documents.direction"),
            user_id=SQL("documents.author_id"),
        )
        transitions = self._select_of_document(
            SQL("FROM paydox_document_transition row %s WHERE TRUE", joined),
            moment=SQL("row.occurred_at"),
            id=SQL("row.id"),
            event=SQL("row.to_state"),
            user_id=SQL("row.user_id"),
            detail=SQL("row.reason"),
        )
        versions = self._select_of_document(
            SQL("FROM paydox_document_version row %s WHERE TRUE", joined),
            moment=SQL("row.create_date"),
            id=SQL("row.id"),
            event="version",
            user_id=SQL("row.create_uid"),
            detail=SQL("row.filename || COALESCE(': ' || row.comment, '')"),
        )
        signatures = self._select_of_document(
            SQL("FROM paydox_signature row %s WHERE TRUE", joined),
            moment=SQL("row.signed_at"),
            id=SQL("row.id"),
            event="signature",
            user_id=SQL("COALESCE(row.signed_by_id, row.user_id)"),
        )
        reviews = SQL("FROM paydox_external_review row %s WHERE TRUE", joined)
        sent = self._select_of_document(
            reviews,
            moment=SQL("row.create_date"),
            id=SQL("row.id"),
            event="sent",
            user_id=SQL("row.requested_by_id"),
            detail=SQL("row.email"),
        )
        opened = self._select_of_document(
            reviews, moment=SQL("row.opened_at"), id=SQL("row.id"), event="opened", detail=SQL("row.email")
        )
        answers = self._select_of_document(
            reviews,
            moment=SQL("row.answered_at"),
            id=SQL("row.id"),
            event=SQL("row.state"),
            detail=SQL("CONCAT_WS(': ', row.answered_name, row.comment)"),
        )
        movements = self._select_of_document(
            SQL("FROM paydox_paper_movement row %s WHERE row.action IN ('receive', 'send', 'issue', 'return')", joined),
            moment=SQL("row.moment"),
            id=SQL("row.id"),
            event=SQL("row.action"),
            user_id=SQL("row.create_uid"),
        )
        relinked = self._select_of_document(
            SQL("FROM paydox_document_relink row %s WHERE row.partner_id IN %s", joined, scope.family_ids),
            moment=SQL("row.until"),
            id=SQL("row.id"),
            event="away",
            user_id=SQL("row.user_id"),
        )
        selects = {
            "created": created,
            "document": transitions,
            "version": versions,
            "signature": signatures,
            "review_sent": sent,
            "review_opened": opened,
            "review_answer": answers,
            "paper_move": movements,
            "relinked": relinked,
        }
        probes = {
            "relinked": SQL("SELECT FROM paydox_document_relink WHERE partner_id IN %s", scope.family_ids),
        }
        return [
            TimelineSource(code, _DOCUMENT_KINDS, select, "paydox.document", probe=probes.get(code))
            for code, select in selects.items()
        ]

    # === REQUISITES === #

    @api.model
    def _get_requisites_source(self, scope):
        self.env["paydox.partner.requisites"].flush_model()
        select = self._select_event(
            SQL("FROM paydox_partner_requisites state WHERE state.partner_id IN %s", scope.readable_ids),
            moment=SQL("state.create_date"),
            id=SQL("state.id"),
            kind="requisites",
            event=SQL("CASE WHEN state.corrects_id IS NULL THEN 'change' ELSE 'correction' END"),
            res_model="paydox.partner.requisites",
            res_id=SQL("state.id"),
            user_id=SQL("state.create_uid"),
            partner_id=SQL("state.partner_id"),
            detail=SQL("state.reason"),
        )
        return TimelineSource("requisites", ("requisites",), select, "paydox.partner.requisites")

    # === MESSAGES === #

    @api.model
    def _get_message_words(self):
        return join_words(
            {
                "requisites": {"change": self.env._("Requisites"), "correction": self.env._("Requisites corrected")},
                "message": {
                    "email": self.env._("E-mail received"),
                    "email_outgoing": self.env._("E-mail sent"),
                    "comment": self.env._("Message"),
                    "auto_comment": self.env._("Message"),
                    "sms": self.env._("SMS"),
                },
                "document_message": {
                    "email": self.env._("E-mail received about a document"),
                    "email_outgoing": self.env._("E-mail sent about a document"),
                    "comment": self.env._("Message about a document"),
                },
            }
        )

    @api.model
    def _select_messages(self, from_clause, **columns):
        return self._select_event(
            from_clause,
            moment=SQL("message.date"),
            id=SQL("message.id"),
            kind=SQL(
                "CASE message.message_type WHEN 'sms' THEN 'sms' WHEN 'email' THEN 'email' "
                "WHEN 'email_outgoing' THEN 'email' ELSE 'message' END"
            ),
            event=SQL("message.message_type"),
            author_id=SQL("message.author_id"),
            detail=SQL("message.body"),
            **columns,
        )

    @api.model
    def _get_message_sources(self, scope):
        """Messages on records that the user reads: an employee who reads a record reads its messages."""
        self.env["mail.message"].flush_model()
        kinds = ("email", "message", "sms")
        own = self._select_messages(
            SQL(
                "FROM mail_message message WHERE message.model = 'res.partner' AND message.res_id IN %s "
                "AND message.message_type IN %s",
                scope.readable_ids,
                _MESSAGE_TYPES,
            ),
            res_model="res.partner",
            res_id=SQL("message.res_id"),
            title=SQL("message.subject"),
            partner_id=SQL("message.res_id"),
        )
        about = self._select_messages(
            SQL(
                "FROM documents JOIN mail_message message "
                "ON message.model = 'paydox.document' AND message.res_id = documents.id "
                "AND message.message_type IN %s "
                "WHERE documents.until IS NULL OR message.date <= documents.until",
                ("comment", "email", "email_outgoing"),
            ),
            res_model="paydox.document",
            res_id=SQL("documents.id"),
            title=SQL("documents.title"),
            moved_to=SQL("documents.moved_to"),
        )
        # the counterparties are those that he reads
        sources = [TimelineSource("message", kinds, own, None)]
        if self.env["paydox.document"].has_access("read"):
            sources.append(TimelineSource("document_message", kinds, about, "paydox.document"))
        return sources

    # === TEXTS === #

    @api.model
    def _finish_timeline_items(self, items):
        items = super()._finish_timeline_items(items)
        messages = [item for item in items if item["source"] in self._get_message_codes()]
        problems = self._get_message_problems([item["id"] for item in messages])
        for item in messages:
            item["detail"] = _shorten(html2plaintext(item["detail"])) if item["detail"] else False
            item["problem"] = problems.get(item["id"], False)
        states = [item for item in items if item["source"] == "requisites"]
        texts = self._get_changed_requisites([item["id"] for item in states])
        for item in states:
            item["title"] = texts[item["id"]]
        for item in items:
            item["detail"] = _shorten(item["detail"]) if item["detail"] else False
        return items

    @api.model
    def _get_message_codes(self):
        """Sources whose ids are those of messages."""
        return {"message", "document_message"}

    @api.model
    def _get_message_problems(self, message_ids):
        """``{message id: why it did not arrive}``."""
        if not message_ids:
            return {}
        self.env["mail.notification"].flush_model(["failure_type", "mail_message_id", "notification_status"])
        self.env["mail.mail"].flush_model(["failure_type", "mail_message_id", "state"])
        reason = SQL("COALESCE(failure_type, 'unknown')")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mail_message_id, %(reason)s FROM mail_notification
                 WHERE mail_message_id IN %(ids)s AND notification_status IN ('bounce', 'exception')
             UNION
                SELECT mail_message_id, %(reason)s FROM mail_mail
                 WHERE mail_message_id IN %(ids)s AND (state = 'exception' OR (state = 'cancel' AND failure_type <> ''))
                """,
                reason=reason,
                ids=tuple(message_ids),
            )
        )
        labels = dict(self.env["mail.notification"]._fields["failure_type"]._description_selection(self.env))
        unknown = self.env._("It was not delivered.")
        return {
            message_id: self.env._("Not delivered: %(reason)s", reason=labels[code]) if code in labels else unknown
            for message_id, code in rows
        }

    @api.model
    def _get_changed_requisites(self, state_ids):
        """Which requisites changed; their values are in the history, for those who may see them."""
        states = self.env["paydox.partner.requisites"].browse(state_ids)
        first = self.env._("First known state")
        texts = {}
        for state in states:
            labels = state._get_labels()
            texts[state.id] = ", ".join(labels[name] for name in state.changed_fields or {} if name in labels) or first
        return texts


def _shorten(text):
    words = " ".join(text.split())
    return words if len(words) <= _DETAIL else words[: _DETAIL - 1] + "…"
