from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .common import PaydoxEdmsCase

SECRET = "Takeover of Acme"


class TestHierarchy(PaydoxEdmsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        vals = {"confidentiality": "open"}
        cls.frame = cls._create_document(name="Framework", **vals)
        cls.contract = cls._create_document(name="Contract", parent_id=cls.frame.id, amount=500, **vals)
        cls.agreement = cls._create_document(name="Agreement", parent_id=cls.contract.id, **vals)
        cls.invoice = cls._create_document(name="Invoice", parent_id=cls.agreement.id, **vals)
        cls.second = cls._create_document(name="Second", parent_id=cls.frame.id, **vals)

    def _tree(self, document, user=None):
        return [
            (node["level"], node["name"], node["access"])
            for node in document.with_user(user or self.stranger).get_tree()["nodes"]
        ]

    def test_tree_shows_all_levels_from_any_of_its_documents(self):
        self.frame.action_register()
        expected = [
            (0, "Framework", True),
            (1, "Contract", True),
            (2, "Agreement", True),
            (3, "Invoice", True),
            (1, "Second", True),
        ]
        for document in (self.frame, self.contract, self.invoice, self.second):
            self.assertEqual(self._tree(document), expected)

        tree = self.contract.with_user(self.stranger).get_tree()
        self.assertFalse(tree["is_cut"])
        self.assertEqual(tree["nodes"][0]["number"], self.frame.number)
        node = tree["nodes"][1]
        self.assertEqual(
            (node["id"], node["is_current"], node["amount"], node["state"], node["state_name"]),
            (self.contract.id, True, 500, "draft", "Draft"),
        )

    def test_document_without_access_is_left_out_and_its_children_move_up(self):
        self.contract.write({"confidentiality": "secret", "name": SECRET})

        self.assertEqual(
            self._tree(self.invoice),
            [(0, "Framework", True), (1, "Second", True), (1, "Agreement", True), (2, "Invoice", True)],
        )
        self.assertEqual(len(self._tree(self.invoice, self.author)), 5)

    def test_top_without_access_leaves_several_tops(self):
        self.frame.confidentiality = "secret"

        self.assertEqual(
            self._tree(self.second),
            [(0, "Contract", True), (0, "Second", True), (1, "Agreement", True), (2, "Invoice", True)][:1]
            + [(1, "Agreement", True), (2, "Invoice", True), (0, "Second", True)],
        )

    def test_company_may_show_that_there_is_a_document_without_access(self):
        self.company.document_tree_access = "shown"
        self.contract.write({"confidentiality": "secret", "name": SECRET})

        nodes = self.invoice.with_user(self.stranger).get_tree()["nodes"]

        self.assertEqual([node["level"] for node in nodes], [0, 1, 2, 3, 1])
        self.assertEqual(nodes[1].keys(), {"id", "level", "access", "is_current", "name"})
        self.assertEqual(nodes[1]["name"], "Document (no access)")
        self.assertNotIn(SECRET, str(nodes))

    def test_tree_of_a_document_without_access_is_refused(self):
        self.contract.confidentiality = "secret"
        for user in (self.stranger, self.clerk, self.admin):
            with self.assertRaises(AccessError):
                self.contract.with_user(user).get_tree()

    @mute_logger("odoo.sql_db")
    def test_circle_made_straight_in_the_database_does_not_hang(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE paydox_document SET parent_id = %s WHERE id = %s", [self.invoice.id, self.frame.id])
        self.env.invalidate_all()

        self.assertLessEqual(len(self.contract.get_tree()["nodes"]), 5)

    def test_queries_do_not_grow_with_the_tree(self):
        def measure():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            size = len(self.contract.with_user(self.author).get_tree()["nodes"])
            return self.env.cr.sql_log_count - before, size

        measure()
        few, size = measure()
        self.assertEqual(size, 5)
        vals = {"kind_id": self.kind.id, "parent_id": self.agreement.id, "confidentiality": "open"}
        self.agreement.create([{"name": f"Act {index}"} | vals for index in range(40)])
        self.env.flush_all()
        measure()
        many, size = measure()
        self.assertEqual(size, 45)
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 8)
