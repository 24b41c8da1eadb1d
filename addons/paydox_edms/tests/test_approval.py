from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError

from .common import PDF, PaydoxEdmsCase


class TestApproval(PaydoxEdmsCase):
    """How a run goes: steps, rules, rounds, terms, the pinned definition, the chain."""

    def test_document_goes_from_step_to_step(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.chief | self.director})
        self.assertState(document, "review", "running")
        self.assertWaitsFor(document, self.legal)

        document.with_user(self.legal).action_agree()
        self.assertWaitsFor(document, self.chief | self.director)
        document.with_user(self.director).action_agree()
        self.assertWaitsFor(document, self.chief)
        document.with_user(self.chief).action_agree("Mind the annex")

        self.assertState(document, "approved", "approved")
        lines = document.approval_id.line_ids
        self.assertEqual(
            {line.user_id: line.state for line in lines},
            {self.legal: "agreed", self.director: "agreed", self.chief: "remarks"},
        )
        self.assertTrue(all(lines.mapped("decided_at")))

    def test_people_of_a_sequential_step_are_asked_one_after_another(self):
        document = self._create_submitted({"users": self.legal | self.chief, "mode": "sequential"})
        first, second = document.approval_id.line_ids.user_id
        self.assertWaitsFor(document, first)
        with self.assertRaises(UserError):
            document.with_user(second).action_agree()

        document.with_user(first).action_agree()

        self.assertWaitsFor(document, second)
        document.with_user(second).action_agree()
        self.assertState(document, "approved")

    def test_one_of_any_is_enough(self):
        document = self._create_submitted({"users": self.legal | self.chief, "rule": "any"})

        document.with_user(self.chief).action_agree()

        self.assertState(document, "approved")
        self.assertEqual(self._lines(document, ("skipped",)), self.legal)

    def test_any_is_refused_only_when_everybody_refused(self):
        document = self._create_submitted({"users": self.legal | self.chief, "rule": "any"})

        document.with_user(self.legal).action_refuse("No")
        self.assertState(document, "review")
        document.with_user(self.chief).action_refuse("No")

        self.assertState(document, "draft", "rejected")

    def test_quorum_closes_the_step(self):
        people = self.legal | self.chief | self.director
        document = self._create_submitted({"users": people, "rule": "quorum", "quorum": 2})

        document.with_user(self.legal).action_agree()
        document.with_user(self.chief).action_refuse("No")
        self.assertState(document, "review")
        document.with_user(self.director).action_agree()

        self.assertState(document, "approved")

    def test_quorum_out_of_reach_refuses(self):
        people = self.legal | self.chief | self.director
        document = self._create_submitted({"users": people, "rule": "quorum", "quorum": 2})

        document.with_user(self.legal).action_refuse("No")
        document.with_user(self.chief).action_refuse("No")

        self.assertState(document, "draft", "rejected")
        self.assertEqual(self._lines(document, ("skipped",)), self.director)

    def test_refusal_returns_the_document_and_stops_the_run(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director})

        document.with_user(self.legal).action_refuse("Prices are wrong")

        self.assertState(document, "draft", "rejected")
        self.assertEqual(document.approval_id.step_ids.mapped("state"), ["refused", "skipped"])
        self.assertFalse(self._lines(document))
        document.name = "Prices are right"

    def test_refusal_and_return_need_a_comment(self):
        document = self._create_submitted({"users": self.director}).with_user(self.director)
        for verb in (document.action_refuse, document.action_return):
            for comment in (None, "", "   ", False):
                with self.assertRaisesRegex(UserError, "comment"):
                    verb(comment)
        self.assertState(document, "review")

    def test_rework_makes_a_second_round_and_keeps_the_first(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director})
        document.with_user(self.legal).action_agree()
        document.with_user(self.director).action_return("Add the annex")
        self.assertState(document, "draft", "rejected")
        document.add_version("a.pdf", PDF)

        document.action_submit()

        self.assertWaitsFor(document, self.legal)
        self.assertEqual(document.approval_ids.mapped("round"), [2, 1])
        self.assertEqual(document.approval_ids.mapped("state"), ["running", "rejected"])
        former = document.approval_ids[1]
        self.assertEqual(former.line_ids.mapped("state"), ["agreed", "refused"])
        self.assertEqual(former.decision_ids.mapped("action"), ["start", "agree", "return"])
        document.with_user(self.legal).action_agree()
        document.with_user(self.director).action_agree()
        self.assertState(document, "approved")
        self.assertEqual(former.line_ids.mapped("state"), ["agreed", "refused"])

    def test_withdrawal_keeps_the_round(self):
        document = self._create_submitted({"users": self.legal | self.director})
        document.with_user(self.legal).action_agree()

        document.action_withdraw()

        self.assertState(document, "draft", "withdrawn")
        self.assertEqual(self._lines(document, ("agreed",)), self.legal)
        with self.assertRaisesRegex(UserError, "not on approval"):
            document.with_user(self.legal).action_agree()

    def test_signature_makes_the_document_signed(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director, "kind": "sign"})

        document.with_user(self.legal).action_agree()
        document.with_user(self.director).action_agree()

        self.assertState(document, "signed", "approved")

    def test_acquaintance_cannot_be_refused(self):
        document = self._create_submitted({"users": self.legal, "kind": "acquaint"}).with_user(self.legal)
        for verb in (document.action_refuse, document.action_return):
            with self.assertRaises(UserError):
                verb("No")

        document.action_agree()

        self.assertState(document, "approved")

    def test_step_whose_condition_does_not_match_is_left_out(self):
        steps = (
            {"users": self.legal},
            {"users": self.director, "name": "Director", "condition": "[('amount', '>', 1000000)]"},
        )
        cheap = self._create_submitted(*steps, amount=5)
        dear = self._create_submitted(*steps, amount=2_000_000)

        for document in (cheap, dear):
            document.with_user(self.legal).action_agree()

        self.assertState(cheap, "approved")
        self.assertEqual(cheap.approval_id.step_ids.mapped("state"), ["agreed", "skipped"])
        self.assertWaitsFor(dear, self.director)

    def test_route_of_which_no_step_applies_is_refused(self):
        self.kind.route_id = self._create_route({"users": self.director, "condition": "[('amount', '>', 10)]"})
        document = self._create_document(amount=1)

        with self.assertRaisesRegex(UserError, "No step"):
            document.action_submit()
        self.assertState(document, "draft", "none")

    def test_kind_without_a_route_has_nothing_to_submit_on(self):
        with self.assertRaisesRegex(UserError, "no published route"):
            self._create_document().action_submit()

    def test_document_is_not_sent_twice(self):
        document = self._create_submitted({"users": self.director})

        with self.assertRaisesRegex(UserError, "already on approval"):
            document.action_submit()
        self.assertEqual(len(document.approval_ids), 1)

    def test_many_documents_are_sent_and_decided_at_once(self):
        self.kind.route_id = self._create_route({"users": self.director})
        documents = self._create_document() | self._create_document() | self._create_document()

        documents.action_submit()
        documents.approval_line_ids.with_user(self.director).action_agree()

        self.assertEqual(documents.mapped("state"), ["approved"] * 3)

    def test_same_person_twice_in_a_row_decides_twice(self):
        document = self._create_submitted({"users": self.director}, {"users": self.legal}, {"users": self.director})

        document.with_user(self.director).action_agree()

        self.assertWaitsFor(document, self.legal)
        document.with_user(self.legal).action_agree()
        self.assertWaitsFor(document, self.director)

    # terms

    @freeze_time("2026-06-12 14:00:00")  # a Friday
    def test_term_counts_working_hours(self):
        self.company.resource_calendar_id.tz = "UTC"
        document = self._create_submitted({"users": self.director, "deadline_hours": 8})

        deadline = document.approval_id.line_ids.deadline

        self.assertEqual(deadline.weekday(), 0)
        self.assertLess(deadline, datetime(2026, 6, 15, 18))

    @freeze_time("2026-06-12 14:00:00")
    def test_term_counts_in_the_calendar_of_the_approver(self):
        weekend = self.env["resource.calendar"].create(
            {
                "name": "Weekends",
                "tz": "UTC",
                "attendance_ids": [
                    (5, 0, 0),
                    (0, 0, {"name": "Sat", "dayofweek": "5", "hour_from": 8, "hour_to": 16, "day_period": "morning"}),
                ],
            }
        )
        self.env["hr.employee"].create(
            {"name": "D", "user_id": self.director.id, "resource_calendar_id": weekend.id, "tz": "UTC"}
        )
        document = self._create_submitted({"users": self.director, "deadline_hours": 4})

        self.assertEqual(document.approval_id.line_ids.deadline, datetime(2026, 6, 13, 12))

    def test_late_decision_needs_a_reason(self):
        document = self._create_submitted({"users": self.director | self.legal, "deadline_hours": 1})
        lines = document.approval_id.line_ids
        with freeze_time(lines[0].deadline + timedelta(minutes=1)):
            self.env.invalidate_all()
            self.assertEqual(lines.mapped("is_late"), [True, True])
            self.assertEqual(lines.search([("is_late", "=", True), ("document_id", "=", document.id)]), lines)
            with self.assertRaisesRegex(UserError, "reason"):
                document.with_user(self.director).action_agree()
            with self.assertRaisesRegex(UserError, "reason"):
                document.with_user(self.director).action_agree(" ", delay_reason="  ")
            document.with_user(self.director).action_agree(delay_reason="Was ill")
            document.with_user(self.legal).action_agree("Sorry")

        self.assertState(document, "approved")
        self.assertEqual(lines.filtered(lambda line: line.user_id == self.director).delay_reason, "Was ill")

    # rule 5

    def test_run_is_pinned_to_the_definition_it_started_from(self):
        document = self._create_submitted(
            {"users": self.legal}, {"users": self.director, "kind": "sign", "deadline_hours": 5}
        )
        route = self.kind.route_id.with_user(self.manager)
        draft = route.browse(route.action_new_revision()["res_id"])
        draft.step_ids[1].write({"user_ids": [(6, 0, self.stranger.ids)], "kind": "approve", "rule": "any"})
        draft.action_publish()

        document.with_user(self.legal).action_agree()

        self.assertEqual(document.approval_id.revision, 1)
        self.assertWaitsFor(document, self.director)
        document.with_user(self.director).action_agree()
        self.assertState(document, "signed")

    def test_person_who_left_the_group_still_decides_on_what_he_was_asked(self):
        group = self.env["res.groups"].create({"name": "Lawyers", "user_ids": [(6, 0, self.legal.ids)]})
        document = self._create_submitted({"approver_kind": "group", "group_id": group.id})
        group.user_ids = self.chief

        self.assertWaitsFor(document, self.legal)
        document.with_user(self.legal).action_agree()
        self.assertState(document, "approved")

    # rule 7

    def _finish(self):
        document = self._create_document()
        document.add_version("a.pdf", PDF)
        self.kind.route_id = self._create_route({"users": self.legal}, {"users": self.director})
        document.action_submit()
        document.with_user(self.legal).action_agree("With care")
        document.with_user(self.director).action_refuse("No")
        return document.approval_id

    def test_untouched_chain_is_whole(self):
        approval = self._finish()

        self.assertFalse(approval.sudo()._find_broken_link())
        self.assertEqual(approval.with_user(self.author).action_verify()["params"]["type"], "success")

    def test_change_made_straight_in_the_database_shows(self):
        approval = self._finish()
        decision, line, step, version = (
            "paydox_approval_decision",
            "paydox_approval_line",
            "paydox_approval_step",
            "paydox_document_version",
        )
        for statement, place in {
            f"UPDATE {decision} SET comment = 'Fine' WHERE approval_id = %s AND sequence = 2": "Decision 2",
            f"UPDATE {decision} SET decided_by_id = 1 WHERE approval_id = %s AND sequence = 3": "Decision 3",
            f"UPDATE {decision} SET decided_at = decided_at - interval '1 day' WHERE approval_id = %s": "Decision 1",
            f"DELETE FROM {decision} WHERE approval_id = %s AND sequence = 2": "Decision 2",
            f"DELETE FROM {decision} WHERE approval_id = %s AND sequence = 3": "number 2",
            f"UPDATE {line} SET state = 'agreed' WHERE approval_id = %s": "Legal",
            f"UPDATE {line} SET comment = 'Yes' WHERE approval_id = %s AND state = 'refused'": "Director",
            f"UPDATE {step} SET rule = 'any' WHERE approval_id = %s": "steps",
            f"UPDATE {version} SET checksum = '0' WHERE document_id = (SELECT document_id FROM paydox_approval WHERE id = %s)": "",
        }.items():
            with self.subTest(statement=statement), self.env.cr.savepoint() as savepoint:
                self.env.flush_all()
                self.env.cr.execute(statement, [approval.id])
                self.env.invalidate_all()
                params = approval.action_verify()["params"]
                if place:
                    self.assertEqual(params["type"], "danger")
                    self.assertIn(place, params["message"])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_changed_bytes_of_a_file_show(self):
        approval = self._finish()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "paydox.document.version"),
                ("res_id", "=", approval.version_id.id),
                ("res_field", "=", "file"),
            ]
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET db_datas = %s, store_fname = NULL WHERE id = %s", [b"forged", attachment.id]
        )
        self.env.invalidate_all()

        self.assertIn("a.pdf", approval.action_verify()["params"]["message"])
