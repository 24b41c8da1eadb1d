"""Each addon speaks three languages: its template is current, Russian and Romanian are complete."""

import ast
import io
import re

import polib
from babel.messages.extract import extract

from odoo.tools.translate import trans_export

from .common import SuiteCase
from .repository import ADDONS, manifests

LANGUAGES = ("ru", "ro")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdifr]|%[sdifr]|%%|\$\{[^}]*\}|\{\w*\}|</?[a-z]+\b")


def _get_texts(tree):
    """What the code gives to ``_`` to be translated."""
    for node in ast.walk(tree):
        name = isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("_", "_lt") and node.args and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


class TestTranslations(SuiteCase):
    def _terms(self, text):
        po = polib.pofile(text)
        return {(entry.msgid, tuple(sorted(where for where, _line in entry.occurrences))) for entry in po}

    def test_templates_hold_the_terms_of_the_code(self):
        for addon in manifests():
            with self.subTest(addon=addon), io.BytesIO() as exported:
                trans_export(False, [addon], exported, "po", self.env)
                path = ADDONS / addon / "i18n" / f"{addon}.pot"
                self.assertTrue(path.exists(), "make i18n writes it")
                self.assertEqual(
                    self._terms(exported.getvalue().decode()), self._terms(str(path)), "make i18n renews it"
                )

    def test_no_technical_word_is_taken_for_a_term(self):
        """The extractor takes a bracket that follows ``_()`` before the next name for a call: write a dictionary there."""
        for path in sorted(ADDONS.glob("*/**/*.py")):
            source = path.read_bytes()
            found = extract("odoo.tools.babel:extract_python", io.BytesIO(source), keywords={"_": None, "_lt": None})
            extracted = {text for _line, text, *_rest in found if isinstance(text, str)}
            with self.subTest(path=str(path.relative_to(ADDONS))):
                self.assertFalse(extracted - set(_get_texts(ast.parse(source))))

    def test_translations_are_complete(self):
        for addon in manifests():
            template = polib.pofile(str(ADDONS / addon / "i18n" / f"{addon}.pot"))
            for language in LANGUAGES:
                with self.subTest(addon=addon, language=language):
                    po = polib.pofile(str(ADDONS / addon / "i18n" / f"{language}.po"))
                    translated = {entry.msgid for entry in po if entry.translated() and not entry.obsolete}
                    missing = sorted({entry.msgid for entry in template} - translated)
                    self.assertFalse(missing[:10], f"{len(missing)} terms are not translated")
                    self.assertFalse(po.fuzzy_entries())

    def test_translations_keep_placeholders_and_tags(self):
        for path in sorted(ADDONS.glob("*/i18n/*.po")):
            with self.subTest(path=str(path.relative_to(ADDONS))):
                wrong = [
                    entry.msgid
                    for entry in polib.pofile(str(path))
                    if entry.translated()
                    and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr))
                ]
                self.assertFalse(wrong)
