from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, warmup

from .common_paper import PaperCase


class TestPaper(PaperCase):
    """PAP-01: where each paper is, who has it, until when, and all that happened to it."""

    def test_copy_given_to_a_colleague_is_listed_and_comes_back(self):
        original = self._create_stored()

        original.action_issue(self.legal.id, self._day(10).isoformat(), "Reception")
        papers = self.env["paydox.paper.original"].with_user(self.archivist)
        domain = [("state", "in", ("issued", "sent")), ("document_id", "=", self.document.id)]
        groups = papers.formatted_read_group(domain, ["holder_id"], ["__count"])
        self.assertEqual([(group["holder_id"][1], group["__count"]) for group in groups], [("Legal", 1)])
        self.assertRecordValues(
            original,
            [
                {
                    "state": "issued",
                    "holder_id": self.legal.partner_id.id,
                    "holder_user_id": self.legal.id,
                    "issued_by_id": self.archivist.id,
                    "issued_where": "Reception",
                    "date_due": self._day(10),
                    "place_id": self.box.id,
                }
            ],
        )
        original.action_return()

        self.assertRecordValues(
            original, [{"state": "stored", "holder_id": False, "date_due": False, "place_id": self.box.id}]
        )
        received, issued, returned = original.movement_ids.sorted("id")
        self.assertEqual(received.to_path, "HQ / Room 12 / Rack 3 / Box 7")
        self.assertRecordValues(
            issued | returned,
            [
                {
                    "action": "issue",
                    "from_place_id": self.box.id,
                    "to_place_id": False,
                    "from_holder_id": False,
                    "to_holder_id": self.legal.partner_id.id,
                    "where": "Reception",
                    "date_due": self._day(10),
                    "user_id": self.archivist.id,
                },
                {
                    "action": "return",
                    "from_place_id": False,
                    "to_place_id": self.box.id,
                    "from_holder_id": self.legal.partner_id.id,
                    "to_holder_id": False,
                    "where": False,
                    "date_due": False,
                    "user_id": self.archivist.id,
                },
            ],
        )

    def test_copy_that_is_out_is_not_given_to_another(self):
        original = self._create_stored()
        original.action_issue(self.legal, self._day(10))

        with self.assertRaisesRegex(UserError, "held by Legal until .*Take it back first"):
            original.action_issue(self.chief, self._day(1))
        with self.assertRaisesRegex(UserError, "held by Legal"):
            original.action_send(self.partner)
        with self.assertRaisesRegex(UserError, "held by Legal"):
            original.action_move(self.other_box)

        self.assertEqual(original.holder_user_id, self.legal)
        self.assertEqual(self._actions(original), ["receive", "issue"])

    def test_what_was_not_given_out_is_not_returned(self):
        expected, stored = self._create_original(), self._create_stored()

        with self.assertRaisesRegex(UserError, "has not come yet"):
            expected.action_return(self.box)
        with self.assertRaisesRegex(UserError, "not given out: it lies in HQ / Room 12 / Rack 3 / Box 7"):
            stored.action_return()
        with self.assertRaisesRegex(UserError, "has not come yet"):
            expected.action_issue(self.legal, self._day(1))

    def test_lost_copy_is_found_again(self):
        original = self._create_stored()
        original.action_issue(self.legal, self._day(10))

        with self.assertRaisesRegex(UserError, "Write a note"):
            original.action_report_lost("  ")
        original.action_report_lost("Left in a taxi")
        self.assertRecordValues(original, [{"state": "lost", "holder_id": False, "date_due": False}])
        with self.assertRaisesRegex(UserError, "is lost"):
            original.action_issue(self.chief, self._day(1))
        original.action_report_found(self.other_box)

        self.assertRecordValues(original, [{"state": "stored", "place_id": self.other_box.id}])
        self.assertEqual(self._actions(original), ["receive", "issue", "lose", "find"])
        lost = original.movement_ids.filtered(lambda movement: movement.action == "lose")
        self.assertEqual(lost.from_holder_id, self.legal.partner_id)

    def test_our_copy_and_theirs_have_numbers_and_ways_of_their_own(self):
        ours, theirs = self._create_original(), self._create_original(kind="theirs")

        self.assertEqual((ours | theirs).mapped("number"), [1, 2])
        self.assertEqual(ours.code, f"{self.document.id:06}-1")
        theirs.action_send(self.partner, None, "Courier")
        ours.action_send(self.partner, self._day(5))
        self.assertRecordValues(
            ours | theirs, [{"state": "sent", "date_due": self._day(5)}, {"state": "sent", "date_due": False}]
        )
        with self.assertRaisesRegex(UserError, "to which place"):
            ours.action_return()
        ours.action_return(self.box)
        self.assertRecordValues(ours | theirs, [{"state": "stored"}, {"state": "sent"}])

    def test_term_is_changed_by_the_archivist_and_not_into_the_past(self):
        original = self._create_stored()
        for value in (self._day(-1), None, "", "tomorrow", 5, ["x"]):
            with self.assertRaises(UserError):
                original.action_issue(self.legal, value)
        original.action_issue(self.legal, self.today)

        original.action_extend(self._day(3))

        self.assertEqual(original.date_due, self._day(3))
        self.assertEqual(self._actions(original), ["receive", "issue", "extend"])

    def test_destroyed_copy_goes_nowhere(self):
        original = self._create_stored()
        original.action_destroy("Act 7")

        self.assertRecordValues(original, [{"state": "destroyed", "place_id": False}])
        for verb, args in {
            "action_report_found": (self.box,),
            "action_move": (self.box,),
            "action_return": (self.box,),
        }.items():
            with self.assertRaisesRegex(UserError, "destroyed"):
                getattr(original, verb)(*args)

    def test_many_are_given_out_at_once_or_none_of_them(self):
        originals = self._create_stored() | self._create_stored() | self._create_original()

        with self.assertRaises(UserError), self.env.cr.savepoint():
            originals.action_issue(self.legal, self._day(1))
        originals.invalidate_recordset()
        self.assertEqual(originals.mapped("state"), ["stored", "stored", "expected"])
        originals[:2].action_issue(self.legal, self._day(1))
        self.assertEqual(originals.mapped("state"), ["issued", "issued", "expected"])

    def test_paper_moves_on_a_confirmed_document_and_while_a_route_runs(self):
        running = self._create_submitted({"users": self.director}, confidentiality="open")
        original = self._create_stored(running)
        running.with_user(self.director).action_agree()

        original.action_issue(self.legal, self._day(1))
        running.paper_policy = "required"

        self.assertRecordValues(running, [{"state": "approved", "paper_policy": "required"}])
        with self.assertRaises(AccessError):
            running.name = "Changed"

    def test_document_with_a_trail_stays_and_one_with_an_expected_copy_goes(self):
        kept, dropped = self._create_document(), self._create_document()
        self._create_stored(self.document)
        self._create_stored(kept.with_user(self.author))
        self._create_original(dropped)

        with self.assertRaisesRegex(UserError, "trail"):
            kept.unlink()
        with self.assertRaisesRegex(UserError, "trail"):
            kept.original_ids.unlink()
        dropped.unlink()

    def test_policy_comes_from_the_kind_and_takes_exceptions(self):
        self.kind.paper_policy = "required"
        exception = self._create_document(paper_policy="electronic")
        required = self._create_document()
        older = self.document
        documents = self.env["paydox.document"].with_user(self.author)
        missing = [("is_paper_missing", "=", True), ("kind_id", "=", self.kind.id)]

        self.assertEqual(
            (exception | required | older).mapped("paper_policy"), ["electronic", "required", "electronic"]
        )
        self.assertEqual(documents.search(missing), required)
        self.assertEqual((exception | required).mapped("is_paper_missing"), [False, True])
        original = self._create_original(required)
        self.assertEqual(documents.search(missing), required, "a copy that is expected has not come")
        original.action_receive(self.box)
        self.assertFalse(documents.search(missing))
        self.assertFalse(required.is_paper_missing)
        original.action_issue(self.legal if required._filter_readable_by(self.legal) else self.author, self._day(1))
        self.assertFalse(documents.search(missing), "what is given out had come")
        original.action_report_lost("Nowhere")
        self.assertEqual(documents.search(missing), required)
        self.assertTrue(required.is_paper_missing)


