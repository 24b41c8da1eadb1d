"""Merges freshly exported terms (FOLDER/addon.pot) into the translations of the addons.

A term that is gone stays at the end of the file as an obsolete one, so no translator's work is lost;
when it comes back, it is translated again at once.
"""

import sys
from pathlib import Path

import polib

ADDONS = Path(__file__).resolve().parents[1] / "addons"
LANGUAGES = {"ru": "Russian", "ro": "Romanian"}
WIDTH = 78


def content(po):
    """What matters in a template: its terms and where they come from, not the date of the export."""
    return {(entry.msgctxt, entry.msgid, tuple(sorted(entry.occurrences))) for entry in po}


def merge(path, template, language):
    if path.exists():
        po = polib.pofile(str(path), wrapwidth=WIDTH)
    else:
        po = polib.POFile(wrapwidth=WIDTH)
        po.metadata = {**template.metadata, "Language": language, "Language-Team": LANGUAGES[language]}
    before = str(po)
    # polib forgets that an obsolete term was translated when it comes back.
    obsolete = {entry.msgid: entry.msgstr for entry in po.obsolete_entries() if entry.msgstr}
    po.merge(template)
    for entry in po:
        if not entry.obsolete and not entry.msgstr and entry.msgid in obsolete:
            entry.msgstr = obsolete[entry.msgid]
    if str(po) != before:
        po.save(str(path))
    return len(po.untranslated_entries()), len(po.fuzzy_entries())


def main(folder):
    for exported in sorted(Path(folder).glob("*.pot")):
        target = ADDONS / exported.stem / "i18n"
        target.mkdir(exist_ok=True)
        template, path = polib.pofile(str(exported), wrapwidth=WIDTH), target / exported.name
        if not path.exists() or content(polib.pofile(str(path))) != content(template):
            template.save(str(path))
            print(f"{exported.stem}: template renewed, {len(template)} terms")
        for language in LANGUAGES:
            empty, fuzzy = merge(target / f"{language}.po", template, language)
            print(f"{exported.stem} {language}: {empty} to translate, {fuzzy} to review")


if __name__ == "__main__":
    main(sys.argv[1])
