from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged, warmup

from .common import PDF, PDF_2, PaydoxEdmsCase


class AcquaintanceMixin:
    """An order in force and its readers."""

    @classmethod
    def _set_up_order(cls):
        cls.order = cls._create_document(name="Order on holidays")
        cls.order.add_version("order.pdf", PDF)
        cls.order.action_register()
        cls.readers = cls.author | cls.legal | cls.chief | cls.director | cls.stranger

    @classmethod
    def _create_readers(cls, count, prefix="reader"):
        users = cls.env["res.users"].with_context(no_reset_password=True, tracking_disable=True)
        group = cls.env.ref("base.group_user")
        return users.create(
            [
                {"login": f"edms_{prefix}_{index}", "name": f"{prefix} {index}", "group_ids": [Command.set(group.ids)]}
                for index in range(count)
            ]
        )

    def _send(self, users, document=None, sender=None, **kwargs):
        document = (document or self.order).with_user(sender or self.clerk)
        return document.action_send_acquaintance(users.ids, **kwargs).step_ids

    def _run_cron(self, name):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"paydox_edms.{name}").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def _notices(self, document=None):
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "paydox.document"),
                ("res_id", "=", (document or self.order).id),
                ("message_type", "=", "user_notification"),
            ]
        )
        return [sorted(message.sudo().notified_partner_ids.user_ids.mapped("login")) for message in messages]


