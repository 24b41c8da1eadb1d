"""What two spellings of one name, phone, e-mail or number have in common. Pure functions, no ORM.

Two entries of a directory are alike when a key of one is a key of the other; names are compared by similarity as well.
"""

import re
import unicodedata

__all__ = ["email_keys", "name_key", "number_key", "phone_keys", "similarity"]

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MIN_PHONE_DIGITS = 7
_MAX_KEYS = 10
_MAX_NAME = 120
_MAX_TEXT = 1000

# ------------------------------------------------------------
# Phones
# ------------------------------------------------------------

_EXTENSION = re.compile(r"(доб|вн|ext|int|tone|#|x)\W*\d{1,6}\W*$", re.IGNORECASE)
# Countries whose national numbers keep their leading zero behind the code of the country.
_ZERO_STAYS = {"39", "378"}


def phone_keys(value, country_code=None):
    """Return the phones in a text, each as digits with the code of the country and nothing else.

    :param str value: one or several phones, separated by commas, semicolons, slashes or lines
    :param country_code: dialling code of the country to which a national number belongs, such as 7 or 40
    """
    keys = []
    for part in re.split(r"[,;/\n]+", _plain(value)):
        key = _phone_key(part, str(country_code or ""))
        if key and key not in keys:
            keys.append(key)
    return keys[:_MAX_KEYS]


def _phone_key(value, code):
    value = _EXTENSION.sub("", value.strip())
    international = value.startswith(("+", "00"))
    digits = re.sub(r"[^0-9]", "", value.replace("(0)", "") if international else value)
    if international:
        digits = digits.removeprefix("00")
    if len(digits) < _MIN_PHONE_DIGITS or len(digits) > 15 or not digits.strip("0"):
        return ""
    if international:
        return digits
    if len(digits) == 11 and re.match(r"[78][3489]", digits):
        # Within Russia and Kazakhstan 8 is dialled instead of the code of the country.
        return "7" + digits[1:]
    if not code:
        return digits
    if code == "7":
        return "7" + digits if len(digits) == 10 else digits
    if digits.startswith("0") and code not in _ZERO_STAYS:
        return code + digits.lstrip("0")
    if digits.startswith(code) and len(digits) - len(code) >= 8:
        return digits
    return code + digits


# ------------------------------------------------------------
# E-mails and numbers
# ------------------------------------------------------------


def email_keys(value):
    """Return the e-mail addresses in a text, in small letters."""
    found = re.findall(r"[^\s<>,;:\"'()]+@[^\s<>,;:\"'()@]+\.[^\s<>,;:\"'()@]{2,}", _plain(value).lower())
    return list(dict.fromkeys(address.strip(".") for address in found))[:_MAX_KEYS]


def number_key(value):
    """Return a tax or register number without spaces, marks and the letters of the country before it."""
    key = re.sub(r"[\W_]", "", _plain(value).upper())
    if re.fullmatch(r"[A-Z]{2}[0-9]+", key):
        key = key[2:]
    return key if len(key) > 1 and key.strip("0") else ""


# ------------------------------------------------------------
# Names
# ------------------------------------------------------------

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u",
}  # fmt: skip
# How Latin spellings of one sound differ: Russian names abroad, Romanian and English ones.
_FOLDS = (
    ("shch", "sh"), ("sch", "sh"), ("tch", "ch"), ("kh", "h"), ("ph", "f"), ("ck", "k"), ("qu", "k"), ("tz", "ts"), ("x", "ks"),
    ("w", "v"), ("q", "k"), ("y", "i"), ("j", "i"),
)  # fmt: skip
_LEGAL_FORMS = (
    # Russia
    "общество с ограниченной ответственностью", "публичное акционерное общество", "непубличное акционерное общество",
    "открытое акционерное общество", "закрытое акционерное общество", "акционерное общество", "индивидуальный предприниматель",
    "государственное унитарное предприятие", "муниципальное унитарное предприятие", "федеральное государственное",
    "бюджетное учреждение", "автономная некоммерческая организация", "ооо", "оао", "зао", "пао", "нао", "ао", "ип", "тоо", "чп",
    "гуп", "муп", "фгуп", "фгбу", "ано", "нко", "кфх", "ooo", "oao", "zao", "pao",
    # Romania and Moldova
    "societate cu raspundere limitata", "societatea cu raspundere limitata", "societatea comerciala", "societate pe actiuni",
    "persoana fizica autorizata", "intreprindere individuala", "srl d", "srl", "sa", "sc", "snc", "scs", "sca", "pfa", "ii", "if",
    "ra", "im", "ics",
    # elsewhere
    "limited liability company", "public limited company", "joint stock company", "limited", "incorporated", "corporation",
    "llc", "ltd", "inc", "corp", "plc", "llp", "gmbh", "ag", "kg", "bv", "nv", "oy", "ab", "sarl", "sas", "spa", "jsc", "pjsc", "co",
)  # fmt: skip


def name_key(value):
    """Return a name as words of plain letters in alphabetical order, without its legal form.

    Cyrillic and Latin spellings, ё and е, ș and s, quotes, case and the order of words make no difference.
    """
    text = _spell(_plain(value))
    bare = _FORMS.sub(" ", f" {text} ").split() or text.split()
    return " ".join(sorted(_fold(word) for word in bare))[:_MAX_NAME].strip()


def _spell(text):
    """Small letters of the value without marks above and below them, everything else as spaces; initials are joined."""
    text = text.lower().replace("й", "и").replace("ё", "е")
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    # S.R.L. is one word.
    text = re.sub(r"\b(\w)\.\s?(?=\w\b)", r"\1", text)
    return " ".join(re.findall(r"[^\W_]+", text))


def _fold(word):
    word = "".join(_CYRILLIC.get(letter, letter) for letter in word)
    for spelling, sound in _FOLDS:
        word = word.replace(spelling, sound)
    # c is k before all but e and i; "ch" is a sound of its own.
    word = re.sub(r"c(?![hei])", "k", word)
    return re.sub(r"([a-z])\1+", r"\1", word)


_FORMS = re.compile(
    "(?<= )(?:" + "|".join(re.escape(_spell(form)) for form in sorted(_LEGAL_FORMS, key=len, reverse=True)) + ")(?= )"
)

# ------------------------------------------------------------
# Similarity
# ------------------------------------------------------------


def similarity(one, other):
    """Return how alike two keys of names are, 0 to 1, as ``similarity`` of PostgreSQL's pg_trgm does."""
    ours, theirs = _trigrams(one), _trigrams(other)
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


def _trigrams(text):
    return {f"  {word} "[start : start + 3] for word in text.split() for start in range(len(word) + 1)}


def _plain(value):
    if not isinstance(value, str):
        return ""
    return value[:_MAX_TEXT].translate(_FULL_WIDTH).replace("\0", "")
