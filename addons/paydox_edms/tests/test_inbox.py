import re

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, warmup

from .common import PDF, PaydoxEdmsCase

SPECIFICATION = {
    "record_name": {},
    "res_model": {},
    "record_partner_id": {"fields": {"display_name": {}}},
    "record_amount": {},
    "record_currency_id": {"fields": {"display_name": {}}},
    "kind": {},
    "step_id": {"fields": {"display_name": {}}},
    "requested_by_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "requested_at": {},
    "deadline": {},
    "is_late": {},
    "has_file": {},
}
TURNS = [("can_decide", "=", True)]


@tagged("post_install", "-at_install")
class TestInbox(PaydoxEdmsCase):
    def setUp(self):
        super().setUp()
        self.kind.route_id = self._create_route({"users": self.director})

    def _submit(self, count=1, with_file=False, **overrides):
        vals_list = [
            {"name": f"Document {index}", "kind_id": self.kind.id, "amount": index + 1} | overrides
            for index in range(count)
        ]
        documents = self.env["paydox.document"].with_user(self.author).create(vals_list)
        for document in documents if with_file else ():
            document.add_version("a.pdf", PDF + str(document.id).encode())
        documents.action_submit()
        self.env.flush_all()
        return documents

    def _inbox(self, user=None):
        return self.env["paydox.approval.line"].with_user(user or self.director).search(TURNS)

    def _make_late(self, lines):
        lines.sudo().write({"deadline": fields.Datetime.subtract(fields.Datetime.now(), days=1)})

    # === SPEED ===#

    @warmup
    def test_number_of_queries_does_not_grow_with_the_rows(self):
        self._submit(80, partner_id=self.env["res.partner"].create({"name": "Customer"}).id)
        lines = self.env["paydox.approval.line"].with_user(self.director)
        counts = {}
        for limit in (10, 10, 80):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            result = lines.web_search_read(TURNS, SPECIFICATION, limit=limit, order="deadline, id", count_limit=1001)
            counts[limit] = self.env.cr.sql_log_count - before
            self.assertEqual(len(result["records"]), limit)

        self.assertLessEqual(counts[80], counts[10])
        self.assertLessEqual(counts[80], 16)

    def test_list_and_counter_are_answered_by_the_index(self):
        lines = self.env["paydox.approval.line"].with_user(self.director)
        self.env.cr.execute("SELECT pg_get_indexdef('paydox_approval_line_pending_idx'::regclass)")
        index = self.env.cr.fetchone()[0]
        for sql in (
            lines._search(TURNS, order="deadline, id", limit=80).select(),
            lines._search([*TURNS, ("is_late", "=", True)]).select("count(*)"),
        ):
            with self.subTest(sql=sql.code):
                columns = set(re.findall(r'"paydox_approval_line"\."(\w+)"', sql.code))
                self.assertLessEqual(columns, set(re.findall(r"\w+", index)), "a column is missing in the index")
                self.assertEqual(sql.code.count("SELECT"), 1, "another table is asked")

    # === WHO SEES WHAT ===#

    def test_stranger_gets_nothing_whatever_he_asks(self):
        self._submit()
        lines = self.env["paydox.approval.line"].with_user(self.stranger)
        for domain in (
            TURNS,
            [("can_decide", "in", [True, False])],
            [("can_decide", "!=", True)],
            ["|", ("can_decide", "=", True), ("id", ">", 0)],
            ["!", ("can_decide", "=", True)],
            ["&", ("id", ">", 0), ("can_decide", "=", True)],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(lines.search(domain))
                self.assertFalse(lines.search_count(domain))

    def test_turns_in_other_companies_stay_out_of_sight(self):
        self._submit()
        other = self.env["res.company"].create({"name": "Other"})
        self.director.company_ids += other
        lines = self.env["paydox.approval.line"].with_user(self.director)

        self.assertEqual(lines.search_count(TURNS), 1)
        self.assertEqual(lines.with_context(allowed_company_ids=other.ids).search_count(TURNS), 0)

    def test_author_who_substitutes_the_director_has_no_turn_on_his_own_document(self):
        self.env["paydox.substitution"].create(
            {"user_id": self.director.id, "substitute_id": self.author.id, "date_to": fields.Date.today()}
        )
        self._submit()

        self.assertFalse(self._inbox(self.author))
        self.assertTrue(self._inbox(self.director))

    def test_row_shows_the_facts_of_the_record(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        self._submit(with_file=True, partner_id=partner.id, name="Pumps")

        line = self._inbox()

        self.assertRecordValues(
            line, [{"record_name": "Pumps", "record_partner_id": partner.id, "record_amount": 1, "has_file": True}]
        )
        self.assertEqual(line.action_preview_file()["res_model"], "paydox.document.version")

    # === DECIDING ===#

    def test_mass_agree_says_what_was_left(self):
        documents = self._submit(3)
        late, gone, good = self._inbox().sorted("id")
        self._make_late(late)
        documents.filtered(lambda document: document.id == gone.res_id).action_withdraw()

        action = (late | gone | good).action_agree()

        self.assertEqual((late.state, gone.state, good.state), ("pending", "skipped", "agreed"))
        message = action["params"]["message"]
        self.assertIn("Agreed: 1", message)
        self.assertIn("Left for you: 2", message)
        self.assertIn(late.record_name, message)
        self.assertEqual(action["params"]["next"]["tag"], "soft_reload")

    def test_mass_agree_leaves_what_has_to_be_read(self):
        self._submit()
        self.kind.route_id = self._create_route({"users": self.director, "kind": "acquaint"})
        self._submit()
        lines = self._inbox()

        action = lines.action_agree()

        self.assertEqual(sorted(lines.mapped("state")), ["agreed", "pending"])
        self.assertIn("has to be read first", action["params"]["message"])

    def test_press_on_a_late_line_opens_the_window_that_asks_why(self):
        self._submit()
        line = self._inbox()
        self._make_late(line)

        action = line.action_agree()

        self.assertEqual(action["res_model"], "paydox.approval.decide")
        self.assertEqual(line.state, "pending")

    def test_stale_row_says_so(self):
        document = self._submit()
        line = self._inbox()
        document.action_withdraw()
        line.invalidate_recordset()
        with self.assertRaisesRegex(AccessError, "Refresh the list"):
            line.action_agree()

    def test_lines_of_others_are_not_agreed_by_rpc(self):
        self._submit(2)
        lines = self._inbox()
        for user in (self.stranger, self.author, self.manager, self.admin):
            for rows in (lines, lines[:1]):
                with self.subTest(user=user.login, rows=len(rows)):
                    try:
                        action = rows.with_user(user).action_agree()
                    except UserError:
                        continue
                    self.assertIn("Agreed: 0", action["params"]["message"])
        self.assertEqual(set(lines.mapped("state")), {"pending"})

    # === COUNTER ===#

    def test_summary_counts_and_names_the_first(self):
        self._submit(7)
        self._make_late(self._inbox()[:2])
        lines = self.env["paydox.approval.line"]

        summary = lines.with_user(self.director).get_inbox_summary()

        self.assertEqual((summary["count"], summary["late"], len(summary["lines"])), (7, 2, 5))
        self.assertTrue(summary["lines"][0]["is_late"])
        nothing = {"count": 0, "late": 0, "lines": []}
        for limit in (5, -1, 10**9, "x", None, [1]):
            self.assertEqual(lines.with_user(self.stranger).get_inbox_summary(limit), nothing)

    def test_counter_is_pushed_to_the_people_and_their_substitutes(self):
        self.env["paydox.substitution"].create(
            {"user_id": self.director.id, "substitute_id": self.legal.id, "date_to": fields.Date.today()}
        )
        self.env["bus.bus"].search([]).unlink()

        self._submit()
        self.env.cr.precommit.run()

        messages = self.env["bus.bus"].search([("message", "ilike", "paydox_edms.inbox")])
        channels = " ".join(messages.mapped("channel"))
        for user, told in ((self.director, True), (self.legal, True), (self.stranger, False), (self.author, False)):
            self.assertEqual(f'"res.partner",{user.partner_id.id}]' in channels, told, channels)
        self.assertNotIn("Document", " ".join(messages.mapped("message")), "a push tells nothing of the document")

    # === LISTS OF DOCUMENTS ===#

    def test_buttons_of_the_list_are_for_the_one_whose_turn_it_is(self):
        document = self._submit()
        for user, turn in ((self.director, True), (self.author, False), (self.clerk, False)):
            self.assertEqual(document.with_user(user).can_decide, turn)
        arch = self.env["paydox.document"].with_user(self.director).get_view(view_type="list")["arch"]
        self.assertIn('name="action_agree"', arch)
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).action_agree()
