"""Identifiers of organisations and people, checked by the rules of their authorities.

Pure functions, no ORM. Every identifier is an object with ``validate(value)``, which returns the compact value or raises
:class:`RequisiteError` (a ``ValueError`` whose text is the reason), and ``is_valid(value)``.

Why not python-stdnum: it lacks KPP, OKPO, BIK and Russian accounts, refuses 23 % of valid OGRNIPs, accepts zeros only, and
knows the Romanian register number of 2024 only since 2.2, while Odoo pins 1.19.
"""

import datetime
import re

__all__ = [
    "RequisiteError",
    "inn",
    "kpp",
    "ogrn",
    "ogrnip",
    "okpo",
    "bik",
    "ru_account",
    "ru_corr_account",
    "cui",
    "onrc",
    "iban",
    "swift",
]

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_ACCOUNT_LETTERS = {letter: str(digit) for digit, letter in enumerate("ABCEHKMPTX")}
_COUNTIES = {*range(1, 41), 51, 52}


class RequisiteError(ValueError):
    """Why a value is refused.

    ``code`` is one of ``empty``, ``characters``, ``length``, ``zeros``, ``prefix``, ``format``, ``checksum``, ``year``,
    ``county``, ``bank``; callers use it to say the reason in the language of the user.
    """

    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code


class _Identifier:
    """A kind of identifier: its name and the function that checks a cleaned value."""

    def __init__(self, name, check):
        self.name = name
        self._check = check
        self.__doc__ = check.__doc__

    def __repr__(self):
        return f"<identifier {self.name}>"

    def validate(self, value):
        """Return the compact form of ``value``; raise :class:`RequisiteError` with the reason when it is wrong."""
        return self._check(_clean(value))

    def is_valid(self, value):
        """Tell whether ``validate`` accepts ``value``, whatever its type."""
        try:
            self.validate(value)
        except RequisiteError:
            return False
        return True


class _Account(_Identifier):
    """A Russian account: its key depends on the bank, so both methods take a BIK."""

    def validate(self, value, bik=None):
        """Return the compact account; the key digit is checked when the ``bik`` of the bank is given."""
        return self._check(_clean(value), bik)

    def is_valid(self, value, bik=None):
        """Tell whether ``validate`` accepts the account with this ``bik``."""
        try:
            self.validate(value, bik)
        except RequisiteError:
            return False
        return True


# ------------------------------------------------------------
# Shared pieces
# ------------------------------------------------------------


def compact(value):
    """Return ``value`` without spaces, invisible marks and full-width characters, in capitals; it is not checked."""
    try:
        return _clean(value)
    except RequisiteError:
        return ""


def _clean(value):
    """Drop spaces and invisible marks, turn full-width characters into plain ones, upper-case."""
    if value is None or value is False:
        raise RequisiteError("empty", "The value is empty.")
    if not isinstance(value, str):
        raise RequisiteError("characters", "The value must be a text.")
    cleaned = "".join(value.translate(_FULL_WIDTH).translate(_INVISIBLE).split()).upper()
    if not cleaned:
        raise RequisiteError("empty", "The value is empty.")
    return cleaned


def _require_digits(value, *lengths):
    if not re.fullmatch(r"[0-9]+", value):
        raise RequisiteError("characters", "Only digits are allowed.")
    if len(value) not in lengths:
        expected = " or ".join(str(length) for length in lengths)
        raise RequisiteError("length", f"{expected} digits are expected, {len(value)} given.")
    if not value.strip("0"):
        raise RequisiteError("zeros", "Zeros only is not a number that is ever given.")


def _weighted(digits, weights):
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _require_check(matches):
    if not matches:
        raise RequisiteError("checksum", "The check digit does not match: there is a typing error in the number.")


# ------------------------------------------------------------
# Russia
# ------------------------------------------------------------

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def _check_inn(value):
    """INN: 10 digits of an organisation, 12 of a person."""
    _require_digits(value, 10, 12)
    if len(value) == 10:
        _require_check(_weighted(value, _INN_10) % 11 % 10 == int(value[9]))
    else:
        _require_check(
            _weighted(value, _INN_11) % 11 % 10 == int(value[10])
            and _weighted(value, _INN_12) % 11 % 10 == int(value[11])
        )
    return value


