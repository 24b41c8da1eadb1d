from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common_paper import PaperCase


class TestPaperPlace(PaperCase):
    """PAP-03: places in places."""

    def test_moved_box_takes_its_papers_along_and_each_trail_says_so(self):
        lying, out = self._create_stored(), self._create_stored()
        out.action_issue(self.legal, self._day(1))
        folder = self.box.create({"name": "Folder 1", "code": "T-F-1", "kind": "folder", "parent_id": self.box.id})
        inside = self._create_stored()
        inside.action_move(folder)
        cellar = self.box.create({"name": "Cellar", "code": "T-C", "kind": "room", "parent_id": self.house.id})

        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.box.parent_id = cellar
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 20)

        self.assertEqual(inside.place_id.complete_name, "HQ / Cellar / Box 7 / Folder 1")
        self.assertEqual(self._actions(lying), ["receive", "relocate"])
        self.assertEqual(self._actions(inside), ["receive", "move", "relocate"])
        self.assertEqual(self._actions(out), ["receive", "issue"], "what is not in the box does not move with it")
        moved = lying.movement_ids.filtered(lambda movement: movement.action == "relocate")
        self.assertRecordValues(
            moved,
            [
                {
                    "from_path": "HQ / Room 12 / Rack 3 / Box 7",
                    "to_path": "HQ / Cellar / Box 7",
                    "user_id": self.archivist.id,
                    "document_id": self.document.id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.box.parent_id = cellar
        self.assertEqual(self._actions(lying), ["receive", "relocate"], "a box that stays where it is moves nothing")

    def test_place_is_found_by_its_code(self):
        original = self._create_original()
        moves = self.env["paydox.paper.original.move"].with_user(self.archivist)
        form = Form(moves.with_context(default_action="receive", default_original_ids=original.ids))
        form.place_code = "t-b-8"
        self.assertEqual(form.place_id, self.other_box)
        form.save().action_confirm()

        self.assertEqual(original.place_id, self.other_box)
        shown = self.document.original_ids.read(["place_id"])[0]["place_id"][1]
        self.assertEqual(shown, "HQ / Room 12 / Rack 3 / Box 8")
        self.assertEqual(self.box.name_search("T-B-7")[0][0], self.box.id)

    def test_unknown_code_puts_the_paper_nowhere(self):
        original = self._create_original()
        moves = self.env["paydox.paper.original.move"].with_user(self.archivist)
        for code in ("T-B_7", "%", "T-B-", "\\"):
            wizard = moves.create({"action": "receive", "original_ids": original.ids, "place_code": code})
            with self.subTest(code=code), self.assertRaisesRegex(UserError, "no place with the code"):
                wizard.action_confirm()
        self.assertEqual(original.state, "expected")

    def test_place_in_use_is_neither_archived_nor_deleted_nor_carried_to_another_company(self):
        self._create_stored()
        company = self.env["res.company"].create({"name": "Elsewhere"})

        with self.assertRaisesRegex(ValidationError, "Papers belong to HQ / Room 12 / Rack 3 / Box 7"):
            self.rack.active = False
        with self.assertRaises(UserError):
            self.box.unlink()
        with self.assertRaises(UserError):
            self.rack.unlink()
        with self.assertRaises(UserError):
            self.box.sudo().company_id = company
        self.other_box.active = False
        self.other_box.unlink()

    def test_place_is_not_inside_of_itself_and_its_code_is_its_own(self):
        with self.assertRaises(UserError):
            self.house.parent_id = self.box
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.box.create({"name": "Box 9", "code": "T-B-7"})

    def test_keeper_comes_from_the_place_around(self):
        self.room.keeper_id = self.archivist
        shelf = self.box.create({"name": "Shelf", "code": "T-S", "parent_id": self.room.id})

        self.assertEqual(shelf.keeper_id, self.archivist)
        self._create_stored().action_move(shelf)
        self.assertEqual((self.house | self.rack | shelf).mapped("original_count"), [1, 0, 1])

    def test_paper_of_a_filed_document_is_offered_the_place_of_its_case(self):
        case = self.env["paydox.nomenclature"].create({"index": "05-12", "name": "Contracts"})
        self.other_box.nomenclature_id = case
        self.document.with_user(self.clerk).nomenclature_id = case
        moves = self.env["paydox.paper.original.move"].with_user(self.archivist)

        form = Form(moves.with_context(default_action="receive", default_original_ids=self._create_original().ids))

        self.assertEqual(form.place_id, self.other_box)