@tagged("post_install", "-at_install")
class TestAcquaintance(AcquaintanceMixin, PaydoxEdmsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_order()

    def _confirm(self, *users, document=None):
        for user in users:
            document = (document or self.order).with_user(user)
            document.action_open_version()
            document.action_agree()

    def _line(self, step, user):
        return step.sudo().line_ids.filtered(lambda line: line.user_id == user)

    # === SENDING === #

    def test_order_sent_to_five_shows_three_of_five_and_reminds_two(self):
        step = self._send(self.readers)
        self._run_cron("ir_cron_notify_acquaintance")
        self.assertEqual(self._notices(), [sorted(self.readers.mapped("login"))])

        self._confirm(self.author, self.legal, self.chief)

        self.assertEqual((step.done_count, step.people_count, step.left_count), (3, 5, 2))
        self.assertEqual(self.order.with_user(self.clerk).acquaintance_text, "3/5")
        step.with_user(self.clerk).action_remind()
        self._run_cron("ir_cron_remind_acquaintance")
        self.assertEqual(self._notices()[0], ["edms_director", "edms_stranger"])
        self.assertEqual(step.state, "running")

    def test_sheet_closes_when_everybody_confirmed_and_its_chain_holds(self):
        step = self._send(self.readers)

        self._confirm(*self.readers)

        self.assertEqual((step.state, step.sudo().approval_id.state), ("agreed", "approved"))
        self.assertEqual(step.acquaintance_state, "complete")
        self.assertFalse(step.sudo().approval_id._find_broken_link())
        self.assertEqual(step.sudo().approval_id.decision_ids.mapped("action"), ["start", "add"] + ["agree"] * 5)
        event = self.env["paydox.event"].search([("name", "=", "document.acquainted"), ("res_id", "=", self.order.id)])
        self.assertEqual(len(event), 1)

    def test_readers_neither_move_nor_lock_the_document(self):
        state = self.order.state

        self._send(self.readers)
        self.order.write({"note": "<p>more</p>"})
        self._confirm(*self.readers)

        self.assertEqual((self.order.state, self.order.approval_state), (state, "none"))

    def test_readers_are_no_activities_followers_or_participants(self):
        document = self.order.sudo()
        before = (document.activity_ids, document.message_follower_ids, document.participant_ids)

        self._send(self.readers)
        self._run_cron("ir_cron_notify_acquaintance")
        self._confirm(*self.readers)

        document.invalidate_recordset()
        after = (document.activity_ids, document.message_follower_ids, document.participant_ids)
        self.assertEqual(after, before)
        self.assertFalse(document.message_ids.filtered(lambda message: "Acquaintance" in (message.body or "")))

    def test_only_author_responsible_and_clerks_send(self):
        secret = self._create_document(confidentiality="open")
        secret.add_version("a.pdf", PDF)
        secret.action_register()
        for user in (self.stranger, self.legal):
            with self.assertRaises(AccessError):
                secret.with_user(user).action_send_acquaintance(self.readers.ids)
            self.assertFalse(secret.with_user(user).can_send_acquaintance)
        for user in (self.author, self.clerk, self.manager):
            self.assertTrue(secret.with_user(user).can_send_acquaintance)

    def test_drafts_refused_and_empty_documents_are_not_sent(self):
        draft = self._create_document()
        empty = self._create_document()
        empty.action_register()
        self.kind.route_id = self._create_route({"users": self.director})
        review = self._create_document()
        review.add_version("a.pdf", PDF)
        review.action_submit()
        for document in (draft, empty, review):
            with self.assertRaises(UserError):
                document.action_send_acquaintance(self.readers.ids)
            self.assertFalse(document.can_send_acquaintance)
        sent = [("purpose", "=", "acquaintance"), ("document_id", "in", (draft | empty | review).ids)]
        self.assertFalse(self.env["paydox.approval"].search(sent))

    def test_text_without_a_file_is_read_on_the_card(self):
        text = self._create_document(note="<p>The office is closed on Monday.</p>")
        text.action_register()
        step = self._send(self.legal, document=text)
        line = self._line(step, self.legal)
        with self.assertRaises(UserError):
            text.with_user(self.legal).action_agree()

        line.with_user(self.legal).action_open_record()
        text.with_user(self.legal).action_agree()

        self.assertEqual(line.state, "agreed")

    def test_hostile_arguments_are_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreigner = new_test_user(
            self.env, "edms_foreigner", groups="base.group_user", company_id=other.id, company_ids=[other.id]
        )
        portal = new_test_user(self.env, "edms_portal", groups="base.group_portal")
        archived = new_test_user(self.env, "edms_archived", groups="base.group_user")
        archived.active = False
        order = self.order.with_user(self.clerk)
        for users in ([foreigner.id], [portal.id], [archived.id], "all", {"a": 1}, ["1"], [None], []):
            with self.assertRaises(UserError, msg=users):
                order.action_send_acquaintance(users)
        for deadline in ("soon", "2001-01-01 00:00:00", {"a": 1}, 12):
            with self.assertRaises(UserError, msg=deadline):
                order.action_send_acquaintance(self.readers.ids, deadline=deadline)

    def test_groups_and_departments_are_resolved_with_those_inside_and_without_the_unfit(self):
        parent = self.env["hr.department"].create({"name": "Production"})
        child = self.env["hr.department"].create({"name": "Workshop", "parent_id": parent.id})
        self.env["hr.employee"].create(
            [
                {"name": "Legal", "user_id": self.legal.id, "department_id": parent.id},
                {"name": "Chief", "user_id": self.chief.id, "department_id": child.id},
                {"name": "Without a login", "department_id": child.id},
            ]
        )

        step = self._send(self.env["res.users"], departments=parent.ids)

        lines = step.sudo().line_ids
        self.assertEqual(lines.user_id, self.legal | self.chief)
        self.assertEqual(lines.department_id, parent | child)
        coverage = step._get_department_coverage()
        self.assertEqual([row[1:] for row in coverage], [(0, 1), (0, 1)])
        self._confirm(self.chief)
        step.invalidate_recordset()
        self.assertIn("1 / 1", step.coverage)
        self.assertIn("0 / 1", step.coverage)

    # === OPENING === #

    def test_reader_cannot_confirm_before_he_opened_the_actual_version(self):
        step = self._send(self.readers)
        order = self.order.with_user(self.legal)
        with self.assertRaises(UserError):
            order.action_agree()
        action = self._line(step, self.legal).with_user(self.legal).action_agree()
        self.assertEqual(self._line(step, self.legal).state, "pending")
        self.assertEqual(action["res_model"], "paydox.document.version", "the first press in the inbox opens")
        self._line(step, self.legal).write({"opened_at": False, "opened_version_id": False})
        with self.assertRaises(UserError):
            order.action_agree()

        order.current_version_id.action_preview()
        order.action_agree()

        line = self._line(step, self.legal)
        self.assertTrue(line.opened_at)
        self.assertEqual(line.opened_version_id, self.order.current_version_id)
        decision = step.sudo().approval_id.decision_ids[-1]
        self.assertEqual((decision.opened_at, decision.opened_version_id), (line.opened_at, line.opened_version_id))

    def test_opening_of_a_former_version_proves_nothing_about_the_actual_one(self):
        self._send(self.readers)
        former = self.order.current_version_id
        former.with_user(self.legal).action_preview()
        self.order.add_version("order.pdf", PDF_2)
        order = self.order.with_user(self.legal)
        with self.assertRaises(UserError):
            order.action_agree()
        former.with_user(self.legal).action_preview()
        with self.assertRaises(UserError):
            order.action_agree()

        order.action_open_version()
        order.action_agree()

    def test_sheet_may_let_people_confirm_without_opening(self):
        step = self._send(self.readers, must_open=False)

        self.order.with_user(self.legal).action_agree()

        self.assertEqual(self._line(step, self.legal).state, "agreed")

    def test_opening_by_another_person_proves_nothing(self):
        self._send(self.readers)
        self.order.with_user(self.chief).action_open_version()
        with self.assertRaises(UserError):
            self.order.with_user(self.legal).action_agree()

    def test_acquaintance_is_personal_and_cannot_be_refused_returned_or_delegated(self):
        today = fields.Date.today()
        self.env["paydox.substitution"].create(
            {"user_id": self.legal.id, "substitute_id": self.chief.id, "date_from": today, "date_to": today}
        )
        self._send(self.legal)
        with self.assertRaises(AccessError):
            self.order.with_user(self.chief).action_agree()
        order = self.order.with_user(self.legal)
        order.action_open_version()
        with self.assertRaises(UserError):
            order.action_refuse("no")
        with self.assertRaises(UserError):
            order.action_return("no")
        with self.assertRaises(UserError):
            order.action_delegate(self.chief.id)

    # === ACCESS === #

    def test_reader_reads_the_document_while_asked_and_after(self):
        stranger = self.order.with_user(self.stranger)
        self.assertFalse(stranger.has_access("read"))

        step = self._send(self.stranger | self.legal)
        self.assertTrue(stranger.has_access("read"))
        self.assertIn(self.order, stranger.search([("id", "=", self.order.id)]))
        self._confirm(self.stranger)
        stranger.invalidate_recordset()
        self.assertTrue(stranger.has_access("read"))

        step.with_user(self.clerk).action_remove_people(self.legal.ids, "On leave")
        legal = self.order.with_user(self.legal)
        legal.invalidate_recordset()
        self.assertFalse(legal.has_access("read"))

    def test_reader_leads_nothing(self):
        step = self._send(self.readers).with_user(self.legal)
        self.assertFalse(step.can_manage)
        for verb, arguments in (
            ("action_add_people", [self.manager.ids]),
            ("action_remove_people", [self.chief.ids, "no"]),
            ("action_remind", []),
            ("action_close", []),
            ("action_new_round", []),
        ):
            with self.assertRaises(AccessError, msg=verb):
                getattr(step, verb)(*arguments)
        with self.assertRaises(AccessError):
            step.write({"must_open": False})
        with self.assertRaises(AccessError):
            self._line(step, self.legal).with_user(self.legal).write({"opened_at": fields.Datetime.now()})

    def test_secret_document_is_no_way_in_for_the_sender_without_access(self):
        secret = self._create_document(confidentiality="secret")
        secret.add_version("a.pdf", PDF)
        secret.action_register()
        with self.assertRaises(AccessError):
            secret.with_user(self.clerk).action_send_acquaintance(self.clerk.ids)

    # === PEOPLE === #

    def test_employee_who_came_later_is_added_and_nobody_twice(self):
        step = self._send(self.legal | self.chief)
        self._run_cron("ir_cron_notify_acquaintance")
        self._confirm(self.legal)

        step.with_user(self.clerk).action_add_people((self.stranger | self.legal | self.chief).ids)
        self._run_cron("ir_cron_notify_acquaintance")

        step.invalidate_recordset()
        self.assertEqual((step.done_count, step.people_count), (1, 3))
        self.assertEqual(self._notices()[0], ["edms_stranger"])
        self._confirm(self.chief, self.stranger)
        self.assertEqual(step.state, "agreed")
        self.assertFalse(step.sudo().approval_id._find_broken_link())

    def test_second_sending_joins_the_running_sheet(self):
        step = self._send(self.legal | self.chief)

        again = self._send(self.chief | self.director)

        self.assertEqual(again, step)
        self.assertEqual(step.sudo().line_ids.user_id, self.legal | self.chief | self.director)

    def test_released_person_is_no_longer_waited_for_and_the_reason_stays(self):
        step = self._send(self.legal | self.chief).with_user(self.clerk)
        self._confirm(self.legal)
        with self.assertRaises(UserError):
            step.action_remove_people(self.chief.ids)
        with self.assertRaises(UserError):
            step.action_remove_people(self.legal.ids, "He has confirmed")
        with self.assertRaises(UserError):
            step.action_remove_people(self.manager.ids, "He was never asked")

        step.action_remove_people(self.chief.ids, "On long leave")

        self.assertRecordValues(self._line(step, self.chief), [{"state": "skipped", "comment": "On long leave"}])
        self.assertEqual(step.state, "agreed")
        self.assertFalse(step.sudo().approval_id._find_broken_link())

    def test_last_person_is_not_released_but_the_sheet_closed(self):
        step = self._send(self.legal).with_user(self.clerk)
        with self.assertRaises(UserError):
            step.action_remove_people(self.legal.ids, "Left")

        step.action_close()

        self.assertEqual(step.acquaintance_state, "closed")
        with self.assertRaises(UserError):
            step.action_add_people(self.chief.ids)

    def test_line_added_straight_in_the_database_shows(self):
        step = self._send(self.legal)
        approval = step.sudo().approval_id
        self.env.cr.execute("UPDATE paydox_approval_line SET user_id = %s WHERE step_id = %s", [self.chief.id, step.id])
        self.env.invalidate_all()

        self.assertTrue(approval._find_broken_link())

    # === ROUNDS === #

    def test_new_version_starts_a_new_round_when_the_kind_says_so(self):
        self.kind.reacquaint_on_new_version = True
        step = self._send(self.legal | self.chief)
        self._confirm(self.legal)

        self.order.add_version("order.pdf", PDF_2)
        self._run_cron("ir_cron_dispatch_events")

        rounds = self.env["paydox.approval"].search(
            [("purpose", "=", "acquaintance"), ("document_id", "=", self.order.id)]
        )
        self.assertEqual(rounds.mapped("round"), [2, 1])
        self.assertEqual(rounds[0].version_id, self.order.current_version_id)
        self.assertEqual(rounds[0].line_ids.user_id, self.legal | self.chief)
        self.assertEqual(step.acquaintance_state, "closed")
        self.assertEqual(self._line(step, self.legal).state, "agreed")

    def test_new_version_asks_nobody_when_the_kind_does_not_say_so(self):
        step = self._send(self.legal)
        self.order.add_version("order.pdf", PDF_2)
        self._run_cron("ir_cron_dispatch_events")
        self.assertEqual(step.state, "running")
        self.assertTrue(step.is_outdated)

        step.with_user(self.clerk).action_new_round()

        self.assertEqual(step.acquaintance_state, "closed")
        self.assertEqual(self.order.with_user(self.clerk).acquaintance_text, "0/1")

    def test_approved_document_is_read_again_when_its_new_version_is_approved(self):
        self.kind.reacquaint_on_new_version = True
        document = self._create_approved()
        document = document.with_user(self.exclusive)
        document.sudo().responsible_id = self.exclusive
        document.add_version("a.pdf", PDF)
        document.action_submit()
        document.with_user(self.director).action_agree()
        self._send(self.legal, document=document)

        document.add_version("a.pdf", PDF_2)
        self._run_cron("ir_cron_dispatch_events")
        approvals = self.env["paydox.approval"].search([("res_id", "=", document.id), ("purpose", "=", "acquaintance")])
        self.assertEqual(len(approvals), 1, "a draft is not read")
        document.action_submit()
        document.with_user(self.director).action_agree()
        self._run_cron("ir_cron_dispatch_events")

        approvals = self.env["paydox.approval"].search([("res_id", "=", document.id), ("purpose", "=", "acquaintance")])
        self.assertEqual(len(approvals), 2)

    # === NOTICES === #

    def test_reminders_go_once_a_day_from_the_day_before_the_term(self):
        start = fields.Datetime.to_datetime("2026-03-02 09:00:00")
        with freeze_time(start):
            self._send(self.legal | self.chief, deadline=start + timedelta(days=4))
            self._run_cron("ir_cron_notify_acquaintance")
            self._run_cron("ir_cron_remind_acquaintance")
            self.assertEqual(len(self._notices()), 1, "the term is far")
        with freeze_time(start + timedelta(days=3, hours=1)):
            for _ in range(2):
                self._run_cron("ir_cron_remind_acquaintance")
            self.assertEqual(len(self._notices()), 2)
        with freeze_time(start + timedelta(days=9)):
            self._run_cron("ir_cron_remind_acquaintance")
            self.assertEqual(len(self._notices()), 3)

    def test_button_reminds_once_a_day(self):
        step = self._send(self.legal).with_user(self.clerk)
        self._run_cron("ir_cron_notify_acquaintance")

        step.action_remind()
        for _ in range(2):
            self._run_cron("ir_cron_remind_acquaintance")

        self.assertEqual(len(self._notices()), 2)
        with self.assertRaises(UserError):
            step.action_remind()

    def test_term_is_counted_in_working_days_after_today(self):
        self.company.resource_calendar_id.tz = "UTC"
        with freeze_time("2026-03-06 10:00:00"):  # a Friday
            step = self._send(self.legal)
        self.assertEqual(step.deadline.date(), fields.Date.to_date("2026-03-11"))

    def test_late_reader_says_why(self):
        start = fields.Datetime.to_datetime("2026-03-02 09:00:00")
        with freeze_time(start):
            self._send(self.legal, deadline=start + timedelta(days=1))
        order = self.order.with_user(self.legal)
        with freeze_time(start + timedelta(days=2)):
            order.action_open_version()
            with self.assertRaises(UserError):
                order.action_agree()
            order.action_agree(delay_reason="On leave")

    # === ROUTES === #

    def test_acquaintance_is_also_a_step_of_a_route(self):
        document = self._create_submitted(
            {"users": self.director},
            {"users": self.legal | self.chief, "kind": "acquaint", "must_open": True},
        )
        document.with_user(self.director).action_agree()
        step = document.sudo().approval_id.step_ids[1]
        self.assertEqual((step.state, step.people_count), ("running", 2))
        for user in (self.legal, self.chief):
            document.with_user(user).action_open_version()
            document.with_user(user).action_agree()

        self.assertState(document, "approved", "approved")
        self.assertFalse(document.sudo().approval_id._find_broken_link())

    # === WINDOW === #

    def test_window_starts_with_what_the_kind_says_and_opens_the_sheet(self):
        self.kind.acquaintance_user_ids = self.legal | self.chief
        action = self.order.with_user(self.clerk).action_open_send_acquaintance()
        form = Form(self.env["paydox.acquaintance.send"].with_user(self.clerk).with_context(**action["context"]))
        self.assertEqual(form.people_count, 2)
        form.user_ids.add(self.stranger)
        form.term_days = 5
        self.assertEqual(form.people_count, 3)

        result = form.save().action_confirm()

        step = self.env["paydox.approval.step"].browse(result["res_id"])
        self.assertEqual(step.sudo().line_ids.user_id, self.legal | self.chief | self.stranger)

    def test_window_is_no_way_around_the_rights(self):
        wizards = self.env["paydox.acquaintance.send"].with_user(self.stranger)
        for model in ("paydox.document", "res.users", "no.such.model"):
            wizard = wizards.create({"res_model": model, "res_id": self.order.id, "is_everyone": True})
            self.assertFalse(wizard.record_name)
            self.assertFalse(wizard.people_count)
            with self.assertRaises(UserError):
                wizard.action_confirm()
        with self.assertRaises(ValidationError):
            wizards.create({"res_model": "paydox.document", "res_id": self.order.id, "term_days": -1})


@tagged("post_install", "-at_install")
class TestAcquaintancePerformance(AcquaintanceMixin, PaydoxEdmsCase):
    """Thousands of readers cost by the batch and not by the head."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_order()
        cls.many = cls._create_readers(200)

    def _measure(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _send_file(self, document):
        document.add_version("a.pdf", PDF + str(document.id).encode())
        document.action_register()

    def _send_new(self, users):
        document = self._create_document()
        self._send_file(document)
        return self._measure(lambda: self._send(users, document=document))

    @warmup
    def test_sending_costs_by_the_batch(self):
        self._send_new(self.many[:50])
        few, many = self._send_new(self.many[:50]), self._send_new(self.many)
        self.assertLessEqual(many - few, 3, "queries grow with the people")

        with patch("odoo.addons.paydox_edms.models.paydox_approval_step_people.ASK_BATCH", 50):
            four_batches = self._send_new(self.many)
        self.assertLessEqual(four_batches - many, 3 * 12)

    def _get_told(self, document):
        messages = self.env["mail.message"].search([("model", "=", document._name), ("res_id", "=", document.id)])
        return messages.notification_ids.res_partner_id

    @warmup
    def test_notices_ask_for_the_rights_of_all_readers_at_once(self):
        def notify(users):
            document = self._create_document()
            self._send_file(document)
            self._send(users, document=document)
            # As the job finds them.
            lines = self.env["paydox.approval.line"].search([("document_id", "=", document.id)])
            count = self._measure(lambda: lines._notify_asked(lines))
            self.assertEqual(len(self._get_told(document)), len(users))
            return count

        for user in self.many:
            user.email = f"{user.login}@example.com"
        notify(self.many[:20])
        few, many = notify(self.many[20:40]), notify(self.many[40:140])
        self.assertLessEqual(many - few, 20, "nobody of the eighty more is asked for on his own")

    def test_rule_of_another_addon_holds_for_notices(self):
        document = self._create_document()
        self._send_file(document)
        self._send(self.many[:3], document=document)
        self.env["ir.rule"].create(
            {
                "name": "Nobody",
                "model_id": self.env["ir.model"]._get_id("paydox.document"),
                "domain_force": [("name", "=", "Something else")],
            }
        )

        lines = document.sudo().approval_line_ids
        lines._notify_asked(lines)

        self.assertFalse(self._get_told(document))

    @warmup
    def test_confirmation_does_not_depend_on_the_number_of_readers(self):
        counts = []
        for users in (self.many[:20], self.many):
            document = self._create_document()
            document.add_version("a.pdf", PDF + str(document.id).encode())
            document.action_register()
            self._send(users, document=document, must_open=False)
            for user in users[:2]:
                counts.append(self._measure(document.with_user(user).action_agree))
        self.assertLessEqual(counts[3], counts[1] + 1)

    @warmup
    def test_list_of_sheets_has_a_ceiling(self):
        for _ in range(6):
            self._send_new(self.many[:10])
        specification = {"record_name": {}, "done_count": {}, "people_count": {}, "done_percent": {}, "deadline": {}}
        specification["acquaintance_state"] = {}
        steps = self.env["paydox.approval.step"].with_user(self.clerk)
        domain = [("kind", "=", "acquaint")]
        self._measure(lambda: steps.web_search_read(domain, specification, limit=2))
        short = self._measure(lambda: steps.web_search_read(domain, specification, limit=2))
        long = self._measure(lambda: steps.web_search_read(domain, specification, limit=6))
        self.assertLessEqual(long, short + 1)
        self.assertLessEqual(long, 14)
