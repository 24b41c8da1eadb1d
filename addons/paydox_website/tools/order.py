"""What a visitor may type into an order form. Pure functions, no ORM.

Each function returns the clean value or raises ``OrderError`` with a code; the wording is the caller's.
"""

import ipaddress
import re
import uuid

LIMITS = {"name": 128, "region": 128, "city": 128, "email": 254, "phone": 40, "comment": 5000}

_EMAIL_RE = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"  # local part: no dot at its ends, no two dots in a row
    r"@([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"  # domain: at least two labels
)
_PHONE_DIGITS = range(5, 21)
# C0 and C1 controls but tab and line feed, line separators, bidirectional overrides, and lone surrogates:
# PostgreSQL refuses the first and the last, the others let a visitor disguise a text.
_CONTROL_RE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class OrderError(ValueError):
    """A refused value: ``code`` says why, ``params`` are the numbers to name in the message."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


def clean_text(value):
    """Text of several lines without control characters."""
    text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL_RE.sub("", text).strip()


def clean_line(value):
    """Text of one line: any run of white space is one space."""
    return " ".join(clean_text(value).split())


def check_length(value, limit):
    if len(value) > limit:
        raise OrderError("too_long", length=len(value), limit=limit)
    return value


def parse_quantity(value, maximum):
    """Whole number from 1 to ``maximum``, in plain digits only."""
    text = clean_line(value)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= maximum:
        raise OrderError("quantity", maximum=maximum)
    return int(text)


def parse_email(value):
    email = check_length(clean_line(value), LIMITS["email"])
    if email and not (_EMAIL_RE.fullmatch(email) and len(email.partition("@")[0]) <= 64):
        raise OrderError("email")
    return email


def parse_phone(value):
    """Any national or international way of writing, an extension included, as long as it holds enough digits."""
    phone = check_length(clean_line(value), LIMITS["phone"])
    if phone and sum(char.isdigit() for char in phone) not in _PHONE_DIGITS:
        raise OrderError("phone")
    return phone


def parse_key(value):
    """Canonical text of a random UUID, or an empty string."""
    try:
        key = uuid.UUID(value)
    except (AttributeError, TypeError, ValueError):
        return ""
    return str(key) if str(key) == value else ""


def network_of(address):
    """What one sender is: an IPv4 address, or the /64 network of an IPv6 address, which one person owns as a whole."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if ip.version == 4:
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))
