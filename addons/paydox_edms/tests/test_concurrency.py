# Real transactions are the subject here: what a test commits, it removes.
# pylint: disable=invalid-commit
import threading
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import api, fields
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common import PaydoxEdmsMixin


class _Request:
    """What the server does with a request: run, and run again when another transaction came first."""

    def __init__(self, registry, user_id, action):
        self.registry, self.user_id, self.action = registry, user_id, action
        self.error = None
        self.attempts = 0

    def __call__(self, barrier):
        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, self.user_id, {})
                env.user.name  # noqa: B018  takes the snapshot of the transaction before the race
                barrier.wait(timeout=20)
                retrying(lambda: self._run(env), env)
        except Exception as error:  # noqa: BLE001  looked at by the test
            self.error = error

    def _run(self, env):
        self.attempts += 1
        self.action(env)


@tagged("post_install", "-at_install")
class TestConcurrency(PaydoxEdmsMixin, BaseCase):
    """Two real transactions at the same moment. What is committed here is deleted again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def setUp(self):
        super().setUp()
        self.cr = self.registry.cursor()
        self.addCleanup(self._clean_up)
        env = api.Environment(self.cr, api.SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})
        self.__class__.env = env
        self._clean_up_rows()
        self.__class__._set_up_people()
        self.cr.commit()

    @classmethod
    def _set_up_people(cls):
        """Without passwords, which take long to hash outside of a transaction case."""
        users = cls.env["res.users"].create(
            [
                {"login": f"edms_{name}", "name": name.title(), "tz": "UTC"}
                for name in ("author", "legal", "chief", "director")
            ]
        )
        cls.author, cls.legal, cls.chief, cls.director = users
        cls.chief.group_ids |= cls.env.ref("paydox_edms.paydox_edms_group_clerk")
        cls.kind = cls._create_kind()

    def _clean_up(self):
        self.cr.rollback()
        self._clean_up_rows()
        self.cr.close()

    def _clean_up_rows(self):
        """By SQL: nothing else can delete a number or a decision."""
        cr = self.cr
        cr.execute("SELECT id FROM res_users WHERE login LIKE 'edms\\_%'")
        users = tuple(row[0] for row in cr.fetchall()) or (0,)
        cr.execute("SELECT partner_id FROM res_users WHERE id IN %s", [users])
        partners = tuple(row[0] for row in cr.fetchall()) or (0,)
        cr.execute("SELECT id FROM paydox_document WHERE author_id IN %s", [users])
        documents = tuple(row[0] for row in cr.fetchall()) or (0,)
        for statement in (
            "DELETE FROM mail_activity WHERE res_model = 'paydox.document' AND res_id IN %(documents)s",
            "DELETE FROM mail_message WHERE model = 'paydox.document' AND res_id IN %(documents)s",
            "DELETE FROM mail_followers WHERE res_model = 'paydox.document' AND res_id IN %(documents)s",
            "DELETE FROM paydox_event WHERE res_model = 'paydox.document' AND res_id IN %(documents)s",
            """DELETE FROM mail_activity WHERE res_model = 'paydox.paper.original'
                  AND res_id IN (SELECT id FROM paydox_paper_original WHERE document_id IN %(documents)s)""",
            """DELETE FROM mail_message WHERE model = 'paydox.paper.original'
                  AND res_id IN (SELECT id FROM paydox_paper_original WHERE document_id IN %(documents)s)""",
            """DELETE FROM mail_followers WHERE res_model = 'paydox.paper.original'
                  AND res_id IN (SELECT id FROM paydox_paper_original WHERE document_id IN %(documents)s)""",
            "DELETE FROM paydox_paper_movement WHERE document_id IN %(documents)s",
            "DELETE FROM paydox_paper_original WHERE document_id IN %(documents)s",
            "DELETE FROM paydox_paper_place WHERE code = 'RACE'",
            "DELETE FROM paydox_approval_decision WHERE document_id IN %(documents)s",
            "DELETE FROM paydox_approval_line WHERE document_id IN %(documents)s",
            "DELETE FROM paydox_document_link WHERE target_id IN %(documents)s",
            "DELETE FROM paydox_approval_step WHERE document_id IN %(documents)s",
            "DELETE FROM paydox_approval WHERE document_id IN %(documents)s",
            "DELETE FROM paydox_document_number WHERE document_id IN %(documents)s OR create_uid IN %(users)s",
            "UPDATE paydox_document SET parent_id = NULL WHERE id IN %(documents)s",
            "DELETE FROM paydox_document WHERE id IN %(documents)s",
            "DELETE FROM paydox_nomenclature WHERE name = 'Race'",
            "DELETE FROM paydox_document_kind WHERE name->>'en_US' = 'Race'",
            "DELETE FROM paydox_route WHERE name->>'en_US' = 'Race'",
            "DELETE FROM mail_mail WHERE mail_message_id NOT IN (SELECT id FROM mail_message)",
            "DELETE FROM mail_message WHERE model = 'res.partner' AND res_id IN %(partners)s",
            "DELETE FROM mail_message WHERE author_id IN %(partners)s",
            "DELETE FROM mail_followers WHERE partner_id IN %(partners)s",
            "DELETE FROM res_users WHERE id IN %(users)s",
            "DELETE FROM res_partner WHERE id IN %(partners)s",
        ):
            cr.execute(statement, {"documents": documents, "users": users, "partners": partners})
        cr.commit()
        self.registry.clear_all_caches()

    @classmethod
    def _create_kind(cls, **overrides):
        vals = {"name": "Race", "code": "RACE", "number_pattern": "RACE-{seq:03}"}
        return cls.env["paydox.document.kind"].create(vals | overrides)

    def _race(self, *requests):
        barrier = threading.Barrier(len(requests))
        threads = [threading.Thread(target=request, args=[barrier], daemon=True) for request in requests]
        # The runner of the tests holds the lock of the registries, which the environments of the threads ask for.
        with (
            patch.object(Registry, "_lock", DummyRLock()),
            patch("odoo.service.model.time.sleep"),
            mute_logger("odoo.sql_db"),
        ):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        self.assertFalse([thread for thread in threads if thread.is_alive()], "a request hangs")
        self.cr.rollback()
        self.env.invalidate_all()

    def _request(self, user, record, verb, *args):
        model, ids = record._name, record.ids
        return _Request(self.registry, user.id, lambda env: getattr(env[model].browse(ids), verb)(*args))

    def _create_submitted_race(self, *steps):
        self.kind.route_id = self._create_route(*steps, name="Race")
        document = self._create_document()
        document.action_submit()
        self.cr.commit()
        return document

    def test_clerks_who_register_at_the_same_instant_get_different_numbers_without_gap(self):
        documents = [self._create_document() for _ in range(5)]
        self.cr.commit()

        requests = [self._request(self.author, document, "action_register") for document in documents]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None] * 5)
        numbers = sorted(document.number for document in documents)
        self.assertEqual(numbers, [f"RACE-00{index}" for index in range(1, 6)])

    def test_document_registered_by_two_at_once_gets_one_number(self):
        document = self._create_document()
        self.cr.commit()

        requests = [self._request(self.author, document, "action_register") for _ in range(2)]
        self._race(*requests)

        self.assertEqual(len([request for request in requests if request.error]), 1)
        self.assertEqual(document.number, "RACE-001")

    def test_two_approvers_who_agree_at_once_close_the_step_once(self):
        document = self._create_submitted_race({"users": self.legal | self.chief}, {"users": self.director})

        requests = [self._request(user, document, "action_agree") for user in (self.legal, self.chief)]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None, None])
        approval = document.sudo().approval_id
        self.assertEqual(approval.step_ids.mapped("state"), ["agreed", "running"])
        self.assertEqual(len(approval.line_ids.filtered(lambda line: line.user_id == self.director)), 1)
        self.assertEqual(approval.decision_ids.mapped("sequence"), [1, 2, 3])
        self.assertFalse(approval._find_broken_link())

    def test_one_person_who_presses_twice_at_once_decides_once(self):
        document = self._create_submitted_race({"users": self.director})

        requests = [self._request(self.director, document, "action_agree") for _ in range(3)]
        self._race(*requests)

        self.assertEqual(len([request for request in requests if request.error is None]), 1)
        self.assertEqual(document.state, "approved")
        self.assertEqual(document.sudo().approval_id.decision_ids.mapped("action"), ["start", "agree"])
        events = self.env["paydox.event"].search([("name", "=", "document.approved"), ("res_id", "=", document.id)])
        self.assertEqual(len(events), 1)

    def test_agreement_and_withdrawal_at_once_end_in_one_outcome(self):
        document = self._create_submitted_race({"users": self.director})

        agree = self._request(self.director, document, "action_agree")
        withdraw = self._request(self.author, document, "action_withdraw")
        self._race(agree, withdraw)

        self.assertEqual(len([request for request in (agree, withdraw) if request.error]), 1)
        self.assertEqual(
            (document.state, document.sudo().approval_state) in (("approved", "approved"), ("draft", "withdrawn")), True
        )

    def test_document_sent_by_two_at_once_starts_one_round(self):
        self.kind.route_id = self._create_route({"users": self.director}, name="Race")
        document = self._create_document()
        self.cr.commit()

        requests = [self._request(self.author, document, "action_submit") for _ in range(2)]
        self._race(*requests)

        self.assertEqual(len([request for request in requests if request.error]), 1)
        self.assertEqual(document.sudo().approval_ids.mapped("round"), [1])

    def test_version_added_while_the_document_is_sent_is_either_approved_or_refused(self):
        self.kind.route_id = self._create_route({"users": self.director}, name="Race")
        document = self._create_document()
        document.add_version("a.txt", b"first")
        self.cr.commit()

        add = self._request(self.author, document, "add_version", "b.txt", b"second")
        submit = self._request(self.author, document, "action_submit")
        self._race(add, submit)

        self.assertIsNone(submit.error)
        self.assertNotIsInstance(add.error, SerializationFailure)
        self.assertEqual(document.sudo().approval_id.version_id, document.current_version_id)

    def test_paper_given_out_by_two_at_once_goes_to_one(self):
        (self.legal | self.chief).group_ids |= self.env.ref("paydox_edms.paydox_edms_group_archivist")
        place = self.env["paydox.paper.place"].create({"name": "Box", "code": "RACE"})
        document = self._create_document(confidentiality="open")
        original = document.original_ids.create({"document_id": document.id})
        original.with_user(self.legal).action_receive(place)
        self.cr.commit()

        due = fields.Date.context_today(self.author)
        requests = [
            self._request(archivist, original, "action_issue", holder.id, due)
            for archivist, holder in ((self.legal, self.author), (self.chief, self.director))
        ]
        self._race(*requests)

        [error] = [request.error for request in requests if request.error]
        self.assertIn("is held by", str(error))
        self.assertEqual(original.sudo().movement_ids.sorted("id").mapped("action"), ["receive", "issue"])

    def test_copies_added_at_once_get_different_numbers(self):
        document = self._create_document()
        self.cr.commit()

        add = [
            _Request(
                self.registry,
                self.author.id,
                lambda env: env["paydox.paper.original"].create({"document_id": document.id}),
            )
            for _ in range(3)
        ]
        self._race(*add)

        self.assertEqual([request.error for request in add], [None] * 3)
        self.assertEqual(sorted(document.original_ids.mapped("number")), [1, 2, 3])

    def test_job_that_runs_twice_at_once_reminds_once(self):
        document = self._create_document(confidentiality="open")
        originals = document.original_ids.create([{"document_id": document.id} for _ in range(3)]).sudo()
        past = fields.Date.subtract(fields.Date.context_today(self.author), days=3)
        originals.write(
            {
                "state": "issued",
                "holder_id": self.legal.partner_id.id,
                "holder_user_id": self.legal.id,
                "date_due": past,
            }
        )
        self.cr.commit()

        jobs = [
            _Request(self.registry, api.SUPERUSER_ID, lambda env: env["paydox.paper.original"]._cron_remind())
            for _ in range(2)
        ]
        self._race(*jobs)

        self.env["paydox.paper.original"]._cron_remind()
        for original in originals:
            self.assertEqual(original.activity_ids.user_id, self.legal | self.author)
            self.assertEqual(len(original.activity_ids), 2)

    def test_sequence_of_a_parent_has_no_gap_when_its_children_are_registered_at_once(self):
        parent = self._create_document()
        parent.action_register()
        kind = self._create_kind(code="RACE2", number_pattern="{seq}", number_period="parent")
        children = [self._create_document(kind_id=kind.id, parent_id=parent.id) for _ in range(4)]
        self.cr.commit()

        requests = [self._request(self.author, child, "action_register") for child in children]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None] * 4)
        self.assertEqual(sorted(child.number for child in children), ["1", "2", "3", "4"])

    def _create_reserve_wizard(self, **vals):
        wizards = self.env["paydox.document.number.reserve"].with_user(self.chief)
        return wizards.create({"kind_id": self.kind.id} | vals)

    def test_numbers_reserved_and_given_at_the_same_instant_differ_without_gap(self):
        documents = [self._create_document() for _ in range(2)]
        wizards = [self._create_reserve_wizard(count=2) for _ in range(2)]
        self.cr.commit()

        requests = [self._request(self.author, document, "action_register") for document in documents]
        requests += [self._request(self.chief, wizard, "action_confirm") for wizard in wizards]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None] * 4)
        rows = self.env["paydox.document.number"].search([("kind_id", "=", self.kind.id)], order="seq")
        self.assertEqual(rows.mapped("number"), [f"RACE-00{index}" for index in range(1, 7)])
        self.assertEqual(len(rows.filtered(lambda row: row.state == "reserved")), 4)

    def test_reserved_number_taken_by_two_at_once_goes_to_one(self):
        documents = [self._create_document() for _ in range(2)]
        number = self.env["paydox.document.number"].browse(
            self._create_reserve_wizard().action_confirm()["domain"][0][2]
        )
        wizards = [
            self.env["paydox.document.register.reserved"]
            .with_user(self.chief)
            .create({"document_id": document.id, "number_id": number.id})
            for document in documents
        ]
        self.cr.commit()

        requests = [self._request(self.chief, wizard, "action_confirm") for wizard in wizards]
        self._race(*requests)

        self.assertEqual(len([request for request in requests if request.error]), 1)
        self.assertIn("not reserved any more", str([request.error for request in requests]))
        self.assertEqual(sorted(document.number or "" for document in documents), ["", number.number])
        self.assertIn(number.document_id.id, [document.id for document in documents])

    def test_number_taken_and_given_up_at_once_has_one_end(self):
        document = self._create_document()
        number = self.env["paydox.document.number"].browse(
            self._create_reserve_wizard().action_confirm()["domain"][0][2]
        )
        wizard = self.env["paydox.document.register.reserved"].with_user(self.chief)
        wizard = wizard.create({"document_id": document.id, "number_id": number.id})
        self.cr.commit()

        take = self._request(self.chief, wizard, "action_confirm")
        give_up = self._request(self.chief, number, "action_give_up", "Not needed")
        self._race(take, give_up)

        self.assertEqual(len([request for request in (take, give_up) if request.error]), 1)
        self.assertEqual(bool(document.number), number.state == "given")
        self.assertEqual(number.state, "given" if give_up.error else "cancelled")

    def test_case_closed_while_a_draft_is_filed_holds_no_unfinished_document(self):
        case = self.env["paydox.nomenclature"].create({"index": "RACE", "name": "Race"})
        document = self._create_document()
        self.cr.commit()

        file = self._request(self.chief, document, "write", {"nomenclature_id": case.id})
        close = self._request(self.chief, case, "action_close")
        self._race(file, close)

        self.assertEqual(len([request for request in (file, close) if request.error]), 1)
        self.assertEqual((case.state, bool(document.nomenclature_id)) in (("closed", False), ("open", True)), True)

    def test_case_sees_what_was_filed_after_its_closing_began(self):
        case = self.env["paydox.nomenclature"].create({"index": "RACE", "name": "Race"})
        case_id = case.id
        document = self._create_document()
        self.cr.commit()
        filed = threading.Event()
        file = self._request(self.chief, document, "write", {"nomenclature_id": case_id})

        def file_first(barrier):
            file(barrier)
            filed.set()

        def close_later(env):
            filed.wait(timeout=20)
            env["paydox.nomenclature"].browse(case_id).action_close()

        close = _Request(self.registry, self.chief.id, close_later)
        self._race(file_first, close)

        self.assertIsNone(file.error)
        self.assertIn("unfinished documents", str(close.error))
        self.assertEqual(case.state, "open")

    def _create_vote_race(self, **kwargs):
        document = self._create_document()
        users = self.legal | self.chief | self.director
        step = document.action_start_vote("Race?", users.ids, **kwargs).step_ids
        self.cr.commit()
        return document, step

    def test_one_voter_who_votes_twice_at_once_in_a_secret_ballot_is_counted_once(self):
        document, step = self._create_vote_race(is_secret=True)
        options = step.sudo().vote_option_ids

        requests = [self._request(self.legal, document, "action_vote", option.id) for option in options[:2]]
        self._race(*requests)

        self.assertEqual(len([request for request in requests if request.error is None]), 1)
        self.assertEqual(sum(options.mapped("tally")), 1)
        self.assertEqual(step.done_count, 1)
        self.assertFalse(step.sudo().approval_id._find_broken_link())

    def test_voters_who_vote_at_once_are_all_counted_and_close_the_vote_once(self):
        document, step = self._create_vote_race(is_secret=True)
        option = step.sudo().vote_option_ids[0]

        voters = (self.legal, self.chief, self.director)
        requests = [self._request(user, document, "action_vote", option.id) for user in voters]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None] * 3)
        self.assertEqual((option.tally, step.vote_outcome), (3, "adopted"))
        self.assertEqual(step.sudo().approval_id.decision_ids.mapped("action").count("close"), 1)
        self.assertFalse(step.sudo().approval_id._find_broken_link())

    def test_readers_who_confirm_at_once_are_all_in_the_chain(self):
        document = self._create_document(note="<p>Read me</p>")
        document.action_register()
        users = self.legal | self.chief | self.director
        step = document.action_send_acquaintance(users.ids, must_open=False).step_ids
        self.cr.commit()

        self._race(*(self._request(user, document, "action_agree") for user in users))

        self.assertEqual((step.done_count, step.state), (3, "agreed"))
        self.assertFalse(step.sudo().approval_id._find_broken_link())

    def test_return_to_a_step_and_agreement_at_once_end_in_one_outcome(self):
        document = self._create_submitted_race({"users": self.legal}, {"users": self.chief | self.director})
        document.with_user(self.legal).action_agree()
        self.cr.commit()
        step = document.sudo().approval_id.step_ids[0]

        back = self._request(self.chief, document, "action_return", "Look again", None, None, step.id)
        agree = self._request(self.director, document, "action_agree")
        self._race(back, agree)

        self.assertIsNone(back.error)
        approval = document.sudo().approval_id
        self.assertEqual((document.state, approval.state), ("review", "running"))
        self.assertEqual(approval.step_ids.mapped("state"), ["running", "waiting"])
        self.assertEqual(approval.step_ids.mapped("attempt"), [2, 2])
        self.assertEqual(approval.line_ids.filtered(lambda line: line.state == "pending").user_id, self.legal)
        self.assertFalse(approval._find_broken_link())

    def test_approver_added_while_the_step_closes_is_either_asked_or_refused(self):
        self.kind.route_id = self._create_route(
            {"users": self.legal}, {"users": self.director}, name="Race", allow_ad_hoc=True
        )
        document = self._create_document()
        document.action_submit()
        self.cr.commit()

        add = self._request(self.author, document, "action_add_approver", self.chief.id)
        agree = self._request(self.legal, document, "action_agree")
        self._race(add, agree)

        self.assertEqual([request.error for request in (add, agree)], [None, None])
        approval = document.sudo().approval_id
        running = approval.step_ids.filtered(lambda step: step.state == "running")
        self.assertEqual(len(running), 1)
        self.assertIn(self.chief, running.line_ids.filtered(lambda line: line.state == "pending").user_id)
        self.assertFalse(approval._find_broken_link())

    def test_stop_and_bypass_at_once_end_in_one_outcome(self):
        self.legal.group_ids |= self.env.ref("paydox_edms.paydox_edms_group_manager")
        document = self._create_submitted_race({"users": self.director})

        stop = self._request(self.author, document, "action_stop", "Off")
        bypass = self._request(self.legal, document, "action_bypass_step", "Urgent")
        self._race(stop, bypass)

        self.assertEqual(len([request for request in (stop, bypass) if request.error]), 1)
        self.assertIn(
            (document.state, document.sudo().approval_state), (("approved", "approved"), ("draft", "withdrawn"))
        )

    def test_two_who_step_out_at_once_leave_nobody_and_the_run_ends_once(self):
        document = self._create_submitted_race({"users": self.legal | self.chief})

        requests = [self._request(user, document, "action_recuse", "Conflict") for user in (self.legal, self.chief)]
        self._race(*requests)

        self.assertEqual([request.error for request in requests], [None, None])
        self.assertEqual((document.state, document.sudo().approval_state), ("draft", "rejected"))
        self.assertEqual(document.sudo().approval_id.decision_ids.mapped("action"), ["start", "recuse", "recuse"])
