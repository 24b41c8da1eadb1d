from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestPartnerClass(PaydoxCrmCase):
    """Directories that classify counterparties."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create = cls.env["paydox.partner.class"].create
        cls.south = create({"name": "South", "dimension": "region"})
        cls.odessa = create({"name": "Coast", "dimension": "region", "parent_id": cls.south.id})
        cls.vip = create({"name": "A", "dimension": "category"})
        cls.fair = create({"name": "Fair", "dimension": "advertisement"})
        cls.firm = cls.env["res.partner"].create(
            {"name": "Firm", "class_region_id": cls.odessa.id, "class_category_id": cls.vip.id}
        )

    def test_partners_are_found_by_region_category_and_advertisement(self):
        self.firm.with_user(self.manager).class_advertisement_id = self.fair
        partners = self.env["res.partner"].with_user(self.employee)
        domain = [
            ("class_region_id", "child_of", self.south.id),
            ("class_category_id", "=", self.vip.id),
            ("class_advertisement_id", "=", self.fair.id),
        ]
        self.assertEqual(partners.search(domain), self.firm)
        self.assertEqual(self.odessa.display_name, "South / Coast")
        segment = (
            self.env["ir.filters"]
            .with_user(self.manager)
            .create(
                {
                    "name": "VIP of the South",
                    "model_id": "res.partner",
                    "domain": str(domain),
                    "user_ids": [(4, self.manager.id)],
                }
            )
        )
        self.assertEqual(partners.search(segment._get_eval_domain()), self.firm)

    def test_archived_value_stays_and_is_not_chosen_any_more(self):
        self.vip.active = False
        self.firm.with_user(self.manager).write({"name": "Renamed", "class_category_id": self.vip.id})
        self.assertEqual(self.firm.class_category_id, self.vip)
        for values in ({"name": "New", "class_category_id": self.vip.id},):
            with self.assertRaisesRegex(ValidationError, "archived"):
                self.env["res.partner"].with_user(self.manager).create(values)

    def test_value_of_another_directory_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "directory"):
            self.firm.with_user(self.manager).class_group_id = self.vip
        with self.assertRaises(ValidationError):
            self.vip.parent_id = self.south
        with self.assertRaises(ValidationError):
            self.south.dimension = "group"
        with self.assertRaises(UserError):
            self.south.parent_id = self.odessa

    def test_directories_are_kept_by_managers(self):
        with self.assertRaises(AccessError):
            self.vip.with_user(self.manager).name = "B"


@tagged("post_install", "-at_install")
class TestImportantDates(PaydoxCrmCase):
    """Birthdays and anniversaries of contact persons, and who may see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(
            cls.env, "date_keeper", "base.group_user,base.group_partner_manager,paydox_crm.paydox_crm_group_personal"
        )
        cls.person = cls.env["res.partner"].create({"name": "Olga", "user_id": cls.keeper.id})

    def _date(self, **values):
        dates = self.env["paydox.partner.date"].with_user(self.keeper)
        return dates.create({"partner_id": self.person.id, "day": 10, "month": "5", **values})

    def _remind(self, day):
        self.patch(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60)
        with freeze_time(day):
            self.env["paydox.partner.date"]._cron_remind()

    @freeze_time("2027-04-01")
    def test_reminder_comes_some_days_before_and_once(self):
        row = self._date(year=1987, remind_days=3)
        self.assertEqual((row.next_date, row.years, row.user_id), (date(2027, 5, 10), 40, self.keeper))
        self._remind("2027-05-06")
        self.assertFalse(row.activity_ids)
        for day in ("2027-05-08", "2027-05-09"):
            self._remind(day)
        self.assertEqual(len(row.activity_ids), 1)
        self.assertRecordValues(row.activity_ids, [{"user_id": self.keeper.id, "date_deadline": date(2027, 5, 10)}])
        self.assertIn("40", row.activity_ids.summary)
        self._remind("2028-05-08")
        self.assertEqual(row.next_date, date(2028, 5, 10))
        self.assertEqual(len(row.activity_ids), 2, "next year again")

    @freeze_time("2027-01-15")
    def test_29_february_and_unknown_year(self):
        row = self._date(day=29, month="2")
        self.assertEqual((row.next_date, row.years), (date(2027, 2, 28), 0))
        with freeze_time("2028-02-01"):
            row._compute_next_date()
            self.assertEqual(row.next_date, date(2028, 2, 29))
        for values in ({"day": 31, "month": "4"}, {"day": 30, "month": "2"}, {"year": 3000}, {"year": 12}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._date(**values)

    def test_personal_data_is_hidden_without_the_right(self):
        row = self._date()
        row.activity_schedule("mail.mail_activity_data_todo", user_id=self.keeper.id)
        for user in (self.manager, self.employee):
            with self.assertRaises(AccessError):
                self.person.with_user(user).read(["date_ids"])
            with self.assertRaises(AccessError):
                row.with_user(user).read(["day"])
            activities = self.env["mail.activity"].with_user(user)
            self.assertFalse(activities.search([("res_model", "=", row._name)]))
            view = self.env["res.partner"].with_user(user).get_view(self.env.ref("base.view_partner_form").id)
            self.assertNotIn("date_ids", view["arch"])
        with self.assertRaises(ValidationError):
            row.user_id = self.employee
