import json

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestRequisitesHistory(PaydoxCrmCase):
    """Rule 12: each way of changing the requisites leaves a dated state, and none is overwritten."""

    def test_new_counterparty_has_its_first_state(self):
        partner = self._create_partner()

        self.assertHistory(partner, [(0, None, "LLC Romashka")])
        state = partner.requisites_ids
        self.assertEqual(state.create_uid, self.manager)
        self.assertFalse(state.changed_fields)

    def test_contact_person_has_no_history_but_that_of_the_organisation(self):
        partner = self._create_partner()
        contact = self.env["res.partner"].with_user(self.manager).create({"name": "Petrov", "parent_id": partner.id})

        self.assertFalse(contact.requisites_ids)
        self.assertEqual(contact.requisites_on(self.today)[contact.id]["legal_name"], "LLC Romashka")

    def test_branch_and_private_person_have_their_own_history(self):
        partner = self._create_partner()
        branch = self._create_partner(parent_id=partner.id, legal_name="Branch", kpp="773601001")
        person = self._create_partner(is_company=False, name="Citizen", legal_name=False, vat="500100732259")

        self.assertEqual(len(branch.requisites_ids), 1)
        self.assertEqual(len(person.requisites_ids), 1)

    def test_contact_who_becomes_a_counterparty_gets_a_history(self):
        partner = self._create_partner()
        contact = self.env["res.partner"].with_user(self.manager).create({"name": "Petrov", "parent_id": partner.id})

        contact.write({"parent_id": False})

        self.assertEqual(contact.requisites_ids.snapshot["name"], "Petrov")

    def test_renaming_closes_a_state_and_opens_the_next(self):
        partner = self._create_partner(since=-30)

        partner.write({"legal_name": "LLC Lotos"})

        self.assertHistory(partner, [(-30, -1, "LLC Romashka"), (0, None, "LLC Lotos")])
        state = self._in_force(partner)[-1]
        self.assertEqual(state.changed_fields, {"legal_name": {"old": "LLC Romashka", "new": "LLC Lotos"}})
        self.assertEqual(state.create_uid, self.manager)

    def test_form_save_with_several_changes_is_one_state(self):
        partner = self._create_partner()
        self._create_account(partner, "111111")
        partner.flush_recordset()
        self.env.cr.execute(
            "UPDATE paydox_partner_requisites SET valid_from = valid_from - 30 WHERE partner_id = %s", (partner.id,)
        )
        self.env.invalidate_all()
        known = partner.requisites_ids

        with Form(partner.with_user(self.accountant)) as form:
            form.legal_name = "LLC Lotos"
            form.director_name = "Petrov"
            form.street = "Lesnaya 5"
            with form.bank_ids.edit(0) as account:
                account.acc_number = "222222"
            with form.bank_ids.new() as account:
                account.acc_number = "333333"

        state = partner.requisites_ids - known
        self.assertEqual(len(state), 1)
        self.assertEqual(set(state.changed_fields), {"legal_name", "director_name", "street", "bank_ids"})
        self.assertEqual([a["acc_number"] for a in state.sudo().former_bank_snapshot], ["111111"])
        self.assertEqual([a["acc_number"] for a in state.sudo().bank_snapshot], ["222222", "333333"])

    def test_legal_form_and_postal_address_belong_to_the_state(self):
        partner = self._create_partner(since=-30, legal_form="LLC")

        partner.write({"legal_form": "JSC", "postal_address": "Moscow, P. O. Box 5"})

        state = self._in_force(partner)[-1]
        self.assertEqual(set(state.changed_fields), {"legal_form", "postal_address"})
        self.assertIn("P. O. Box 5", state.values_html)
        self.assertOn(partner, -1, "LLC", name="legal_form")

    def test_saving_the_same_values_adds_nothing(self):
        partner = self._create_partner(since=-30)

        partner.write({"legal_name": "LLC Romashka", "kpp": "", "comment": "called"})

        self.assertEqual(len(partner.requisites_ids), 1)

    def test_second_change_of_a_day_corrects_the_first(self):
        partner = self._create_partner(since=-30)
        partner.write({"legal_name": "LLC Lotus"})
        typo = self._in_force(partner)[-1]

        partner.write({"legal_name": "LLC Lotos"})

        self.assertHistory(partner, [(-30, -1, "LLC Romashka"), (0, None, "LLC Lotos")])
        correction = self._in_force(partner)[-1]
        self.assertEqual(correction.corrects_id, typo)
        self.assertEqual(correction.changed_fields, {"legal_name": {"old": "LLC Romashka", "new": "LLC Lotos"}})
        self.assertTrue(typo.superseded)
        self.assertEqual(typo.snapshot["legal_name"], "LLC Lotus", "What was wrong stays to be seen.")

    def test_change_of_a_synchronised_field_by_a_contact_is_recorded_for_the_organisation(self):
        partner = self._create_partner(since=-30)
        contact = self.env["res.partner"].with_user(self.manager).create({"name": "Petrov", "parent_id": partner.id})

        contact.write({"vat": "7700000016"})

        self.assertHistory(partner, [(-30, -1, "7707083893"), (0, None, "7700000016")], name="vat")

    def test_superuser_and_other_fields_by_the_way_do_not_pass_by(self):
        partner = self._create_partner(since=-30)

        partner.sudo().with_context(tracking_disable=True, import_file=True, mail_notrack=True).write(
            {"kpp": "773601001"}
        )

        self.assertEqual(len(self._in_force(partner)), 2)

    def test_each_other_way_into_the_directory_opens_a_history(self):
        partners = self.env["res.partner"].with_user(self.manager)
        known = self._create_partner(since=-30)
        ways = {
            "letter": partners.find_or_create("Petrov <petrov.history@example.com>"),
            "letters": partners._find_or_create_from_emails(["Sidorov <sidorov.history@example.com>"])[0],
            "quick": partners.browse(partners.name_create("Quick")[0]),
            "copy": known.with_user(self.manager).copy(),
            "client": partners.browse(partners.web_save({"name": "Client"}, {"id": {}})[0]["id"]),
        }
        for way, partner in ways.items():
            with self.subTest(way=way):
                self.assertTrue(partner)
                self.assertHistory(partner, [(0, None, partner.name)], name="name")

        known.with_user(self.manager).web_save({"legal_name": "LLC Lotos"}, {"id": {}})
        self.assertHistory(known, [(-30, -1, "LLC Romashka"), (0, None, "LLC Lotos")])

    def test_import_records_a_state_for_each_row(self):
        partner = self._create_partner(since=-30)
        self.env["ir.model.data"].create(
            {"module": "__import__", "name": "romashka", "model": "res.partner", "res_id": partner.id}
        )

        result = (
            self.env["res.partner"]
            .with_user(self.manager)
            .load(
                ["id", "name", "is_company", "legal_name", "vat"],
                [
                    ["__import__.romashka", "Romashka", "1", "LLC Lotos", "7707083893"],
                    ["__import__.new", "New", "1", "LLC New", "not a number"],
                ],
            )
        )

        self.assertFalse(result["messages"], "Dirty data is marked, not refused.")
        self.assertHistory(partner, [(-30, -1, "LLC Romashka"), (0, None, "LLC Lotos")])
        new = self.env.ref("__import__.new")
        self.assertHistory(new, [(0, None, "LLC New")])

    def test_bank_accounts_are_requisites(self):
        partner = self._create_partner(since=-30)
        account = self._create_account(partner)
        self.assertEqual(len(self._in_force(partner)), 2)

        account.write({"acc_number": "40702810200000012346"})
        account.unlink()

        states = partner.requisites_ids.sudo().sorted("id")
        self.assertEqual(
            [[a["acc_number"] for a in state.bank_snapshot or []] for state in states],
            [[], ["40702810200000012345"], ["40702810200000012346"], []],
        )
        self.assertEqual(len(self._in_force(partner)), 2)

    def test_account_moved_to_another_holder_is_recorded_for_both(self):
        partner, other = self._create_partner(since=-30), self._create_partner(since=-30, name="Other")
        account = self._create_account(partner)

        account.write({"partner_id": other.id})

        self.assertFalse(self._in_force(partner)[-1].sudo().bank_snapshot)
        self.assertTrue(self._in_force(other)[-1].sudo().bank_snapshot)

    def test_new_code_of_a_bank_is_recorded_for_its_customers(self):
        partner = self._create_partner(since=-30)
        bank = self.env["res.bank"].create({"name": "Bank", "bic": "044525225"})
        self._create_account(partner, bank_id=bank.id)

        bank.with_user(self.manager).write({"bic": "044525974"})

        self.assertEqual(self._in_force(partner)[-1].sudo().bank_snapshot[0]["bic"], "044525974")

    def test_requisites_on_answers_for_each_day(self):
        partner = self._create_partner(since=-30)
        partner.write({"legal_name": "LLC Lotos"})

        self.assertOn(partner, -31, None)
        self.assertOn(partner, -30, "LLC Romashka")
        self.assertOn(partner, -1, "LLC Romashka")
        self.assertOn(partner, 0, "LLC Lotos")
        self.assertOn(partner, 4000, "LLC Lotos")
        self.assertEqual(partner.requisites_on(self._day(-31)), {partner.id: {}})

    def test_requisites_on_gives_plain_json(self):
        country = self.env.ref("base.ru")
        partner = self._create_partner(country_id=country.id)

        answer = partner.requisites_on(self.today)

        self.assertEqual(json.loads(json.dumps(answer))[str(partner.id)]["country_id"][0], country.id)
        self.assertEqual(answer[partner.id]["valid_from"], str(self.today))
        self.assertIs(answer[partner.id]["valid_to"], False)

    def test_requisites_on_refuses_what_is_no_date(self):
        partner = self._create_partner()

        for wrong in ("yesterday", "2026-13-01", "", None, False, 20260101, [], {}):
            with self.subTest(date=wrong), self.assertRaisesRegex(UserError, "not a date"):
                partner.requisites_on(wrong)

    def test_country_renamed_in_another_language_is_no_change(self):
        partner = self._create_partner(since=-30, country_id=self.env.ref("base.ru").id)
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env.ref("base.ru").with_context(lang="ru_RU").name = "Россия"

        partner.with_context(lang="ru_RU").write({"director_name": "Petrov"})

        self.assertEqual(set(self._in_force(partner)[-1].changed_fields), {"director_name"})

    def test_state_opened_by_installation_equals_the_one_opened_by_hand(self):
        from odoo.addons.paydox_crm.hooks import post_init_hook

        bank = self.env["res.bank"].create({"name": "Bank", "bic": "044525225"})
        state = self.env["res.country.state"].search([], limit=1)
        partner = self._create_partner(
            kpp="773601001", city="Moscow", country_id=state.country_id.id, state_id=state.id, street=""
        )
        self._create_account(partner, bank_id=bank.id, acc_holder_name="Somebody Else")
        self._create_account(partner, number="40702810200000012346", currency_id=self.env.ref("base.EUR").id)
        plain = self._create_partner(name="Plain", legal_name=False)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": partner.id})
        partners = partner | plain
        expected = partners.sudo()._get_requisites_snapshots()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM paydox_partner_requisites WHERE partner_id IN %s", (tuple(partners.ids),))
        self.env.invalidate_all()

        post_init_hook(self.env)

        for record in partners:
            row = record.requisites_ids.sudo()
            found = {**row.snapshot, "bank_ids": row.bank_snapshot or []}
            for name, value in expected[record.id].items():
                self.assertEqual(found[name], value, name)
            self.assertEqual(row.valid_from, record.create_date.date())
        self.assertFalse(contact.requisites_ids)
        partner.write({"director_name": "Petrov"})
        self.assertEqual(set(self._in_force(partner)[-1].changed_fields), {"director_name"})

    def test_partner_entered_past_the_orm_keeps_what_it_was_before_its_first_change(self):
        self.env.cr.execute(
            """INSERT INTO res_partner (name, legal_name, is_company, active, type, create_date)
               VALUES ('Raw', 'LLC Raw', TRUE, TRUE, 'contact', now() - interval '30 days') RETURNING id"""
        )
        partner = self.env["res.partner"].browse(self.env.cr.fetchone())
        self.env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE id = %s", (partner.id,))

        partner.write({"legal_name": "LLC Changed"})

        self.assertEqual([s.snapshot["legal_name"] for s in self._in_force(partner)], ["LLC Raw", "LLC Changed"])

    def test_failed_save_leaves_no_state_and_does_not_stop_the_recording(self):
        partner = self._create_partner(since=-30)

        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            partner.write({"legal_name": "LLC Lotos", "parent_id": partner.id})
        self.env.invalidate_all()
        self.assertEqual(len(self._in_force(partner)), 1)

        partner.write({"legal_name": "LLC Lotos"})
        self.assertEqual(len(self._in_force(partner)), 2)
