import io
import json

from reportlab.pdfgen import canvas

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.paydox_edms.models import paydox_document_index_file as index_file
from odoo.addons.paydox_edms.tools import text_search

from .common import PaydoxEdmsCase


def make_pdf(*pages):
    buffer = io.BytesIO()
    pdf = canvas.Canvas(buffer)
    for page in pages:
        pdf.drawString(50, 700, page)
        pdf.showPage()
    pdf.save()
    return buffer.getvalue()


@tagged("post_install", "-at_install")
class TestSearch(PaydoxEdmsCase):
    """Full-text search: the words, the places, and who finds what."""

    def _find(self, query, user=None, field="search_text"):
        return self.env["paydox.document"].with_user(user or self.author).search([(field, "ilike", query)])

    def _results(self, query, user=None, **arguments):
        return self.env["paydox.document"].with_user(user or self.author).search_documents(query, **arguments)

    def assertFound(self, document, *queries, user=None):
        for query in queries:
            with self.subTest(query=query):
                self.assertIn(document, self._find(query, user))

    def assertNotFound(self, document, *queries, user=None):
        for query in queries:
            with self.subTest(query=query):
                self.assertNotIn(document, self._find(query, user))

    # === WORDS === #

    def test_forms_of_a_word_are_found_in_three_languages(self):
        document = self._create_document(
            name="Договоры поставки ёлок", note="<p>Acţiuni ale societăților; contracts of carriage</p>"
        )

        self.assertFound(document, "договор", "ДОГОВОРА", "поставка", "елок", "ёлок", "дого")
        self.assertFound(document, "actiuni", "acțiuni", "ACŢIUNILE", "societate", "societăţii")
        self.assertFound(document, "contract", "carriages", "договор contract acțiune")
        self.assertNotFound(document, "счет", "договор счет", '"поставки договоры"', "the")
        self.assertFound(document, '"договоры поставки"', "«договоры поставки»")

    def test_every_text_of_the_card_is_found_at_once(self):
        self.kind.property_definition = [
            {"name": "place", "string": "Place", "type": "char"},
            {"name": "grade", "string": "Grade", "type": "selection", "selection": [["a", "Premium"], ["b", "Base"]]},
        ]
        partner = self.env["res.partner"].create({"name": "Ромашка", "vat": "7701234567"})
        document = self._create_document(
            partner_id=partner.id,
            amount=1500.5,
            sender_number="77-АБ/12",
            properties={"place": "Tiraspol", "grade": "a"},
        )

        self.assertFound(document, "ромашка", "7701234567", "1500.50", "77-АБ/12", "7-аб", "tiraspol", "premium")
        document.name = "Акт сверки"
        self.assertFound(document, "акты")
        self.assertNotFound(document, "pumps")
        document.action_register()
        self.assertFound(document, document.number, document.number[2:])

    def test_number_is_found_by_a_piece_out_of_its_middle(self):
        document = self._create_document()
        document.action_register()

        results = self._results(document.number[1:-1])

        self.assertEqual([record["id"] for record in results["records"]], document.ids)
        [hit] = results["records"][0]["hits"]
        self.assertEqual((hit["where"], hit["field"]), ("card", "number"))

    def test_renamed_counterparty_is_found_when_the_job_has_run(self):
        partner = self.env["res.partner"].create({"name": "Ромашка"})
        document = self._create_document(partner_id=partner.id)
        self.assertFound(document, "ромашка")

        partner.name = "Василёк"
        self._run_job()

        self.assertFound(document, "василек")
        self.assertNotFound(document, "ромашка")

    def test_rows_that_are_missing_are_made_by_the_job(self):
        document = self._create_document()
        document.add_version("a.txt", b"cinnamon")
        document.add_version("a.txt", b"pepper")
        self.assertFound(document, "pumps")
        self.env.cr.execute("DELETE FROM paydox_document_index WHERE document_id = %s", (document.id,))
        self.assertNotFound(document, "pumps")

        self._run_job()

        self.assertFound(document, "pumps", "pepper")
        self.assertIn(document, self._find("cinnamon", field="search_archived"))

    # === FILES === #

    def test_word_inside_a_file_is_found_with_its_page(self):
        document = self._create_document()
        version = document.add_version("annex_7.pdf", make_pdf("Nothing here", "Liability of <b>suppliers</b>"))

        [record] = self._results("supplier")["records"]

        self.assertEqual(record["id"], document.id)
        [hit] = record["hits"]
        self.assertEqual(hit["where"], "file")
        self.assertEqual((hit["version_id"], hit["version_number"], hit["page"]), (version.id, 1, 2))
        self.assertEqual(hit["snippet"], [["Liability of <b>", False], ["suppliers", True], ["</b>", False]])
        self.assertFound(document, "annex", "supplier pumps")

    def test_text_in_the_encoding_of_former_times_is_found(self):
        document = self._create_document()
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1251"):
            text = f"Претензия по качеству обслуживания, просим ответить по существу в срок. {encoding}"
            document.add_version("a.txt", text.encode(encoding))
            self.assertFound(document, "претензии")

    def test_archived_version_is_found_only_when_asked_for(self):
        document = self._create_document()
        document.add_version("a.txt", b"cinnamon")
        document.add_version("a.txt", b"pepper")

        self.assertFound(document, "pepper")
        self.assertNotFound(document, "cinnamon")
        self.assertIn(document, self._find("cinnamon", field="search_archived"))
        [record] = self._results("cinnamon", with_archived=True)["records"]
        self.assertEqual(record["hits"][0]["version_number"], 1)

    def test_large_file_is_read_by_the_job(self):
        self.patch(index_file, "AT_ONCE_BYTES", 10)
        document = self._create_document()
        document.add_version("large.txt", b"cinnamon and pepper")
        self.assertNotFound(document, "cinnamon")
        self.assertFound(document, "large")

        self._run_job()

        self.assertFound(document, "cinnamon", "large")

    def test_file_that_breaks_the_reader_is_left_after_three_attempts(self):
        self.patch(index_file, "AT_ONCE_BYTES", 10)
        broken, sound = self._create_document(), self._create_document()
        broken.add_version("broken.txt", b"cinnamon and pepper")
        sound.add_version("sound.txt", b"cinnamon and salt")
        read = index_file.file_text.read_text

        def read_text(content):
            if b"pepper" in content:
                raise ValueError("broken")
            return read(content)

        self.patch(index_file.file_text, "read_text", read_text)
        with self.assertLogs("odoo.addons.paydox_edms", "WARNING"):
            self._run_job()

        self.assertFound(sound, "salt")
        row = self.env["paydox.document.index"].search([("document_id", "=", broken.id)])
        self.assertRecordValues(row, [{"file_state": "failed", "attempts": 3}])

    def test_broken_pdf_is_kept_and_found_by_its_name(self):
        document = self._create_document()
        for content in (b"%PDF-1.4 nonsense", make_pdf("cut")[:300], b"%PDF-1.7\n" + bytes(range(256)) * 20):
            document.add_version("crooked.pdf", content)
            self.assertFound(document, "crooked")

    def test_text_of_any_length_fits_the_index(self):
        words = " ".join(
            f"слово{number}x word{'abcdefghij'[number % 10] * (number % 60)}{number}" for number in range(150_000)
        )
        document = self._create_document(note=f"<p>{words[:300_000]}</p>")

        document.add_version("long.txt", words.encode())
        self._run_job()

        self.assertFound(document, "слово7x", "long", "pumps")
        self.env.cr.execute("SELECT max(pg_column_size(card || file)) FROM paydox_document_index")
        self.assertLess(text_search.FILE_BUDGET / 4, self.env.cr.fetchone()[0])

    # === RIGHTS === #

    def test_nothing_is_found_in_what_one_may_not_read(self):
        secret = self._create_document(name="Cinnamon", confidentiality="secret")
        secret.add_version("pepper.txt", b"saffron")
        secret.action_register()
        for user in (self.stranger, self.clerk, self.manager, self.exclusive, self.admin):
            for query in ("cinnamon", "pepper", "saffron", secret.number, secret.number[1:-1]):
                with self.subTest(user=user.login, query=query):
                    self.assertFalse(self._find(query, user))
                    self.assertEqual(self._results(query, user, with_archived=True), {"total": 0, "records": []})
                    self.assertFalse(
                        self.env["paydox.document"].with_user(user).search_count([("search_text", "ilike", query)])
                    )
        self.assertFound(secret, "cinnamon", "pepper", "saffron")

    def test_domain_narrows_and_never_widens(self):
        secret = self._create_document(name="Cinnamon", confidentiality="secret")
        mine = (
            self.env["paydox.document"].with_user(self.stranger).create({"name": "Cinnamon", "kind_id": self.kind.id})
        )

        results = self._results("cinnamon", self.stranger, domain=["|", ("id", "=", secret.id), (1, "=", 1)])
        self.assertEqual([record["id"] for record in results["records"]], mine.ids)
        results = self._results("cinnamon", self.stranger, domain=[("state", "=", "done")])
        self.assertEqual(results["total"], 0)

    def test_nobody_reads_the_index(self):
        self._create_document()
        self._find("x")
        index = self.env["paydox.document.index"]
        for user in (self.author, self.manager, self.admin):
            with self.assertRaises(AccessError):
                index.with_user(user).search([])
            with self.assertRaises(AccessError):
                index.with_user(user).create({"document_id": 1})

    def test_hostile_queries_are_harmless(self):
        self._create_document()
        for query in (
            "'",
            "\\",
            "a' | 'b",
            ":*",
            "& | !",
            "<->",
            "\x00",
            "%_%",
            '"',
            '""',
            "a:*B",
            "😀",
            "' OR 1=1 --",
            "х" * 300,
        ):
            with self.subTest(query=query):
                self._find(query)
                json.dumps(self._results(query))
        for query, arguments in (
            (None, {}),
            (5, {}),
            (["a"], {}),
            ("a" * 301, {}),
            ("a", {"limit": 0}),
            ("a", {"limit": "all"}),
            ("a", {"offset": -1}),
        ):
            with self.subTest(query=query, **arguments), self.assertRaises(UserError):
                self._results(query, **arguments)
        for value in (5, {"a": 1}, [5]):
            with self.subTest(value=value), self.env.cr.savepoint():
                self.assertIsNotNone(
                    self.env["paydox.document"]
                    .with_user(self.author)
                    .search([("search_text", "in", value if isinstance(value, list) else [str(value)])])
                )

    def test_negated_search_is_the_rest(self):
        one, other = self._create_document(name="Cinnamon"), self._create_document(name="Pepper")
        scope = Domain("id", "in", (one | other).ids)

        found = self.env["paydox.document"].search(scope & Domain("search_text", "not ilike", "cinnamon"))

        self.assertEqual(found.ids, other.ids)

    def test_pages_of_results_have_a_ceiling_of_queries(self):
        documents = (
            self.env["paydox.document"]
            .with_user(self.author)
            .create([{"name": f"Cinnamon {number}", "kind_id": self.kind.id} for number in range(20)])
        )
        for document in documents:
            document.add_version("a.txt", f"cinnamon {document.id}".encode())
        counts = []
        for limit in (2, 2, 20):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self._results("cinnamon", limit=limit)["records"]), limit)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1)
        self.assertLessEqual(counts[2], 25)

    def _run_job(self):
        cron = self.env["ir.cron"]
        self.patch(type(cron), "_commit_progress", lambda self, processed=0, **kwargs: 60)
        self.env["paydox.document.index"]._cron_update_index()