@tagged("post_install", "-at_install")
class TestPaperPerformance(PaperCase):
    @warmup
    def test_lists_have_a_ceiling_whatever_their_length(self):
        documents = self.document.create(
            [{"name": f"Document {index}", "kind_id": self.kind.id, "confidentiality": "open"} for index in range(20)]
        )
        originals = (
            self.env["paydox.paper.original"]
            .with_user(self.author)
            .create([{"document_id": document.id} for document in documents])
        )
        originals = originals.with_user(self.archivist)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        originals.action_receive(self.box)
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 40, "receiving twenty papers")
        originals.action_issue(self.legal, self._day(1))
        self.env.flush_all()
        names = ("code", "kind", "date_due", "days_overdue", "is_overdue", "state")
        related = ("document_id", "holder_id", "place_id", "issued_by_id", "activity_ids")
        specification = dict.fromkeys(names, {}) | dict.fromkeys(related, {"fields": {"display_name": {}}})
        movements = {"moment": {}, "action": {}} | dict.fromkeys(
            ("original_id", "document_id", "to_holder_id", "user_id"), {"fields": {"display_name": {}}}
        )
        for model, fields_, ceiling in (
            ("paydox.paper.original", specification, 16),
            ("paydox.paper.movement", movements, 14),
        ):
            counts = []
            for limit in (2, 2, 20):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                domain = [("document_id", "in", documents.ids)]
                result = self.env[model].with_user(self.legal).web_search_read(domain, fields_, limit=limit)
                self.assertEqual(len(result["records"]), limit)
                counts.append(self.env.cr.sql_log_count - before)
            with self.subTest(model=model):
                self.assertLessEqual(counts[2], counts[1] + 1, "queries grow with the rows")
                self.assertLessEqual(counts[2], ceiling)
