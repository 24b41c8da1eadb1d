from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.keyset import Key, parse_key

PAGE = 40
MAX_PAGE = 100
# What a source says of an event; a source fills in what it has.
COLUMNS = {
    "moment": "timestamp",
    "id": "bigint",
    "kind": "text",
    "event": "text",
    "res_model": "text",
    "res_id": "integer",
    "title": "text",
    "user_id": "integer",
    "author_id": "integer",
    "partner_id": "integer",
    "detail": "text",
    "moved_to": "integer",
    "guard_ids": "integer[]",
}
_SELECT_EVENT = "SELECT " + ", ".join(f"CAST(%s AS {type_}) AS {name}" for name, type_ in COLUMNS.items()) + " %s"


class TimelineSource(NamedTuple):
    """Where events come from. ``select`` gives the columns of ``_select_event``.

    ``guard`` is the model of the record in ``res_id`` whose readers alone see the event; the SELECT has all events then.
    None: the rights stand in the SELECT. With ``has_guards`` it is enough to read one of those in ``guard_ids``.
    ``probe`` selects rows without which there is no event: what is not there need not be planned.
    """

    code: str
    kinds: tuple
    select: SQL
    guard: str | None
    has_guards: bool = False
    probe: SQL | None = None

    def get_guard_ids(self, row):
        return row["guard_ids"] if self.has_guards else [row["res_id"]]


class TimelineScope(NamedTuple):
    """What a timeline is about."""

    root_id: int
    family_ids: tuple
    readable_ids: tuple


