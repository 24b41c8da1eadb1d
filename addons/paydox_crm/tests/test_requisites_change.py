from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestRequisitesChange(PaydoxCrmCase):
    """Changes effective on another day than today."""

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("paydox_crm.ir_cron_apply_requisites").method_direct_trigger()
        self.env.invalidate_all()

    def test_back_dated_change_splits_the_history(self):
        partner = self._create_partner(since=-30)

        self._register(partner, -10, legal_name="LLC Lotos", reason="Renamed")

        self.assertHistory(partner, [(-30, -11, "LLC Romashka"), (-10, None, "LLC Lotos")])
        self.assertEqual(partner.legal_name, "LLC Lotos", "The card shows what is in force today.")
        state = self._in_force(partner)[-1]
        self.assertEqual(state.reason, "Renamed")
        self.assertEqual(state.create_uid, self.manager)

    def test_back_dated_change_lasts_until_the_same_requisite_changed_again(self):
        partner = self._create_partner(since=-30)
        self._register(partner, -10, director_name="Sidorov")
        self._register(partner, -5, legal_name="LLC Lotos")

        self._register(partner, -20, director_name="Petrov")

        self.assertHistory(
            partner,
            [(-30, -21, "Ivanov"), (-20, -11, "Petrov"), (-10, -6, "Sidorov"), (-5, None, "Sidorov")],
            "director_name",
        )
        self.assertEqual(partner.director_name, "Sidorov")

    def test_later_event_keeps_its_story_when_an_earlier_change_is_carried_into_it(self):
        partner = self._create_partner(since=-30)
        self._register(partner, -10, legal_name="LLC Lotos", reason="Renamed")

        self._register(partner, -20, director_name="Petrov", reason="New director")

        renamed = self._in_force(partner)[-1]
        self.assertEqual((renamed.reason, set(renamed.changed_fields)), ("Renamed", {"legal_name"}))
        self.assertEqual(renamed.snapshot["director_name"], "Petrov")
        self.assertTrue(renamed.corrects_id.superseded)

    def test_change_inside_a_closed_period_rewrites_no_row(self):
        partner = self._create_partner(since=-30)
        self._register(partner, -10, legal_name="LLC Lotos")
        before = {state.id: (state.valid_from, state.valid_to, state.snapshot) for state in partner.requisites_ids}

        self._register(partner, -20, legal_name="LLC Narcis")

        self.assertHistory(partner, [(-30, -21, "LLC Romashka"), (-20, -11, "LLC Narcis"), (-10, None, "LLC Lotos")])
        for state in self.Requisites.browse(before):
            self.assertEqual((state.valid_from, state.valid_to, state.snapshot), before[state.id])
        for state in partner.requisites_ids.filtered("superseded"):
            self.assertTrue(partner.requisites_ids.filtered(lambda row, s=state: row.corrects_id == s))

    def test_day_before_the_first_state_opens_an_earlier_one(self):
        partner = self._create_partner(since=-30)

        self._register(partner, -100, legal_name="Old name")

        self.assertHistory(partner, [(-100, -31, "Old name"), (-30, None, "LLC Romashka")])
        self.assertEqual(partner.legal_name, "LLC Romashka")

    def test_planned_change_waits_for_its_day(self):
        partner = self._create_partner(since=-30)

        self._register(partner, 10, legal_name="LLC Lotos")
        self._run_cron()

        self.assertEqual(partner.legal_name, "LLC Romashka")
        self.assertOn(partner, 9, "LLC Romashka")
        self.assertOn(partner, 10, "LLC Lotos")
        self.assertTrue(self._in_force(partner)[-1].pending)

    def test_planned_change_is_applied_after_days_without_scheduler_once(self):
        partner = self._create_partner(since=-30)
        self._register(partner, 10, legal_name="LLC Lotos")
        count = len(partner.requisites_ids)

        with freeze_time(str(self._day(13)) + " 12:00:00"):
            self._run_cron()
            self._run_cron()

        self.assertEqual(partner.legal_name, "LLC Lotos")
        self.assertEqual(len(partner.requisites_ids), count, "Applying adds no state: it was planned.")
        self.assertFalse(partner.requisites_ids.filtered("pending"))
        self.assertHistory(partner, [(-30, 9, "LLC Romashka"), (10, None, "LLC Lotos")])

    def test_several_planned_changes_missed_together_end_in_the_last(self):
        partner = self._create_partner(since=-30)
        self._register(partner, 10, legal_name="LLC Lotos")
        self._register(partner, 12, legal_name="LLC Narcis", director_name="Petrov")

        with freeze_time(str(self._day(13)) + " 12:00:00"):
            self._run_cron()

        self.assertEqual((partner.legal_name, partner.director_name), ("LLC Narcis", "Petrov"))
        self.assertHistory(partner, [(-30, 9, "LLC Romashka"), (10, 11, "LLC Lotos"), (12, None, "LLC Narcis")])

    def test_save_before_a_late_scheduler_does_not_undo_the_planned_change(self):
        partner = self._create_partner(since=-30)
        self._register(partner, 10, legal_name="LLC Lotos")

        with freeze_time(str(self._day(13)) + " 12:00:00"):
            partner.write({"director_name": "Petrov"})

        self.assertEqual((partner.legal_name, partner.director_name), ("LLC Lotos", "Petrov"))
        self.assertHistory(partner, [(-30, 9, "LLC Romashka"), (10, 12, "LLC Lotos"), (13, None, "LLC Lotos")])

    def test_change_of_today_goes_on_in_the_planned_state(self):
        partner = self._create_partner(since=-30)
        self._register(partner, 10, legal_name="LLC Lotos")

        partner.write({"director_name": "Petrov"})

        self.assertOn(partner, 10, "LLC Lotos")
        self.assertOn(partner, 10, "Petrov", name="director_name")
        self.assertTrue(self._in_force(partner)[-1].pending)

    def test_planned_change_can_be_taken_back(self):
        partner = self._create_partner(since=-30)
        self._register(partner, 10, legal_name="LLC Lotos")

        self._register(partner, 10, legal_name="LLC Romashka", reason="Cancelled by the owners")

        self.assertOn(partner, 10, "LLC Romashka")
        with freeze_time(str(self._day(13)) + " 12:00:00"):
            self._run_cron()
        self.assertEqual(partner.legal_name, "LLC Romashka")

    def test_one_broken_counterparty_does_not_stop_the_others(self):
        good, bad = self._create_partner(since=-30), self._create_partner(since=-30)
        self._register(good, 10, legal_name="LLC Lotos")
        self._register(bad, 9, name="X")
        # The core refuses a contact without a name; the state is made impossible behind the ORM's back.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paydox_partner_requisites SET snapshot = jsonb_set(snapshot, '{name}', 'false') WHERE partner_id = %s AND pending",
            (bad.id,),
        )
        self.env.invalidate_all()

        with (
            freeze_time(str(self._day(13)) + " 12:00:00"),
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.paydox_crm", "ERROR"),
        ):
            self._run_cron()

        self.assertEqual(good.legal_name, "LLC Lotos")
        self.assertTrue(bad.requisites_ids.filtered("pending"), "It stays planned, to be tried again.")

    def test_form_offers_the_requisites_of_the_chosen_day(self):
        partner = self._create_partner(since=-30)
        self._register(partner, -10, legal_name="LLC Lotos")

        form = Form(
            self.env["paydox.partner.requisites.change"]
            .with_user(self.manager)
            .with_context(default_partner_id=partner.id)
        )
        self.assertEqual(form.legal_name, "LLC Lotos")
        form.date = self._day(-20)
        self.assertEqual((form.legal_name, form.timing), ("LLC Romashka", "past"))
        form.date = self._day(-40)
        self.assertEqual(form.timing, "before")
        form.date = self._day(5)
        self.assertEqual(form.timing, "future")

    def test_change_without_difference_is_refused(self):
        partner = self._create_partner(since=-30)

        with self.assertRaisesRegex(UserError, "Nothing differs"):
            self._register(partner, -10, legal_name=" LLC Romashka ")

    def test_change_for_a_contact_person_is_refused(self):
        partner = self._create_partner()
        contact = self.env["res.partner"].with_user(self.manager).create({"name": "Petrov", "parent_id": partner.id})

        with self.assertRaisesRegex(UserError, "contact person"):
            self._register(contact, 0, legal_name="X")

    def test_first_and_last_day_of_the_calendar_are_days(self):
        self.env.company.partner_id.tz = "Europe/Moscow"
        partner = self._create_partner(since=-30)
        for day, name in ((date.min, "LLC First"), (date.max, "LLC Last")):
            self._register(partner, (day - self.today).days, legal_name=name)

        self.assertEqual(partner.requisites_on("0001-01-01")[partner.id]["legal_name"], "LLC First")
        self.assertEqual(partner.requisites_on("9999-12-31")[partner.id]["legal_name"], "LLC Last")
        self.assertEqual(partner.legal_name, "LLC Romashka")

    def test_employee_without_the_right_to_the_directory_cannot_register(self):
        partner = self._create_partner()
        wizard = (
            self.env["paydox.partner.requisites.change"]
            .with_user(self.manager)
            .create({"partner_id": partner.id, "date": self.today, "reason": "Renamed", "legal_name": "LLC Lotos"})
        )

        with self.assertRaises(AccessError):
            self._register(partner, 0, user=self.employee, legal_name="LLC Lotos")
        with self.assertRaises(AccessError):
            wizard.with_user(self.employee).action_register()
        with self.assertRaises(AccessError):
            wizard.with_user(self.accountant).action_register()
        self.assertEqual(partner.legal_name, "LLC Romashka")

    def test_ground_is_kept_with_the_state(self):
        partner = self._create_partner(since=-30)
        document = self._create_document(partner, name="Minutes 5")

        self._register(partner, -10, user=self.env.user, legal_name="LLC Lotos", source_document_id=document.id)

        self.assertEqual(self._in_force(partner)[-1].source_document_id, document)
