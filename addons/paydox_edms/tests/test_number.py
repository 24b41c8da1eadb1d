from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from .common import PaydoxEdmsCase


class TestNumber(PaydoxEdmsCase):
    def test_numbers_follow_one_another_without_gap(self):
        documents = self._create_document() | self._create_document() | self._create_document()

        documents.action_register()

        code = self.kind.code
        self.assertEqual(sorted(documents.mapped("number")), [f"{code}-0001", f"{code}-0002", f"{code}-0003"])
        self.assertTrue(all(documents.mapped("registered_at")))
        self.assertEqual(documents.registered_by_id, self.author)

    def test_document_is_registered_once(self):
        document = self._create_document()
        document.action_register()
        number = document.number

        with self.assertRaisesRegex(UserError, "already registered"):
            document.action_register()
        self.assertEqual(document.number, number)

    def test_number_of_a_refused_registration_is_given_again(self):
        first, second = self._create_document(), self._create_document()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            first.action_register()
            raise UserError("something later failed")  # pylint: disable=translation-required

        second.action_register()

        self.assertTrue(second.number.endswith("-0001"))

    def test_cancelled_number_is_not_given_again(self):
        first, second = self._create_document(), self._create_document()
        first.action_register()
        first.action_cancel()

        second.action_register()

        self.assertTrue(second.number.endswith("-0002"))

    def test_kinds_with_one_pattern_share_one_journal(self):
        one, two = (self._create_kind(number_pattern="No-{seq}") for _ in range(2))
        documents = self._create_document(kind_id=one.id) | self._create_document(kind_id=two.id)

        documents.action_register()

        self.assertEqual(documents.mapped("number"), ["No-1", "No-2"])

    def test_equal_texts_of_different_journals_are_not_given_twice(self):
        one = self._create_kind(code="1", number_pattern="{kind}-{seq}", number_period="never")
        two = self._create_kind(code="X1", number_pattern="{seq}-1", number_period="never")
        documents = self._create_document(kind_id=one.id) | self._create_document(kind_id=two.id)

        documents.action_register()

        self.assertEqual(documents.mapped("number"), ["1-1", "2-1"])

    def test_year_turns_in_the_time_zone_of_the_company(self):
        kind = self._create_kind(number_pattern="{kind}-{year}-{seq}")
        self.company.partner_id.tz = "Asia/Vladivostok"
        before, after = (self._create_document(kind_id=kind.id) for _ in range(2))

        with freeze_time(datetime(2026, 12, 31, 13, 30)):
            before.action_register()
        with freeze_time(datetime(2026, 12, 31, 14, 30)):
            after.action_register()

        self.assertEqual(before.number, f"{kind.code}-2026-1")
        self.assertEqual(after.number, f"{kind.code}-2027-1")

    def test_missing_code_is_named(self):
        kind = self._create_kind(number_pattern="{dept}-{seq}")
        department = self.env["hr.department"].create({"name": "Legal"})
        document = self._create_document(kind_id=kind.id, department_id=department.id)

        with self.assertRaisesRegex(UserError, "department"):
            document.action_register()
        department.document_code = "07"
        document.action_register()

        self.assertEqual(document.number, "07-1")

    def test_number_of_the_parent_is_used(self):
        kind = self._create_kind(number_pattern="{parent_number}/{seq}")
        parent = self._create_document()
        parent.action_register()
        child = self._create_document(kind_id=kind.id, parent_id=parent.id)

        child.action_register()

        self.assertEqual(child.number, f"{parent.number}/1")

    def test_moment_of_registration_is_kept(self):
        self.kind.registration_moment = "after"
        self.kind.route_id = self._create_route({"users": self.director})
        document = self._create_document()
        with self.assertRaisesRegex(UserError, "after approval"):
            document.action_register()
        self.kind.registration_moment = "before"
        with self.assertRaisesRegex(UserError, "registered first"):
            document.action_submit()
        document.action_register()
        document.action_submit()
        self.assertState(document, "review")

    def test_journal_keeps_equal_numbers_out_by_constraint(self):
        document = self._create_document()
        document.action_register()
        row = self.env["paydox.document.number"].search([("document_id", "=", document.id)])
        other = self._create_document()
        vals = {"company_id": row.company_id.id, "kind_id": row.kind_id.id, "period": "", "frame": "other", "seq": 9}

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            row.create(vals | {"number": row.number, "document_id": other.id})

    def test_rows_of_the_journal_never_change(self):
        document = self._create_document()
        document.action_register()
        row = self.env["paydox.document.number"].search([("document_id", "=", document.id)])

        for env_row in (row.sudo(), row.with_user(self.manager), row.with_user(self.admin)):
            with self.assertRaises(AccessError):
                env_row.write({"number": "X"})
            with self.assertRaises(AccessError):
                env_row.unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.stranger).read(["number"])

    def test_number_is_not_edited_by_hand(self):
        draft, registered = self._create_document(), self._create_document()
        registered.action_register()
        number = registered.number

        for user in (self.author, self.clerk, self.manager, self.admin, self.exclusive):
            for document in (draft, registered):
                for vals in ({"number": "X-1"}, {"number": False}, {"registered_at": "2020-01-01 00:00:00"}):
                    with self.subTest(user=user.login, vals=vals), self.assertRaises(AccessError):
                        document.with_user(user).write(vals)
        self.assertFalse(draft.number)
        self.assertEqual(registered.number, number)

    def test_what_the_number_is_made_of_stays(self):
        document, other_kind = self._create_document(), self._create_kind()
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        document.action_register()

        for user in (self.author, self.manager, self.admin):
            with self.assertRaisesRegex(UserError, "kind cannot be changed"):
                document.with_user(user).kind_id = other_kind
            with self.assertRaisesRegex(UserError, "company of a registered document"):
                document.with_user(user).company_id = other_company
        document.kind_id = self.kind

        self.assertEqual(document.kind_id, self.kind)

    def test_sequence_starts_again_for_each_parent(self):
        kind = self._create_kind(number_pattern="{seq}", number_period="parent")
        contracts = self._create_document() | self._create_document()
        contracts.action_register()
        agreements = self.env["paydox.document"]
        for contract in (contracts[0], contracts[0], contracts[1]):
            agreements |= self._create_document(kind_id=kind.id, parent_id=contract.id)

        agreements.action_register()

        self.assertEqual(agreements.mapped("number"), ["1", "2", "1"])

    def test_numbering_per_parent_needs_a_registered_parent(self):
        kind = self._create_kind(number_pattern="{kind}-{seq}", number_period="parent")
        parent = self._create_document()
        child = self._create_document(kind_id=kind.id)
        with self.assertRaisesRegex(UserError, "no registered parent"):
            child.action_register()
        child.parent_id = parent
        with self.assertRaisesRegex(UserError, "no registered parent"):
            child.action_register()

        parent.action_register()
        child.action_register()

        self.assertEqual(child.number, f"{kind.code}-1")

    def test_document_numbered_within_its_parent_stays_under_it(self):
        kind = self._create_kind(number_pattern="{kind}-{seq}", number_period="parent")
        parents = self._create_document() | self._create_document()
        parents.action_register()
        child = self._create_document(kind_id=kind.id, parent_id=parents[0].id)
        child.action_register()

        for parent in (parents[1].id, False):
            with self.assertRaisesRegex(UserError, "stays under it"):
                child.parent_id = parent

        self.assertEqual(child.parent_id, parents[0])

    def test_reference_of_the_counterparty_and_index_of_the_case_are_used(self):
        kind = self._create_kind(number_pattern="{case}/{partner_code}-{seq}")
        partner = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        document = self._create_document(kind_id=kind.id, partner_id=partner.id)
        with self.assertRaisesRegex(UserError, "filed into no case"):
            document.action_register()
        document.with_user(self.clerk).nomenclature_id = self.env["paydox.nomenclature"].create(
            {"index": "T1-05", "name": "Contracts"}
        )
        with self.assertRaisesRegex(UserError, "no reference"):
            document.action_register()
        partner.ref = "ACME"

        document.action_register()

        self.assertEqual(document.number, "T1-05/ACME-1")

    def test_kind_may_ask_for_the_sender_before_registration(self):
        kind = self._create_kind(
            direction="incoming", field_ids=[Command.create({"field_name": "partner_id", "required_at": "register"})]
        )
        document = self._create_document(kind_id=kind.id)
        with self.assertRaisesRegex(UserError, "Counterparty"):
            document.action_register()
        document.partner_id = self.env["res.partner"].create({"name": "Acme"})

        document.action_register()

        self.assertTrue(document.number)

    def test_waiting_documents_are_those_whose_time_it_is(self):
        after = self._create_kind(registration_moment="after", route_id=self._create_route({"users": self.legal}).id)
        before = self._create_kind(registration_moment="before", route_id=after.route_id.id)
        plain = self._create_document()
        kept = self._create_document(kind_id=before.id)
        early = self._create_document(kind_id=after.id)
        late = self._create_document(kind_id=after.id)
        late.action_submit()
        late.with_user(self.legal).action_agree()
        done = self._create_document()
        done.action_register()
        documents = plain | kept | early | late | done

        found = documents.search([("waits_for_registration", "=", True), ("id", "in", documents.ids)])

        self.assertEqual(found, plain | kept | late)
        self.assertEqual(documents.filtered("waits_for_registration"), plain | kept | late)
        self.assertTrue(all(found.mapped("can_register")))
