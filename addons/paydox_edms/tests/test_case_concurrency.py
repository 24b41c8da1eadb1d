# Real transactions are the subject here: what a test commits, it removes.
# pylint: disable=invalid-commit
from odoo import api
from odoo.fields import Command
from odoo.tests import tagged

from .test_concurrency import TestConcurrency, _Request


@tagged("post_install", "-at_install")
class TestCaseConcurrency(TestConcurrency):
    """Rule 19: whatever is pressed at once, a step starts and ends once."""

    def _clean_up_rows(self):
        cr = self.cr
        cr.execute("SELECT id FROM paydox_case WHERE name = 'Race'")
        cases = tuple(row[0] for row in cr.fetchall()) or (0,)
        cr.execute("SELECT id FROM paydox_case_template WHERE name->>'en_US' = 'Race'")
        templates = tuple(row[0] for row in cr.fetchall()) or (0,)
        for statement in (
            "DELETE FROM mail_activity WHERE res_model = 'paydox.case' AND res_id IN %(cases)s",
            "DELETE FROM mail_message WHERE model = 'paydox.case' AND res_id IN %(cases)s",
            "DELETE FROM mail_followers WHERE res_model = 'paydox.case' AND res_id IN %(cases)s",
            "DELETE FROM paydox_event WHERE res_model = 'paydox.case' AND res_id IN %(cases)s",
            """DELETE FROM mail_activity WHERE res_model = 'paydox.document'
                  AND res_id IN (SELECT id FROM paydox_document WHERE case_id IN %(cases)s)""",
            """DELETE FROM mail_message WHERE model = 'paydox.document'
                  AND res_id IN (SELECT id FROM paydox_document WHERE case_id IN %(cases)s)""",
            """DELETE FROM mail_followers WHERE res_model = 'paydox.document'
                  AND res_id IN (SELECT id FROM paydox_document WHERE case_id IN %(cases)s)""",
            """DELETE FROM paydox_paper_original
                WHERE document_id IN (SELECT id FROM paydox_document WHERE case_id IN %(cases)s)""",
            "DELETE FROM paydox_document WHERE case_id IN %(cases)s",
            "DELETE FROM paydox_case_start WHERE template_id IN %(templates)s",
            "DELETE FROM paydox_case_step WHERE case_id IN %(cases)s",
            "DELETE FROM paydox_case WHERE id IN %(cases)s",
            "DELETE FROM paydox_case_number WHERE frame LIKE 'RACE%%'",
            "DELETE FROM paydox_case_template WHERE id IN %(templates)s",
        ):
            cr.execute(statement, {"cases": cases, "templates": templates})
        return super()._clean_up_rows()

    def _create_race_template(self, *steps):
        template = self.env["paydox.case.template"].create(
            {
                "name": "Race",
                "code": "RACE",
                "step_ids": [
                    Command.create({"name": f"Step {place}", "sequence": place} | step)
                    for place, step in enumerate(steps, start=1)
                ],
            }
        )
        template.action_publish()
        return template

    def _create_race_case(self, *steps):
        template = self._create_race_template(*steps)
        action = template.with_user(self.author).action_start()
        case = self.env["paydox.case"].browse(action["res_id"])
        self.cr.commit()
        return case

    def _states(self, case):
        case.step_ids.invalidate_recordset()
        case.step_ids.invalidate_recordset()
        return case.step_ids.sorted("sequence").mapped("state")

    def _document_step(self):
        return {
            "kind": "document",
            "document_kind_id": self.kind.id,
            "wait_state": "registered",
            "responsible_kind": "users",
            "user_ids": [Command.set(self.legal.ids)],
        }

    def test_two_who_finish_one_step_at_once_finish_it_once(self):
        case = self._create_race_case({"kind": "milestone", "is_manual": True}, self._document_step())
        step = case.step_ids.sorted("sequence")[0]

        requests = [self._request(self.author, step, "action_done") for _ in range(2)]
        self._race(*requests)

        [error] = [request.error for request in requests if request.error]
        self.assertIn("in the state", str(error))
        self.assertEqual(self._states(case), ["done", "active"])
        self.assertEqual(len(case.document_ids), 1)
        events = self.env["paydox.event"].search([("name", "=", "case.step_done"), ("res_id", "=", case.id)])
        self.assertEqual(len(events), 1)

    def test_two_branches_that_end_at_once_start_the_join_once(self):
        manual = {"kind": "milestone", "is_manual": True, "start_rule": "begin"}
        template = self.env["paydox.case.template"].create(
            {
                "name": "Race",
                "code": "RACE",
                "step_ids": [
                    Command.create({"name": "A", "sequence": 1} | manual),
                    Command.create({"name": "B", "sequence": 2} | manual),
                    Command.create({"name": "C", "sequence": 3, "start_rule": "chosen"} | self._document_step()),
                ],
            }
        )
        steps = template.step_ids.sorted("sequence")
        steps[2].predecessor_ids = steps[:2]
        template.action_publish()
        action = template.with_user(self.author).action_start()
        case = self.env["paydox.case"].browse(action["res_id"])
        self.cr.commit()
        first, second = case.step_ids.sorted("sequence")[:2]

        requests = [self._request(self.author, step, "action_done") for step in (first, second)]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None, None])
        self.assertEqual(self._states(case), ["done", "done", "active"])
        self.assertEqual(len(case.document_ids), 1)

    def test_skip_and_done_at_once_have_one_end(self):
        case = self._create_race_case({"kind": "milestone", "is_manual": True}, {"kind": "milestone"})
        step = case.step_ids.sorted("sequence")[0]

        done = self._request(self.author, step, "action_done")
        skip = self._request(self.author, step, "action_skip", "Not needed")
        self._race(done, skip)

        self.assertEqual(len([request for request in (done, skip) if request.error]), 1)
        self.assertEqual(self._states(case), ["skipped" if done.error else "done", "done"])

    def test_double_click_starts_one_case(self):
        template = self._create_race_template(self._document_step())
        wizard = self.env["paydox.case.start"].with_user(self.author).create({"template_id": template.id})
        self.cr.commit()

        requests = [self._request(self.author, wizard, "action_confirm") for _ in range(2)]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None, None])
        cases = self.env["paydox.case"].search([("template_id", "=", template.id)])
        self.assertEqual((len(cases), len(cases.document_ids)), (1, 1))

    def test_same_key_at_once_starts_one_case(self):
        template = self._create_race_template({"kind": "milestone", "is_manual": True})
        self.cr.commit()

        requests = [self._request(self.author, template, "action_start", None, None, "same") for _ in range(2)]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None, None])
        self.assertEqual(self.env["paydox.case"].search_count([("template_id", "=", template.id)]), 1)

    def test_cases_started_at_once_get_different_numbers(self):
        template = self._create_race_template({"kind": "milestone", "is_manual": True})
        self.cr.commit()

        requests = [self._request(self.author, template, "action_start") for _ in range(3)]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None] * 3)
        numbers = self.env["paydox.case"].search([("template_id", "=", template.id)]).mapped("number")
        self.assertEqual(len(set(numbers)), 3)

    def test_case_closed_while_a_step_ends_has_one_order(self):
        case = self._create_race_case({"kind": "milestone", "is_manual": True}, self._document_step())
        step = case.step_ids.sorted("sequence")[0]
        result = self.env.ref("paydox_edms.paydox_case_result_reached")

        done = self._request(self.author, step, "action_done")
        close = self._request(self.author, case, "action_close", result.id, None, True)
        self._race(done, close)

        self.assertIsNone(close.error)
        self.assertEqual(case.state, "done")
        self.assertEqual(self._states(case), ["cancelled" if done.error else "done", "cancelled"])

    def test_job_that_runs_twice_at_once_makes_a_thing_once(self):
        case = self._create_race_case(self._document_step() | {"user_ids": [Command.set(self.director.ids)]})
        case.document_ids.unlink()
        case.step_ids.write({"state": "waiting", "problem": "x", "document_id": False})
        case.advance_at = "2020-01-01"
        self.cr.commit()

        jobs = [
            _Request(self.registry, api.SUPERUSER_ID, lambda env: env["paydox.case"]._cron_advance()) for _ in range(2)
        ]
        self._race(*jobs)

        self.env.invalidate_all()
        self.assertEqual(len(case.document_ids), 1)
        self.assertEqual(self._states(case), ["active"])
