"""What state registers answer, as plain values. Pure functions, no ORM and no network.

Each ``parse_*`` takes the decoded JSON of an answer and returns a list of entries: dicts with the keys of :data:`FIELDS`, all of
them texts, and ``status`` (``active``, ``liquidating``, ``liquidated``, ``inactive``) with ``status_date``. What has another
shape than agreed raises :class:`RegisterError`; nothing of an answer is trusted further than that.
"""

import csv
import datetime
import io
import re

__all__ = ["FIELDS", "RegisterError", "parse_csv", "parse_ro_anaf", "parse_ru_party"]

FIELDS = (
    "name", "legal_name", "vat", "kpp", "company_registry", "okpo", "legal_address", "director_name", "director_position", "phone",
    "email", "street", "city", "zip",
)  # fmt: skip
_MAX_TEXT = 500
_MAX_ENTRIES = 20
_RU_STATUSES = {
    "ACTIVE": "active",
    "LIQUIDATING": "liquidating",
    "BANKRUPT": "liquidating",
    "REORGANIZING": "active",
    "LIQUIDATED": "liquidated",
}


class RegisterError(ValueError):
    """The register did not answer as agreed; ``code`` says how, for a message in the language of the user."""

    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code


def parse_ru_party(answer):
    """Entries of the protocol of party suggestions: ``{"suggestions": [{"value", "data": {"inn", "kpp", "ogrn", ...}}]}``."""
    entries = []
    for suggestion in _list(_dict(answer).get("suggestions")):
        data = _dict(_dict(suggestion).get("data"))
        name, state, management = (_dict(data.get(part) or {}) for part in ("name", "state", "management"))
        address = _dict(data.get("address") or {})
        place = _dict(address.get("data") or {})
        person = data.get("type") == "INDIVIDUAL"
        entries.append(
            _entry(
                name=name.get("short_with_opf") or name.get("short") or _dict(suggestion).get("value"),
                legal_name=name.get("full_with_opf") or name.get("full"),
                vat=data.get("inn"),
                kpp=None if person else data.get("kpp"),
                company_registry=data.get("ogrn"),
                okpo=data.get("okpo"),
                legal_address=address.get("unrestricted_value") or address.get("value"),
                director_name=None if person else management.get("name"),
                director_position=None if person else management.get("post"),
                phone=_first_value(data.get("phones")),
                email=_first_value(data.get("emails")),
                city=place.get("city") or place.get("settlement"),
                zip=place.get("postal_code"),
                kind="sole_proprietor" if person else "organisation",
                branch=data.get("branch_type") == "BRANCH",
                status=_RU_STATUSES.get(state.get("status"), "active"),
                status_date=_milliseconds(state.get("liquidation_date")),
            )
        )
    return entries[:_MAX_ENTRIES]


def parse_ro_anaf(answer):
    """Entries of the public service of the Romanian tax authority: ``{"found": [{"date_generale": {...}}], "notFound": [...]}``."""
    answer = _dict(answer)
    if "found" not in answer and "notFound" not in answer:
        raise RegisterError("shape", "There is neither “found” nor “notFound”.")
    entries = []
    for row in _list(answer.get("found") or []):
        general = _dict(_dict(row).get("date_generale"))
        seat = _dict(row.get("adresa_sediu_social") or {})
        inactive = _dict(row.get("stare_inactiv") or {})
        vat_payer = _dict(row.get("inregistrare_scop_Tva") or {}).get("scpTVA") is True
        number = _text(general.get("cui"))
        removed = _text(inactive.get("dataRadiere"))
        state = _text(general.get("stare_inregistrare")).upper()
        street = " ".join(filter(None, (_text(seat.get("sdenumire_Strada")), _text(seat.get("snumar_Strada")))))
        entries.append(
            _entry(
                name=general.get("denumire"),
                legal_name=general.get("denumire"),
                vat=f"RO{number}" if vat_payer and number else number,
                company_registry=general.get("nrRegCom"),
                legal_address=general.get("adresa"),
                phone=general.get("telefon"),
                street=street,
                city=seat.get("sdenumire_Localitate"),
                zip=general.get("codPostal"),
                kind="organisation",
                branch=False,
                status="liquidated"
                if removed or state.startswith("RADIERE")
                else "inactive"
                if inactive.get("statusInactivi") is True
                else "active",
                status_date=removed[:10],
            )
        )
    return entries[:_MAX_ENTRIES]


def parse_csv(content, number):
    """Entries of a file: a header with names of :data:`FIELDS` (``vat`` at least), and the lines with the number.

    :param bytes content: UTF-8, separated by commas or semicolons
    :param str number: tax or register number
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegisterError("encoding", "The file is not in UTF-8.") from error
    header = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",")
    if "vat" not in (reader.fieldnames or ()):
        raise RegisterError("shape", "The first line has no column “vat”.")
    wanted = _bare(number)
    entries = []
    try:
        for row in reader:
            if wanted in (_bare(row.get("vat")), _bare(row.get("company_registry"))):
                values = {name: row.get(name) for name in FIELDS}
                status = row.get("status") or "active"
                known = status if status in ("active", "liquidating", "liquidated", "inactive") else "active"
                entries.append(
                    _entry(
                        **values, kind=None, branch=False, status=known, status_date=_text(row.get("status_date"))[:10]
                    )
                )
    except csv.Error as error:
        raise RegisterError("shape", str(error)) from error
    return entries[:_MAX_ENTRIES]


def same_number(one, other):
    """Tell whether two tax or register numbers are one, whatever letters of the country stand before them."""
    return bool(_bare(one)) and _bare(one) == _bare(other)


# ------------------------------------------------------------
# Pieces
# ------------------------------------------------------------


def _entry(kind, branch, status, status_date, **values):
    entry = {name: _text(values.get(name)) for name in FIELDS}
    return entry | {"kind": kind, "branch": branch, "status": status, "status_date": status_date or ""}


def _text(value):
    """A value as one line of text; anything but a text or a whole number is nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return " ".join("".join(char if char.isprintable() else " " for char in str(value)).split())[:_MAX_TEXT]


def _dict(value):
    if not isinstance(value, dict):
        raise RegisterError("shape", "An object was expected.")
    return value


def _list(value):
    if not isinstance(value, list):
        raise RegisterError("shape", "A list was expected.")
    return value


def _first_value(items):
    first = items[0] if isinstance(items, list) and items else None
    return first.get("value") if isinstance(first, dict) else None


def _milliseconds(value):
    try:
        return datetime.datetime.fromtimestamp(value / 1000, datetime.UTC).date().isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return ""


def _bare(value):
    return re.sub(r"^[A-Z]{2}(?=[0-9])", "", re.sub(r"[\W_]", "", _text(value).upper()))
