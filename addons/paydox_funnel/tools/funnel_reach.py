"""Whose deals a condition can find at most, told from the condition alone. No database.

The rights of a salesperson (``user_id`` is he or nobody) leave a few thousand deals of a million. An index finds them owner by owner, but not by
parts joined with OR. So they are looked for in the deals of these owners only, with the whole condition and all rights as ever: what is told here
can add no deal, and as every deal that the condition finds is among them, it can leave out none.
"""

from collections import namedtuple
from collections.abc import Collection
from datetime import datetime

from odoo.tools import SQL

from .funnel_tally_schema import COLUMNS_OF_DEAL

# What an event knows of its deal, kept by triggers (``funnel_tally_schema``).
KNOWN = {column: name for name, (column, _kind) in COLUMNS_OF_DEAL.items()}
COMPARISONS = {operator: SQL(operator) for operator in ("<", "<=", ">", ">=")}
MAX_OWNERS = 20
MAX_DEALS = 1000


class Reach(namedtuple("Reach", "owner_ids deal_ids")):
    """Deals of the owners (ids of users, False for nobody), and deals named by their ids, whoever owns them."""

    def get_parts(self, owner, deal, extra):
        """Conditions that exclude each other, one for each owner, so that each can be read from an index.

        :param SQL owner: column of the owner
        :param SQL deal: column of the deal
        :param SQL extra: what is true of all of them
        """
        owner_ids = tuple(sorted(owner_id for owner_id in self.owner_ids if owner_id))
        parts = [SQL("%s = %s AND %s", owner, owner_id, extra) for owner_id in owner_ids]
        if False in self.owner_ids:
            parts.append(SQL("%s IS NULL AND %s", owner, extra))
        if self.deal_ids or not parts:
            nobody = SQL("FALSE") if False in self.owner_ids else SQL("%s IS NULL", owner)
            others = SQL("(%s NOT IN %s OR %s)", owner, owner_ids or (0,), nobody)
            parts.append(SQL("%s IN %s AND %s AND %s", deal, tuple(sorted(self.deal_ids)) or (0,), others, extra))
        return parts


def find_reach(domain):
    """Every deal that the domain finds is within what is told.

    :param Domain domain: optimized in full, so that its conditions are ``in`` and ``not in``
    :return: a ``Reach``, or None when the deals may be anybody's
    """
    reach = _read(iter(list(domain)))
    if reach is None or len(reach.owner_ids) > MAX_OWNERS or len(reach.deal_ids) > MAX_DEALS:
        return None
    return reach


def find_event_condition(domain, reach=None, columns=KNOWN):
    """The domain as a condition on the events of the deals, when it says nothing but what they know of their deal.

    :param Domain domain: optimized in full
    :param Reach reach: what is true anyway
    :param dict columns: field of the deal → column that holds it
    :return: SQL, or None when the deals themselves have to be asked
    """
    parts = [
        SQL("TRUE") if reach and _read_leaf(item) == reach else _to_event_condition(item, columns)
        for item in list(domain)
        if item != "&"
    ]
    return None if None in parts else SQL(" AND ").join(parts)


def find_choices(domain):
    """Fields of the deal whose values the domain says, beside the company."""
    leaves = [item for item in list(domain) if isinstance(item, tuple | list) and len(item) == 3]
    return {field for field, operator, _value in leaves if operator == "in" and field in KNOWN} - {"company_id"}


def _to_event_condition(item, columns):
    if not isinstance(item, tuple | list) or len(item) != 3:
        return None
    field, operator, value = item
    if (field, operator, value) == (1, "=", 1):
        return SQL("TRUE")
    if field not in columns:
        return None
    column = SQL.identifier(columns[field])
    if field == "create_date":
        known = operator in COMPARISONS and isinstance(value, datetime)
        return SQL("%s %s %s", column, COMPARISONS[operator], value) if known else None
    if operator not in ("in", "not in") or not _are_ids(value):
        return None
    some = SQL("%s IN %s", column, tuple(number for number in value if number) or (0,))
    if False in value:
        some = SQL("(%s OR %s IS NULL)", some, column)
    return some if operator == "in" else SQL("COALESCE(NOT %s, TRUE)", some)


def _are_ids(values):
    """Not a text, a subquery or a domain: numbers, and False for none."""
    is_plain = isinstance(values, Collection) and not isinstance(values, str)
    return is_plain and all(isinstance(number, int) and number is not True for number in values)


def _read(items):
    """The next condition of a domain in prefix notation."""
    item = next(items, None)
    if item == "!":
        _read(items)
        return None
    if item in ("&", "|"):
        return (_narrower if item == "&" else _wider)(_read(items), _read(items))
    return _read_leaf(item)


def _read_leaf(item):
    if not isinstance(item, tuple | list) or len(item) != 3:
        return None
    field, operator, value = item
    if (field, operator, value) == (0, "=", 1):
        return Reach(frozenset(), frozenset())
    values = [value] if operator == "=" else value
    if operator not in ("=", "in") or not _are_ids(values):
        return None
    if field == "user_id":
        return Reach(frozenset(number or False for number in values), frozenset())
    if field == "id":
        return Reach(frozenset(), frozenset(number for number in values if number))
    return None


def _narrower(one, other):
    """Both conditions hold, so either of them is enough: the one that says more."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other, key=lambda reach: (len(reach.owner_ids), len(reach.deal_ids)))


def _wider(one, other):
    if one is None or other is None:
        return None
    return Reach(one.owner_ids | other.owner_ids, one.deal_ids | other.deal_ids)
