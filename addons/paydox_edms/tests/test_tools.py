from odoo.tests import BaseCase

from odoo.addons.paydox_edms.tools import filename, number_pattern
from odoo.addons.paydox_edms.tools.number_pattern import PatternError


class TestNumberPattern(BaseCase):
    def _reason(self, pattern):
        with self.assertRaises(PatternError) as caught:
            number_pattern.parse(pattern)
        return caught.exception.reason

    def test_patterns_that_could_repeat_a_number_are_refused(self):
        for pattern, reason in {
            "": "empty",
            "   ": "empty",
            "CON-{year}": "missing",
            "{seq}-{seq}": "twice",
            "{seq:03}/{seq:04}": "twice",
            "A{seq}": "touching",
            "{seq}A": "touching",
            "1{seq}": "touching",
            "Ж{seq}": "touching",
            "{year}{seq}": "touching",
            "{seq}{year}": "touching",
            "{seq:04}{kind}": "touching",
        }.items():
            with self.subTest(pattern=pattern):
                self.assertEqual(self._reason(pattern), reason)

    def test_code_and_format_specs_are_refused(self):
        for pattern in (
            "{user}-{seq}",
            "{kind.__class__}-{seq}",
            "{kind[0]}-{seq}",
            "{year!r}-{seq}",
            "{year:>9}-{seq}",
            "{seq:x}",
            "{seq:04d}",
            "{seq:-4}",
            "{seq:04}}-",
            "{{seq}}",
            "{}-{seq}",
            "{0}-{seq}",
            "{ seq }",
            "{seq:00}",
            "{seq:99}",
            "{seq",
        ):
            with self.subTest(pattern=pattern), self.assertRaises(PatternError):
                number_pattern.parse(pattern)

    def test_number_is_made_of_values_and_padded_sequence(self):
        values = {"kind": "CON", "year": "2026", "dept": "01"}
        self.assertEqual(number_pattern.render("{kind}-{year}/{seq:04}", values, 7), "CON-2026/0007")
        self.assertEqual(number_pattern.render("{dept}-{seq}-x", values, 12), "01-12-x")

    def test_sequence_longer_than_its_width_grows(self):
        self.assertEqual(number_pattern.render("{seq:03}", {}, 1000), "1000")

    def test_width_does_not_split_a_journal(self):
        values = {"year": "2026"}
        self.assertEqual(
            number_pattern.get_frame("{year}-{seq}", values), number_pattern.get_frame("{year}-{seq:04}", values)
        )

    def test_period_follows_from_the_pattern(self):
        for pattern, period in {
            "{seq}": "never",
            "{kind}-{month}-{seq}": "never",
            "{year}-{seq}": "yearly",
            "{yy}/{seq}": "yearly",
            "{year}-{month}-{seq}": "monthly",
            "{month}.{yy}-{seq}": "monthly",
        }.items():
            with self.subTest(pattern=pattern):
                self.assertEqual(number_pattern.get_default_period(pattern), period)


class TestFilename(BaseCase):
    def test_path_parts_and_misleading_marks_are_removed(self):
        for name, clean in {
            "../../etc/passwd": "passwd",
            "C:\\Users\\x\\contract.pdf": "contract.pdf",
            "invoice\u202efdp.exe": "invoicefdp.exe",
            "a\x00b\x1f.pdf": "ab.pdf",
            "two\nlines.pdf": "two lines.pdf",
            "  spaced  .pdf ": "spaced .pdf",
            "..": "",
            "": "",
            "\u200f\u202e": "",
            "Договор №1.docx": "Договор №1.docx",
            'a<b>"c".pdf': "a_b__c_.pdf",
        }.items():
            with self.subTest(name=name):
                self.assertEqual(filename.sanitize(name), clean)

    def test_long_name_keeps_its_extension(self):
        name = filename.sanitize("я" * 300 + ".docx")

        self.assertEqual(len(name), filename.MAX_LENGTH)
        self.assertTrue(name.endswith(".docx"))
