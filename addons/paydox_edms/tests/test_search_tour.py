from odoo.tests import HttpCase, tagged

from .common import PaydoxEdmsMixin


@tagged("post_install", "-at_install")
class TestSearchTour(PaydoxEdmsMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()

    def test_author_finds_words_in_card_and_file_and_reads_them_beside(self):
        document = self._create_document(name="Поставка насосов")
        document.add_version("terms.txt", "<b>Acţiuni</b> ale părţilor".encode())
        self.env["paydox.document"].with_user(self.legal).create(
            {"name": "Cinnamon", "kind_id": self.kind.id, "confidentiality": "secret"}
        )

        self.start_tour("/odoo/document-search", "paydox_edms_search", login="edms_author")

    def test_author_previews_uploads_and_compares(self):
        document = self._create_document(name="Tour pumps")
        document.add_version("terms.txt", b"first terms")

        self.start_tour("/odoo/documents", "paydox_edms_preview", login="edms_author")

        document.invalidate_recordset()
        self.assertRecordValues(
            document.version_ids.sorted("number"),
            [{"number": 1, "state": "archived"}, {"number": 2, "state": "actual"}],
        )
