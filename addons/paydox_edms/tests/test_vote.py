import json
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import PDF, PaydoxEdmsCase

# Columns that may name a voter and an option together, since the vote is open by its own setting.
OPEN_BALLOT_COLUMNS = {
    ("paydox_approval_line", "vote_option_id"),
    ("paydox_approval_decision", "vote_option_id"),
    ("paydox_vote_guest", "vote_option_id"),
}


class VoteMixin:
    """A question put to five voters."""

    @classmethod
    def _set_up_vote(cls):
        cls.document = cls._create_document(name="Budget")
        cls.document.add_version("budget.pdf", PDF)
        cls.voters = cls.legal | cls.chief | cls.director | cls.stranger | cls.clerk

    def _start(self, voters=None, document=None, **kwargs):
        document = document or self.document
        approval = document.action_start_vote("Shall we adopt the budget?", (voters or self.voters).ids, **kwargs)
        return approval.step_ids

    def _option(self, step, name):
        return step.sudo().vote_option_ids.filtered(lambda option: option.name == name)

    def _vote(self, step, name, *users, **kwargs):
        for user in users:
            self.document.with_user(user).action_vote(self._option(step, name).id, **kwargs)
        step.invalidate_recordset()

    def _run_cron(self, name):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"paydox_edms.{name}").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def assertOutcome(self, step, outcome, run_state):
        step.invalidate_recordset()
        self.assertEqual((step.vote_outcome, step.sudo().approval_id.state), (outcome, run_state))
        self.assertFalse(step.sudo().approval_id._find_broken_link())


