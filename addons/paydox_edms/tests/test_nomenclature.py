from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import PaydoxEdmsCase


class TestNomenclature(PaydoxEdmsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case()

    @classmethod
    def _create_case(cls, **overrides):
        vals = {"index": "T1-05", "name": "Contracts", "year": 2026, "retention_years": 5}
        return cls.env["paydox.nomenclature"].with_user(cls.clerk).create(vals | overrides)

    def _file(self, document, case=None):
        document.with_user(self.clerk).nomenclature_id = case or self.case
        return document

    def test_clerk_files_a_confirmed_document_and_finds_it_by_its_case(self):
        document = self._create_approved()
        document.action_register()

        self._file(document)

        self.assertState(document, "approved")
        found = document.with_user(self.clerk).search([("nomenclature_id", "ilike", "T1-05")])
        self.assertEqual(found, document)
        self.assertEqual(self.case.document_count, 1)
        panel = document.with_user(self.clerk).search_panel_select_range("nomenclature_id", enable_counters=True)
        self.assertIn(self.case.id, [value["id"] for value in panel["values"]])

    def test_only_clerks_file(self):
        document = self._create_document()
        for user in (self.author, self.exclusive):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                document.with_user(user).nomenclature_id = self.case
        with self.assertRaises(AccessError):
            self._create_document(nomenclature_id=self.case.id)
        self.assertFalse(document.nomenclature_id)

    def test_case_with_unfinished_documents_is_not_closed(self):
        document = self._file(self._create_document())
        with self.assertRaisesRegex(UserError, "Supply of pumps"):
            self.case.action_close()
        document.action_register()
        with self.assertRaises(UserError):
            self.case.action_close()
        document.action_execute()

        with freeze_time("2027-01-20"):
            self.case.action_close()

        self.assertRecordValues(
            self.case, [{"state": "closed", "closed_on": date(2027, 1, 20), "retention_end": date(2032, 12, 31)}]
        )

    def test_secret_unfinished_document_keeps_the_case_open_and_is_not_named(self):
        document = self._file(self._create_document(name="Takeover"))
        document.confidentiality = "secret"

        with self.assertRaises(UserError) as caught:
            self.case.action_close()

        self.assertNotIn("Takeover", str(caught.exception))
        self.assertIn("may not see", str(caught.exception))
        self.assertEqual(self.case.document_count, 0)

    def test_closed_case_takes_and_gives_back_nothing(self):
        filed = self._file(self._create_document())
        filed.action_cancel()
        self.case.action_close()
        other = self._create_case(index="T1-06")

        for document, case in ((self._create_document(), self.case), (filed, other)):
            with self.assertRaisesRegex(UserError, "is closed"):
                self._file(document, case)
        with self.assertRaisesRegex(UserError, "does not change"):
            self.case.retention_years = 1
        with self.assertRaisesRegex(UserError, "does not change"):
            self.case.with_user(self.manager).name = "Other"
        self.case.action_reopen()
        self._file(filed, other)

        self.assertEqual(filed.nomenclature_id, other)
        self.assertFalse(self.case.retention_end)

    def test_permanent_case_has_no_end_of_retention(self):
        case = self._create_case(index="T1-01", retention="permanent")
        case.action_close()

        self.assertFalse(case.retention_end)
        self.assertEqual(case.state, "closed")

    def test_state_is_changed_by_the_verbs_only(self):
        for user in (self.clerk, self.manager, self.admin):
            with self.assertRaises(AccessError):
                self.case.with_user(user).state = "closed"
            with self.assertRaises(AccessError):
                self.case.with_user(user).create({"index": "9", "name": "x", "closed_on": "2020-01-01"})
            forged = self.case.with_user(user).with_context(default_state="closed", default_closed_on="2020-01-01")
            self.assertEqual(forged.create({"index": f"9-{user.id}", "name": "x"}).state, "open")
        for user in (self.author, self.stranger):
            for verb in ("action_close", "action_reopen"):
                with self.assertRaises(AccessError):
                    getattr(self.case.with_user(user), verb)()

    def test_index_is_unique_in_the_year_of_a_company(self):
        self._create_case(year=2027)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._create_case()

    def test_used_case_is_not_deleted(self):
        self._file(self._create_document())
        with self.assertRaisesRegex(UserError, "stays in the nomenclature"):
            self.case.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self._create_case(index="x").unlink()

    def test_next_year_opens_the_same_cases_once(self):
        other = self._create_case(index="T1-06")
        self._create_case(index="T1-06", year=2027)
        cases = self.case | other

        action = cases.action_open_next_year()
        cases.action_open_next_year()

        found = self.case.search([("year", "=", 2027), ("index", "in", ("T1-05", "T1-06"))])
        self.assertEqual(len(found), 2)
        self.assertEqual(self.case.search(action["domain"]), found)
        self.assertEqual(set(found.mapped("state")), {"open"})

    def test_case_of_another_company_is_out_of_reach(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "edms_foreign",
            groups="base.group_user,paydox_edms.paydox_edms_group_clerk",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        theirs = (
            self.env["paydox.nomenclature"].with_user(foreign).create({"index": "T1-05", "name": "T", "year": 2026})
        )
        self.assertEqual(theirs.company_id, company)
        self.assertFalse(theirs.search([("id", "=", self.case.id)]))
        with self.assertRaises(UserError):
            self._file(self._create_document(), theirs.sudo())
