import base64
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import PaydoxCrmCase

REGISTER = "vat,name,legal_name,kpp,company_registry,status\n7707083893,Romashka,LLC Romashka,,,{status}\n"


@tagged("post_install", "-at_install")
class TestPartnerCheck(PaydoxCrmCase):
    """The check of the number of a counterparty, and its risk signs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create(
            {"name": "Romashka", "is_company": True, "vat": "7707083893", "country_id": cls.env.ref("base.ru").id}
        )
        cls.provider = cls.env["paydox.register.provider"]
        cls.provider.search([]).active = False
        cls.register = cls.provider.create(
            {"name": "Register", "country_id": cls.env.ref("base.ru").id, "kind": "file", "file": cls._file("active")}
        )

    @classmethod
    def _file(cls, status):
        return base64.b64encode(REGISTER.format(status=status).encode())

    def _card(self, user=None):
        self.firm.invalidate_recordset()
        return self.firm.with_user(user or self.employee)

    def test_register_gives_a_status_with_its_date(self):
        self.assertEqual(self._card().check_state, "none")
        for status, state in (("active", "valid"), ("liquidated", "ceased"), ("liquidating", "warning")):
            self.register.file = self._file(status)
            self.firm.with_user(self.manager).action_check_number()
            self.assertEqual(self._card().check_state, state)
        self.assertEqual(len(self.firm.check_ids), 3)
        self.assertRecordValues(
            self.firm.check_ids[0],
            [{"user_id": self.manager.id, "date": date.today(), "source": "Register", "number": "7707083893"}],
        )

    def test_number_that_is_not_there_is_a_result_and_a_broken_register_is_none(self):
        self.firm.vat = "7736207543"
        self.firm.with_user(self.manager).action_check_number()
        self.assertEqual(self._card().check_state, "not_found")
        self.register.active = False
        with self.assertRaisesRegex(UserError, "No register"):
            self.firm.with_user(self.manager).action_check_number()
        self.assertEqual(len(self.firm.check_ids), 1)

    def test_changed_number_voids_the_check_and_time_makes_it_stale(self):
        self.firm.with_user(self.manager).action_note_check("valid", "Looked up")
        self.firm.kpp = "773601001"
        self.assertEqual(self._card().check_state, "void")
        self.firm.kpp = False
        self.assertEqual(self._card().check_state, "valid")
        self.firm.vat = " 770708 3893"
        self.assertEqual(self._card().check_state, "valid", "written in another way")
        self.firm.check_ids.sudo().date = date.today() - timedelta(days=91)
        self.assertEqual(self._card().check_state, "stale")
        self.env["ir.config_parameter"].set_param("paydox_crm.check_days", "365")
        self.assertEqual(self._card().check_state, "valid")

    def test_queries_grow_neither_with_the_checks_nor_with_the_counterparties(self):
        def count(verb):
            self.env.flush_all()
            self.env.invalidate_all()
            self.manager.all_group_ids  # noqa: B018
            before = self.env.cr.sql_log_count
            verb()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        firm = self.firm.with_user(self.manager)
        firm.action_note_check("valid", "Warm")
        firm.action_check_number()
        for verb in (lambda: firm.action_note_check("valid", "Looked up"), firm.action_check_number):
            first = count(verb)
            for _check in range(10):
                firm.action_note_check("valid", "Again")
            self.assertLessEqual(count(verb), first)
            self.assertLessEqual(first, 25)
        others = self.env["res.partner"].create(
            [{"name": f"Firm {n}", "is_company": True, "vat": self.firm.vat} for n in range(20)]
        )
        for other in others:
            other.with_user(self.manager).action_note_check("warning", "Look out")
        few, many = (
            count(lambda batch=batch: batch.with_user(self.employee).mapped("check_text"))
            for batch in (others[:2], others)
        )
        self.assertLessEqual(many, few)

    def test_contact_person_shows_the_check_of_the_organisation(self):
        self.firm.with_user(self.manager).action_note_check("ceased")
        person = self.env["res.partner"].create({"name": "Olga", "parent_id": self.firm.id})
        self.assertEqual(person.with_user(self.employee).check_state, "ceased")

    def test_documents_warn(self):
        document = self.env["paydox.document"].create(
            {
                "name": "Supply",
                "kind_id": self.env["paydox.document.kind"].search([], limit=1).id,
                "partner_id": self.firm.id,
            }
        )
        self.assertFalse(document.counterparty_risk)
        self.firm.with_user(self.manager).action_note_check("ceased")
        self.firm.risk_sign_ids = self.env.ref("paydox_crm.paydox_partner_risk_debts")
        document.invalidate_recordset()
        self.assertIn("ceased", document.counterparty_risk)
        self.assertIn("Debts", document.counterparty_risk)

    def test_archived_sign_stays_and_is_not_given_again(self):
        sign = self.env["paydox.partner.risk"].create({"name": "Old sign"})
        self.firm.with_user(self.manager).risk_sign_ids = sign
        sign.active = False
        self.firm.with_user(self.manager).write(
            {"risk_sign_ids": [(4, self.env.ref("paydox_crm.paydox_partner_risk_debts").id)]}
        )
        self.assertIn(sign, self.firm.with_context(active_test=False).risk_sign_ids)
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRaisesRegex(ValidationError, "archived"):
            other.with_user(self.manager).write({"risk_sign_ids": [(4, sign.id)]})

    def test_rights_and_bad_input(self):
        with self.assertRaises(AccessError):
            self.firm.with_user(self.employee).action_note_check("valid")
        with self.assertRaises(AccessError):
            self.firm.with_user(self.employee).action_check_number()
        with self.assertRaises(AccessError):
            self.env["paydox.partner.check"].with_user(self.manager).create(
                {"partner_id": self.firm.id, "state": "valid", "date": date.today()}
            )
        with self.assertRaises(UserError):
            self.firm.with_user(self.manager).action_note_check("excellent")
        nameless = self.env["res.partner"].create({"name": "No number", "is_company": True})
        with self.assertRaisesRegex(UserError, "no number"):
            nameless.with_user(self.manager).action_note_check("valid")
