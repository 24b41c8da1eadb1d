from odoo.tests import HttpCase, tagged

from .common import PaydoxEdmsMixin


@tagged("post_install", "-at_install")
class TestTour(PaydoxEdmsMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()

    def test_director_finds_the_document_in_his_inbox_and_agrees(self):
        self.kind.route_id = self._create_route({"users": self.director, "name": "Director"})
        document = self._create_document(name="Tour supply contract")
        document.add_version("contract.txt", b"Supply of pumps")
        document.action_submit()

        self.start_tour("/odoo/to-decide", "paydox_edms_director_agrees", login="edms_director")

        self.assertState(document, "approved", "approved")
        line = document.approval_id.line_ids
        self.assertRecordValues(line, [{"state": "agreed", "decided_by_id": self.director.id}])
