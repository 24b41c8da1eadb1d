"""Words of texts and of queries, for the full-text search in Russian, Romanian and English. No ORM here."""

import re
import unicodedata

PAGE_BREAK = "\f"
MAX_QUERY = 300
MAX_TERMS = 12
MAX_WORDS_IN_TERM = 8
MAX_WORD = 80
# A tsvector holds 1 MB of words and places. What is counted below is a little more than what PostgreSQL counts.
CARD_BUDGET = 150_000
FILE_BUDGET = 800_000
# PostgreSQL keeps no more places of one word.
MAX_PLACES = 256

_INVISIBLE = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\x00-\x08\x0b\x0e-\x1f]")
_LIGATURES = {ord(char): unicodedata.normalize("NFKC", char) for char in "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"}
_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
_QUOTES = str.maketrans("“”„«»", '"' * 5)


class _Folding(dict):
    """Character for character, so that a place in the folded text is the same place in the text."""

    def __missing__(self, code):
        char = chr(code)
        lowered = char.lower()
        if lowered != "й":
            bare = "".join(part for part in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(part))
            lowered = bare if len(bare) == 1 else lowered
        self[code] = lowered if len(lowered) == 1 else char
        return self[code]


_FOLDING = _Folding()


def clean(text):
    """The text as it is kept and shown: composed, without invisible marks and ligatures."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text or "").translate(_LIGATURES))


def fold(text):
    """Small letters without diacritics: ё and е, ș, ş and s are the same. As long as the text itself."""
    return text.translate(_FOLDING)


def split_words(text):
    """Words and numbers of a text, folded."""
    return _WORD.findall(fold(clean(text)))


def prepare_vector(text, budget=FILE_BUDGET):
    """What the index is made of: folded words, cut where a ``tsvector`` would become too long.

    :param int budget: bytes of the ``tsvector``
    :return: ``(all words, Latin words)``, each as text; Latin words are stemmed as Romanian too
    """
    words, latin, places, spent = [], [], {}, 0
    for word in split_words(text):
        if len(word) > MAX_WORD:
            continue
        is_latin = word.isascii() and word.isalpha()
        seen = places.get(word, 0)
        places[word] = seen + 1
        if seen < MAX_PLACES:
            spent += (2 + (0 if seen else len(word.encode()) + 10)) * (2 if is_latin else 1)
        if spent > budget:
            break
        words.append(word)
        if is_latin:
            latin.append(word)
    return " ".join(words), " ".join(latin)


def parse_query(text):
    """Terms of a query; all of them must be found. What stands in quotes, or is one word to the eye, is a phrase.

    :return: list of ``(words, is_prefix)``; the last word may be the beginning of a longer one
    """
    text = clean(text)[:MAX_QUERY].translate(_QUOTES)
    terms = []
    for quoted, plain in _TERM.findall(text):
        words = [word for word in split_words(quoted or plain) if len(word) <= MAX_WORD][:MAX_WORDS_IN_TERM]
        if words:
            terms.append((words, False))
    terms = terms[:MAX_TERMS]
    if terms and not text.rstrip().endswith('"') and len(terms[-1][0][-1]) > 1:
        terms[-1] = (terms[-1][0], True)
    return terms


def find_candidates(text, lexemes):
    """Words of ``text`` that may be what a query asks for: they begin as one of the stems does.

    :param lexemes: stems of the query
    :return: list of ``(start, end, folded word)``
    """
    # Now and then a stem ends otherwise than the word: "company" and "compani".
    beginnings = {re.escape(lexeme[: max(2, len(lexeme) - 1)]) for lexeme in lexemes}
    if not beginnings:
        return []
    pattern = re.compile(r"(?<![^\W_])(?:%s)[^\W_]*" % "|".join(sorted(beginnings, key=len, reverse=True)))
    return [(match.start(), match.end(), match.group()) for match in pattern.finditer(fold(text))]


def cut_snippet(text, hits, width=240):
    """The piece of a text with the most hits; it never goes over the end of a page.

    :param hits: ``[(start, end)]`` in order of place
    :return: ``([[piece, is_hit]], place of the first hit)``
    """
    best = max(range(len(hits)), key=lambda index: (_count_within(text, hits, index, width), -index))
    first = hits[best][0]
    page_start, page_end = text.rfind(PAGE_BREAK, 0, first) + 1, text.find(PAGE_BREAK, first)
    start = _word_start(text, max(page_start, first - width // 4), page_start)
    end = min(len(text) if page_end < 0 else page_end, start + width)
    pieces, position = [], start
    for hit_start, hit_end in hits[best:]:
        if hit_end > end:
            break
        pieces += [[_squeeze(text[position:hit_start]), False], [text[hit_start:hit_end], True]]
        position = hit_end
    pieces.append([_squeeze(text[position:end]), False])
    if start > page_start:
        pieces.insert(0, ["…", False])
    if end < len(text):
        pieces.append(["…", False])
    return [piece for piece in pieces if piece[0]], first


def _count_within(text, hits, index, width):
    page_end = text.find(PAGE_BREAK, hits[index][0], hits[index][0] + width)
    limit = page_end if page_end >= 0 else hits[index][0] + width * 3 // 4
    return sum(1 for start, _end in hits[index : index + 20] if start < limit)


def _word_start(text, position, page_start):
    space = text.find(" ", position, position + 40)
    return space + 1 if position > page_start and space >= 0 else position


def _squeeze(text):
    return re.sub(r"\s+", " ", text)
