from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import PaydoxEdmsCase

MODEL = "paydox.document.number"


class TestReservation(PaydoxEdmsCase):
    def _reserve(self, user=None, **overrides):
        vals = {"kind_id": self.kind.id, "count": 1, "purpose": "Orders of Friday"} | overrides
        wizard = self.env["paydox.document.number.reserve"].with_user(user or self.clerk).create(vals)
        return self.env[MODEL].with_user(user or self.clerk).search(wizard.action_confirm()["domain"], order="seq")

    def _register_with(self, document, number, user=None):
        wizards = self.env["paydox.document.register.reserved"].with_user(user or self.clerk)
        return wizards.create({"document_id": document.id, "number_id": number.id}).action_confirm()

    def test_reserved_numbers_stand_between_the_given_ones(self):
        before, after = self._create_document(), self._create_document()
        before.action_register()

        reserved = self._reserve(count=2)
        after.action_register()

        code = self.kind.code
        self.assertEqual(reserved.mapped("number"), [f"{code}-0002", f"{code}-0003"])
        self.assertEqual(after.number, f"{code}-0004")
        self.assertRecordValues(reserved[0], [{"state": "reserved", "document_id": False, "create_uid": self.clerk.id}])

    def test_clerk_registers_with_a_reserved_number(self):
        first, second = self._reserve(count=2)
        document = self._create_document()
        self.assertTrue(document.with_user(self.clerk).can_register_reserved)

        with Form(document.env["paydox.document.register.reserved"].with_user(self.clerk).with_context(
            default_document_id=document.id
        )) as form:  # fmt: skip
            self.assertEqual(form.number_id, first)
            form.number_id = second
        form.record.action_confirm()

        self.assertEqual(document.number, second.number)
        self.assertEqual(document.registered_by_id, self.clerk)
        self.assertTrue(document.registered_at)
        self.assertRecordValues(second, [{"state": "given", "document_id": document.id, "closed_by_id": self.clerk.id}])
        self.assertEqual(first.state, "reserved")

    def test_reserved_number_is_used_once(self):
        number = self._reserve()
        first, second = self._create_document(), self._create_document()
        self._register_with(first, number)

        with self.assertRaisesRegex(UserError, "not reserved any more"):
            self._register_with(second, number)
        with self.assertRaisesRegex(UserError, "already registered"):
            self._register_with(first, self._reserve())
        self.assertFalse(second.number)

    def test_number_given_up_stays_with_its_reason_and_is_not_given_again(self):
        number = self._reserve()
        with self.assertRaisesRegex(UserError, "Say why"):
            number.action_give_up("  ")

        wizards = self.env["paydox.document.number.give.up"].with_user(self.clerk)
        wizards.create({"number_ids": number.ids, "reason": "Not signed"}).action_confirm()
        document = self._create_document()
        document.action_register()

        self.assertRecordValues(number, [{"state": "cancelled", "reason": "Not signed"}])
        self.assertTrue(document.number.endswith("-0002"))
        for refused in (lambda: number.action_give_up("again"), lambda: self._register_with(document, number)):
            with self.assertRaises(UserError):
                refused()

    def test_number_of_last_year_keeps_its_year(self):
        kind = self._create_kind(number_pattern="{kind}-{year}/{seq}")
        with freeze_time(datetime(2026, 12, 30, 10, 0)):
            number = self._reserve(kind_id=kind.id)
        document = self._create_document(kind_id=kind.id)
        with freeze_time(datetime(2027, 1, 11, 10, 0)):
            self._register_with(document, number)

        self.assertEqual(document.number, f"{kind.code}-2026/1")
        self.assertEqual(number.period, "2026")

    def test_number_suits_its_kind_department_and_parent_only(self):
        kind = self._create_kind(number_pattern="{parent_number}/{dept}/{seq}")
        one, two = self.env["hr.department"].create(
            [{"name": "One", "document_code": "1"}, {"name": "Two", "document_code": "2"}]
        )
        parents = self._create_document() | self._create_document()
        parents.action_register()
        number = self._reserve(kind_id=kind.id, department_id=one.id, parent_id=parents[0].id)
        vals = {"kind_id": kind.id, "department_id": one.id, "parent_id": parents[0].id}
        for wrong in ({"department_id": two.id}, {"parent_id": parents[1].id}, {"kind_id": self.kind.id}):
            document = self._create_document(**vals | wrong)
            self.assertFalse(document.with_user(self.clerk).can_register_reserved)
            with self.subTest(wrong=wrong), self.assertRaisesRegex(UserError, "reserved for other documents"):
                self._register_with(document, number)

        document = self._create_document(**vals)
        self._register_with(document, number)

        self.assertEqual(document.number, f"{parents[0].number}/1/1")

    def _create_filed(self, nomenclature_id, **vals):
        document = self._create_document(**vals)
        document.sudo().nomenclature_id = nomenclature_id  # filing itself is not what is tested
        return document

    def test_number_with_case_and_counterparty_asks_for_them_and_suits_them_only(self):
        kind = self._create_kind(number_pattern="{case}/{partner_code}/{seq}")
        cases = self.env["paydox.nomenclature"].create(
            [{"index": index, "name": index, "company_id": self.company.id} for index in ("01-1", "01-2")]
        )
        supplier, other = self.env["res.partner"].create([{"name": "S", "ref": "SUP"}, {"name": "O", "ref": "OTH"}])
        contact = self.env["res.partner"].create({"name": "Ivan", "parent_id": supplier.id})
        form = Form(self.env["paydox.document.number.reserve"].with_user(self.clerk))
        self.assertTrue(form._get_modifier("nomenclature_id", "invisible"))
        form.kind_id = kind
        for name in ("nomenclature_id", "partner_id"):
            self.assertFalse(form._get_modifier(name, "invisible"))
            self.assertTrue(form._get_modifier(name, "required"))
        form.nomenclature_id = cases[0]
        form.partner_id = contact
        number = self.env[MODEL].search(form.save().action_confirm()["domain"])
        self.assertEqual(number.number, "01-1/SUP/1")
        vals = {"kind_id": kind.id, "nomenclature_id": cases[0].id, "partner_id": supplier.id}
        for wrong in ({"nomenclature_id": cases[1].id}, {"partner_id": other.id}, {"partner_id": False}):
            document = self._create_filed(**vals | wrong)
            self.assertFalse(document.with_user(self.clerk).can_register_reserved)
            with self.subTest(wrong=wrong), self.assertRaisesRegex(UserError, "reserved for other documents"):
                self._register_with(document, number)

        document = self._create_filed(**vals)
        self._register_with(document, number)

        self.assertEqual(document.number, "01-1/SUP/1")

    def test_number_with_case_or_counterparty_is_refused_without_them(self):
        supplier = self.env["res.partner"].create({"name": "Nobody"})
        for pattern, reason in (("{case}/{seq}", "into no case"), ("{partner_code}/{seq}", "has no reference")):
            kind = self._create_kind(number_pattern=pattern)
            with self.subTest(pattern), self.assertRaisesRegex(UserError, reason):
                self._reserve(kind_id=kind.id, partner_id=supplier.id)

    def test_number_of_a_shared_journal_suits_each_of_its_kinds(self):
        journal = self.env["paydox.document.journal"].create({"name": "General", "code": "TGEN"})
        kinds = self.env["paydox.document.kind"].create(
            [{"name": code, "code": code, "journal_id": journal.id} for code in ("TAA", "TBB")]
        )
        number = self._reserve(kind_id=kinds[0].id)
        document = self._create_document(kind_id=kinds[1].id)

        self._register_with(document, number)

        self.assertEqual(document.number, number.number)

    def test_reservation_is_refused_when_the_number_cannot_be_made_up(self):
        kind = self._create_kind(number_pattern="{parent_number}/{seq}")
        with self.assertRaisesRegex(UserError, "no registered parent"):
            self._reserve(kind_id=kind.id)
        for count in (0, -1, 101):
            with self.assertRaisesRegex(UserError, "From 1 to 100"):
                self._reserve(count=count)
        self.kind.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self._reserve()

    def test_plain_user_has_nothing_to_do_with_reservations(self):
        number = self._reserve()
        document = self._create_document()
        for user in (self.author, self.stranger, self.exclusive):
            forged = number.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._reserve(user=user)
                with self.assertRaises(AccessError):
                    self._register_with(document, number, user=user)
                with self.assertRaises(AccessError):
                    forged.action_give_up("mine")
                with self.assertRaises(AccessError):
                    forged.write({"state": "cancelled", "reason": "x"})
                with self.assertRaises(AccessError):
                    forged.create({"number": "X", "state": "reserved", "kind_id": self.kind.id})
                with self.assertRaises(AccessError):
                    forged.read(["number"])
                self.assertFalse(document.with_user(user).can_register_reserved)
        self.assertEqual(number.state, "reserved")

    def test_nobody_completes_a_reservation_by_writing(self):
        number = self._reserve()
        document = self._create_document()
        for user in (self.clerk, self.manager, self.admin):
            for vals in ({"document_id": document.id, "state": "given"}, {"state": "cancelled", "reason": "x"}):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    number.with_user(user).write(vals)
        for vals in ({"number": "X"}, {"seq": 7}, {"kind_id": self.kind.id}, {"create_uid": 1}):
            with self.assertRaises(AccessError):
                number.sudo().write(vals)
        with self.assertRaises(AccessError):
            number.sudo().unlink()
        self._register_with(document, number)
        with self.assertRaises(AccessError):
            number.sudo().write({"state": "cancelled", "reason": "x"})

    def test_clerk_of_another_company_takes_no_number_of_ours(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "edms_foreign",
            groups="base.group_user,paydox_edms.paydox_edms_group_clerk",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        number = self._reserve()
        document = self.env["paydox.document"].with_user(foreign).create({"name": "x", "kind_id": self.kind.id})
        with self.assertRaises(AccessError):
            self._register_with(document, number, user=foreign)
        with self.assertRaises(AccessError):
            number.with_user(foreign).action_give_up("mine")
        with self.assertRaises(AccessError):
            self._reserve(user=foreign, company_id=self.company.id)
        self.assertFalse(document.can_register_reserved)

    def test_number_within_a_secret_document_is_not_shown(self):
        kind = self._create_kind(number_pattern="{parent_number}/{seq}")
        parent = self._create_document(confidentiality="internal")
        parent.action_register()
        number = self._reserve(kind_id=kind.id, parent_id=parent.id)
        self.assertTrue(number.search([("id", "=", number.id)]))

        parent.confidentiality = "secret"

        self.assertFalse(number.search([("id", "=", number.id)]))
        with self.assertRaises(AccessError):
            self._reserve(kind_id=kind.id, parent_id=parent.id)
