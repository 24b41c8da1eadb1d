import base64

from odoo.fields import Command
from odoo.tests import Form

from .common import PDF, PDF_2, PaydoxEdmsCase

SECRET = "Takeover of Acme"


class TestDuplicate(PaydoxEdmsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls._create_kind(direction="incoming")
        cls.acme, cls.other = cls.env["res.partner"].create(
            [{"name": "Acme", "is_company": True}, {"name": "Other", "is_company": True}]
        )
        cls.contact = cls.env["res.partner"].create({"name": "Ann", "parent_id": cls.acme.id})

    def _create_letter(self, **overrides):
        vals = {
            "partner_id": self.acme.id,
            "sender_number": "17/A",
            "sender_date": "2026-05-04",
            "confidentiality": "open",
        }
        return self._create_document(**vals | overrides)

    def test_clerk_is_warned_before_he_saves_the_same_letter(self):
        first = self._create_letter(name="Invoice 17")
        with Form(self.env["paydox.document"].with_user(self.clerk)) as form:
            form.kind_id = self.kind
            form.name = "Invoice"
            form.partner_id = self.contact
            form.sender_number = " 17 / a"
            form.sender_date = "2026-05-04"
            self.assertIn(f"/odoo/paydox.document/{first.id}", form.duplicate_text)
            self.assertIn("Invoice 17", form.duplicate_text)

        self.assertEqual(form.record.duplicate_ids, first)
        self.assertEqual(first.with_user(self.clerk).duplicate_ids, form.record)
        form.record.action_register()
        self.assertTrue(form.record.number)

    def test_letters_that_differ_are_no_duplicates(self):
        first = self._create_letter()
        for difference in (
            {"partner_id": self.other.id},
            {"partner_id": False},
            {"sender_number": "18/A"},
            {"sender_number": False},
            {"sender_date": "2026-05-05"},
            {"kind_id": self._create_kind(direction="incoming").id},
        ):
            with self.subTest(difference=difference):
                self.assertFalse(self._create_letter(**difference).duplicate_ids)
        self.assertIn(first, self._create_letter(sender_date=False).duplicate_ids)
        first.action_cancel()
        self.assertNotIn(first, self._create_letter().duplicate_ids)

    def test_same_file_elsewhere_is_pointed_out(self):
        first = self._create_letter(sender_number="1")
        second = self._create_letter(sender_number="2")
        first.add_version("a.pdf", PDF)
        first.add_version("a.pdf", PDF_2)

        second.add_version("b.pdf", PDF)

        self.assertEqual(second.duplicate_ids, first)
        self.assertIn("The same file", second.duplicate_text)
        self.assertFalse(first.duplicate_ids)
        wizard = self.env["paydox.document.add.version"].with_user(self.author)
        with Form(wizard.with_context(default_document_id=second.id)) as form:
            form.file = base64.b64encode(PDF_2)
            self.assertIn(f"/{first.id}", form.duplicate_text)
            form.file = base64.b64encode(b"something new")
            self.assertFalse(form.duplicate_text)

    def test_file_as_the_template_gave_it_is_no_duplicate(self):
        self.kind.write({"template_file": base64.b64encode(PDF), "template_filename": "t.pdf"})
        first, second = self._create_letter(sender_number="1"), self._create_letter(sender_number="2")
        (first.action_create_from_template(), second.action_create_from_template())

        self.assertFalse(first.duplicate_ids | second.duplicate_ids)

    def test_duplicate_that_the_user_may_not_read_is_not_even_hinted_at(self):
        secret = self._create_letter(confidentiality="secret", name=SECRET)
        secret.add_version("a.pdf", PDF)
        own = self._create_letter(responsible_id=self.clerk.id)
        own.add_version("b.pdf", PDF)
        self.assertEqual(own.duplicate_ids, secret)

        as_clerk = own.with_user(self.clerk)
        self.assertFalse(as_clerk.duplicate_ids)
        self.assertFalse(as_clerk.duplicate_text)
        with Form(self.env["paydox.document.add.version"].with_user(self.clerk).with_context(
            default_document_id=own.id
        )) as form:  # fmt: skip
            form.file = base64.b64encode(PDF + b"x")
            self.assertFalse(form.duplicate_text)
        found = as_clerk.web_search_read([("id", "=", own.id)], {"duplicate_ids": {}, "duplicate_text": {}})
        self.assertFalse(found["records"][0]["duplicate_ids"])

    def test_subject_of_a_duplicate_is_no_markup(self):
        self._create_letter(name="<img src=x onerror=alert(1)>")

        self.assertNotIn("<img", self._create_letter().duplicate_text)

    def test_duplicates_of_another_company_are_not_named(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.author.company_ids = [Command.link(company.id)]
        self._create_letter(company_id=company.id)

        self.assertFalse(self._create_letter().duplicate_ids)

    def test_queries_do_not_grow_with_the_documents(self):
        letters = self.env["paydox.document"]
        for index in range(12):
            letter = self._create_letter(sender_number=str(index // 2))
            letter.add_version("a.pdf", PDF + str(index // 3).encode())
            letters |= letter
        letters = letters.with_user(self.clerk)
        self.env.flush_all()

        def measure(documents):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            documents.mapped("duplicate_text")
            return self.env.cr.sql_log_count - before

        measure(letters)
        few, many = measure(letters[:2]), measure(letters)
        self.assertLessEqual(many, few + 1)
        self.assertLessEqual(many, 12)
        self.assertTrue(all(letter.duplicate_ids for letter in letters))