def _check_kpp(value):
    """KPP: tax office, reason (digits or Latin capitals), number; it has no check digit."""
    if not re.fullmatch(r"[0-9A-Z]+", value):
        raise RequisiteError("characters", "Only digits and, in positions 5 and 6, Latin letters are allowed.")
    if len(value) != 9:
        raise RequisiteError("length", f"9 characters are expected, {len(value)} given.")
    if not re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", value):
        raise RequisiteError("format", "Letters are allowed in positions 5 and 6 only.")
    if value.startswith("0000"):
        raise RequisiteError("prefix", "No tax office has the number 0000.")
    return value


def _check_ogrn(value):
    """OGRN: 13 digits of an organisation or of a record about it."""
    _require_digits(value, 13)
    if value[0] == "0":
        raise RequisiteError("prefix", "The first digit cannot be 0.")
    _require_check(int(value[:12]) % 11 % 10 == int(value[12]))
    return value


def _check_ogrnip(value):
    """OGRNIP: 15 digits of a sole proprietor; the key is the last digit of the remainder."""
    _require_digits(value, 15)
    if value[0] != "3":
        raise RequisiteError("prefix", "The number of a sole proprietor begins with 3.")
    _require_check(int(value[:14]) % 13 % 10 == int(value[14]))
    return value


def _okpo_key(digits):
    for shift in (0, 2):
        key = _weighted(digits, [(position + shift) % 10 + 1 for position in range(len(digits))]) % 11
        if key < 10:
            return key
    return 0


def _check_okpo(value):
    """OKPO: 8 digits of an organisation, 10 of a sole proprietor."""
    _require_digits(value, 8, 10)
    _require_check(_okpo_key(value[:-1]) == int(value[-1]))
    return value


def _check_bik(value):
    """BIK: 9 digits; the first says how the bank takes part in payments (0, 1 or 2)."""
    _require_digits(value, 9)
    if value[0] not in "012":
        raise RequisiteError("prefix", "The first digit is 0, 1 or 2.")
    return value


def _account_key_matches(prefix, account):
    digits = prefix + account[:5] + _ACCOUNT_LETTERS.get(account[5], account[5]) + account[6:]
    return _weighted(digits, (7, 1, 3) * 8) % 10 == 0


def _check_ru_account(value, bank):
    """Account in a Russian bank: 20 characters, the key is computed together with the BIK."""
    if not re.fullmatch(r"[0-9A-Z]+", value):
        raise RequisiteError("characters", "Only digits and, in position 6, a Latin letter are allowed.")
    if len(value) != 20:
        raise RequisiteError("length", f"20 characters are expected, {len(value)} given.")
    if not re.fullmatch(r"[0-9]{5}[0-9ABCEHKMPTX][0-9]{14}", value):
        raise RequisiteError("format", "A letter is allowed in position 6 only: one of A B C E H K M P T X.")
    if not value.strip("0"):
        raise RequisiteError("zeros", "Zeros only is not a number that is ever given.")
    if bank is None:
        return value
    code = bik.validate(bank)
    if code.startswith(("00", "01")):
        # Accounts of the Treasury follow other rules.
        return value
    centre = "0" + code[4:6]
    if code[6:] in ("000", "001", "002"):
        matches = _account_key_matches(centre, value)
    else:
        matches = _account_key_matches(code[6:], value)
        if not matches and value.startswith("301") and value[17:] == code[6:]:
            # The correspondent account of the bank is kept in the cash settlement centre.
            matches = _account_key_matches(centre, value)
    if not matches:
        raise RequisiteError("checksum", "The key of the account does not match the BIK of the bank.")
    return value


def _check_ru_corr_account(value, bank):
    """Account of a Russian bank at the central bank: begins with 301 and ends like the BIK of the bank."""
    _check_ru_account(value, None)
    code = bik.validate(bank) if bank is not None else ""
    if code.startswith(("00", "01")):
        # The Treasury pays through accounts of its own.
        return value
    if not value.startswith("301"):
        raise RequisiteError("prefix", "A correspondent account begins with 301.")
    if code and code[6:] not in ("000", "001", "002") and value[17:] != code[6:]:
        raise RequisiteError("bank", "The last three digits are not those of the BIK.")
    return _check_ru_account(value, bank)


# ------------------------------------------------------------
# Romania
# ------------------------------------------------------------

_CUI = (7, 5, 3, 2, 1, 7, 5, 3, 2)


