from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..tools import matching

# Names that are at least so alike are shown; the most alike first.
_SIMILARITY = 0.5
_PER_KEY = 20
_PER_NAME = 10
# What says most first.
_REASONS = ("t", "r", "e", "p", "n", "s")


class ResPartner(models.Model):
    """Search of duplicates: one set-based function, for what is typed and for what is kept."""

    _inherit = "res.partner"

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    def _find_duplicates(self, with_similar=True):
        """Return {partner id: [match]} of the counterparties of the recordset, in a fixed number of queries.

        A contact person is asked as well; those of his own organisation are no duplicates of his. Pairs of which somebody
        said that they are two are left out.
        """
        if not self.ids:
            return {}
        self.flush_recordset(["match_keys", "match_name", "kpp", "commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id, match_keys, match_name, kpp, commercial_partner_id, parent_id IS NOT NULL AND is_company IS NOT TRUE"
                " FROM res_partner WHERE id IN %s ORDER BY id",
                tuple(self.ids),
            )
        )
        candidates = [
            {
                "partner_id": partner_id,
                "keys": (keys or "").split(),
                "name": name,
                "kpp": kpp,
                "family_id": family_id or partner_id,
            }
            for partner_id, keys, name, kpp, family_id, __ in rows
        ]
        found = self._search_duplicates(candidates, with_similar)
        return {candidate["partner_id"]: matches for candidate, matches in zip(candidates, found, strict=True)}

    @api.model
    def _search_duplicates(self, candidates, with_similar=True):
        """Return a list of matches for each candidate, the strongest first.

        :param list candidates: dicts of ``keys`` and ``name`` (see ``_get_match_values``), ``kpp``, and for those who are in the
            directory ``partner_id`` and ``family_id`` (their commercial entity)
        :return: lists of ``{"partner_id", "reasons": [letter], "score"}``; letters: t tax number, r register number, e e-mail,
            p phone, n the same name, s a similar name. Archived ones and those whom the user may not read are in them.
        """
        self.env["res.partner"].flush_model(["match_keys", "match_name", "kpp", "commercial_partner_id"])
        found = [defaultdict(dict) for __ in candidates]
        for place, partner_id, key in self._search_same_keys(candidates):
            found[place][partner_id][key[0]] = 1.0
        if with_similar:
            for place, partner_id, score in self._search_similar_names(candidates):
                if "n" not in found[place][partner_id]:
                    found[place][partner_id]["s"] = score
        return [
            sorted(
                (
                    {
                        "partner_id": partner_id,
                        "reasons": [reason for reason in _REASONS if reason in reasons],
                        "score": max(reasons.values()),
                    }
                    for partner_id, reasons in matches.items()
                ),
                key=lambda match: (_REASONS.index(match["reasons"][0]), -match["score"], match["partner_id"]),
            )
            for matches in found
        ]

    @api.model
    def _search_same_keys(self, candidates):
        """Return [(place of the candidate, partner id, key)]; one number with different KPPs is of branches."""
        rows = [
            (
                place,
                key,
                candidate.get("kpp") or None,
                candidate.get("partner_id") or 0,
                candidate.get("family_id") or 0,
            )
            for place, candidate in enumerate(candidates)
            for key in candidate["keys"]
        ]
        if not rows:
            return []
        places, keys, kpps, ids, families = (list(column) for column in zip(*rows, strict=True))
        return self.env.execute_query(
            SQL(
                """
                SELECT c.place, p.id, c.key
                  FROM unnest(%(places)s::int[], %(keys)s::text[], %(kpps)s::text[], %(ids)s::int[], %(families)s::int[])
                       AS c(place, key, kpp, id, family_id)
            CROSS JOIN LATERAL (
                       SELECT p.id
                         FROM res_partner p
                        WHERE string_to_array(p.match_keys, ' ') @> ARRAY[c.key]
                          AND p.commercial_partner_id IS DISTINCT FROM c.family_id
                          AND p.id <> c.id
                          AND (left(c.key, 1) IN ('t', 'n') AND NULLIF(p.kpp, '') <> c.kpp) IS NOT TRUE
                          AND %(open)s
                        LIMIT %(limit)s
                       ) p
                """,
                places=places,
                keys=keys,
                kpps=kpps,
                ids=ids,
                families=families,
                open=self._get_open_pair_condition(),
                limit=_PER_KEY,
            )
        )

    @api.model
    def _search_similar_names(self, candidates):
        """Return [(place of the candidate, partner id, similarity)] of names that are alike without being the same."""
        rows = [
            (place, candidate["name"], candidate.get("partner_id") or 0, candidate.get("family_id") or 0)
            for place, candidate in enumerate(candidates)
            if candidate.get("name")
        ]
        if not rows:
            return []
        if not self.env.registry.has_trigram:
            return self._search_similar_names_slowly(rows)
        places, names, ids, families = (list(column) for column in zip(*rows, strict=True))
        # Until the end of the transaction; nothing else of Odoo uses the operator.
        self.env.cr.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, TRUE)", (str(_SIMILARITY),))
        return self.env.execute_query(
            SQL(
                """
                SELECT c.place, p.id, p.score
                  FROM unnest(%(places)s::int[], %(names)s::text[], %(ids)s::int[], %(families)s::int[])
                       AS c(place, name, id, family_id)
            CROSS JOIN LATERAL (
                       SELECT p.id, similarity(p.match_name, c.name) AS score
                         FROM res_partner p
                        WHERE p.match_name %% c.name
                          AND p.match_name <> c.name
                          AND p.commercial_partner_id IS DISTINCT FROM c.family_id
                          AND p.id <> c.id
                          AND %(open)s
                     ORDER BY score DESC, p.id
                        LIMIT %(limit)s
                       ) p
                """,
                places=places,
                names=names,
                ids=ids,
                families=families,
                open=self._get_open_pair_condition(),
                limit=_PER_NAME,
            )
        )

    @api.model
    def _search_similar_names_slowly(self, rows):
        """The same where the database has no pg_trgm: by the longest word of the name, compared here."""
        found = []
        for place, name, partner_id, family_id in rows:
            others = self.env.execute_query(
                SQL(
                    "SELECT p.id, p.match_name FROM res_partner p, (SELECT %(id)s AS id) c WHERE p.match_name LIKE %(pattern)s"
                    " AND p.match_name <> %(name)s AND p.commercial_partner_id IS DISTINCT FROM %(family)s AND p.id <> c.id"
                    " AND %(open)s LIMIT 1000",
                    id=partner_id,
                    pattern=f"%{max(name.split(), key=len)}%",
                    name=name,
                    family=family_id,
                    open=self._get_open_pair_condition(),
                )
            )
            scores = [(place, other_id, matching.similarity(name, other)) for other_id, other in others]
            alike = sorted((row for row in scores if row[2] >= _SIMILARITY), key=lambda row: (-row[2], row[1]))
            found += alike[:_PER_NAME]
        return found

    @api.model
    def _get_open_pair_condition(self):
        """Of ``p`` nobody said that it is another one than ``c``."""
        return SQL(
            "NOT EXISTS (SELECT FROM paydox_partner_distinct d"
            " WHERE c.id <> 0 AND ((d.partner_id = c.id AND d.other_id = p.id) OR (d.other_id = c.id AND d.partner_id = p.id)))"
        )

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    @api.model
    def _describe_duplicates(self, matches):
        """Return the matches in words for the user: what he may not read is neither named nor shown.

        A similar name of a hidden one is kept back: it would tell names to whoever guesses. Whoever enters nobody is told nothing
        of hidden ones at all.

        :return: list of ``{"id", "name", "reasons": [text], "archived", "ask"}``; ``id`` is 0 and ``ask`` names whom to ask when the
            counterparty may not be read
        """
        partners = self.browse(match["partner_id"] for match in matches).with_context(active_test=False)
        readable = set(partners._filtered_access("read").ids)
        # sudo: only the person to ask is taken of those who may not be read
        partners_sudo = {partner.id: partner for partner in partners.sudo()}
        labels = self._get_duplicate_reasons()
        may_ask = self.env["res.partner"].has_access("create")
        described = []
        for match in matches:
            partner = self.browse(match["partner_id"])
            reasons = [reason for reason in match["reasons"] if reason != "s" or partner.id in readable]
            if not reasons or not (may_ask or partner.id in readable):
                continue
            row = {"reasons": [labels[reason] for reason in reasons], "strong": reasons != ["s"]}
            if partner.id in readable:
                row |= {
                    "id": partner.id,
                    "name": partner.display_name,
                    "details": ", ".join(
                        filter(None, [partner.vat, partner.kpp, partner.city, partner.phone, partner.email])
                    ),
                    "archived": not partner.active,
                    "ask": "",
                }
            else:
                row |= {
                    "id": 0,
                    "name": "",
                    "details": "",
                    "archived": False,
                    "ask": partners_sudo[partner.id]._get_who_to_ask(),
                }
            described.append(row)
        return described

    @api.model
    def _get_duplicate_reasons(self):
        return {
            "t": self.env._("the same tax number"),
            "r": self.env._("the same register number"),
            "e": self.env._("the same e-mail"),
            "p": self.env._("the same phone"),
            "n": self.env._("the same name"),
            "s": self.env._("a similar name"),
        }

    def _get_who_to_ask(self):
        """Return who answers questions about a counterparty that the user may not read."""
        self.ensure_one()
        owner = self.user_id or self.commercial_partner_id.user_id
        return owner.name if owner.active and not owner.share else self.env._("the administrator")