@tagged("post_install", "-at_install")
class TestVote(VoteMixin, PaydoxEdmsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_vote()

    # === RESULT === #

    def test_five_voters_with_quorum_of_three_adopt_by_majority_and_a_protocol_is_made(self):
        start = fields.Datetime.to_datetime("2026-03-02 09:00:00")
        with freeze_time(start):
            step = self._start(quorum=60, deadline=start + timedelta(days=1))
            self.assertEqual((step.people_count, step.quorum_count), (5, 3))
            self._vote(step, "For", self.legal, self.chief)
            self._vote(step, "Against", self.director)
            with self.assertRaises(UserError):
                step.action_close_vote()
        with freeze_time(start + timedelta(days=2)):
            step.invalidate_recordset()
            step.action_close_vote()

        self.assertOutcome(step, "adopted", "approved")
        self.assertEqual(step.winner_id.name, "For")
        self.assertEqual((step.done_count, step.people_count), (3, 5))
        protocol = step.protocol_id
        self.assertEqual(protocol.author_id, self.author)
        self.assertEqual(protocol.kind_id, self.env.ref("paydox_edms.paydox_document_kind_protocol"))
        self.assertEqual(protocol.sudo().link_ids.mapped("target_id"), self.document)
        self.assertEqual(protocol.sudo().link_ids.type, "basis")
        for text in ("Shall we adopt the budget?", "For", "Against", "Legal", "Adopted"):
            self.assertIn(text, protocol.note)
        self.assertTrue(protocol.with_user(self.legal).has_access("read"))

    def test_vote_closes_by_itself_when_everybody_voted(self):
        step = self._start()
        self._vote(step, "Against", self.legal, self.chief, self.director)
        self.assertEqual(step.vote_state, "open")
        self._vote(step, "For", self.stranger, self.clerk)

        self.assertOutcome(step, "rejected", "rejected")
        self.assertEqual(step.winner_id.name, "Against")

    def test_vote_neither_moves_nor_locks_the_document(self):
        step = self._start()
        self.document.write({"amount": 5})
        self._vote(step, "For", *self.voters)
        self.assertEqual((self.document.state, self.document.approval_state), ("draft", "none"))

    def test_majorities(self):
        cases = (
            # majority, votes for / against / abstentions, outcome
            ("simple", 2, 1, 2, "adopted"),
            ("absolute", 2, 1, 2, "rejected"),
            ("absolute", 3, 1, 1, "adopted"),
            ("two_thirds", 3, 2, 0, "rejected"),
            ("two_thirds", 2, 1, 2, "adopted"),
            ("simple", 0, 0, 5, "rejected"),
            ("simple", 2, 2, 1, "rejected"),
        )
        for majority, *counts, outcome in cases:
            with self.subTest(majority=majority, counts=counts):
                step = self._start(majority=majority)
                rest = list(self.voters)
                for name, count in zip(("For", "Against", "Abstain"), counts, strict=True):
                    self._vote(step, name, *(rest.pop() for _ in range(count)))
                self.assertEqual(step.vote_outcome, outcome)

    def test_options_of_ones_own(self):
        options = [
            {"name": "Pumps of Alpha", "is_for": True},
            {"name": "Pumps of Beta", "is_for": True},
            {"name": "None"},
        ]
        step = self._start(options=options)
        self._vote(step, "Pumps of Beta", self.legal, self.chief, self.director)
        self._vote(step, "None", self.stranger, self.clerk)

        self.assertOutcome(step, "adopted", "approved")
        self.assertEqual(step.winner_id.name, "Pumps of Beta")

    def test_tie_is_decided_by_the_open_vote_of_the_chairman(self):
        voters = self.legal | self.chief | self.director | self.clerk
        step = self._start(voters, chairman=self.chief.id)
        self._vote(step, "For", self.chief, self.legal)
        self._vote(step, "Against", self.director, self.clerk)

        self.assertOutcome(step, "adopted", "approved")

    def test_tie_of_a_secret_ballot_waits_for_the_chairman(self):
        voters = self.legal | self.chief | self.director | self.clerk
        step = self._start(voters, chairman=self.chief.id, is_secret=True)
        self._vote(step, "For", self.chief, self.legal)
        self._vote(step, "Against", self.director, self.clerk)

        self.assertOutcome(step, "tie", "running")
        self.assertIn(self.chief, self.document.sudo().activity_ids.user_id)
        with self.assertRaises(UserError):
            self.document.with_user(self.legal).action_vote(self._option(step, "For").id)
        for user in (self.author, self.director, self.manager):
            with self.assertRaises(AccessError):
                step.with_user(user).action_cast(self._option(step, "For").id)
        with self.assertRaises(UserError):
            step.with_user(self.chief).action_cast(self._option(step, "Abstain").id)
        step.with_user(self.chief).action_cast(self._option(step, "Against").id)

        self.assertOutcome(step, "rejected", "rejected")
        self.assertEqual(step.winner_id.name, "Against")
        self.assertFalse(self.document.sudo().activity_ids)

    def test_term_that_passes_without_quorum_holds_no_vote_and_it_can_be_repeated(self):
        start = fields.Datetime.to_datetime("2026-03-02 09:00:00")
        with freeze_time(start):
            step = self._start(quorum=60, deadline=start + timedelta(days=1))
            self._vote(step, "For", self.legal, self.chief, comment="Of course")
            self._run_cron("ir_cron_close_votes")
            self.assertEqual(step.vote_state, "open")
        with freeze_time(start + timedelta(days=1, minutes=1)):
            for _ in range(2):
                self._run_cron("ir_cron_close_votes")
            self.assertOutcome(step, "no_quorum", "rejected")
            self.assertFalse(step.protocol_id)
            actions = step.sudo().approval_id.decision_ids.mapped("action")
            self.assertEqual(actions, ["start", "add", "vote", "vote", "close"])
            action = step.with_user(self.author).action_repeat_vote()

        again = self.env["paydox.approval.step"].browse(action["res_id"])
        self.assertEqual((again.sudo().approval_id.round, again.sudo().line_ids.user_id), (2, self.voters))
        self.assertEqual(again.sudo().vote_option_ids.mapped("name"), ["For", "Against", "Abstain"])
        self.assertEqual(set(again.sudo().line_ids.mapped("state")), {"pending"})

    # === VOTING === #

    def test_open_vote_may_be_changed_until_the_term_and_the_former_stays_in_the_chain(self):
        start = fields.Datetime.to_datetime("2026-03-02 09:00:00")
        with freeze_time(start):
            step = self._start(deadline=start + timedelta(days=1))
            self._vote(step, "For", self.legal)
            self._vote(step, "Against", self.legal, comment="I thought again")
            self.assertEqual(step.with_user(self.legal).my_option_id.name, "Against")
            self.assertEqual((step.done_count, step.people_count), (1, 5))
            votes = step.sudo().approval_id.decision_ids.filtered(lambda decision: decision.action == "vote")
            self.assertEqual(votes.mapped("vote_option_id.name"), ["For", "Against"])
            self.assertFalse(step.sudo().approval_id._find_broken_link())
        with freeze_time(start + timedelta(days=1)), self.assertRaises(UserError):
            self._vote(step, "For", self.legal)

    def test_hostile_votes_are_refused(self):
        step = self._start()
        other = self._create_document(name="Other")
        other_step = self._start(document=other)
        legal = self.document.with_user(self.legal)
        foreign = self._option(other_step, "For").id
        for option in (foreign, 0, -1, 10**9, "For", None, [], [1, 2], {"id": 1}, False):
            with self.assertRaises(UserError, msg=option):
                legal.action_vote(option)
        own = self._option(step, "For").id
        for user in (self.author, self.manager, self.admin):
            with self.assertRaises(AccessError, msg=user.login):
                self.document.with_user(user).action_vote(own)
        self.assertEqual(step.done_count, 0)

    def test_agreeing_or_refusing_does_not_vote(self):
        step = self._start()
        legal = self.document.with_user(self.legal)
        for verb, arguments in (
            ("action_agree", []),
            ("action_refuse", ["no"]),
            ("action_return", ["no"]),
            ("action_delegate", [self.manager.id]),
        ):
            with self.assertRaises(UserError, msg=verb):
                getattr(legal, verb)(*arguments)
        line = step.sudo().line_ids.filtered(lambda line: line.user_id == self.legal).with_user(self.legal)
        self.assertEqual(line.action_agree()["res_id"], step.id)
        self.assertEqual(line.state, "pending")

    def test_substitute_does_not_vote(self):
        today = fields.Date.today()
        self.env["paydox.substitution"].create(
            {"user_id": self.legal.id, "substitute_id": self.manager.id, "date_from": today, "date_to": today}
        )
        step = self._start()
        with self.assertRaises(AccessError):
            self.document.with_user(self.manager).action_vote(self._option(step, "For").id)

    def test_only_those_who_lead_the_document_put_it_to_the_vote(self):
        document = self._create_document(confidentiality="open")
        for user in (self.stranger, self.legal):
            with self.assertRaises(AccessError):
                document.with_user(user).action_start_vote("Really?", self.voters.ids)

    def test_hostile_settings_are_refused(self):
        author = self.document
        users = self.voters.ids
        for arguments, kwargs in (
            (("", users), {}),
            (("Really?", []), {}),
            (("Really?", users), {"options": ["Only"]}),
            (("Really?", users), {"options": ["Same", "Same"]}),
            (("Really?", users), {"options": "For"}),
            (("Really?", users), {"options": [{"name": "A"}, {"name": "B"}]}),
            (("Really?", users), {"options": [str(index) for index in range(50)]}),
            (("Really?", users), {"majority": "none"}),
            (("Really?", users), {"quorum": 101}),
            (("Really?", users), {"quorum": "half"}),
            (("Really?", users), {"deadline": "2001-01-01"}),
            (("Really?", users[:2]), {"is_secret": True}),
            (("Really?", users), {"chairman": 10**9}),
        ):
            with self.assertRaises(UserError, msg=(arguments, kwargs)):
                author.action_start_vote(*arguments, **kwargs)

    def test_voter_is_released_before_he_voted_and_never_after(self):
        step = self._start()
        self._vote(step, "For", self.legal)
        with self.assertRaises(UserError):
            step.action_remove_people(self.legal.ids, "He voted wrong")
        with self.assertRaises(AccessError):
            step.with_user(self.chief).action_remove_people(self.stranger.ids, "No")

        step.action_remove_people((self.stranger | self.clerk).ids, "No member of the board")

        step.invalidate_recordset()
        self.assertEqual(step.people_count, 3)
        self._vote(step, "For", self.chief)
        self._vote(step, "Against", self.director)
        self.assertOutcome(step, "adopted", "approved")
        with self.assertRaises(UserError):
            self.document.with_user(self.stranger).sudo(False).with_user(self.clerk).action_vote(
                self._option(step, "For").id
            )

    def test_voter_who_left_is_no_longer_waited_for(self):
        leaver = new_test_user(self.env, "edms_leaver", groups="base.group_user")
        step = self._start(self.legal | self.chief | leaver)
        self._vote(step, "For", self.legal)
        leaver.active = False
        self._vote(step, "For", self.chief)

        self.assertOutcome(step, "adopted", "approved")
        self.assertEqual(step.people_count, 2)
        self.assertIn("remove", step.sudo().approval_id.decision_ids.mapped("action"))

    # === SECRECY === #

    def _create_secret(self):
        step = self._start(is_secret=True)
        self._vote(step, "For", self.legal, self.chief, self.director)
        self._vote(step, "Against", self.stranger)
        return step

    def test_secret_vote_is_counted_but_not_shown_until_it_is_closed(self):
        step = self._create_secret()
        for user in (self.author, self.legal, self.clerk, self.manager, self.admin):
            options = step.with_user(user).vote_option_ids
            self.assertEqual(options.mapped("vote_count"), [0, 0, 0], user.login)
            self.assertFalse(step.with_user(user).has_result)
        self._vote(step, "Abstain", self.clerk)

        self.assertOutcome(step, "adopted", "approved")
        self.assertEqual(step.with_user(self.stranger).vote_option_ids.mapped("vote_count"), [3, 1, 1])

    def test_tallies_cannot_be_read_by_rpc_by_anybody(self):
        step = self._create_secret()
        for user in (self.author, self.legal, self.clerk, self.manager, self.admin):
            options = step.with_user(user).vote_option_ids.with_context(active_test=False, su=True, sudo=True)
            for attempt in (
                lambda options: options.read(["tally"]),
                lambda options: options.web_read({"tally": {}}),
                lambda options: options.search_read([], ["tally"]),
                lambda options: options.search([("tally", ">", 1)]),
                lambda options: options.search([], order="tally"),
                lambda options: options._read_group([], ["step_id"], ["tally:sum"]),
                lambda options: options.formatted_read_group([], ["tally"], ["__count"]),
                lambda options: options.export_data(["tally"]),
                lambda options: options.step_id.search([("vote_option_ids.tally", ">", 1)]),
                lambda options: options.write({"tally": 9}),
                lambda options: options.unlink(),
                lambda options: options.create({"step_id": step.id, "name": "Forged"}),
            ):
                with self.assertRaises(UserError):  # no right to the field, or none to export at all
                    attempt(options)

    def test_secret_vote_is_final_and_has_no_comment(self):
        step = self._create_secret()
        with self.assertRaises(UserError):
            self._vote(step, "Against", self.legal)
        with self.assertRaises(UserError):
            self._vote(step, "For", self.clerk, comment="I am for it")
        with self.assertRaises(UserError):
            self.env["paydox.vote.comment"].with_user(self.clerk).create(
                {"option_id": self._option(step, "For").id, "comment": "I am for it"}
            )
        self.assertEqual(step.done_count, 4)

    def test_nothing_in_the_database_links_a_secret_ballot_with_its_voter(self):
        """Vote differently in two equal votes and compare every row of every table: only the counters may differ."""
        first, second = self._start(is_secret=True), self._start(is_secret=True)
        moment = fields.Datetime.to_datetime("2026-03-02 09:00:00")
        rows = []
        for step, names in ((first, ("For", "Against", "Abstain")), (second, ("Abstain", "For", "Against"))):
            before = self._snapshot()
            with freeze_time(moment):
                for user, name in zip((self.legal, self.chief, self.director), names, strict=True):
                    self._vote(step, name, user)
            self.env.flush_all()
            rows.append({key: row for key, row in self._snapshot().items() if before.get(key) != row})
        self.assertEqual(self._masked(rows[0]), self._masked(rows[1]))

    def _snapshot(self):
        """Every row of every table as text, by table and id, except the counters."""
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            """
            SELECT c.table_name FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE c.table_schema = 'public' AND c.column_name = 'id' AND t.table_type = 'BASE TABLE'
               AND (c.table_name LIKE 'paydox%' OR c.table_name LIKE 'mail%' OR c.table_name LIKE 'bus%'
                    OR c.table_name LIKE 'ir_logging%' OR c.table_name LIKE 'discuss%')
            """
        )
        rows = {}
        for (table,) in cr.fetchall():
            cr.execute(f'SELECT id, to_jsonb(t) FROM "{table}" t')  # pylint: disable=sql-injection
            for row_id, row in cr.fetchall():
                row.pop("tally", None)
                rows[table, row_id] = row
        return rows

    def _masked(self, rows):
        """The rows without what differs from vote to vote whatever is voted: keys, hashes, the moment of the log."""
        keys = {
            "hash",
            "previous_hash",
            "last_hash",
            "create_date",
            "write_date",
            "date",
            "decided_at",
            "requested_at",
            "message_id",
        }
        keys |= {"res_id", "approval_id", "step_id", "line_id", "id", "activity_id", "round", "parent_id"}
        return sorted(
            json.dumps([table, {key: value for key, value in row.items() if key not in keys}], sort_keys=True)
            for (table, _id), row in rows.items()
        )

    def test_no_column_of_a_voter_names_an_option_of_a_secret_ballot(self):
        step = self._create_secret()
        cr = self.env.cr
        cr.execute(
            """
            SELECT kcu.table_name, kcu.column_name
              FROM information_schema.referential_constraints rc
              JOIN information_schema.key_column_usage kcu USING (constraint_schema, constraint_name)
              JOIN information_schema.constraint_column_usage ccu USING (constraint_schema, constraint_name)
             WHERE ccu.table_name = 'paydox_vote_option'
            """
        )
        found = set(cr.fetchall()) - {("paydox_approval_step", "winner_id"), ("paydox_vote_comment", "option_id")}
        self.assertEqual(found, OPEN_BALLOT_COLUMNS)
        ids = tuple(step.sudo().vote_option_ids.ids)
        for table, column in found | {("paydox_vote_comment", "option_id")}:
            cr.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}" IN %s', [ids])  # pylint: disable=sql-injection
            self.assertEqual(cr.fetchone()[0], 0, table)
        columns = self.env["paydox.vote.option"]._fields
        self.assertFalse({"create_uid", "write_uid", "create_date", "write_date"} & set(columns))

    def test_storage_of_all_options_is_rewritten_with_each_ballot(self):
        step = self._start(is_secret=True)
        places = []
        for user in (self.legal, self.chief):
            self.env.cr.execute("SELECT array_agg(ctid::text) FROM paydox_vote_option WHERE step_id = %s", [step.id])
            places.append(set(self.env.cr.fetchone()[0]))
            self._vote(step, "For", user)
        self.assertFalse(places[0] & places[1], "the storage tells which option grew")

    def test_forged_count_shows(self):
        step = self._create_secret()
        self._vote(step, "For", self.clerk)
        approval = step.sudo().approval_id
        self.assertFalse(approval._find_broken_link())
        option = self._option(step, "Against")
        for statement in (
            "UPDATE paydox_vote_option SET tally = tally + 1 WHERE id = %s",
            "UPDATE paydox_vote_option SET tally = 4 - tally WHERE step_id = (SELECT step_id FROM paydox_vote_option "
            "WHERE id = %s) AND NOT is_abstain",
            "UPDATE paydox_vote_option SET name = 'Forged' WHERE id = %s",
        ):
            with self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(statement, [option.id])
                self.env.invalidate_all()
                self.assertTrue(approval._find_broken_link(), statement)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_nobody_writes_options_and_the_guard_holds_without_the_access_list(self):
        step = self._start()
        self.env["ir.model.access"].create(
            {
                "name": "forged",
                "model_id": self.env["ir.model"]._get_id("paydox.vote.option"),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            }
        )
        option = self._option(step, "For").with_user(self.legal)
        with self.assertRaises(AccessError):
            option.write({"name": "Forged"})
        with self.assertRaises(AccessError):
            option.create({"step_id": step.id, "name": "Forged"})
        with self.assertRaises(AccessError):
            option.unlink()

    def test_protocol_of_a_secret_vote_names_who_voted_and_not_how(self):
        step = self._create_secret()
        self._vote(step, "For", self.clerk)
        note = step.protocol_id.note
        self.assertIn("Stranger", note)
        rows = note.split("Stranger")[1].split("</tr>")[0]
        self.assertNotIn("Against", rows)
        self.assertIn("Secret", note)

    def test_stranger_learns_nothing_of_a_vote_on_a_document_he_may_not_read(self):
        step = self._start(self.legal | self.chief | self.director)
        outsider = new_test_user(self.env, "edms_outsider", groups="base.group_user")
        self.assertFalse(self.env["paydox.vote.option"].with_user(outsider).search([("step_id", "=", step.id)]))
        self.assertFalse(self.env["paydox.approval.step"].with_user(outsider).search([("id", "=", step.id)]))
        with self.assertRaises(AccessError):
            self._option(step, "For").with_user(outsider).action_vote()
        with self.assertRaises(AccessError):
            step.with_user(outsider).action_close_vote()

    # === PROTOCOL === #

    def test_protocol_is_made_once(self):
        self.env.ref("paydox_edms.paydox_document_kind_protocol").active = False
        step = self._start()
        with self.assertRaises(UserError):
            step.action_make_protocol()
        self._vote(step, "For", *self.voters)
        self.assertFalse(step.protocol_id)
        with self.assertRaises(AccessError):
            step.with_user(self.legal).action_make_protocol()

        first = step.action_make_protocol()
        second = step.action_make_protocol()

        self.assertEqual(first["res_id"], second["res_id"])
        protocols = self.env["paydox.document.link"].search([("target_id", "=", self.document.id)]).document_id
        self.assertEqual(protocols.ids, [first["res_id"]])

    def test_protocol_is_printed(self):
        step = self._start()
        self._vote(step, "For", *self.voters)
        report = self.env["ir.actions.report"].with_user(self.author)
        html, _kind = report._render_qweb_html("paydox_edms.paydox_vote_protocol_report", step.ids)
        self.assertIn("Shall we adopt the budget?", html.decode())

    # === ROUTES === #

    def test_vote_is_also_a_step_of_a_route(self):
        for name, state in (("For", "approved"), ("Against", "draft")):
            document = self._create_submitted(
                {"users": self.legal | self.chief | self.director, "kind": "vote", "is_secret": True}
            )
            step = document.sudo().approval_id.step_ids
            for user in (self.legal, self.chief, self.director):
                document.with_user(user).action_vote(self._option(step, name).id)
            self.assertState(document, state)
            self.assertFalse(step.approval_id._find_broken_link())

    def test_route_that_comes_back_to_a_vote_asks_everybody_anew(self):
        voters = self.legal | self.chief | self.stranger
        document = self._create_submitted(
            {"users": voters, "kind": "vote", "is_secret": True, "name": "Board"}, {"users": self.director}
        )
        step = document.sudo().approval_id.step_ids.filtered(lambda step: step.kind == "vote")
        for user in voters:
            document.with_user(user).action_vote(self._option(step, "For").id)
        document.with_user(self.director).action_return("Vote again", step=step.id)

        step.invalidate_recordset()
        self.assertEqual((step.state, step.people_count, step.done_count), ("running", 3, 0))
        self.assertEqual(step.vote_option_ids.mapped("tally"), [0, 0, 0])
        self.assertFalse(step.approval_id._find_broken_link())
        for user in voters:
            document.with_user(user).action_vote(self._option(step, "Against").id)
        self.assertState(document, "draft", "rejected")
        self.assertFalse(step.approval_id._find_broken_link())

    def test_secret_vote_of_two_in_a_route_is_refused_at_the_start(self):
        with self.assertRaises(UserError):
            self._create_submitted({"users": self.legal | self.chief, "kind": "vote", "is_secret": True})

    # === WINDOWS === #

    def test_votes_of_many_documents_are_counted_together(self):
        documents = self.document | self._create_document() | self._create_document()
        for document in documents[:2]:
            self._start(document=document)
        self._start()
        documents.invalidate_recordset()
        self.assertEqual(documents.mapped("vote_count"), [2, 1, 0])

    def test_window_starts_the_vote(self):
        action = self.document.action_open_start_vote()
        form = Form(self.env["paydox.vote.send"].with_user(self.author).with_context(**action["context"]))
        form.question = "Really?"
        for user in self.voters:
            form.user_ids.add(user)
        form.is_secret = True

        result = form.save().action_confirm()

        step = self.env["paydox.approval.step"].browse(result["res_id"])
        self.assertEqual((step.name, step.people_count, step.is_secret), ("Really?", 5, True))
        self.assertTrue(self.document.with_user(self.legal).can_vote)
        self.assertEqual(self.document.with_user(self.legal).action_open_votes()["res_id"], step.id)
        line = step.sudo().line_ids[0].with_user(self.legal)
        self.assertEqual(line.action_decide()["res_id"], step.id)
