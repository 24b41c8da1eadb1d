from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from .common import PaydoxEdmsCase

HIDDEN = "Takeover of Acme"


class PaperCase(PaydoxEdmsCase):
    """A house with a room, a rack and two boxes; ``archivist`` keeps the papers, ``author`` wrote the document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "paydox_edms.paydox_edms_group_archivist"
        cls.archivist = new_test_user(
            cls.env, "edms_archivist", groups=f"base.group_user,{group}", name="Archivist", tz="UTC"
        )
        places = cls.env["paydox.paper.place"].with_user(cls.archivist)
        cls.house = places.create({"name": "HQ", "code": "T-HQ", "kind": "building"})
        cls.room = places.create({"name": "Room 12", "code": "T-HQ-12", "kind": "room", "parent_id": cls.house.id})
        cls.rack = places.create({"name": "Rack 3", "code": "T-HQ-12-3", "kind": "rack", "parent_id": cls.room.id})
        cls.box = places.create({"name": "Box 7", "code": "T-B-7", "parent_id": cls.rack.id})
        cls.other_box = places.create({"name": "Box 8", "code": "T-B-8", "parent_id": cls.rack.id})
        cls.partner = cls.env["res.partner"].create({"name": "Acme"})
        cls.today = fields.Date.context_today(cls.archivist)
        cls.document = cls._create_document(confidentiality="open")

    @classmethod
    def _create_original(cls, document=None, **overrides):
        """A paper as the archivist sees it."""
        document = document or cls.document
        original = (
            cls.env["paydox.paper.original"].with_user(cls.author).create({"document_id": document.id} | overrides)
        )
        return original.with_user(cls.archivist)

    @classmethod
    def _create_stored(cls, document=None, **overrides):
        original = cls._create_original(document, **overrides)
        original.action_receive(cls.box.id)
        return original

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _actions(self, original):
        return original.movement_ids.sorted("id").mapped("action")
