from unittest.mock import patch

from psycopg2.errors import CheckViolation, ExclusionViolation, ForeignKeyViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestRequisitesSecurity(PaydoxCrmCase):
    """Rule 12 against those who would break it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "crm_admin",
            groups="base.group_system,base.group_partner_manager,base.group_erp_manager,paydox_crm.paydox_crm_group_bank",
        )
        cls.portal = new_test_user(cls.env, "crm_portal", groups="base.group_portal")

    def _rpc(self, user, model, method, *args, **kwargs):
        """Call as RPC does: the user has no more than his own environment, and the transaction is his too."""
        env = self.env(user=user.id)
        with patch.object(self.env.transaction, "default_env", env):
            return call_kw(env[model], method, list(args), kwargs)

    def test_nobody_writes_the_history_by_rpc(self):
        partner = self._create_partner(since=-30)
        state = partner.requisites_ids
        vals = {
            "partner_id": partner.id,
            "valid_from": "2020-01-01",
            "valid_to": "2020-12-31",
            "snapshot": {"name": "Forged"},
        }
        commands = [
            [Command.create(vals)],
            [Command.update(state.id, {"snapshot": {"name": "Forged"}})],
            [Command.delete(state.id)],
        ]
        for user in (self.employee, self.manager, self.accountant, self.admin, self.portal):
            calls = [
                ("paydox.partner.requisites", "create", [vals]),
                ("paydox.partner.requisites", "write", [state.id], {"snapshot": {"name": "Forged"}}),
                ("paydox.partner.requisites", "write", [state.id], {"valid_to": "2026-01-01"}),
                ("paydox.partner.requisites", "web_save", [state.id], {"superseded": True}, {}),
                ("paydox.partner.requisites", "unlink", [state.id]),
                ("paydox.partner.requisites", "copy", [state.id]),
                *(("res.partner", "write", [partner.id], {"requisites_ids": command}) for command in commands),
            ]
            for call in calls:
                with (
                    self.subTest(user=user.login, call=call[:2]),
                    mute_logger("odoo.addons.base.models.ir_model"),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    self._rpc(user, call[0], *call[1:])
        with mute_logger("odoo.addons.base.models.ir_model", "odoo.orm.models"):
            result = self._rpc(
                self.admin,
                "paydox.partner.requisites",
                "load",
                ["partner_id/.id", "valid_from"],
                [[str(partner.id), "2020-01-01"]],
            )
        self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertHistory(partner, [(-30, None, "LLC Romashka")])

    def test_nobody_writes_the_history_through_a_partner_that_the_system_writes(self):
        partner = self._create_partner()
        command = [
            Command.create({"valid_from": "2020-01-01", "valid_to": "2020-12-31", "snapshot": {"name": "Forged"}})
        ]

        for partner_env in (partner.with_user(self.manager), partner.sudo()):
            with self.assertRaisesRegex(AccessError, "by the system only"):
                partner_env.write({"requisites_ids": command})
            with self.assertRaisesRegex(AccessError, "by the system only"):
                partner_env.create({"name": "New", "requisites_ids": command})

    def test_private_methods_are_no_rpc(self):
        partner = self._create_partner()
        for model, method in (
            ("paydox.partner.requisites", "_record_change"),
            ("paydox.partner.requisites", "_absorb"),
            ("paydox.partner.requisites", "_mark_applied"),
            ("res.partner", "_apply_due_requisites"),
            ("res.partner", "_find_counterparty"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                get_public_method(self.env[model].with_user(self.admin), method)
        self.assertTrue(partner)

    def test_even_the_engine_rewrites_nothing(self):
        partner = self._create_partner(since=-30)
        partner.write({"legal_name": "LLC Lotos"})
        closed, current = self._in_force(partner).sudo()

        for state, vals in (
            (current, {"snapshot": {"name": "Forged"}}),
            (current, {"valid_from": "2020-01-01"}),
            (current, {"reason": "Other"}),
            (current, {"create_uid": self.admin.id}),
            (closed, {"valid_to": "2020-01-01"}),
            (closed, {"valid_to": False}),
            (closed, {"superseded": False}),
            (current, {"pending": True}),
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "never rewritten"):
                state.write(vals)
        with self.assertRaisesRegex(UserError, "kept as long as"):
            closed.unlink()

    def test_overlap_is_refused_by_the_database(self):
        partner = self._create_partner(since=-30)
        partner.write({"legal_name": "LLC Lotos"})
        for start, end in ((-40, None), (-40, -30), (-10, -5), (0, None), (50, 60)):
            with (
                self.subTest(start=start, end=end),
                mute_logger("odoo.sql_db"),
                self.assertRaises(ExclusionViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    """INSERT INTO paydox_partner_requisites (partner_id, valid_from, valid_to, snapshot)
                       VALUES (%s, %s, %s, '{}')""",
                    (partner.id, self._day(start), None if end is None else self._day(end)),
                )

    def test_state_that_ends_before_it_begins_is_refused_by_the_database(self):
        partner = self._create_partner(since=-30)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                """INSERT INTO paydox_partner_requisites (partner_id, valid_from, valid_to, snapshot, superseded)
                   VALUES (%s, %s, %s, '{}', FALSE)""",
                (partner.id, self._day(-50), self._day(-60)),
            )

    def test_no_context_switches_the_history_off(self):
        partner = self._create_partner(since=-30)
        keys = (
            "tracking_disable",
            "mail_notrack",
            "mail_create_nolog",
            "import_file",
            "install_mode",
            "_partners_skip_fields_sync",
        )

        self._rpc(
            self.manager,
            "res.partner",
            "write",
            [partner.id],
            {"legal_name": "LLC Lotos"},
            context=dict.fromkeys(keys, True),
        )

        self.assertEqual(len(self._in_force(partner)), 2)

    def test_bank_values_are_seen_only_with_the_group(self):
        number = "40702810200000012345"
        partner = self._create_partner(since=-30)
        self._create_account(partner, number)
        state = self._in_force(partner)[-1]

        for user in (self.manager, self.employee):
            with self.subTest(user=user.login):
                as_user = state.with_user(user)
                seen = [
                    as_user.read(["snapshot", "changed_fields", "changes", "values_html", "display_name"]),
                    as_user.search_read([("partner_id", "=", partner.id)], []),
                    partner.with_user(user).requisites_on(self.today),
                    partner.with_user(user).read(["requisites_problems"]),
                ]
                self.assertNotIn(number, str(seen))
                for fields in (["bank_snapshot"], ["former_bank_snapshot", "snapshot"]):
                    with self.assertRaises(AccessError):
                        as_user.read(fields)
                with self.assertRaises(AccessError):
                    as_user.search([("bank_snapshot", "!=", False)])
                self.assertIn("changed", as_user.changes)
        as_accountant = state.with_user(self.accountant)
        self.assertIn(number, as_accountant.changes)
        self.assertIn(number, as_accountant.values_html)
        self.assertEqual(
            partner.with_user(self.accountant).requisites_on(self.today)[partner.id]["bank_ids"][0]["acc_number"],
            number,
        )

    def test_bank_values_come_out_nowhere_without_the_group(self):
        number = "40702810200000012345"
        partner = self._create_partner(since=-30)
        account = self._create_account(partner, number)
        request = (
            self.env["paydox.partner.bank.change"]
            .with_user(self.accountant)
            .create({"partner_id": partner.id, "acc_number": number, "reason": "Letter"})
        )
        accounts, history, changes = "res.partner.bank", "paydox.partner.requisites", "paydox.partner.bank.change"
        by_partner = [("partner_id", "=", partner.id)]
        calls = [
            (accounts, "search_read", by_partner, ["acc_number"]),
            (accounts, "read", [account.id], ["acc_number", "display_name"]),
            (accounts, "name_search", number),
            (accounts, "web_read", [account.id], {"acc_number": {}}),
            (accounts, "formatted_read_group", by_partner, ["acc_number"], ["__count"]),
            (accounts, "export_data", [account.id], ["acc_number"]),
            (accounts, "search", [("acc_number", "=like", "4070%")]),
            ("res.partner", "read", [partner.id], ["bank_ids"]),
            ("res.partner", "web_read", [partner.id], {"bank_ids": {"fields": {"acc_number": {}}}}),
            ("res.partner", "export_data", [partner.id], ["bank_ids/acc_number", "bank_ids"]),
            ("res.partner", "search", [("bank_ids.acc_number", "=like", "4070%")]),
            ("res.partner", "search", [("bank_change_ids.acc_number", "=like", "4070%")]),
            (history, "export_data", partner.requisites_ids.ids, ["bank_snapshot", "changes", "values_html"]),
            (history, "formatted_read_group", by_partner, ["bank_snapshot"], ["__count"]),
            (history, "formatted_read_group", by_partner, ["valid_from:day"], ["bank_snapshot:array_agg"]),
            (history, "search_read", [("partner_id.bank_ids.acc_number", "=like", "4070%")], ["valid_from"]),
            (history, "search", [("bank_snapshot", "ilike", "4070")]),
            (history, "search", by_partner, 0, 1, "bank_snapshot"),
            (history, "name_search", number),
            (history, "web_read", partner.requisites_ids.ids, {"former_bank_snapshot": {}}),
            (changes, "search_read", [], []),
            (changes, "read", [request.id], ["former", "acc_number"]),
            (changes, "export_data", [request.id], ["acc_number"]),
            (changes, "formatted_read_group", [], ["acc_number"], ["__count"]),
        ]
        self.employee.group_ids |= self.env.ref("base.group_allow_export")
        self.env.flush_all()
        for user in (self.manager, self.employee, self.portal):
            for model, method, *args in calls:
                self.env.invalidate_all()
                with self.subTest(user=user.login, model=model, method=method, args=args):
                    try:
                        with mute_logger("odoo.addons.base.models.ir_rule", "odoo.orm.models"):
                            answer = self._rpc(user, model, method, *args)
                    except (UserError, ValueError) as error:
                        answer = str(error)
                    self.assertNotIn("4070", str(answer).replace("4070%", ""))
                    if method in ("search", "name_search"):
                        self.assertFalse(not isinstance(answer, str) and answer, "found, so it is known")
        found = self._rpc(self.accountant, accounts, "search_read", by_partner, ["acc_number"])
        self.assertEqual(found[0]["acc_number"], number)

    def test_who_does_not_see_an_account_does_not_change_it(self):
        account = self._create_account(self._create_partner())
        for change in (lambda row: row.write({"acc_number": "1"}), lambda row: row.unlink()):
            with self.assertRaises(AccessError):
                change(account.with_user(self.manager))

    def test_accounts_of_our_own_side_are_seen_as_before(self):
        own = self._create_account(self.env.company.partner_id, "111111", user=self.env.user)
        mine = self._create_account(self.employee.partner_id, "222222", user=self.env.user)
        self.assertEqual((own | mine).with_user(self.employee).mapped("acc_number"), ["111111", "222222"])

    def test_values_are_shown_as_text_not_as_markup(self):
        partner = self._create_partner(since=-30)

        partner.write({"legal_name": "<script>alert(1)</script>"})

        state = self._in_force(partner)[-1]
        for html in (state.changes, state.values_html):
            self.assertNotIn("<script>", html)
            self.assertIn("&lt;script&gt;", html)

    def test_counterparties_of_another_company_stay_unseen(self):
        company = self.env["res.company"].create({"name": "Other"})
        partner = self.env["res.partner"].create({"name": "Secret", "is_company": True, "company_id": company.id})

        self.assertFalse(self.Requisites.with_user(self.employee).search([("partner_id", "=", partner.id)]))
        with self.assertRaises(AccessError):
            partner.requisites_ids.with_user(self.employee).read(["snapshot"])
        with self.assertRaises(AccessError):
            partner.with_user(self.employee).requisites_on(self.today)

    def test_portal_user_saves_and_reads_his_own_card(self):
        own = self.portal.partner_id

        own.with_user(self.portal).sudo().write({"street": "Lesnaya 5"})

        self.assertTrue(own.with_user(self.portal).read(["name", "legal_name", "requisites_problems"]))
        with self.assertRaises(AccessError):
            own.with_user(self.portal).read(["requisites_ids"])
        self.assertEqual(self._in_force(own).snapshot["street"], "Lesnaya 5")

    def test_rights_of_each_role(self):
        state = self._create_partner().requisites_ids
        for user, may_read in ((self.employee, True), (self.manager, True), (self.admin, True), (self.portal, False)):
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(user=user.login, operation=operation):
                    self.assertEqual(state.with_user(user).has_access(operation), operation == "read" and may_read)

    def test_counterparty_with_documents_is_not_deleted(self):
        partner = self._create_partner()
        self._create_document(partner)

        with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
            partner.unlink()
        self.assertTrue(partner.exists().requisites_ids)