def _check_cui(value):
    """CUI: 2 to 10 digits; the prefix RO says "pays VAT" and is not a part of the number."""
    value = value.removeprefix("RO")
    _require_digits(value, *range(2, 11))
    if value[0] == "0":
        raise RequisiteError("prefix", "The number does not begin with 0.")
    _require_check(_weighted(value[:-1].zfill(9), _CUI) * 10 % 11 % 10 == int(value[-1]))
    return value


def _check_onrc(value):
    """Number in the trade register: J40/8302/1997, or J1997008302407 since 26.07.2024."""
    if value[0] not in "JFC":
        raise RequisiteError("prefix", "The number begins with J, F or C.")
    if old := re.fullmatch(r"([JFC])/?([0-9]{1,2})/([0-9]{1,5})/([0-9]{4})", value):
        letter, county, serial, year = old.groups()
        _require_county(int(county), _COUNTIES)
        if not int(serial):
            raise RequisiteError("zeros", "The serial number cannot be zero.")
        _require_year(int(year), 2024)
        return f"{letter}{int(county):02d}/{int(serial)}/{year}"
    if not re.fullmatch(r"[JFC][0-9]+", value):
        raise RequisiteError("format", "Expected J40/8302/1997 or, in the form of 2024, J1997008302407.")
    if len(value) != 14:
        raise RequisiteError("length", f"14 characters are expected, {len(value)} given.")
    year = int(value[1:5])
    _require_year(year, datetime.date.today().year)
    _require_county(int(value[11:13]), _COUNTIES if year < 2024 else _COUNTIES | {0} if year == 2024 else {0})
    _require_check((ord(value[0]) + sum(map(int, value[1:13]))) % 10 == int(value[13]))
    return value


def _require_county(county, known):
    if county not in known:
        raise RequisiteError("county", f"There is no county with the number {county:02d} in a number of this year.")


def _require_year(year, last):
    if not 1990 <= year <= last:
        raise RequisiteError("year", f"The year is between 1990 and {last}.")


# ------------------------------------------------------------
# Everywhere
# ------------------------------------------------------------


# How the account looks after country and check digits, where it is known; elsewhere the check digits say enough.
_IBAN_BODIES = {"RO": r"[A-Z]{4}[0-9A-Z]{16}", "MD": r"[0-9A-Z]{20}", "BY": r"[0-9A-Z]{4}[0-9]{4}[0-9A-Z]{16}"}


def _check_iban(value):
    """IBAN: country, two check digits (mod 97), account in the form of the country."""
    if not re.fullmatch(r"[0-9A-Z]+", value):
        raise RequisiteError("characters", "Only Latin letters and digits are allowed.")
    if not re.match(r"[A-Z]{2}[0-9]{2}", value):
        raise RequisiteError("prefix", "It begins with the letters of the country and two digits.")
    if value[:2] == "RO" and len(value) != 24 or not 15 <= len(value) <= 34:
        raise RequisiteError("length", f"{len(value)} characters are too many or too few.")
    if not re.fullmatch(_IBAN_BODIES.get(value[:2], r"[0-9A-Z]+"), value[4:]):
        raise RequisiteError("format", "It is not an account of this country.")
    number = int("".join(str(int(character, 36)) for character in value[4:] + value[:4]))
    _require_check(number % 97 == 1 and 2 <= int(value[2:4]) <= 98)
    return value


def _check_swift(value):
    """SWIFT or BIC of a bank (ISO 9362): 8 or 11 characters."""
    if not re.fullmatch(r"[0-9A-Z]+", value):
        raise RequisiteError("characters", "Only Latin letters and digits are allowed.")
    if len(value) not in (8, 11):
        raise RequisiteError("length", f"8 or 11 characters are expected, {len(value)} given.")
    if not re.fullmatch(r"[A-Z]{6}[0-9A-Z]{2,5}", value):
        raise RequisiteError("format", "Four letters of the bank and two of the country come first.")
    return value


inn = _Identifier("INN", _check_inn)
kpp = _Identifier("KPP", _check_kpp)
ogrn = _Identifier("OGRN", _check_ogrn)
ogrnip = _Identifier("OGRNIP", _check_ogrnip)
okpo = _Identifier("OKPO", _check_okpo)
bik = _Identifier("BIK", _check_bik)
ru_account = _Account("account", _check_ru_account)
ru_corr_account = _Account("correspondent account", _check_ru_corr_account)
cui = _Identifier("CUI", _check_cui)
onrc = _Identifier("ONRC", _check_onrc)
iban = _Identifier("IBAN", _check_iban)
swift = _Identifier("SWIFT", _check_swift)
