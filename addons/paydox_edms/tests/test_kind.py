from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form

from .common import PaydoxEdmsCase


class TestKind(PaydoxEdmsCase):
    def test_pattern_that_could_repeat_a_number_is_refused_when_saved(self):
        for pattern in ("CON-{year}", "A{seq}", "{seq}-{seq}", "{kind.code}-{seq}", "{foo}-{seq}", "{seq", "{seq:00}"):
            with self.subTest(pattern=pattern), self.assertRaises(ValidationError):
                self.kind.number_pattern = pattern
                self.kind.flush_recordset()

    def test_period_is_proposed_by_the_pattern_and_can_be_changed(self):
        with Form(self.env["paydox.document.kind"].with_user(self.manager)) as form:
            form.name = "Letters"
            form.code = "LET"
            form.number_pattern = "{kind}-{year}-{month}-{seq}"
            self.assertEqual(form.number_period, "monthly")
            form.number_period = "yearly"

        self.assertEqual(form.record.number_period, "yearly")

    def test_two_kinds_of_one_journal_must_start_again_together(self):
        self._create_kind(number_pattern="X-{seq}", number_period="never")
        self._create_kind(number_pattern="X-{seq:05}", number_period="never")

        with self.assertRaises(ValidationError):
            self._create_kind(number_pattern="X-{seq}", number_period="yearly")

    def test_reminder_days_are_a_list_of_numbers(self):
        self.kind.reminder_days = "5, 60,1"

        self.assertEqual(self.kind._get_reminder_days(), [60, 5, 1])
        self.assertEqual(self.kind.expiring_days, 60)
        with self.assertRaises(ValidationError):
            self.kind.reminder_days = "a week"

    def test_draft_route_cannot_be_used(self):
        route = self._create_route({"users": self.director}, publish=False)

        with self.assertRaises(ValidationError):
            self.kind.route_id = route

    def test_kinds_are_configured_by_managers_only(self):
        with self.assertRaises(AccessError):
            self.kind.with_user(self.clerk).name = "Mine"
        self.kind.with_user(self.manager).name = "Ours"

    def test_own_fields_reach_the_document(self):
        self.kind.with_user(self.manager).property_definition = [
            {"name": "warranty", "type": "integer", "string": "Warranty"}
        ]
        document = self._create_document()

        document.properties = {"warranty": 24}

        self.assertEqual(document.properties["warranty"], 24)
