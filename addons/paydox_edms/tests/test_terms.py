from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import PaydoxEdmsCase

MONDAY = "2026-06-15 08:00:00"


class TestTerms(PaydoxEdmsCase):
    """Terms in working time, what happens around their end, and what the report says of delays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "9 to 17",
                "tz": "UTC",
                "attendance_ids": [(5, 0, 0)]
                + [
                    (0, 0, {"name": day, "dayofweek": day, "hour_from": 9, "hour_to": 17, "day_period": "morning"})
                    for day in "01234"
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.boss = cls._employ(cls.chief)
        cls.employee = cls._employ(cls.director, cls.boss)

    @classmethod
    def _employ(cls, user, manager=None):
        return cls.env["hr.employee"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "parent_id": manager.id if manager else False,
                "resource_calendar_id": cls.calendar.id,
                "tz": "UTC",
            }
        )

    def _take_leave(self, employee, date_from, date_to):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": employee.resource_id.id if employee else False,
                "calendar_id": self.calendar.id,
                "date_from": date_from,
                "date_to": date_to,
            }
        )

    def _send(self, *steps, **overrides):
        with freeze_time(MONDAY):
            steps = steps or ({"users": self.director, "deadline_hours": 8},)
            return self._create_submitted(*steps, **overrides)

    def _run_cron(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.invalidate_all()
            self.env.ref("paydox_edms.ir_cron_watch_terms").method_direct_trigger()
        self.env.invalidate_all()

    def _messages(self, user, text):
        return self.env["mail.message"].search(
            [("partner_ids", "in", user.partner_id.ids), "|", ("subject", "ilike", text), ("body", "ilike", text)]
        )

    def _line(self, document):
        document.invalidate_recordset()
        return document.sudo().approval_id.line_ids.sorted("id")[-1:]

    # when a term ends

    def test_leave_of_the_person_moves_his_term(self):
        self._take_leave(self.employee, "2026-06-15 00:00:00", "2026-06-16 23:59:59")

        document = self._send({"users": self.director | self.legal, "deadline_hours": 8})

        deadlines = {line.user_id: line.deadline for line in document.sudo().approval_id.line_ids}
        self.assertEqual(deadlines[self.director], datetime(2026, 6, 17, 17))
        self.assertEqual(deadlines[self.legal], datetime(2026, 6, 15, 17))

    def test_holiday_of_the_company_moves_every_term(self):
        self._take_leave(None, "2026-06-15 00:00:00", "2026-06-15 23:59:59")

        self.assertEqual(self._line(self._send()).deadline, datetime(2026, 6, 16, 17))

    def test_term_is_changed_in_flight_by_a_manager_with_a_reason(self):
        document = self._send(confidentiality="open")
        line = self._line(document)
        with freeze_time("2026-06-15 10:00:00"):
            for user in (self.author, self.director, self.stranger, self.clerk):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    line.with_user(user).action_change_deadline("2026-06-18 12:00:00", "x")
            as_manager = line.with_user(self.manager)
            for deadline in ("2020-01-01 00:00:00", "soon", None, 5, [], {}):
                with self.subTest(deadline=deadline), self.assertRaises(UserError):
                    as_manager.action_change_deadline(deadline, "x")
            with self.assertRaises(UserError):
                as_manager.action_change_deadline("2026-06-18 12:00:00", " ")

            as_manager.action_change_deadline("2026-06-18 12:00:00", "The counterparty is late")

        self.assertEqual(line.deadline, datetime(2026, 6, 18, 12))
        decision = line.approval_id.decision_ids[-1]
        self.assertEqual((decision.action, decision.comment), ("term", "The counterparty is late"))
        self.assertIn("2026-06-15 17:00:00", decision.definition)
        self.assertFalse(line.approval_id._find_broken_link())

    # reminders and notices

    def test_reminder_comes_once_before_the_term(self):
        document = self._send({"users": self.director, "deadline_hours": 8, "reminder_hours": 2})
        self.assertEqual(self._line(document).remind_at, datetime(2026, 6, 15, 15))
        self._run_cron("2026-06-15 14:30:00")
        self.assertFalse(self._messages(self.director, "due soon"))

        for _time in range(2):
            self._run_cron("2026-06-15 15:30:00")

        self.assertEqual(len(self._messages(self.director, "due soon")), 1)

    def test_substitute_is_reminded_too(self):
        self._send({"users": self.director, "deadline_hours": 8, "reminder_hours": 2})
        self.env["paydox.substitution"].create(
            {
                "user_id": self.director.id,
                "substitute_id": self.legal.id,
                "date_from": "2026-06-15",
                "date_to": "2026-06-15",
            }
        )
        self._run_cron("2026-06-15 15:30:00")
        self.assertEqual(len(self._messages(self.legal, "due soon")), 1)

    def test_author_and_head_hear_of_the_delay_once_by_message_and_activity(self):
        document = self._send(confidentiality="open")

        for moment in ("2026-06-15 18:00:00", "2026-06-15 18:15:00", "2026-06-16 09:00:00"):
            self._run_cron(moment)

        for user in (self.author, self.chief):
            self.assertEqual(len(self._messages(user, "are late")), 1, user.login)
        late = document.sudo().activity_ids - self._line(document).activity_id
        self.assertEqual(late.user_id, self.author | self.chief)
        with freeze_time("2026-06-16 10:00:00"):
            document.with_user(self.director).action_agree("Sorry")
        self.assertFalse(late.exists())

    def test_days_without_the_job_lose_nothing_and_repeat_nothing(self):
        documents = [self._send(confidentiality="open") for _index in range(3)]

        self._run_cron("2026-06-18 08:00:00")  # three days later
        self._run_cron("2026-06-18 08:15:00")

        self.assertEqual(len(self._messages(self.author, "are late")), 1, "one list for everything")
        lines = [self._line(document) for document in documents]
        self.assertTrue(all(line.escalated_at for line in lines))

    def test_delays_one_after_another_are_not_as_many_messages(self):
        for hours in (1, 1.25, 1.5):
            self._send({"users": self.director, "deadline_hours": hours}, confidentiality="open")

        for moment in ("10:00", "10:16", "10:31", "10:45"):
            self._run_cron(f"2026-06-15 {moment}:00")

        self.assertEqual(len(self._messages(self.chief, "are late")), 1)
        self._run_cron("2026-06-15 11:05:00")
        told = self._messages(self.chief, "are late").sorted("id")
        self.assertEqual(len(told), 2)
        self.assertIn("2", told[-1].subject, "what came meanwhile goes together")
        self._run_cron("2026-06-15 13:00:00")
        self.assertEqual(len(self._messages(self.chief, "are late")), 2)

    def test_head_without_access_learns_no_subject(self):
        self._send(confidentiality="secret", name="Plan of dismissals")

        self._run_cron("2026-06-15 18:00:00")

        message = self._messages(self.chief, "are late")
        self.assertEqual(len(message), 1)
        self.assertNotIn("dismissals", message.body)
        self.assertFalse(self.env["mail.activity"].search([("user_id", "=", self.chief.id)]))

    def test_nobody_is_told_when_the_route_says_so(self):
        self._send({"users": self.director, "deadline_hours": 8, "escalate_to": "nobody"})
        self._run_cron("2026-06-15 18:00:00")
        self.assertFalse(self._messages(self.author, "are late"))

    def test_decided_and_withdrawn_lines_are_left_alone(self):
        document = self._send({"users": self.director, "deadline_hours": 8, "timeout_action": "agree"})
        document.action_withdraw()
        self._run_cron("2026-06-18 18:00:00")
        self.assertState(document, "draft", "withdrawn")
        self.assertFalse(self._messages(self.author, "are late"))

    # what happens by itself

    def test_automatic_agreement_names_itself(self):
        document = self._send(
            {"users": self.director, "deadline_hours": 8, "timeout_action": "agree"}, {"users": self.legal}
        )

        self._run_cron("2026-06-15 18:00:00")

        self.assertWaitsFor(document, self.legal)
        approval = document.sudo().approval_id
        self.assertEqual(approval.decision_ids.mapped("action"), ["start", "auto"])
        line = approval.line_ids.filtered(lambda line: line.user_id == self.director)
        self.assertRecordValues(
            line, [{"state": "agreed", "action": "auto", "decided_by_id": self.env.ref("base.user_root").id}]
        )
        self.assertIn("Agreed automatically", "".join(document.message_ids.mapped("body")))
        self.assertFalse(approval._find_broken_link())

    def test_automatic_agreement_is_no_agreement_of_the_person(self):
        document = self._send(
            {"users": self.director, "deadline_hours": 8, "timeout_action": "agree"}, {"users": self.legal}
        )
        self._run_cron("2026-06-15 18:00:00")
        document.with_user(self.legal).action_refuse("No")

        document.action_request_approval(scope="not_agreed")

        self.assertWaitsFor(document, self.director)

    def test_turn_passes_to_the_manager_with_a_term_of_his_own(self):
        document = self._send({"users": self.director, "deadline_hours": 8, "timeout_action": "manager"})

        self._run_cron("2026-06-16 08:00:00")

        self.assertWaitsFor(document, self.chief)
        self.assertEqual(self._line(document).deadline, datetime(2026, 6, 16, 17))
        self.assertFalse(document.sudo().approval_id._find_broken_link())

    def test_turn_stays_where_there_is_no_manager(self):
        document = self._send({"users": self.chief, "deadline_hours": 8, "timeout_action": "manager"})
        for moment in ("2026-06-16 08:00:00", "2026-06-16 08:15:00"):
            self._run_cron(moment)
        self.assertWaitsFor(document, self.chief)
        self.assertEqual(len(self._messages(self.author, "are late")), 1)

    # delays

    def test_late_decision_takes_a_reason_of_the_directory(self):
        document = self._send()
        reason = self.env.ref("paydox_edms.paydox_delay_reason_illness")
        with freeze_time("2026-06-16 11:00:00"):
            self.env.invalidate_all()
            as_director = document.with_user(self.director)
            with self.assertRaisesRegex(UserError, "reason"):
                as_director.action_agree()
            for hostile in (-1, 10**9, "1", [1], self.company.id * 10**6, {"x": 1}):
                with self.subTest(hostile=hostile), self.assertRaises(UserError):
                    as_director.action_agree(delay_reason_id=hostile)
            as_director.action_agree(delay_reason_id=reason.id)

        line = self._line(document)
        self.assertRecordValues(line, [{"delay_reason_id": reason.id, "hours_late": 2.0, "is_absent": False}])
        self.assertEqual(line.department_id, self.employee.department_id)
        self.assertFalse(line.approval_id._find_broken_link())
        self.env.cr.execute("UPDATE paydox_approval_decision SET delay_reason_id = NULL WHERE line_id = %s", [line.id])
        self.env.invalidate_all()
        self.assertTrue(line.approval_id._find_broken_link())

    def test_delay_of_the_absent_without_a_substitute_is_one_of_the_process(self):
        for substituted, expected in ((False, True), (True, False)):
            document = self._send()
            leave = self._take_leave(self.employee, "2026-06-15 12:00:00", "2026-06-17 23:59:59")
            if substituted:
                self.env["paydox.substitution"].create(
                    {
                        "user_id": self.director.id,
                        "substitute_id": self.legal.id,
                        "date_from": "2026-06-15",
                        "date_to": "2026-06-17",
                    }
                )
            with freeze_time("2026-06-18 10:00:00"):
                self.env.invalidate_all()
                document.with_user(self.director).action_agree("Back")
            with self.subTest(substituted=substituted):
                self.assertEqual(self._line(document).is_absent, expected)
            leave.unlink()

    def test_window_asks_for_the_reason_when_late(self):
        document = self._send()
        with freeze_time("2026-06-16 11:00:00"):
            self.env.invalidate_all()
            context = document.with_user(self.director).action_open_decide()["context"]
            wizard = Form(self.env["paydox.approval.decide"].with_user(self.director).with_context(**context))
            self.assertTrue(wizard.is_late)
            wizard.delay_reason_id = self.env.ref("paydox_edms.paydox_delay_reason_trip")
            wizard.save().action_confirm()
        self.assertState(document, "approved")

    def test_report_shows_heads_the_delays_of_their_people_and_strangers_nothing(self):
        department = self.env["hr.department"].create({"name": "Board", "manager_id": self.boss.id})
        self.employee.department_id = department
        document = self._send()
        secret = self._send(confidentiality="secret")
        with freeze_time("2026-06-16 11:00:00"):
            self.env.invalidate_all()
            for each in (document, secret):
                each.with_user(self.director).action_agree("Late")
        domain = [("hours_late", ">", 0), ("document_id", "in", (document | secret).ids)]
        lines = self.env["paydox.approval.line"]
        self.assertEqual(lines.with_user(self.chief).search(domain), self._line(document))
        self.assertEqual(lines.with_user(self.manager).search(domain), self._line(document))
        self.assertFalse(lines.with_user(self.stranger).search(domain))
        rows = lines.with_user(self.chief)._read_group(domain, ["user_id", "step_name"], ["hours_late:sum"])
        self.assertEqual(rows, [(self.director, "Step 1", 2.0)])

    def test_reasons_are_kept_by_managers_only(self):
        reasons = self.env["paydox.delay.reason"]
        for user in (self.author, self.clerk):
            with self.assertRaises(AccessError):
                reasons.with_user(user).create({"name": "Rain"})
        reasons.with_user(self.manager).create({"name": "Rain"})

    def test_job_is_not_for_rpc(self):
        from odoo.service.model import get_public_method

        for model, names in {
            "paydox.approval.line": (
                "_cron_watch_terms",
                "_time_out",
                "_decide_by_clock",
                "_replace",
                "_change_deadline",
            ),
            "paydox.approval": ("_start_many", "_append_many", "_go_back", "_send_digest"),
            "paydox.approval.step": ("_reopen", "_add_lines", "_open_many"),
            "paydox.document": ("_request_approval", "_return", "_add_approvers", "_bypass_step", "_withdraw"),
        }.items():
            for name in names:
                self.assertTrue(hasattr(self.env[model], name), name)
                with self.subTest(name=name), self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)
