from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from .common_case import PaydoxCaseCase

LOGGER = "odoo.addons.paydox_edms.models.paydox_case_engine"


class TestCaseEngine(PaydoxCaseCase):
    """Entry conditions and starts; the steps of these tests are milestones, which end by themselves."""

    def _milestones(self, *steps, **overrides):
        return self._chain(*({"kind": "milestone"} | step for step in steps), **overrides)

    def test_case_copies_the_steps_and_is_numbered(self):
        case = self._start_case({"kind": "milestone", "is_manual": True}, {"kind": "milestone"}, goal="Delivered")

        self.assertRecordValues(
            case,
            [{"state": "running", "goal": "Delivered", "owner_id": self.author.id, "template_revision": 1}],
        )
        self.assertTrue(case.number.startswith("ORD-"))
        self.assertStates(case, "ready", "waiting")
        self.assertEqual((case.progress_text, case.next_step_id), ("0/2", self._step(case, 1)))

    def test_steps_start_when_all_before_them_are_done(self):
        template = self._milestones(
            {"name": "A", "is_manual": True},
            {"name": "B", "is_manual": True},
            {"name": "C", "after": ("A", "B"), "is_manual": True},
        )
        case = self._start(template)
        self.assertStates(case, "ready", "ready", "waiting")

        self._step(case, 1).action_done()
        self.assertStates(case, "done", "ready", "waiting")
        self._step(case, 2).action_done()
        self.assertStates(case, "done", "done", "ready")

    def test_steps_start_when_any_before_them_is_done(self):
        template = self._milestones(
            {"name": "A", "is_manual": True},
            {"name": "B", "is_manual": True},
            {"name": "C", "after": ("A", "B"), "predecessor_rule": "any", "is_manual": True},
        )
        case = self._start(template)

        self._step(case, 2).action_done()

        self.assertStates(case, "ready", "done", "ready")

    def test_join_of_branches_does_not_start_while_one_of_them_runs(self):
        template = self._milestones(
            {"name": "A", "condition": "[('partner_id', '!=', False)]"},
            {"name": "B", "is_manual": True},
            {"name": "C", "after": ("A", "B"), "predecessor_rule": "any"},
        )
        case = self._start(template)

        self.assertStates(case, "skipped", "ready", "waiting")

    def test_step_whose_condition_is_not_met_is_left_out_and_says_so(self):
        template = self._milestones(
            {"name": "A", "condition": "[('partner_id', '!=', False)]"},
            {"name": "B", "after": ("A",)},
            {"name": "C", "after": ("A",), "after_skipped": False},
        )
        case = self._start(template)

        self.assertStates(case, "skipped", "done", "skipped")
        self.assertIn("Not applicable", self._step(case, 1).skip_reason)
        self.assertEqual(case.progress_text, "1/1")

    def test_step_waits_for_the_data_that_its_condition_asks_for(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        template = self._milestones({"name": "A", "condition": "[('partner_id', '!=', False)]", "if_unmet": "wait"})
        case = self._start(template)
        self.assertStates(case, "waiting")

        case.partner_id = partner

        self.assertStates(case, "done")

    def test_condition_on_the_subject(self):
        document = self._create_document(amount=5000)
        template = self._milestones(
            {"name": "A", "subject_condition": "[('amount', '>', 1000)]"},
            {"name": "B", "subject_condition": "[('amount', '>', 9000)]"},
            res_model="paydox.document",
        )
        case = self._start(template, record=document)

        self.assertStates(case, "done", "skipped")
        self.assertEqual(case.record_name, document.display_name)
        self.assertEqual(document.case_count, 1)

    def test_broken_condition_is_told_on_the_step_and_stops_nothing_else(self):
        template = self._milestones(
            {"name": "A", "condition": "[('goal', '=', 'x')]"}, {"name": "B", "is_manual": True}
        )
        template.sudo().step_ids.filtered(lambda step: step.name == "A")._write({"condition": "[('gone', '=', 1)]"})
        self.env.invalidate_all()

        case = self._start(template)

        self.assertStates(case, "waiting", "ready")
        self.assertIn("condition cannot be used", self._step(case, 1).problem)
        self.assertTrue(case.sudo().advance_at)

    def test_template_that_is_for_others_is_refused(self):
        template = self._create_published(
            {"kind": "milestone"}, starter_group_ids=[(4, self.env.ref("base.group_system").id)]
        )

        with self.assertRaises(AccessError):
            self._start(template)

    def test_template_of_documents_needs_a_document_that_is_there(self):
        document = self._create_document()
        template = self._create_published({"kind": "milestone"}, res_model="paydox.document")
        with self.assertRaises(UserError):
            self._start(template)
        document.sudo().unlink()
        with self.assertRaises(UserError):
            self._start(template, record=document)

    def test_stranger_cannot_start_a_case_about_what_he_may_not_read(self):
        document = self._create_document(confidentiality="secret")
        template = self._create_published({"kind": "milestone"}, res_model="paydox.document")

        with self.assertRaises(AccessError):
            template.with_user(self.outsider).action_start(["paydox.document", document.id])

    def test_same_key_starts_one_case(self):
        template = self._create_published({"kind": "milestone", "is_manual": True})

        first = self._start(template, key="click")
        again = self._start(template, key="click")

        self.assertEqual(first, again)
        self.assertNotEqual(first, self._start(template, key="other"))

    def test_engine_error_does_not_fail_what_set_it_off_and_the_job_goes_on(self):
        case = self._start_case({"kind": "milestone", "is_manual": True}, {"kind": "milestone"})
        partner = self.env["res.partner"].create({"name": "Customer"})
        cases = type(self.env["paydox.case"])
        with patch.object(cases, "_move_once", side_effect=ZeroDivisionError), self.assertLogs(LOGGER, "ERROR"):
            case.partner_id = partner

        self.assertEqual(case.partner_id, partner)
        self.assertTrue(case.sudo().advance_at)
        self._run_cron("ir_cron_advance_cases")
        self.assertFalse(case.sudo().advance_at)

    def test_thousand_steps(self):
        steps = [{"kind": "milestone"} for _number in range(1000)]
        case = self._start_case(*steps)

        self.assertEqual(case.progress_text, "1000/1000")
