from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .common import PaydoxEdmsCase

TODAY = date(2026, 6, 15)


class TestValidity(PaydoxEdmsCase):
    def _create_dated(self, start=None, end=None, **overrides):
        days = {"valid_from": start, "valid_to": end}
        vals = {name: TODAY + timedelta(days=days[name]) for name in days if days[name] is not None}
        return self._create_document(**vals, **overrides)

    @freeze_time(TODAY)
    def test_each_document_has_the_validity_by_which_it_is_found(self):
        self.kind.reminder_days = "10"
        late_kind = self._create_kind(reminder_days="")
        old, new = self._create_dated(-9, 99), self._create_document()
        new.link_ids = [(0, 0, {"target_id": old.id, "type": "replaces"})]
        new.action_register()
        new.action_execute()
        cancelled = self._create_dated(-9, 99)
        cancelled.action_cancel()
        expected = {
            self._create_document(): "none",
            self._create_dated(1): "future",
            self._create_dated(0): "valid",
            self._create_dated(None, 11): "valid",
            self._create_dated(-5, 10): "expiring",
            self._create_dated(-5, 0): "expiring",
            self._create_dated(-5, 30, kind_id=late_kind.id): "expiring",
            self._create_dated(-5, 31, kind_id=late_kind.id): "valid",
            self._create_dated(-5, -1): "expired",
            old: "superseded",
            cancelled: "none",
        }
        documents = self.env["paydox.document"].with_user(self.author).union(*expected)
        scope = Domain("id", "in", documents.ids)

        for document, validity in expected.items():
            self.assertEqual(document.validity, validity)
        for validity in set(expected.values()):
            found = documents.search(scope & Domain("validity", "=", validity))
            self.assertEqual(found, documents.filtered(lambda d, v=validity: d.validity == v).sorted(), validity)
            rest = documents.search(scope & Domain("validity", "!=", validity))
            self.assertEqual(found | rest, documents, "every document has one validity")
            self.assertFalse(found & rest)

    def test_validity_changes_by_itself_when_days_pass(self):
        document = self._create_dated(0, 60)
        with freeze_time(TODAY):
            self.assertEqual(document.validity, "valid")
        with freeze_time(TODAY + timedelta(days=61)):
            document.invalidate_recordset(["validity"])

            self.assertEqual(document.validity, "expired")
            self.assertEqual(document.search([("id", "=", document.id), ("validity", "=", "expired")]), document)

    def test_today_is_the_day_of_the_user(self):
        document = self._create_dated(0, 0)
        with freeze_time("2026-06-15 20:00:00"):
            self.assertEqual(document.with_context(tz="UTC").validity, "expiring")
            self.assertEqual(document.with_context(tz="Asia/Vladivostok").validity, "expired")

    def test_company_with_a_time_zone_has_its_own_day_whoever_looks(self):
        east = self.env["res.company"].create({"name": "East"})
        west = self.env["res.company"].create({"name": "West"})
        east.partner_id.tz, west.partner_id.tz = "Asia/Vladivostok", "America/New_York"
        of_east, of_west, of_none = (self._create_dated(0, 0) for _place in range(3))
        of_east.sudo()._write_locked({"company_id": east.id})
        of_west.sudo()._write_locked({"company_id": west.id})
        self.env.company.partner_id.tz = False
        documents = of_east | of_west | of_none
        with freeze_time("2026-06-15 20:00:00"):
            for zone, of_viewer in (("UTC", "expiring"), ("Asia/Tokyo", "expired"), ("America/Lima", "expiring")):
                expected = {of_east: "expired", of_west: "expiring", of_none: of_viewer}
                seen = documents.sudo().with_context(tz=zone)
                seen.invalidate_recordset(["validity"])
                for document, validity in expected.items():
                    self.assertEqual(document.sudo().with_context(tz=zone).validity, validity, (zone, document))
                    found = seen.search([("id", "in", documents.ids), ("validity", "=", validity)])
                    self.assertIn(document, found, zone)

    def test_validity_cannot_end_before_it_begins(self):
        with self.assertRaises(ValidationError):
            self._create_dated(5, 4)
