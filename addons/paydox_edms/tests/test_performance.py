from odoo.tests import tagged, warmup

from .common import PDF, PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestPerformance(PaydoxEdmsCase):
    """The number of queries does not grow with the number of rows."""

    def _create_batch(self, count):
        self.kind.route_id = self._create_route({"users": self.legal | self.director})
        documents = (
            self.env["paydox.document"]
            .with_user(self.author)
            .create([{"name": f"Document {index}", "kind_id": self.kind.id} for index in range(count)])
        )
        for document in documents:
            document.add_version("a.pdf", PDF + str(document.id).encode())
        documents.action_submit()
        self.env.flush_all()
        return documents

    def _count_list(self, user, limit):
        specification = {
            "number": {},
            "date": {},
            "name": {},
            "kind_id": {"fields": {"display_name": {}}},
            "partner_id": {"fields": {"display_name": {}}},
            "responsible_id": {"fields": {"display_name": {}}},
            "parent_id": {"fields": {"display_name": {}}},
            "validity": {},
            "can_decide": {},
            "state": {},
        }
        documents = self.env["paydox.document"].with_user(user)
        return documents.web_search_read([("kind_id", "=", self.kind.id)], specification, limit=limit)

    def _count_inbox(self, limit):
        specification = {
            "record_name": {},
            "kind": {},
            "step_id": {"fields": {"display_name": {}}},
            "requested_by_id": {"fields": {"display_name": {}}},
            "user_id": {"fields": {"display_name": {}}},
            "deadline": {},
            "is_late": {},
        }
        lines = self.env["paydox.approval.line"].with_user(self.director)
        return lines.web_search_read([("can_decide", "=", True)], specification, limit=limit)

    def _measure(self, function, *args):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = function(*args)
        return self.env.cr.sql_log_count - before, result

    @warmup
    def test_list_has_a_ceiling_whatever_its_length(self):
        self._create_batch(20)
        for user, ceiling in ((self.author, 14), (self.director, 17), (self.clerk, 15)):
            self._measure(self._count_list, user, 2)
            short, result = self._measure(self._count_list, user, 2)
            self.assertEqual(len(result["records"]), 2)
            long, result = self._measure(self._count_list, user, 20)
            self.assertEqual(len(result["records"]), 20)
            self.assertLessEqual(long, short + 1, f"{user.login}: queries grow with the rows")
            self.assertLessEqual(long, ceiling)

    @warmup
    def test_inbox_has_a_ceiling_whatever_its_length(self):
        self._create_batch(20)
        self._measure(self._count_inbox, 2)
        short, result = self._measure(self._count_inbox, 2)
        self.assertEqual(len(result["records"]), 2)
        long, result = self._measure(self._count_inbox, 20)
        self.assertEqual(len(result["records"]), 20)
        self.assertLessEqual(long, short + 1)
        self.assertLessEqual(long, 11)

    def _count_journal(self, limit):
        specification = {
            "number": {},
            "create_date": {},
            "journal_id": {"fields": {"display_name": {}}},
            "kind_id": {"fields": {"display_name": {}}},
            "partner_id": {"fields": {"display_name": {}}},
            "subject": {},
            "sender_number": {},
            "create_uid": {"fields": {"display_name": {}}},
            "state": {},
        }
        rows = self.env["paydox.document.number"].with_user(self.clerk)
        return rows.web_search_read([("kind_id", "=", self.kind.id)], specification, limit=limit)

    @warmup
    def test_journal_has_a_ceiling_whatever_its_length(self):
        partners = self.env["res.partner"].create([{"name": f"Partner {index}"} for index in range(20)])
        documents = self.env["paydox.document"].with_user(self.author)
        documents = documents.create(
            [{"name": partner.name, "kind_id": self.kind.id, "partner_id": partner.id} for partner in partners]
        )
        documents.action_register()
        self.env.flush_all()

        self._measure(self._count_journal, 2)
        short, result = self._measure(self._count_journal, 2)
        self.assertEqual(len(result["records"]), 2)
        long, result = self._measure(self._count_journal, 20)
        self.assertEqual(len(result["records"]), 20)
        self.assertLessEqual(long, short + 1)
        self.assertLessEqual(long, 12)

    @warmup
    def test_registration_costs_the_same_for_each_document(self):
        documents = self.env["paydox.document"].with_user(self.clerk)
        documents = documents.create([{"name": f"D {index}", "kind_id": self.kind.id} for index in range(24)])
        self.env.flush_all()
        documents[:4].action_register()
        self.env.flush_all()

        few, _result = self._measure(lambda: (documents[4:6].action_register(), self.env.flush_all()))
        many, _result = self._measure(lambda: (documents[6:].action_register(), self.env.flush_all()))

        self.assertLessEqual((many - few) / 16, 14, "queries for one more document")

    @warmup
    def test_form_has_a_ceiling_for_what_the_clerk_is_told(self):
        documents = self._create_document() | self._create_document()
        documents.link_ids.create({"document_id": documents[1].id, "target_id": documents[0].id, "type": "annex"})
        name = {"fields": {"display_name": {}}}
        specification = {
            "number": {},
            "can_register": {},
            "can_register_reserved": {},
            "can_file": {},
            "duplicate_text": {},
            "date_warning": {},
            "nomenclature_id": name,
            "parent_id": name,
            "child_count": {},
            "link_ids": {"fields": {"type": {}, "target_id": name}},
            "backlink_ids": {"fields": {"inverse_name": {}, "document_id": name}},
        }
        document = documents[0].with_user(self.clerk)

        self._measure(document.web_read, specification)
        count, result = self._measure(document.web_read, specification)

        self.assertEqual(result[0]["backlink_ids"][0]["inverse_name"], "Has the annex")
        self.assertLessEqual(count, 15)

    @warmup
    def test_sending_and_deciding_together_costs_little_a_document(self):
        """Documents on three people, one after another: the whole batch, in queries for each document."""
        count = 40
        self.kind.route_id = self._create_route({"users": self.legal}, {"users": self.chief}, {"users": self.director})
        documents = (
            self.env["paydox.document"]
            .with_user(self.author)
            .create([{"name": f"Document {index}", "kind_id": self.kind.id} for index in range(count)])
        )
        self.env.flush_all()

        def measure(function):
            def run():
                function()
                self.env.flush_all()

            return self._measure(run)[0] / count

        # Nothing is asked document by document: the ceilings are those of one decision.
        self.assertLessEqual(measure(documents.action_submit), 60 / count)
        for user in (self.legal, self.chief, self.director):
            self.assertLessEqual(measure(documents.with_user(user).action_agree), 46 / count, user.login)
        self.assertEqual(set(documents.mapped("state")), {"approved"})

    @warmup
    def test_sending_and_deciding_alone_have_a_ceiling(self):
        self.kind.route_id = self._create_route({"users": self.legal}, {"users": self.director})

        def run():
            document = self._create_document()
            self.env.flush_all()
            sent = self._measure(lambda: (document.action_submit(), self.env.flush_all()))[0]
            return [sent] + [
                self._measure(lambda: (document.with_user(user).action_agree(), self.env.flush_all()))[0]  # noqa: B023
                for user in (self.legal, self.director)
            ]

        run()  # what is kept between requests, such as rights and substitutions
        sent, decided, finished = run()

        self.assertLessEqual(sent, 34)
        self.assertLessEqual(decided, 30)
        self.assertLessEqual(finished, 32)
