from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from .common_case import PaydoxCaseCase

STEP_START = "odoo.addons.paydox_edms.models.paydox_case_step_start"


class TestCaseThings(PaydoxCaseCase):
    """Each started step makes its real thing, once; one that cannot says why."""

    def _document_case(self, wait_state="approved", **overrides):
        self.kind.route_id = self._create_route({"users": self.director})
        return self._start_case(
            {"kind": "document", "document_kind_id": self.kind.id, "wait_state": wait_state, "users": self.legal},
            {"kind": "milestone"},
            **overrides,
        )

    def _approve(self, document):
        document.with_user(self.legal).action_submit()
        document.with_user(self.director).action_agree()

    # === documents === #

    def test_step_ends_by_itself_when_its_document_is_approved(self):
        case = self._document_case()
        document = case.sudo().document_ids
        self.assertRecordValues(
            document, [{"kind_id": self.kind.id, "author_id": self.legal.id, "state": "draft", "name": "Step 1"}]
        )
        self.assertEqual(document.activity_ids.user_id, self.legal)
        self.assertTrue(case.with_user(self.legal).name)

        self._approve(document)

        self.assertStates(case, "done", "done")
        self.assertFalse(document.activity_ids.filtered(lambda activity: activity.summary == "Step 1"))

    def test_step_is_open_again_when_its_document_is_cancelled_later(self):
        case = self._document_case()
        document = case.sudo().document_ids
        self._approve(document)

        document.with_user(self.legal).action_cancel()

        self.assertStates(case, "active", "done")
        self.assertIn("was cancelled", self._step(case, 1).problem)
        self._step(case, 1).action_retry()
        self.assertEqual(case.sudo().document_ids.mapped("state"), ["draft", "cancelled"])
        self.assertFalse(self._step(case, 1).problem)

    def test_step_that_waits_for_the_number(self):
        case = self._document_case("registered")
        self.assertStates(case, "active", "waiting")

        case.sudo().document_ids.with_user(self.legal).action_register()

        self.assertStates(case, "done", "done")

    def test_step_of_a_document_is_set_by_the_case_only(self):
        case = self._document_case()
        other = self._create_document()
        for attempt in (
            lambda: other.write({"case_step_id": self._step(case, 1).id}),
            lambda: self._create_document(case_step_id=self._step(case, 1).id),
        ):
            # AccessError is a UserError too
            with self.assertRaises(UserError):
                attempt()
        with self.assertRaises(AccessError):
            self.env["paydox.document"].with_user(self.outsider).create(
                {"name": "x", "kind_id": self.kind.id, "case_id": case.id}
            )

    # === routes === #

    def test_document_of_the_step_before_goes_on_the_route(self):
        route = self._create_route({"users": self.director}, name="Special")
        template = self._create_published(
            {"kind": "document", "document_kind_id": self.kind.id, "wait_state": "draft", "users": self.legal},
            {"kind": "route", "route_id": route.id},
            {"kind": "milestone"},
        )
        case = self._start(template)
        document = case.sudo().document_ids
        self.assertStates(case, "done", "active", "waiting")
        self.assertEqual(self._step(case, 2).sudo().approval_id.route_id, route)

        document.with_user(self.director).action_refuse("Not so")
        self.assertStates(case, "done", "active", "waiting")
        self.assertIn("approval ended", self._step(case, 2).problem)

        self._step(case, 2).action_retry()
        document.with_user(self.director).action_agree()
        self.assertStates(case, "done", "done", "done")
        self.assertEqual(set(document.approval_ids.mapped("state")), {"approved", "rejected"})

    def test_document_that_is_sent_again_by_hand_goes_on_for_the_step(self):
        route = self._create_route({"users": self.director})
        self.kind.route_id = route
        document = self._create_document()
        case = self._start_case({"kind": "route", "route_id": route.id}, res_model="paydox.document", record=document)
        document.with_user(self.director).action_refuse("Not so")

        document.action_submit()
        document.with_user(self.director).action_agree()

        self.assertStates(case, "done")

    def test_route_that_cannot_start_says_why_and_is_tried_again(self):
        route = self._create_route({"users": self.director})
        document = self._create_document()
        template = self._create_published({"kind": "route", "route_id": route.id}, res_model="paydox.document")
        self.director.active = False

        case = self._start(template, record=document)

        self.assertStates(case, "waiting")
        self.assertIn("archived", self._step(case, 1).problem)
        self.assertEqual(document.state, "draft")
        self.director.active = True
        self._step(case, 1).action_retry()
        self.assertStates(case, "active")

    def test_subject_deleted_under_the_case(self):
        route = self._create_route({"users": self.director})
        document = self._create_document()
        case = self._start_case(
            {"kind": "milestone", "is_manual": True},
            {"kind": "route", "route_id": route.id},
            {"kind": "milestone", "start_rule": "begin"},
            res_model="paydox.document",
            record=document,
        )
        document.unlink()
        self.assertEqual(case.record_name, "Deleted")

        self._step(case, 1).action_done()

        self.assertStates(case, "done", "waiting", "done")
        self.assertIn("nothing to send", self._step(case, 2).problem)
        self._step(case, 2).action_skip("The document is gone")
        self.assertTrue(case.is_completed)

    # === mails and messages === #

    def _mail_template(self, **overrides):
        vals = {
            "name": "Thanks",
            "model_id": self.env["ir.model"]._get_id("paydox.case"),
            "subject": "Your order",
            "email_to": "client@example.com",
            "use_default_to": False,
            "body_html": "<p>Thanks</p>",
        }
        return self.env["mail.template"].create(vals | overrides)

    def test_mail_is_queued_once_and_the_step_is_done(self):
        case = self._start_case({"kind": "mail", "mail_template_id": self._mail_template().id}, {"kind": "milestone"})

        self.assertStates(case, "done", "done")
        mails = self.env["mail.mail"].search([("email_to", "=", "client@example.com")])
        self.assertEqual((len(mails), mails.state), (1, "outgoing"))
        self.assertEqual(self._step(case, 1).sudo().message_id, mails.mail_message_id)

    def test_mail_to_nobody_is_no_mail(self):
        template = self._mail_template(email_to=False)
        case = self._start_case({"kind": "mail", "mail_template_id": template.id})

        self.assertStates(case, "waiting")
        self.assertIn("nobody to go to", self._step(case, 1).problem)
        self.assertFalse(self.env["mail.mail"].search([("subject", "=", "Your order")]))

    def test_message_goes_to_the_participants(self):
        case = self._start_case(
            {"kind": "message", "description": "<p>We begin</p>", "users": self.legal}, {"kind": "milestone"}
        )
        message = case.message_ids.filtered(lambda message: "We begin" in message.body)
        self.assertEqual((len(message), message.partner_ids), (1, self.legal.partner_id))
        self.assertStates(case, "done", "done")

    # === events === #

    def test_step_waits_for_an_event_about_the_subject(self):
        document = self._create_document()
        other = self._create_document()
        case = self._start_case(
            {"kind": "event", "event_name": "document.registered"},
            {"kind": "milestone"},
            res_model="paydox.document",
            record=document,
        )
        other.action_register()
        self._run_cron("ir_cron_dispatch_events")
        self.assertStates(case, "active", "waiting")

        document.action_register()
        self._run_cron("ir_cron_dispatch_events")

        self.assertStates(case, "done", "done")
        self.assertEqual(self._step(case, 1).sudo().event_id.name, "document.registered")

    # === cases inside === #

    def test_step_ends_when_the_case_inside_is_closed(self):
        inner = self._create_published({"kind": "milestone", "is_manual": True}, name="Inner", code="IN")
        case = self._start_case(
            {"kind": "case", "sub_template_id": inner.id, "users": self.legal}, {"kind": "milestone"}
        )
        sub = self._step(case, 1).sudo().sub_case_id
        self.assertEqual((sub.owner_id, sub.template_id), (self.legal, inner))
        self.assertStates(case, "active", "waiting")

        self._step(sub.with_user(self.legal), 1).action_done()
        sub.with_user(self.legal).action_close(self.reached.id)

        self.assertStates(case, "done", "done")

    def test_case_inside_that_is_cancelled_is_told(self):
        inner = self._create_published({"kind": "milestone", "is_manual": True}, name="Inner", code="IN")
        case = self._start_case({"kind": "case", "sub_template_id": inner.id, "users": self.legal})
        sub = self._step(case, 1).sudo().sub_case_id

        sub.with_user(self.legal).action_cancel("Not possible")

        self.assertStates(case, "active")
        self.assertIn("Not possible", self._step(case, 1).problem)
        self._step(case, 1).action_retry()
        self.assertNotEqual(self._step(case, 1).sudo().sub_case_id, sub)

    def test_case_cancelled_above_cancels_the_one_inside(self):
        inner = self._create_published({"kind": "milestone", "is_manual": True}, name="Inner", code="IN")
        case = self._start_case({"kind": "case", "sub_template_id": inner.id, "users": self.legal})

        case.action_cancel("Given up")

        self.assertEqual(self._step(case, 1).sudo().sub_case_id.state, "cancelled")

    # === people === #

    def test_archived_person_is_replaced_by_the_manager_or_the_step_says_so(self):
        template = self._create_published(
            {"kind": "document", "document_kind_id": self.kind.id, "wait_state": "registered", "users": self.legal},
        )
        employee = self.env["hr.employee"].create(
            {"name": "Legal", "user_id": self.legal.id, "company_id": self.company.id}
        )
        self.legal.active = False
        case = self._start(template)
        self.assertStates(case, "waiting")
        self.assertIn("Legal is archived", self._step(case, 1).problem)

        employee.parent_id = self.chief.employee_id
        self._step(case, 1).action_retry()

        self.assertEqual(self._step(case, 1).responsible_ids, self.chief)

    def test_field_of_the_subject_names_the_person(self):
        document = self._create_document(responsible_id=self.legal.id)
        step = {
            "kind": "document",
            "document_kind_id": self.kind.id,
            "wait_state": "registered",
            "responsible_kind": "field",
            "responsible_field": "responsible_id",
        }
        template = self._create_published(step, res_model="paydox.document")
        self.assertEqual(self._step(self._start(template, record=document), 1).responsible_ids, self.legal)
        document.sudo().responsible_id = False

        case = self._start(template, record=document)

        self.assertIn("names nobody", self._step(case, 1).problem)

    def test_responsible_is_fixed_when_the_step_starts(self):
        case = self._document_case()
        self.assertEqual(self._step(case, 1).responsible_ids, self.legal)
        case.owner_id = self.chief
        self.assertEqual(self._step(case, 1).responsible_ids, self.legal)

    # === once === #

    def test_killed_in_the_middle_and_resumed_makes_nothing_twice(self):
        steps = [
            {"kind": "document", "document_kind_id": self.kind.id, "wait_state": "registered", "name": f"D{number}"}
            | {"start_rule": "begin"}
            for number in range(6)
        ]
        made = []
        original = type(self.env["paydox.case.step"])._ask_for_documents

        def fail_on_the_fourth(records):
            if "D3" in records.mapped("name"):
                raise RuntimeError("killed")
            made.extend(records.mapped("name"))
            return original(records)

        with (
            patch.object(type(self.env["paydox.case.step"]), "_ask_for_documents", fail_on_the_fourth),
            mute_logger(STEP_START),
        ):
            case = self._start_case(*steps)

        self.assertStates(case, "active", "active", "active", "waiting", "active", "active")
        self.assertEqual(len(case.sudo().document_ids), 5)
        for _again in range(2):
            case.sudo().advance_at = "2020-01-01"
            self._run_cron("ir_cron_advance_cases")
        self.assertEqual(sorted(case.sudo().document_ids.mapped("name")), [f"D{number}" for number in range(6)])
        self.assertStates(case, *["active"] * 6)

    def test_step_that_is_done_is_not_done_again(self):
        case = self._start_case({"name": "A", "kind": "milestone", "is_manual": True})
        step = self._step(case, 1)
        step.action_done("First")
        ended = step.done_at, step.move_count
        self.assertFalse(step.sudo()._finish("Second"))
        self.assertEqual((step.done_at, step.move_count, step.report), (*ended, "First"))

    def test_database_refuses_a_second_thing_of_a_step(self):
        from psycopg2.errors import UniqueViolation

        case = self._document_case()
        document = self._create_document()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            document.sudo().write({"case_step_id": self._step(case, 1).id})
            self.env.flush_all()

    # === terms === #

    def test_term_that_ends_on_a_day_off_moves_to_the_next_working_day(self):
        steps = self.env["paydox.case.step"]
        company = self.company
        company.resource_calendar_id.tz = "Europe/Chisinau"
        nobody = self.env["hr.employee"]
        from datetime import datetime

        # Friday 2026-03-27 10:00 UTC; the clock changes on Sunday
        friday = datetime(2026, 3, 27, 10)
        end = steps._plan_term(company, nobody, friday, 1, "calendar_days")
        self.assertEqual(end.strftime("%A"), "Monday")
        end = steps._plan_term(company, nobody, friday, 4, "calendar_days")
        self.assertEqual(end, datetime(2026, 3, 31, 9), "12:00 by the clock on the wall, before and after the change")
        end = steps._plan_term(company, nobody, friday, 2, "days")
        self.assertEqual(end.strftime("%A"), "Tuesday")

        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "date_from": "2026-03-29 21:00:00",
                "date_to": "2026-03-30 20:59:59",
                "calendar_id": company.resource_calendar_id.id,
            }
        )
        end = steps._plan_term(company, nobody, friday, 1, "days")
        self.assertEqual(end.strftime("%A"), "Tuesday")

    def test_people_of_the_step_read_the_case_but_not_its_subject(self):
        document = self._create_document(confidentiality="secret", name="Merger")
        case = self._start_case({"kind": "message", "users": self.legal}, res_model="paydox.document", record=document)
        seen = case.with_user(self.legal)

        self.assertEqual(seen.record_name, "No access")
        self.assertNotIn("Merger", seen.display_name)

    def test_field_ids_of_commands_are_of_no_use(self):
        with self.assertRaises(AccessError):
            self.env["paydox.case"].with_user(self.author).create(
                {"name": "x", "step_ids": [Command.create({"name": "y", "state": "done"})]}
            )
