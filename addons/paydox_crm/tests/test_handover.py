from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

GROUPS = "base.group_user,paydox_edms.paydox_edms_group_user"


@tagged("post_install", "-at_install")
class TestHandover(TransactionCase):
    """The head hands the work of a person over, for good or for a period.

    head      heads the department of ann, bob
    ann       has counterparties, an activity and instructions
    bob       takes them
    stranger  works elsewhere
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            name: new_test_user(cls.env, f"ho_{name}", GROUPS, name=name.title(), email=f"{name}@ho.example", tz="UTC")
            for name in ("head", "ann", "bob", "stranger")
        }
        cls.head, cls.ann, cls.bob, cls.stranger = cls.people.values()
        employees = {
            name: cls.env["hr.employee"].create({"name": name.title(), "user_id": user.id})
            for name, user in cls.people.items()
        }
        department = cls.env["hr.department"].create({"name": "Sales", "manager_id": employees["head"].id})
        for name in ("head", "ann", "bob"):
            employees[name].department_id = department
        cls.firms = cls.env["res.partner"].create(
            [{"name": f"Firm {number}", "is_company": True, "user_id": cls.ann.id} for number in range(3)]
        )
        cls.activity = cls.firms[0].activity_schedule(
            "mail.mail_activity_data_todo", user_id=cls.ann.id, summary="Call", date_deadline=date(2030, 1, 1)
        )
        instructions = cls.env["paydox.instruction"].with_user(cls.head)
        cls.open_task = instructions.create({"name": "Open task", "executor_id": cls.ann.id})
        cls.done_task = instructions.create({"name": "Done task", "executor_id": cls.ann.id})
        (cls.open_task | cls.done_task).action_assign()
        cls.done_task.with_user(cls.ann).action_accept()
        cls.done_task.with_user(cls.ann).action_report("It is done")

    def _window(self, user, **values):
        window = self.env["paydox.handover.start"].with_user(user)
        return window.create({"user_id": self.ann.id, "period": "good", "target_id": self.bob.id, **values})

    def _apply(self, user=None, **values):
        action = self._window(user or self.head, **values).action_apply()
        return self.env["paydox.handover"].browse(action["res_id"])

    def _period(self, days=5, start=0, **values):
        today = date.today()
        dates = {"date_from": today + timedelta(days=start), "date_to": today + timedelta(days=start + days)}
        return self._apply(values.pop("user", None), period="period", **dates, **values)

    def _follow_periods(self):
        self.patch(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60)
        self.env["paydox.handover"]._cron_follow_periods()

    def _notices(self, user):
        return self.env["mail.message"].search(
            [("partner_ids", "in", user.partner_id.ids), ("subject", "ilike", "work of Ann")]
        )

    def test_head_sees_counts_and_hands_everything_over_for_good(self):
        window = self._window(self.head)
        counts = dict(zip(window.line_ids.mapped("sort"), window.line_ids.mapped("count"), strict=True))
        self.assertEqual((counts["partner"], counts["activity"], counts["instruction"]), (3, 1, 1))

        window.action_apply()

        self.assertEqual(self.firms.user_id, self.bob)
        self.assertEqual(self.activity.user_id, self.bob)
        self.assertEqual(self.open_task.executor_id, self.bob)
        self.assertEqual(self.done_task.executor_id, self.ann, "what is done stays with who did it")
        log = window.handover_id
        self.assertEqual((log.state, log.item_count), ("done", 5))
        self.assertIn("Handed over from Ann to Bob", self.firms[0].message_ids[0].body)
        self.assertTrue(self._notices(self.ann))
        self.assertTrue(self._notices(self.bob))
        self.assertEqual(window.action_apply()["res_id"], log.id, "pressed twice")
        self.assertEqual(len(self.env["paydox.handover"].search([("user_id", "=", self.ann.id)])), 1)

    def _count_queries(self, verb):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        verb()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_counterparties_and_activities(self):
        self.open_task.sudo().action_cancel("Not needed")
        counts, back = [], []
        for size in (4, 24):
            firms = self.env["res.partner"].create(
                [{"name": f"F {size} {n}", "is_company": True, "user_id": self.ann.id} for n in range(size)]
            )
            for firm in firms:
                firm.activity_schedule("mail.mail_activity_data_todo", user_id=self.ann.id, summary="Call")
            window = self._window(
                self.head, period="period", date_from=date.today(), date_to=date.today() + timedelta(days=3)
            )
            counts.append(self._count_queries(window.action_apply))
            self.assertEqual(firms.user_id, self.bob)
            log = window.handover_id.sudo()
            back.append(self._count_queries(log._give_back))
            self.assertEqual(firms.user_id, self.ann)
        for name, (few, many) in (("apply", counts), ("give back", back)):
            self.assertLessEqual(many, few + 6, f"{name}: {few} and {many}")

    def test_an_instruction_costs_a_fixed_number_of_queries(self):
        counts = []
        for size in (2, 6):
            tasks = (
                self.env["paydox.instruction"]
                .with_user(self.head)
                .create([{"name": f"Task {size} {n}", "executor_id": self.ann.id} for n in range(size)])
            )
            tasks.action_assign()
            window = self._window(self.head)
            for line in window.line_ids:
                line.is_left_out = line.sort != "instruction"
            counts.append((len(self.open_task | tasks), self._count_queries(window.action_apply)))
            self.assertEqual(tasks.executor_id, self.bob)
            (self.open_task | tasks).sudo().action_cancel("Done with")
            self.open_task = self.open_task.browse()
        (few, few_queries), (many, many_queries) = counts
        self.assertLessEqual(many_queries - few_queries, (many - few) * 45, counts)

    def test_sorts_go_to_different_people_or_stay(self):
        window = self._window(self.head)
        lines = window.line_ids.grouped("sort")
        lines["partner"].target_id = self.head
        lines["instruction"].is_left_out = True
        window.action_apply()
        self.assertEqual(self.firms.user_id, self.head)
        self.assertEqual(self.activity.user_id, self.bob)
        self.assertEqual(self.open_task.executor_id, self.ann)

    def test_end_of_the_period_returns_what_is_still_with_the_substitute(self):
        log = self._period(user=self.ann)
        self.assertEqual(log.state, "active")
        self.assertEqual(self.firms.user_id, self.bob)
        self.assertEqual(self.open_task.executor_id, self.ann, "the substitute takes it as such")
        self.assertIn(self.ann, self.bob.document_principal_ids)
        self.firms[2].user_id = self.head

        with freeze_time(date.today() + timedelta(days=9)):
            self._follow_periods()

        self.assertEqual(self.firms.mapped("user_id"), self.ann | self.head)
        self.assertEqual(self.firms[2].user_id, self.head)
        self.assertEqual(log.state, "returned")
        self.assertEqual(log.item_ids.filtered(lambda item: item.state == "left").res_id, self.firms[2].id)
        self.assertEqual(self.activity.user_id, self.ann)

    def test_planned_hand_over_begins_on_its_day_and_can_be_called_off(self):
        log = self._period(start=3, user=self.ann)
        self.assertEqual((log.state, self.firms.user_id), ("planned", self.ann))
        with freeze_time(date.today() + timedelta(days=3)):
            self._follow_periods()
        self.assertEqual((log.state, self.firms.user_id), ("active", self.bob))
        log.with_user(self.ann).action_return()
        self.assertEqual((log.state, self.firms.user_id), ("returned", self.ann))

        later = self._period(start=3, user=self.ann)
        later.with_user(self.ann).action_cancel()
        self.assertEqual(later.state, "cancelled")
        self.assertFalse(later.substitution_ids)

    def test_absent_substitute_is_refused_and_his_own_is_named(self):
        self.env["paydox.substitution"].create(
            {"user_id": self.bob.id, "substitute_id": self.head.id, "date_to": date.today() + timedelta(days=2)}
        )
        window = self._window(self.head)
        self.assertIn("Head", window.absence)
        with self.assertRaisesRegex(ValidationError, "Head"):
            window.action_apply()
        self.assertEqual(self.firms.user_id, self.ann)

    def test_two_hand_overs_of_the_same_days_are_refused(self):
        self._period(user=self.ann)
        with self.assertRaisesRegex(ValidationError, "already"):
            self._period(user=self.ann)

    def test_only_the_head_a_manager_or_the_person_himself_for_a_period(self):
        for user, values in (
            (self.stranger, {}),
            (self.bob, {}),
            (self.ann, {}),
            (self.head, {"target_id": self.stranger.id}),
        ):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._apply(user, **values)
        window = self._window(self.stranger)
        self.assertEqual(sum(window.line_ids.mapped("count")), 0, "how much somebody has is not told to everybody")
        self.assertFalse(window.absence)
        self.assertEqual(self.firms.user_id, self.ann)

    def test_unfit_input_is_refused(self):
        for values in (
            {"target_id": self.ann.id},
            {"target_id": False},
            {"period": "period"},
            {"period": "period", "date_from": "2020-01-01", "date_to": "2020-01-05"},
            {"date_from": "2090-01-01"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._apply(**values)
        self.bob.active = False
        with self.assertRaises(UserError):
            self._apply()

    def test_log_is_written_by_the_system_only(self):
        log = self._period(user=self.ann)
        for user in (self.ann, self.head):
            with self.assertRaises(AccessError):
                log.with_user(user).write({"state": "done"})
            with self.assertRaises(AccessError):
                log.item_ids[:1].with_user(user).unlink()
        with self.assertRaises(AccessError):
            log.with_user(self.bob).action_return()
        with self.assertRaises(AccessError):
            log.with_user(self.stranger).read(["reason"])
        self.assertTrue(log.with_user(self.bob).item_ids)

    @mute_logger("odoo.addons.paydox_crm.models.paydox_handover_run")
    def test_one_failing_hand_over_stops_no_other(self):
        log = self._period(user=self.ann)
        other = self.env["paydox.handover"].create(
            {"user_id": self.bob.id, "author_id": self.head.id, "date_from": "2020-01-01", "date_to": "2020-01-02",
             "state": "active", "item_ids": [(0, 0, {"sort": "partner", "res_model": "no.such.model", "res_id": 1, "state": "moved"})]}
        )  # fmt: skip
        with freeze_time(date.today() + timedelta(days=9)):
            self._follow_periods()
        self.assertEqual((log.state, other.state), ("returned", "active"))

    # === CONTEXT FOR THE SUBSTITUTE === #

    def test_card_shows_last_contact_and_next_step(self):
        firm = self.firms[0]
        firm.key_requirements = "Delivery before noon"
        firm.message_post(body="We agreed", subject="Price", message_type="comment", subtype_xmlid="mail.mt_comment")
        self._apply()
        card = firm.with_user(self.bob)
        self.assertIn("Price", card.work_last_contact)
        self.assertIn("Call", card.work_next_step)
        self.assertTrue(card.has_work)
        self.activity.unlink()
        card.invalidate_recordset()
        self.assertFalse(card.work_next_step)
        employee = new_test_user(self.env, "ho_employee", "base.group_user")
        self.assertFalse(firm.with_user(employee).work_stage)
