from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from .common import PaydoxEdmsCase


class TestJournal(PaydoxEdmsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["paydox.document.journal"].create(
            {"name": "General Register", "code": "TREG", "number_pattern": "{kind}-{seq:03}/{yy}"}
        )
        cls.letters, cls.orders = cls.env["paydox.document.kind"].create(
            [{"name": code, "code": code, "journal_id": cls.journal.id} for code in ("TLET", "TDEC")]
        )

    def test_kinds_of_a_journal_are_numbered_together(self):
        documents = self.env["paydox.document"]
        for kind in (self.letters, self.orders, self.letters):
            documents |= self._create_document(kind_id=kind.id)

        with freeze_time("2026-03-01"):
            documents.action_register()

        self.assertEqual(documents.mapped("number"), ["TLET-001/26", "TDEC-002/26", "TLET-003/26"])
        rows = self.env["paydox.document.number"].search([("document_id", "in", documents.ids)])
        self.assertEqual(rows.journal_id, self.journal)

    def test_journal_starts_again_each_year(self):
        before, after = (self._create_document(kind_id=kind.id) for kind in (self.letters, self.orders))
        with freeze_time(datetime(2026, 12, 31, 10, 0)):
            before.action_register()
        with freeze_time(datetime(2027, 1, 1, 10, 0)):
            after.action_register()

        self.assertEqual((before.number, after.number), ("TLET-001/26", "TDEC-001/27"))

    def test_sequence_goes_on_when_the_pattern_of_the_journal_changes(self):
        first, second = (self._create_document(kind_id=self.letters.id) for _ in range(2))
        first.action_register()

        self.journal.with_user(self.manager).number_pattern = "{journal}/{seq}/{yy}"
        second.action_register()

        self.assertRegex(second.number, r"^TREG/2/\d\d$")
        self.assertEqual(self.orders.number_pattern, "{journal}/{seq}/{yy}")

    def test_pattern_belongs_to_the_journal(self):
        with self.assertRaisesRegex(ValidationError, "journal General Register"), self.env.cr.savepoint():
            self.letters.with_user(self.manager).number_pattern = "{kind}-{seq}"
        with self.assertRaises(ValidationError):
            self.letters.with_user(self.manager).number_period = "never"
        with Form(self.letters.with_user(self.manager)) as form:
            form.journal_id = self.journal.browse()
            form.number_pattern = "{kind}-{seq}"

        self.assertEqual(self.letters.number_pattern, "{kind}-{seq}")

    def test_pattern_without_a_sequence_is_refused_in_a_journal(self):
        for pattern in ("{journal}-{year}", "A{seq}", "{foo}-{seq}", ""):
            with self.subTest(pattern=pattern), self.assertRaises(ValidationError):
                self.journal.with_user(self.manager).number_pattern = pattern
                self.journal.flush_recordset()

    def test_used_journal_is_not_archived(self):
        with self.assertRaisesRegex(ValidationError, "used by TDEC, TLET"):
            self.journal.active = False

    def test_journals_are_configured_by_managers_only(self):
        for user in (self.clerk, self.author, self.exclusive):
            with self.assertRaises(AccessError):
                self.journal.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                self.journal.with_user(user).create({"name": "x", "code": "x"})

    def test_journal_of_another_company_cannot_be_used(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        journal = self.journal.create({"name": "Theirs", "code": "T", "company_id": company.id})
        own = self._create_kind(company_id=self.company.id)

        with self.assertRaises(UserError):
            own.journal_id = journal

    def test_clerk_reads_the_journal_without_what_is_secret(self):
        secret = self._create_document(kind_id=self.letters.id, confidentiality="secret", name="Takeover")
        public = self._create_document(kind_id=self.letters.id, confidentiality="open", name="Holiday")
        (secret | public).action_register()
        rows = self.env["paydox.document.number"].search([("document_id", "in", (secret | public).ids)])
        fields = {"number": {}, "subject": {}, "partner_id": {"fields": {"display_name": {}}}, "sender_number": {}}

        for user in (self.clerk, self.manager, self.admin):
            seen = rows.with_user(user).web_search_read([("id", "in", rows.ids)], fields)["records"]
            self.assertEqual([row["subject"] for row in seen], ["Holiday"], user.login)
            for domain in ([("subject", "ilike", "takeover")], [("number", "=", secret.number)]):
                self.assertFalse(rows.with_user(user).search_count(domain))
            with self.assertRaises(AccessError):
                (rows.filtered(lambda row: row.document_id == secret)).with_user(user).read(["subject"])
        for user in (self.author, self.stranger, self.exclusive):
            with self.assertRaises(AccessError):
                rows.with_user(user).search([])

    def test_other_company_sees_no_line(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "edms_foreign",
            groups="base.group_user,paydox_edms.paydox_edms_group_clerk",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        document = self._create_document(kind_id=self.letters.id, confidentiality="open")
        document.action_register()

        rows = self.env["paydox.document.number"].with_user(foreign)
        self.assertFalse(rows.search([("number", "=", document.number)]))
