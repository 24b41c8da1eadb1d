from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tests.common import warmup

from .common import PaydoxEdmsCase
from .common_terms import MONDAY, InstructionTermsCase


class TestWorkload(InstructionTermsCase):
    """The load of people by day and week, and moving instructions between them."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(MONDAY))
        self.model = self.env["paydox.instruction"].with_user(self.head)
        self.company.instruction_day_limit = 2

    def _rows(self, user=None, **options):
        data = self.env["paydox.instruction"].with_user(user or self.head).get_workload(**options)
        return {row["name"]: row for row in data["rows"]}

    def test_week_of_fourteen_and_three(self):
        self._create_instructions(count=14, deadline=datetime(2026, 11, 25, 12))
        self._create_instructions(count=3, executor_id=self.bob.id, deadline=datetime(2026, 11, 26, 12))

        rows = self._rows()

        self.assertEqual((rows["Ann"]["total"], rows["Bob"]["total"]), (14, 3))
        cell = rows["Ann"]["cells"][2]
        self.assertEqual((cell["key"], cell["count"], cell["capacity"]), ("2026-11-25", 14, 2))
        self.assertEqual(len(cell["cards"]), 10)

    def test_two_moved_from_ann_to_bob(self):
        instructions = self._create_instructions(count=14, deadline=datetime(2026, 11, 25, 12))
        self._create_instructions(count=3, executor_id=self.bob.id, deadline=datetime(2026, 11, 26, 12))

        for instruction in instructions[:2]:
            instruction.action_plan(user_id=self.bob.id)

        rows = self._rows()
        self.assertEqual((rows["Ann"]["total"], rows["Bob"]["total"]), (12, 5))

    def test_each_number_opens_what_it_counts(self):
        self._create_instructions(count=3, deadline=datetime(2026, 11, 25, 12))
        self._create_instructions(count=2, deadline=datetime(2026, 11, 20, 12))
        self._create_instructions(deadline=False)

        row = self._rows()["Ann"]

        for domain, count in (
            (row["cells"][2]["domain"], 3),
            (row["late_domain"], 2),
            (row["undated_domain"], 1),
            (row["domain"], 6),
        ):
            self.assertEqual(self.model.search_count(domain), count)
        self.assertEqual((row["late"], row["undated"], row["total"]), (2, 1, 3))

    def test_part_of_a_co_executor_is_load_too(self):
        part = [Command.create({"user_id": self.bob.id, "deadline": datetime(2026, 11, 24, 12)})]
        undated = [Command.create({"user_id": self.bob.id})]
        whole = self._create_instructions(deadline=datetime(2026, 11, 25, 12), co_executor_ids=part)
        self._create_instructions(deadline=False, co_executor_ids=undated)

        row = self._rows()["Bob"]

        self.assertEqual([cell["count"] for cell in row["cells"]], [0, 1, 0, 0, 0, 0, 0])
        [card] = row["cells"][1]["cards"]
        self.assertEqual((card["id"], card["is_part"]), (whole.id, True))
        self.assertEqual((row["total"], row["undated"]), (1, 1))
        for domain, count in ((row["cells"][1]["domain"], 1), (row["undated_domain"], 1), (row["domain"], 2)):
            self.assertEqual(self.model.search_count(domain), count)
        # Who searches for a person finds his parts, and not those of others.
        self.assertEqual(set(self._rows(domain=[("executor_id", "=", self.bob.id)])), {"Bob"})
        [ann] = self._rows(domain=[("executor_id", "=", self.ann.id)]).values()
        self.assertEqual((ann["name"], ann["total"]), ("Ann", 1))
        self.assertFalse(self._rows(domain=[("name", "=", "Another")])["Bob"]["total"])

        whole.co_executor_ids.with_user(self.bob).action_report("Done")
        self.assertEqual(self._rows()["Bob"]["total"], 0)

    def test_days_are_those_of_the_reader(self):
        self.head.tz = "Asia/Vladivostok"
        self._create_instructions(deadline=datetime(2026, 11, 25, 20))

        cells = self._rows()["Ann"]["cells"]

        self.assertEqual([cell["count"] for cell in cells], [0, 0, 0, 1, 0, 0, 0])
        self.assertEqual(self.model.search_count(cells[3]["domain"]), 1)

    def test_weeks(self):
        self._create_instructions(deadline=datetime(2026, 12, 2, 12))

        cells = self._rows(scale="week")["Ann"]["cells"]

        self.assertEqual([cell["count"] for cell in cells], [0, 1, 0, 0, 0, 0])
        self.assertEqual(cells[0]["capacity"], 10)

    def test_absence_holiday_and_weekend_are_marked(self):
        self._leave(self.ann, datetime(2026, 11, 24, 0), datetime(2026, 11, 24, 23))
        self._leave(self.ann, datetime(2026, 11, 25, 12), datetime(2026, 11, 25, 23))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "St. Andrew",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 11, 26, 0),
                "date_to": datetime(2026, 11, 26, 23, 59),
            }
        )

        cells = self._rows()["Ann"]["cells"]

        self.assertEqual([cell["is_absent"] for cell in cells], [False, True] + [False] * 5)
        self.assertEqual([cell["is_off"] for cell in cells], [False, False, False, True, False, True, True])
        self.assertEqual([cell["capacity"] for cell in cells], [2, 0, 1, 0, 2, 0, 0])
        self.assertEqual(cells[3]["holiday"], "St. Andrew")

    def test_substitute_is_named(self):
        self.env["paydox.substitution"].create(
            {"user_id": self.ann.id, "substitute_id": self.bob.id, "date_from": "2026-11-24", "date_to": "2026-11-24"}
        )

        cells = self._rows()["Ann"]["cells"]

        self.assertEqual([cell["substitute"] for cell in cells], ["", "Bob", "", "", "", "", ""])

    def test_all_day_events_are_shown_and_private_ones_only_as_busy(self):
        common = {"allday": True, "partner_ids": [Command.set(self.ann.partner_id.ids)]}
        self.env["calendar.event"].with_user(self.ann).create(
            [
                common
                | {
                    "name": "Fair",
                    "start_date": "2026-11-24",
                    "stop_date": "2026-11-25",
                    "start": "2026-11-24",
                    "stop": "2026-11-25",
                    "privacy": "public",
                },
                common
                | {
                    "name": "Divorce",
                    "start_date": "2026-11-26",
                    "stop_date": "2026-11-26",
                    "start": "2026-11-26",
                    "stop": "2026-11-26",
                    "privacy": "private",
                },
            ]
        )

        cells = self._rows()["Ann"]["cells"]

        names = [[event["name"] for event in cell["events"]] for cell in cells]
        self.assertEqual((names[1], names[2]), (["Fair"], ["Fair"]))
        self.assertNotIn("Divorce", str(names))

    def test_free_people_of_the_department_are_rows_too(self):
        self.assertEqual(set(self._rows()), {"Head", "Ann", "Bob"})
        self.assertEqual(set(self._rows(domain=[("executor_id", "=", self.ann.id)])), set())

    def test_strangers_see_nothing_of_others(self):
        self._create_instructions(count=3, deadline=datetime(2026, 11, 25, 12))

        self.assertEqual(set(self._rows(self.stranger)), {"Stranger"})

    def test_closed_ones_do_not_count(self):
        self._create_instructions(deadline=datetime(2026, 11, 25, 12)).sudo().write({"state": "done"})

        self.assertEqual(self._rows()["Ann"]["total"], 0)

    def test_bad_arguments_are_refused_in_words(self):
        for options in (
            {"scale": "year"},
            {"scale": {"a": 1}},
            {"start": "someday"},
            {"start": {"a": 1}},
            {"domain": "x"},
            {"domain": [("no", "=", 1)]},
            {"domain": [("deadline", ">", {"a": 1})]},
        ):
            with self.subTest(options), self.assertRaises(UserError):
                self.model.get_workload(**options)

    @warmup
    def test_queries_do_not_grow_with_people_and_instructions(self):
        self._create_instructions(count=5, deadline=datetime(2026, 11, 25, 12))
        self.model.get_workload()
        counts = []
        for count in (1, 20):
            self._create_instructions(count=count, executor_id=self.bob.id, deadline=datetime(2026, 11, 26, 12))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.model.get_workload()
            counts.append(self.env.cr.sql_log_count - before)

        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], 45)

    # === MOVING === #

    def test_another_day_keeps_the_time_across_a_change_of_the_clock(self):
        self.head.tz = "Europe/Bucharest"
        self.clock.move_to(datetime(2026, 10, 19, 9))
        instruction = self._create_instructions(deadline=datetime(2026, 10, 23, 12))

        instruction.action_plan(day="2026-10-26")

        self.assertEqual(instruction.deadline, datetime(2026, 10, 26, 13))

    def test_who_has_no_right_neither_moves_nor_reassigns(self):
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))

        for options in ({"day": "2026-11-26"}, {"user_id": self.bob.id}, {"day": "2026-11-26", "user_id": self.bob.id}):
            for user in (self.ann, self.bob, self.stranger):
                with self.subTest(options, user=user.name), self.assertRaises(UserError):
                    instruction.with_user(user).action_plan(**options)
        self.assertEqual(instruction.deadline, datetime(2026, 11, 25, 12))
        self.assertEqual(instruction.executor_id, self.ann)

    def test_window_moves_like_dragging(self):
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))
        action = instruction.action_open_plan()

        form = Form(self.env[action["res_model"]].with_user(self.head).with_context(**action["context"]))
        form.user_id = self.bob
        form.day = date(2026, 11, 27)
        form.save().action_confirm()

        self.assertEqual((instruction.executor_id, instruction.deadline), (self.bob, datetime(2026, 11, 27, 12)))

    def test_unknown_person_is_refused(self):
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))

        for person in (10**9, "x", [1]):
            with self.assertRaises(UserError):
                instruction.action_plan(user_id=person)


class TestMine(InstructionTermsCase):
    """The list “Mine” is found by indexes and says the same as the condition it stands for."""

    def test_mine_is_what_waits_for_the_person(self):
        term = datetime.now() + timedelta(days=5)
        executed = self._create_instructions(deadline=term)
        reported = self._create_instructions(deadline=term, executor_id=self.bob.id, controller_id=self.ann.id)
        reported.with_user(self.bob).action_report("Done")
        part = self._create_instructions(
            deadline=term, executor_id=self.bob.id, co_executor_ids=[Command.create({"user_id": self.ann.id})]
        )
        closed = self._create_instructions(deadline=term)
        closed.with_user(self.ann).action_report("Done")

        for user in (self.ann, self.bob, self.head, self.stranger, self._substitute_of_ann()):
            model = self.env["paydox.instruction"].with_user(user)
            mine = model.search([("is_mine", "=", True)])
            self.assertEqual(mine, model.search(model._get_todo_domain()), user.name)
            self.assertEqual(model.search([("is_mine", "=", False)]), model.search([]) - mine)
        self.assertEqual(
            self.env["paydox.instruction"].with_user(self.ann).search([("is_mine", "=", True)]),
            executed | reported | part,
        )

    def _substitute_of_ann(self):
        today = date.today()
        self.env["paydox.substitution"].create(
            {"user_id": self.ann.id, "substitute_id": self.legal.id, "date_from": today, "date_to": today}
        )
        return self.legal


class TestWorkloadView(PaydoxEdmsCase):
    """The arch of the view type is checked when it is saved."""

    def _create_view(self, arch, model="paydox.instruction"):
        return self.env["ir.ui.view"].create({"name": "w", "model": model, "type": "workload", "arch": arch})

    def test_known_attributes_are_accepted(self):
        self.assertEqual(self._create_view('<workload string="Load" scale="week"/>').type, "workload")

    def test_what_cannot_be_shown_is_refused_with_the_reason(self):
        for arch, text in (
            ('<workload scale="year"/>', "day, week.*“year”"),
            ('<workload colour="red"/>', "Unknown attributes.*colour"),
            ('<workload><field name="name"/></workload>', "<field>"),
        ):
            with self.subTest(arch), self.assertRaisesRegex(ValidationError, text):
                self._create_view(arch)

    def test_other_models_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "paydox.instruction"):
            self._create_view("<workload/>", model="res.partner")

    def test_view_type_has_an_icon(self):
        self.assertTrue(self.env["ir.ui.view"].get_view_info()["workload"]["icon"])