class PaydoxPartnerTimeline(models.AbstractModel):
    """Everything that happened with a counterparty, newest first, paged by key. Nothing is stored here.

    Each source is one SELECT, all of them are one statement. Of what it finds the access rules are asked afterwards,
    once for each model: to plan them within each source took longer than all the rest. An addon adds its own by
    extending ``_get_timeline_sources``, ``_get_timeline_kinds`` and ``_get_timeline_words``.
    """

    _name = "paydox.partner.timeline"
    _description = "Timeline of a Counterparty"

    # === BUSINESS METHODS === #

    @api.model
    def _get_page(self, partner, kinds, key, limit):
        """One page of the timeline.

        :param partner: counterparty or contact, whom the user may read
        :param kinds: codes of kinds, or None for all
        :param Key key: where the page before ended
        :return: ``(items, key of the next page or None)``
        """
        scope = self._get_scope(partner)
        sources = [source for source in self._get_timeline_sources(scope) if kinds is None or kinds & {*source.kinds}]
        if not scope.readable_ids or not sources:
            return [], None
        rows = self._find_readable_events(scope, self._skip_empty(sources), kinds, key, limit + 1)
        page = rows[:limit]
        last = page[-1] if len(rows) > limit else None
        next_key = Key(last["moment"], last["source"], last["id"]) if last else None
        return self._prepare_items(page, scope), next_key

    # === HOOKS === #

    @api.model
    def _get_timeline_sources(self, scope):
        """The sources that the user may read at all: a list of ``TimelineSource``.

        :param TimelineScope scope: whose history it is. SQL of a source may join ``documents``, those of the
            counterparty (see ``_select_shared``); its guard is ``paydox.document`` then.
        """
        return []

    @api.model
    def _get_timeline_kinds(self):
        """``{code of a kind: (label, icon)}`` in the order of the filter."""
        return {}

    @api.model
    def _get_timeline_words(self):
        """``{(source, event): what happened}``; an event that is named nowhere shows its kind."""
        return {}

    @api.model
    def _finish_timeline_items(self, items):
        """A last look at the items of a page: texts that need a record. In a number of queries that does not grow."""
        return items

    # === HELPERS === #

    @api.model
    def _get_scope(self, partner):
        family_ids = partner._get_family_ids()
        # as the user: of a holding he sees those of his companies
        readable = self.env["res.partner"].with_context(active_test=False)._search([("id", "in", family_ids)])
        return TimelineScope(
            # sudo: only the number
            root_id=partner.sudo().commercial_partner_id.id,
            family_ids=tuple(family_ids),
            readable_ids=tuple(readable),
        )

    @api.model
    def _skip_empty(self, sources):
        """Without the sources of which there is nothing, whoever asks."""
        probes = {source.code: source.probe for source in sources if source.probe}
        if not probes:
            return sources
        exists = SQL(", ").join(SQL("EXISTS (%s)", probe) for probe in probes.values())
        [found] = self.env.execute_query(SQL("SELECT %s", exists))
        empty = {code for code, is_there in zip(probes, found, strict=True) if not is_there}
        return [source for source in sources if source.code not in empty]

    @api.model
    def _find_events(self, scope, sources, kinds, key, limit, *, with_rules):
        """The newest events of all sources. Without rules nothing of them may leave the server unfiltered."""
        selects = [self._select_page_of(source, kinds, key, limit, with_rules) for source in sources]
        return self.env.execute_query_dict(
            SQL(
                "%(shared)s SELECT * FROM (%(selects)s) page "
                'ORDER BY moment DESC, source COLLATE "C" DESC, id DESC LIMIT %(limit)s',
                shared=self._select_shared(scope, with_rules),
                selects=SQL(" UNION ALL ").join(selects),
                limit=limit,
            )
        )

    @api.model
    def _select_shared(self, scope, with_rules):
        """The documents of the counterparty, found once for all sources that hang on them."""
        documents = self.env["paydox.document"]
        if not documents.has_access("read"):
            return SQL("")
        documents.flush_model(["author_id", "create_date", "kind_id", "name", "number", "partner_id"])
        self.env["paydox.document.kind"].flush_model(["direction", "is_counterparty_paper"])
        self.env["paydox.document.relink"].flush_model()
        columns = SQL(
            "document.id, kind.is_counterparty_paper AS is_paper, CONCAT_WS(': ', document.number, document.name) AS title, "
            "document.partner_id, document.author_id, document.create_date AS created_at, kind.direction"
        )
        shared = SQL(
            """
            WITH every_document AS MATERIALIZED (
                SELECT %(columns)s, NULL::integer AS moved_to, NULL::timestamp AS until
                  FROM paydox_document document
                  JOIN paydox_document_kind kind ON kind.id = document.kind_id
                 WHERE document.partner_id IN %(family)s
             UNION ALL
                (SELECT DISTINCT ON (document.id) %(columns)s, COALESCE(document.partner_id, 0), relink.until
                   FROM paydox_document_relink relink
                   JOIN paydox_document document ON document.id = relink.document_id
                   JOIN paydox_document_kind kind ON kind.id = document.kind_id
                  WHERE relink.partner_id IN %(family)s AND (document.partner_id IN %(family)s) IS NOT TRUE
               ORDER BY document.id, relink.until DESC)
            )
            """,
            columns=columns,
            family=scope.family_ids,
        )
        readable = SQL("TRUE")
        if with_rules:
            domain = Domain("id", "in", SQL("SELECT id FROM every_document"))
            readable = SQL("id IN (%s)", self._search_guarded("paydox.document", domain).select())
        return SQL("%s, documents AS MATERIALIZED (SELECT * FROM every_document WHERE %s)", shared, readable)

    @api.model
    def _select_event(self, from_clause, **columns):
        """A SELECT with all columns of an event in their order.

        :param SQL from_clause: FROM and WHERE
        :param columns: SQL, or text that stands for itself, of the columns that the source has
        """
        return SQL(_SELECT_EVENT, *map(columns.get, COLUMNS), from_clause)

    @api.model
    def _select_page_of(self, source, kinds, key, limit, with_rules):
        """The newest rows of one source before ``key``. Sources of one moment follow each other by their codes."""
        conditions = [SQL("moment IS NOT NULL")]
        if with_rules and source.guard:
            conditions.append(self._get_guard_condition(source))
        if kinds is not None and not kinds >= {*source.kinds}:
            conditions.append(SQL("kind IN %s", tuple(kinds)))
        if key:
            if source.code == key.source:
                conditions.append(SQL("(moment, id) < (%s, %s)", key.moment, key.id))
            else:
                before = SQL("<=") if source.code < key.source else SQL("<")
                conditions.append(SQL("moment %s %s", before, key.moment))
        return SQL(
            "(SELECT CAST(%(code)s AS text) AS source, events.* FROM (%(select)s) events WHERE %(conditions)s "
            "ORDER BY moment DESC, id DESC LIMIT %(limit)s)",
            code=source.code,
            select=source.select,
            conditions=SQL(" AND ").join(conditions),
            limit=limit,
        )

    @api.model
    def _prepare_items(self, rows, scope):
        """The rows as the screen shows them: names of people, words in the language of the user."""
        words, kinds = self._get_timeline_words(), self._get_timeline_kinds()
        users = self._get_user_names({row["user_id"] for row in rows})
        partners, authors = self._get_partner_names(rows, scope)
        items = [
            {
                "key": Key(row["moment"], row["source"], row["id"]).to_list(),
                "moment": fields.Datetime.to_string(row["moment"]),
                "source": row["source"],
                "id": row["id"],
                "kind": row["kind"],
                "text": words.get((row["source"], row["event"])) or kinds.get(row["kind"], (row["kind"], ""))[0],
                "title": row["title"] or False,
                "res_model": row["res_model"] or False,
                "res_id": row["res_id"] or False,
                "who": users.get(row["user_id"]) or authors.get(row["author_id"]) or False,
                "contact": partners.get(row["partner_id"]) or False,
                "detail": row["detail"] or False,
                "note": self._get_moved_note(row, partners),
                "problem": False,
            }
            for row in rows
        ]
        return self._finish_timeline_items(items)

    @api.model
    def _get_user_names(self, ids):
        """``{user id: name}``. Who did something is a part of what happened, also when he left or is of another company."""
        ids = tuple(id_ for id_ in ids if id_)
        if not ids:
            return {}
        self.env["res.users"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["name"])
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT person.id, partner.name FROM res_users person "
                    "JOIN res_partner partner ON partner.id = person.partner_id WHERE person.id IN %s",
                    ids,
                )
            )
        )

    @api.model
    def _get_partner_names(self, rows, scope):
        """``{partner id: name}`` of the counterparties that the user reads, and of all who wrote."""
        authors = {row["author_id"] for row in rows} - {None}
        others = ({row["moved_to"] for row in rows} | {row["partner_id"] for row in rows}) - {None, 0, scope.root_id}
        partners = self.env["res.partner"]
        unknown = partners.browse(sorted(others - {*scope.readable_ids})).exists()
        readable = (others & {*scope.readable_ids}) | {*unknown._filtered_access("read").ids}
        # sudo: as of users
        records_sudo = partners.browse(sorted(readable | authors)).sudo()
        names = {record_sudo.id: record_sudo.display_name for record_sudo in records_sudo}
        return {id_: names[id_] for id_ in readable}, {id_: names[id_] for id_ in authors}

    @api.model
    def _get_moved_note(self, row, partners):
        if row["moved_to"] is None:
            return False
        if name := partners.get(row["moved_to"]):
            return self.env._("The document belongs to %(counterparty)s now.", counterparty=name)
        return self.env._("The document belongs to another counterparty now.")


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    @api.readonly
    def get_timeline(self, kinds=None, after=None, limit=PAGE):
        """A page of everything that happened with the counterparty, newest first.

        :param list kinds: codes of kinds to show; nothing: all
        :param list after: ``next`` of the page before
        :param int limit: number of events, at most 100
        :return: ``{"items", "next", "kinds"}``; ``next`` is False on the last page
        """
        self.ensure_one()
        self._check_timeline_access()
        try:
            key = parse_key(after)
        except ValueError as error:
            raise UserError(self.env._("The history cannot go on from there. Open the counterparty again.")) from error
        timeline = self.env["paydox.partner.timeline"]
        known = timeline._get_timeline_kinds()
        wanted = set(known) & {kind for kind in kinds if isinstance(kind, str)} if isinstance(kinds, list) else set()
        is_number = isinstance(limit, int) and not isinstance(limit, bool)
        items, next_key = timeline._get_page(
            self, wanted or None, key, min(max(limit, 1), MAX_PAGE) if is_number else PAGE
        )
        return {
            "items": items,
            "next": next_key.to_list() if next_key else False,
            "kinds": [{"code": code, "label": label, "icon": icon} for code, (label, icon) in known.items()],
        }

    def action_open_timeline(self):
        """Open the timeline over the whole screen."""
        self.ensure_one()
        self._check_timeline_access()
        return {
            "type": "ir.actions.client",
            "tag": "paydox_crm.timeline",
            "name": self.env._("Timeline of %(name)s", name=self.commercial_partner_id.display_name),
            "params": {"partner_id": self.id},
        }

    # === HELPERS === #

    def _check_timeline_access(self):
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The history of counterparties is for employees only."))
