from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PaydoxCrmCase

NUMBER = "40702810200000012345"
OTHER = "40702810500000054321"


@tagged("post_install", "-at_install")
class TestBankChange(PaydoxCrmCase):
    """The accountant asks, the second one agrees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager,paydox_crm.paydox_crm_group_bank"
        cls.second = new_test_user(cls.env, "crm_second", groups=groups, tz="UTC")
        cls.route = cls.env.ref("paydox_crm.route_bank_change")

    def setUp(self):
        super().setUp()
        self.partner = self._create_partner(since=-100)
        self.account = self.env["res.partner.bank"]
        first = self._ask(operation="add", acc_number=NUMBER, date=self._day(-50))
        first.action_submit()
        self.account = first.account_id.sudo()

    def _guard(self):
        self.env.company.write({"bank_change_approval": True, "bank_change_route_id": self.route.id})

    def _ask(self, user=None, **overrides):
        vals = {
            "partner_id": self.partner.id,
            "operation": "change",
            "account_id": self.account.id,
            "acc_number": OTHER,
            "reason": "Letter No. 15",
        }
        return self.env["paydox.partner.bank.change"].with_user(user or self.accountant).create(vals | overrides)

    def _numbers(self, shift=0):
        day = fields.Date.to_string(self._day(shift))
        found = self.partner.with_user(self.accountant).requisites_on(day)[self.partner.id]
        return [account["acc_number"] for account in found.get("bank_ids", [])]

    # --- four eyes ---

    def test_change_takes_effect_after_a_second_person_agrees(self):
        self._guard()
        change = self._ask()
        change.action_submit()
        self.assertEqual((change.state, self._numbers()), ("review", [NUMBER]))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            change.action_agree()  # who asked does not agree himself

        change.with_user(self.second).action_agree()

        self.assertEqual((change.state, self.account.acc_number), ("done", OTHER))
        self.assertEqual(self._numbers(), [OTHER])
        self.assertEqual(self._numbers(-1), [NUMBER])
        state = self._in_force(self.partner)[-1]
        self.assertEqual((state.reason, state.valid_from), ("Letter No. 15", self.today))
        self.assertEqual(len(self._in_force(self.partner).filtered(lambda row: row.valid_from == self.today)), 1)

    def test_no_path_leads_past_the_second_person(self):
        self._guard()
        accounts = self.env["res.partner.bank"]
        bank = self.env["res.bank"].create({"name": "Bank", "bic": "044525225"})
        self.account._write_agreed({"bank_id": bank.id})
        other = self._create_partner(name="Other")
        admin = self.env.ref("base.user_admin")
        paths = {
            "create": lambda env: env["res.partner.bank"].create({"partner_id": self.partner.id, "acc_number": OTHER}),
            "write": lambda env: self.account.with_env(env).write({"acc_number": OTHER}),
            "archive": lambda env: self.account.with_env(env).write({"active": False}),
            "delete": lambda env: self.account.with_env(env).unlink(),
            "move": lambda env: self.account.with_env(env).write({"partner_id": other.id}),
            "holder": lambda env: self.account.with_env(env).write({"acc_holder_name": "Somebody"}),
            "form": lambda env: self.partner.with_env(env).write(
                {"bank_ids": [Command.update(self.account.id, {"acc_number": OTHER})]}
            ),
            "new": lambda env: env["res.partner"].create(
                {"name": "New", "is_company": True, "bank_ids": [Command.create({"acc_number": OTHER})]}
            ),
            "bank": lambda env: bank.with_env(env).write({"bic": "044525593"}),
        }
        for user in (self.accountant, admin, self.env.user):
            for path, run in paths.items():
                with (
                    self.subTest(user=user.login, path=path),
                    self.assertRaisesRegex(UserError, "second person has agreed"),
                    self.env.cr.savepoint(),
                ):
                    run(self.env(user=user.id))
        result = accounts.with_user(self.accountant).load(
            ["partner_id/.id", "acc_number"], [[str(self.partner.id), OTHER]]
        )
        self.assertIn("second person", result["messages"][0]["message"])
        self.assertEqual(accounts.search([("partner_id", "=", self.partner.id)]).mapped("acc_number"), [NUMBER])

    def test_what_does_not_matter_is_free(self):
        self._guard()
        account = self.account.with_user(self.accountant)
        account.write({"sequence": 5, "acc_number": NUMBER, "active": True, "partner_id": self.partner.id})
        own = self.env.company.partner_id
        self.env["res.partner.bank"].create({"partner_id": own.id, "acc_number": OTHER})
        self.partner.with_user(self.manager).write({"legal_name": "LLC Lotos"})

    def test_another_company_selected_opens_nothing(self):
        self._guard()
        company = self.env["res.company"].create({"name": "Free"})
        self.accountant.company_ids |= company
        account = self.account.with_user(self.accountant).with_context(allowed_company_ids=company.ids)
        with self.assertRaisesRegex(UserError, "second person"):
            account.write({"acc_number": OTHER})

    def test_route_must_bring_a_second_person_who_sees_bank_details(self):
        draft = self.route.browse(self.route.action_new_revision()["res_id"])
        draft.step_ids.write({"approver_kind": "users", "user_ids": [Command.set(self.employee.ids)]})
        draft.action_publish()
        self.env.company.write({"bank_change_approval": True, "bank_change_route_id": draft.id})
        with self.assertRaisesRegex(AccessError, "may not see bank details"):
            self._ask().action_submit()
        with self.assertRaisesRegex(ValidationError, "choose the route"), self.env.cr.savepoint():
            self.env.company.bank_change_route_id = False
        self.env.company.bank_change_approval = False
        own = draft.browse(draft.action_new_revision()["res_id"])
        own.step_ids.write({"allow_author": True, "user_ids": [Command.set(self.accountant.ids)]})
        own.action_publish()
        with self.assertRaisesRegex(ValidationError, "asked for himself"), self.env.cr.savepoint():
            self.env.company.bank_change_approval = True

    def test_what_is_sent_does_not_change_and_returned_has_no_effect(self):
        self._guard()
        change = self._ask()
        change.action_submit()
        with self.assertRaisesRegex(UserError, "does not change"):
            change.write({"acc_number": "1"})
        with self.assertRaises(AccessError):
            change.write({"state": "done"})
        with self.assertRaises(UserError):
            change.action_cancel()
        with self.assertRaises(UserError):
            change.unlink()

        change.with_user(self.second).action_return("Call them first")

        self.assertEqual((change.state, self._numbers()), ("draft", [NUMBER]))
        with self.assertRaises(UserError):
            change.unlink()

    def test_account_that_changed_meanwhile_is_not_overwritten(self):
        first = self._ask()
        self._guard()
        second = self._ask(acc_number="40702810900000099999")
        second.action_submit()
        self.env.company.bank_change_approval = False
        first.action_submit()
        with self.assertRaisesRegex(UserError, "has changed since"):
            second.with_user(self.second).action_agree()
        self.assertEqual(self.account.acc_number, OTHER)

    def test_request_says_what_cannot_be_right_in_the_account(self):
        self.partner.country_id = self.env.ref("base.ru")
        bank = self.env["res.bank"].create({"name": "Bank", "bic": "044525225"})
        change = self._ask(bank_id=bank.id, acc_number="40702810300000012345")
        self.assertIn("check digit", change.with_user(self.second).problems)
        change.acc_number = NUMBER
        self.assertFalse(change.problems)
        change.write({"acc_number": "1"})
        self.assertIn("number of characters", change.problems)
        change.write({"operation": "close"})
        self.assertFalse(change.problems)

    # --- other days, without four eyes ---

    def test_past_day_corrects_the_history(self):
        self._ask(date=self._day(-20)).action_submit()

        self.assertEqual(self._numbers(-21), [NUMBER])
        self.assertEqual(self._numbers(-20), [OTHER])
        self.assertEqual(self._numbers(), [OTHER])
        self.assertEqual(self.account.acc_number, OTHER)

    def test_future_day_comes_by_itself_even_late(self):
        change = self._ask(operation="close", date=self._day(3))
        change.action_submit()
        self.assertEqual((change.state, self._numbers()), ("planned", [NUMBER]))

        with freeze_time(fields.Datetime.now() + timedelta(days=6)), self.enter_registry_test_mode():
            self.env.ref("paydox_crm.ir_cron_apply_bank_changes").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

        self.assertEqual((change.state, self.account.active), ("done", False))
        self.assertEqual((self._numbers(2), self._numbers(3)), ([NUMBER], []))

    def test_new_account_before_the_counterparty_was_known(self):
        self._ask(operation="add", account_id=False, date=self._day(-300)).action_submit()

        self.assertEqual(self._numbers(-200), [OTHER])
        self.assertEqual(self._numbers(), [NUMBER, OTHER])

    # --- rights ---

    def test_only_who_sees_bank_details_asks_and_reads(self):
        change = self._ask()
        for user in (self.manager, self.employee):
            with self.assertRaises(AccessError):
                self._ask(user=user)
            with self.assertRaises(AccessError):
                change.with_user(user).read(["acc_number"])
            with self.assertRaises(AccessError):
                self.partner.with_user(user).read(["bank_change_ids"])
        reader = new_test_user(self.env, "crm_bank_reader", groups="base.group_user,paydox_crm.paydox_crm_group_bank")
        with self.assertRaises(AccessError):
            self._ask(user=reader)  # he may not change the card
        with self.assertRaises(AccessError):
            change.with_user(self.second).action_submit()
        stranger = self._create_partner(name="Stranger")
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            self._ask(partner_id=stranger.id)
        for values in ({"acc_number": "  "}, {"acc_number": False}):
            with self.assertRaisesRegex(ValidationError, "number of the account"), self.env.cr.savepoint():
                self._ask(**values)
        company = self.env["res.company"].create({"name": "Other"})
        self.partner.sudo().company_id = company
        with self.assertRaises(AccessError):
            self._ask()
