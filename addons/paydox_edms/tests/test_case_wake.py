from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common_case import PaydoxCaseCase


class TestCaseWake(PaydoxCaseCase):
    """A change of the subject wakes what waits for it; cases speak the language of who reads them."""

    def _start_waiting(self, document, **step):
        condition = {"subject_condition": "[('amount', '>', 1000)]", "if_unmet": "wait", "kind": "milestone"}
        return self._start_case(
            {"name": "A"} | condition | step, user=self.author, record=document, res_model="paydox.document"
        )

    def test_change_of_the_subject_lets_the_job_look_at_once(self):
        document = self._create_document(amount=1)
        case = self._start_waiting(document)
        other = self._start(case.template_id, record=self._create_document(amount=1))
        self.assertStates(case, "waiting")
        self.assertGreater(case.sudo().advance_at, fields.Datetime.now() + timedelta(minutes=50))

        triggers = self.env["ir.cron.trigger"].sudo()
        triggers.search([]).unlink()
        document.amount = 5000

        self.assertEqual(triggers.search([]).cron_id, self.env.ref("paydox_edms.ir_cron_advance_cases"))
        self.assertLessEqual(case.sudo().advance_at, fields.Datetime.now())
        self.assertGreater(other.sudo().advance_at, fields.Datetime.now() + timedelta(minutes=50))
        self._run_cron("ir_cron_advance_cases")
        self.assertStates(case, "done")
        self.assertStates(other, "waiting")

    def test_step_added_to_one_case_is_watched_too(self):
        document = self._create_document(amount=1)
        case = self._start_case(
            {"name": "A", "kind": "milestone", "is_manual": True}, record=document, res_model="paydox.document"
        )
        document.amount = 2
        case.action_add_step(
            {"name": "B", "kind": "milestone", "subject_condition": "[('amount', '>', 9)]", "if_unmet": "wait"}
        )
        document.amount = 10
        self._run_cron("ir_cron_advance_cases")
        self.assertStates(case, "ready", "done")

    def test_models_that_nobody_watches_cost_no_query(self):
        document = self._create_document()
        self._start_case({"kind": "milestone", "is_manual": True}, record=document, res_model="paydox.document")
        cases = self.env["paydox.case"]
        self.assertNotIn("paydox.document", cases._get_watched_models())
        with self.assertQueryCount(0):
            cases._wake_by_subject(document)

    def test_data_of_the_case_wakes_whatever_it_is(self):
        case = self._start_case(
            {"name": "A", "condition": "[('deadline', '!=', False)]", "if_unmet": "wait", "kind": "milestone"}
        )
        self.assertStates(case, "waiting")
        case.deadline = fields.Datetime.now()
        self.assertStates(case, "done")

    def test_texts_of_steps_are_pinned_in_all_languages(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.legal.lang = "ru_RU"
        template = self._create_template(
            {"name": "Ship the goods", "users": self.legal}, {"name": "Ask", "users": self.author}, goal="Delivered"
        )
        russian = template.with_context(lang="ru_RU")
        russian.step_ids[0].write({"name": "Отгрузить товар", "description": "<p>Со склада</p>"})
        russian.step_ids[1].name = "Спросить"
        russian.goal = "Доставлено"
        template.action_publish()

        case = self._start(template)
        first, second = self._step(case, 1), self._step(case, 2)
        self.assertEqual((first.name, first.with_context(lang="ru_RU").name), ("Ship the goods", "Отгрузить товар"))
        self.assertEqual(first.with_context(lang="ru_RU").display_name, "Отгрузить товар")
        # What the step gives speaks the language of who gets it.
        self.assertEqual(first.sudo().instruction_id.name, "Отгрузить товар")
        self.assertIn("Со склада", first.sudo().instruction_id.description)
        self.assertEqual(case.goal, "Delivered")

        # A later translation changes the template, not what runs.
        revision = self._revise(template)
        revision.with_context(lang="ru_RU").step_ids.sorted("sequence")[1].name = "Расспросить"
        revision.step_ids.sorted("sequence")[1].name = "Ask all"
        revision.action_publish()
        self.assertEqual(second.with_context(lang="ru_RU").name, "Спросить")
        key = case.action_preview_migration()["key"]
        case.action_migrate(key)
        self.assertEqual(second.with_context(lang="ru_RU").name, "Расспросить")

        case.action_save_as_template("Saved")
        saved = self.env["paydox.case.template"].search([("name", "=", "Saved")]).with_context(lang="ru_RU")
        self.assertEqual(saved.step_ids.sorted("sequence").mapped("name"), ["Отгрузить товар", "Расспросить"])

    def test_what_is_offered_to_several_is_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env.company.partner_id.lang = "ru_RU"
        template = self._create_template({"name": "Ship", "users": self.legal | self.director})
        template.step_ids.with_context(lang="ru_RU").name = "Отгрузить"
        template.action_publish()

        case = self._start(template)
        self.assertEqual(self._step(case, 1).sudo().instruction_id.name, "Отгрузить")

    def test_followers_are_asked_for_once_a_person(self):
        first, second = (self._start_case({"kind": "milestone"}, code=code) for code in "AB")
        second.participant_ids = [Command.link(self.outsider.id)]
        customer = self.env["res.partner"].create({"name": "Customer"})
        partners = self.outsider.partner_id | customer
        cases = (first | second).sudo()
        cases._message_subscribe(partners.ids)
        self.assertNotIn(self.outsider.partner_id, first.sudo().message_partner_ids)
        self.assertIn(customer, first.sudo().message_partner_ids)
        self.assertLessEqual(partners, second.sudo().message_partner_ids)
