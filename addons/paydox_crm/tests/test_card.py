from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.paydox_edms.tests.common_case_discussion import PaydoxCaseDiscussionMixin


@tagged("post_install", "-at_install")
class TestCard(PaydoxCaseDiscussionMixin, TransactionCase):
    """One card: numbers, lists in which people act, the summary."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.firm = cls.env["res.partner"].create({"name": "Card Firm", "is_company": True})
        cls.branch = cls.env["res.partner"].create({"name": "Branch", "is_company": True, "parent_id": cls.firm.id})
        cls.contact = cls.env["res.partner"].create({"name": "Bob", "parent_id": cls.branch.id})
        cls.names = [name for name in cls.firm._get_card_count_fields() if name.startswith("card_")]

    def _get_counts(self, user, partner=None):
        card = (partner or self.firm).with_user(user)
        self.env.flush_all()
        self.env.invalidate_all()
        return {name: card[name] for name in self.names}

    def test_numbers_are_those_that_the_user_may_read(self):
        case = self._create_case(partner_id=self.contact.id)
        self._ask(case, self.legal)
        self._create_submitted({"users": self.legal}, partner_id=self.branch.id, confidentiality="secret")
        self.firm.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")

        seen = self._get_counts(self.legal)
        hidden = self._get_counts(self.stranger)

        expected = {"card_document_count": 1, "card_case_count": 1, "card_work_count": 3, "card_contact_count": 1}
        self.assertEqual({name: seen[name] for name in expected}, expected)
        self.assertEqual(
            {name: hidden[name] for name in expected},
            {"card_document_count": 0, "card_case_count": 0, "card_work_count": 0, "card_contact_count": 1},
        )
        self.assertEqual((seen["card_message_count"], hidden["card_message_count"]), (1, 1))

    def test_numbers_of_a_list_cost_as_many_queries_as_those_of_one(self):
        firms = self.env["res.partner"].create([{"name": f"Firm {n}", "is_company": True} for n in range(30)])
        self.env["paydox.interaction"].create(
            [{"name": "Call", "partner_id": firm.id, "user_id": self.author.id} for firm in firms]
        )
        self._get_counts(self.author)

        def count_queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            partners = partners.with_user(self.author)
            before = self.cr.sql_log_count
            partners.mapped("card_document_count")
            return self.cr.sql_log_count - before

        count_queries(firms)
        one = count_queries(firms[0])
        self.assertLessEqual(count_queries(firms), one + 1)
        self.assertLessEqual(one, 12)

    def test_number_is_that_of_the_list_behind_it(self):
        case = self._create_case(partner_id=self.contact.id)
        self._ask(case, self.legal)
        self._create_submitted({"users": self.legal}, partner_id=self.branch.id)
        counts = self._get_counts(self.legal)
        card = self.firm.with_user(self.legal)

        for name, verb, extra in (
            ("card_document_count", "documents", []),
            ("card_case_count", "cases", []),
            ("card_work_count", "work", [("is_open", "=", True)]),
            ("card_contact_count", "contacts", []),
            ("card_interaction_count", "interactions", []),
            ("card_relation_count", "relations", []),
        ):
            action = getattr(card, f"action_open_card_{verb}")()
            found = self.env[action["res_model"]].with_user(self.legal).search_count([*action["domain"], *extra])
            self.assertEqual(found, counts[name], name)

    # === WORK === #

    def _get_work(self, user):
        self.env.flush_all()
        return self.env["paydox.partner.work"].with_user(user).search([("partner_id", "child_of", self.firm.ids)])

    def test_document_is_agreed_and_message_answered_in_the_list(self):
        case = self._create_case(partner_id=self.contact.id)
        self._ask(case, self.legal)
        document = self._create_submitted({"users": self.legal}, partner_id=self.branch.id)
        rows = self._get_work(self.legal)

        rows.filtered(lambda row: row.kind == "decision").action_agree()
        rows.filtered(lambda row: row.kind == "question").action_reply("Here it is")

        self.assertEqual(document.state, "approved")
        self.assertFalse(self._get_work(self.legal).filtered(lambda row: row.kind == "decision"))
        self.assertEqual(case.question_ids.state, "answered")

    def test_instruction_and_call_are_done_in_the_list(self):
        instruction = (
            self.env["paydox.instruction"]
            .with_user(self.author)
            .create({"name": "Send the price list", "executor_id": self.legal.id, "partner_id": self.contact.id})
        )
        instruction.action_assign()
        call = self.env["paydox.interaction"].with_user(self.legal).create({"name": "Call", "partner_id": self.firm.id})
        rows = self._get_work(self.legal)

        rows.filtered("instruction_id").action_done("Sent")
        rows.filtered("interaction_id").action_done("They agree")

        self.assertEqual(instruction.state, "done")
        self.assertEqual((call.state, call.result), ("done", "They agree"))

    def test_row_that_somebody_else_was_first_at_is_told_as_gone(self):
        self._create_submitted({"users": self.legal}, partner_id=self.firm.id)
        row = self._get_work(self.legal).filtered(lambda row: row.kind == "decision")
        row.line_id.action_agree()

        notice = row.action_agree()

        self.assertEqual(notice["tag"], "display_notification")

    def test_instruction_about_a_document_stands_once(self):
        document = self._create_document(partner_id=self.firm.id)
        instruction = (
            self.env["paydox.instruction"]
            .with_user(self.author)
            .create(
                {
                    "name": "Read it",
                    "executor_id": self.legal.id,
                    "res_model": "paydox.document",
                    "res_id": document.id,
                }
            )
        )
        instruction.action_assign()

        self.assertEqual(len(self._get_work(self.legal).filtered(lambda row: row.instruction_id == instruction)), 1)

    def test_work_of_others_is_hidden(self):
        self._create_case(partner_id=self.firm.id)

        self.assertFalse(self._get_work(self.stranger))

    # === INTERACTIONS === #

    def _create_interaction(self, user=None, **values):
        return (
            self.env["paydox.interaction"]
            .with_user(user or self.author)
            .create({"name": "Talk", "partner_id": self.contact.id} | values)
        )

    def test_status_of_talks(self):
        past = fields.Datetime.now() - timedelta(days=1)
        future = fields.Datetime.now() + timedelta(days=1)
        expected = {
            self._create_interaction(moment=future): "planned",
            self._create_interaction(moment=past): "overdue",
            self._create_interaction(moment=past, state="done"): "no_result",
            self._create_interaction(moment=past, state="done", result="Agreed"): "done",
            self._create_interaction(moment=past, state="done", channel="email"): "done",
        }

        statuses = {row.interaction_id: row.status for row in self._get_work(self.stranger)}

        self.assertEqual(statuses, expected)

    def test_summary_counts_talks(self):
        self._create_interaction(state="done")
        self._create_interaction(moment=fields.Datetime.now() - timedelta(days=1))

        summary = self.firm.with_user(self.stranger).get_card_summary()

        rows = {row["code"]: row["count"] for block in summary["blocks"] for row in block["rows"]}
        self.assertEqual((rows["talk_no_result"], rows["talk_overdue"]), (1, 1))

    def test_nobody_forges_what_was_sent(self):
        for values in ({"is_logged": True}, {"state": "failed", "failure": "x"}, {"failure": "x"}):
            with self.assertRaises(AccessError):
                self._create_interaction(self.stranger, **values)
        own = self._create_interaction(self.stranger)
        with self.assertRaises(AccessError):
            own.write({"is_logged": True})
        forged = self.env["paydox.interaction"].with_user(self.stranger).with_context(default_is_logged=True)
        self.assertFalse(forged.create({"name": "Talk", "partner_id": self.contact.id}).is_logged)

    def test_interaction_of_a_colleague_is_read_and_not_changed(self):
        talk = self._create_interaction(self.author)

        talk.with_user(self.stranger).read(["name"])
        with self.assertRaises(AccessError):
            talk.with_user(self.stranger).write({"result": "Nothing"})
        with self.assertRaises(AccessError):
            talk.with_user(self.stranger).unlink()

    def test_logged_interaction_stays(self):
        self.contact.phone = "+40 21 312 34 56"
        self.contact.with_user(self.stranger).action_contact_call()
        call = self.env["paydox.interaction"].search([("partner_id", "=", self.contact.id)]).with_user(self.stranger)

        call.result = "Nobody at home"
        with self.assertRaises(UserError):
            call.unlink()
        with self.assertRaises(UserError):
            call.moment = fields.Datetime.now() - timedelta(days=9)

    # === SUMMARY === #

    def test_contracts_are_summed_in_the_currency_of_the_company_at_their_days(self):
        kind = self._create_kind(name="Contract S", code="CS", is_contract=True)
        company = self.env.company
        foreign = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", company.currency_id.id)], limit=1)
        )
        foreign.active = True
        foreign.rate_ids.unlink()
        for day, rate in (("2026-01-01", 2.0), ("2026-02-01", 4.0)):
            self.env["res.currency.rate"].create(
                {"currency_id": foreign.id, "name": day, "rate": rate, "company_id": company.id}
            )
        for day, amount, state in (
            ("2026-01-15", 100, "approved"),
            ("2026-02-15", 100, "signed"),
            ("2026-02-15", 8, "done"),
        ):
            document = self._create_document(
                kind_id=kind.id, partner_id=self.branch.id, date=day, amount=amount, currency_id=foreign.id
            )
            # sudo: the state of a document that went its way
            document.sudo()._write_locked({"state": state})
        self.env.flush_all()

        summary = self.firm.with_user(self.author).get_card_summary()

        rows = {row["code"]: row for block in summary["blocks"] for row in block["rows"]}
        self.assertEqual((rows["current"]["count"], rows["performed"]["count"]), (2, 1))
        self.assertIn("75", rows["current"]["amount"])
        self.assertIn("200", rows["current"]["note"])
        action = self.firm.with_user(self.author).action_open_summary("current")
        self.assertEqual(self.env["paydox.document"].search_count(action["domain"]), 2)

    def test_summary_without_anything_divides_by_nothing(self):
        firm = self.env["res.partner"].create({"name": "Empty", "is_company": True})

        rows = [row for block in firm.with_user(self.stranger).get_card_summary()["blocks"] for row in block["rows"]]

        self.assertFalse(any(row["count"] for row in rows if row["code"]))

    def test_unknown_list_is_refused(self):
        for code in ("no_such", None, 5, ["current"], {"a": 1}):
            with self.assertRaises(UserError):
                self.firm.with_user(self.stranger).action_open_summary(code)


@tagged("post_install", "-at_install")
class TestReach(TransactionCase):
    """Who sees only his own counterparties sees only them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = "base.group_user,base.group_partner_manager,paydox_crm.paydox_crm_group_own_contacts"
        department = "base.group_user,paydox_crm.paydox_crm_group_department_contacts"
        cls.head = new_test_user(cls.env, "reach_head", groups=own)
        cls.salesman = new_test_user(cls.env, "reach_salesman", groups=own)
        cls.colleague = new_test_user(cls.env, "reach_colleague", groups=department)
        cls.everybody = new_test_user(cls.env, "reach_everybody", groups="base.group_user")
        unit = cls.env["hr.department"].create({"name": "Sales R"})
        employees = cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "department_id": unit.id}
                for user in cls.head | cls.salesman | cls.colleague
            ]
        )
        unit.manager_id = employees[0]
        partners = cls.env["res.partner"]
        cls.own = partners.create({"name": "Own", "is_company": True, "user_id": cls.salesman.id})
        cls.contact = partners.create({"name": "Contact of own", "parent_id": cls.own.id, "user_id": False})
        cls.foreign = partners.create({"name": "Foreign", "is_company": True, "user_id": cls.everybody.id})
        cls.nobody = partners.create({"name": "Nobody's", "is_company": True})
        cls.all = cls.own | cls.contact | cls.foreign | cls.nobody

    def _seen(self, user):
        return self.env["res.partner"].with_user(user).search([("id", "in", self.all.ids)]).sudo()

    def test_each_sees_what_is_his(self):
        self.assertEqual(self._seen(self.salesman), self.own | self.contact)
        self.assertEqual(self._seen(self.head), self.own | self.contact, "He heads the salesman.")
        self.assertEqual(self._seen(self.colleague), self.own | self.contact)
        self.assertEqual(self._seen(self.everybody), self.all)

    def test_shared_client_is_seen_by_all_who_are_responsible(self):
        self.foreign.shared_user_ids = [Command.link(self.salesman.id)]

        self.assertIn(self.foreign, self._seen(self.salesman))

    def test_foreign_counterparty_is_refused_by_its_number(self):
        foreign = self.foreign.with_user(self.salesman)
        for call in (
            lambda: foreign.read(["name"]),
            lambda: foreign.write({"name": "Mine"}),
            foreign.get_timeline,
            foreign.get_card_summary,
            foreign.action_contact_call,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_who_enters_a_counterparty_goes_on_seeing_it(self):
        entered = self.env["res.partner"].with_user(self.salesman).create({"name": "New"})

        self.assertEqual(entered.read(["name"])[0]["name"], "New")

    def test_colleagues_and_own_companies_are_always_seen(self):
        partners = self.everybody.partner_id | self.env.company.partner_id

        partners.with_user(self.salesman).read(["name"])
