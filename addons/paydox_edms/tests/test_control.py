from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestControl(PaydoxEdmsCase):
    """Execution after signing: control points, additional agreements, contracts that end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.kind)

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _plan(self, document, *rows, user=None):
        points = self.env["paydox.document.control.point"].with_user(user or self.author)
        return points.create(
            [{"document_id": document.id, "name": f"Stage {index}"} | row for index, row in enumerate(rows, 1)]
        )

    # === CONTROL POINTS === #

    def test_plan_is_made_on_a_confirmed_document_and_warns_of_deviations(self):
        document = self._create_approved(amount=300)
        document.write(
            {
                "control_point_ids": [
                    Command.create({"name": f"Stage {index}", "date": self._day(index), "amount": 90})
                    for index in (1, 2, 3)
                ]
            }
        )

        self.assertState(document, "approved")
        self.assertEqual(document.control_point_ids.responsible_id, self.author)
        self.assertIn("270.00", document.control_warning)
        document.control_point_ids[0].amount = 120
        self.assertFalse(document.control_warning)
        document.control_point_ids[0].action_done()
        self.assertIn("“Stage 1” is done without an act.", document.control_warning)
        document.control_point_ids[0].act_id = self._create_document(name="Act")
        self.assertFalse(document.control_warning)

    def test_done_is_a_verb_of_the_responsible_person_and_nobody_else(self):
        document = self._create_approved(confidentiality="secret")
        point = self._plan(document, {"date": self._day(1), "responsible_id": self.legal.id, "amount": 5})
        self.assertTrue(document.with_user(self.legal).has_access("read"))
        self.assertFalse(document.with_user(self.stranger).has_access("read"))

        for user in (self.stranger, self.clerk, self.manager, self.director):
            with self.subTest(user.login), self.assertRaises(AccessError):
                point.with_user(user).action_done()
        for user in (self.author, self.legal, self.admin):
            with self.subTest(user.login), self.assertRaises(AccessError):
                point.with_user(user).write({"state": "done"})
        with self.assertRaises(AccessError):
            point.with_user(self.legal).date = self._day(90)
        with self.assertRaises(AccessError):
            self._plan(document, {"date": self._day(1), "state": "done"})

        point.with_user(self.legal).action_done()

        self.assertEqual((point.state, point.done_by_id, point.amount_done), ("done", self.legal, 5))
        document.invalidate_recordset()
        self.assertFalse(document.with_user(self.legal).has_access("read"), "he needs it no longer")
        with self.assertRaises(UserError):
            point.date = self._day(2)
        with self.assertRaises(UserError):
            point.action_done()
        point.action_reopen()
        self.assertFalse(point.done_by_id)
        texts = self.env["paydox.document.change"].search([("document_id", "=", document.id), ("type", "=", "control")])
        self.assertEqual(len(texts), 3)

    def test_point_cannot_be_moved_to_a_document_of_others(self):
        secret = self._create_document(confidentiality="secret")
        mine = self.env["paydox.document"].with_user(self.stranger).create({"name": "mine", "kind_id": self.kind.id})
        point = self._plan(mine, {"date": self._day(1)}, user=self.stranger)

        with self.assertRaises(AccessError):
            point.document_id = secret
        with self.assertRaises(AccessError):
            self._plan(secret, {"date": self._day(1)}, user=self.stranger)
        with self.assertRaises(AccessError):
            point.act_id = secret

    def test_overdue_point_comes_to_the_list_of_its_responsible_once(self):
        document = self._create_approved()
        points = self._plan(
            document,
            {"date": self._day(-1), "responsible_id": self.legal.id},
            {"date": self._day(1), "responsible_id": self.legal.id},
        )
        self.assertEqual(points.mapped("is_overdue"), [True, False])
        self.assertEqual(points.search([("is_overdue", "=", True), ("id", "in", points.ids)]), points[0])
        self.assertTrue(document.search([("has_overdue_point", "=", True), ("id", "=", document.id)]))

        for _run in range(3):
            self.env["paydox.document.control.point"].sudo()._follow_up(100)

        activities = document.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.legal)
        self.assertEqual(activities.mapped("summary"), ["Overdue: Stage 1"])
        points[0].date = self._day(5)
        self.assertFalse(activities.exists(), "another term, nothing is overdue")
        points[0].sudo()._follow_up(100)
        self.assertFalse(document.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.legal))

    # === ADDITIONAL AGREEMENTS === #

    def _amend(self, contract, effect="none", **vals):
        agreement = self._create_document(**vals)
        link = {"document_id": agreement.id, "target_id": contract.id, "type": "amends", "amount_effect": effect}
        self.env["paydox.document.link"].with_user(self.author).create(link)
        return agreement

    def _approve(self, document):
        document.action_submit()
        document.with_user(self.director).action_agree()

    def test_agreement_in_force_changes_term_and_amount_and_a_cancelled_one_reverts(self):
        contract = self._create_approved(valid_to=self._day(10), amount=100)
        agreement = self._amend(contract, "add", name="Longer", valid_to=self._day(100), amount=50)

        def seen():
            contract.invalidate_recordset()
            return (contract.effective_valid_to, contract.effective_amount)

        self.assertEqual(seen(), (self._day(10), 100), "a draft changes nothing")
        self._approve(agreement)
        self.assertEqual(seen(), (self._day(100), 150))
        self.assertIn("Longer", contract.effective_text)
        self.assertEqual(contract.valid_to, self._day(10))
        found = [("effective_valid_to", ">", self._day(50)), ("id", "=", contract.id)]
        self.assertTrue(contract.search(found))
        self.assertEqual(contract.validity, "valid")
        self.assertTrue(contract.search([("validity", "=", "valid"), ("id", "=", contract.id)]))
        self.assertFalse(contract.search([("validity", "=", "expiring"), ("id", "=", contract.id)]))
        agreement.action_cancel()
        contract.invalidate_recordset()
        self.assertEqual(contract.validity, "expiring")
        self.assertEqual(seen(), (self._day(10), 100))
        self.assertFalse(contract.search(found))

    def test_agreement_that_begins_later_changes_nothing_yet(self):
        contract = self._create_approved(valid_to=self._day(10))
        agreement = self._amend(contract, "replace", valid_from=self._day(5), valid_to=self._day(100), amount=7)

        self._approve(agreement)

        contract.invalidate_recordset()
        self.assertEqual((contract.effective_valid_to, contract.effective_amount), (self._day(10), 0))
        with freeze_time(datetime.combine(self._day(5), time(12))):
            contract.invalidate_recordset()
            self.assertEqual((contract.effective_valid_to, contract.effective_amount), (self._day(100), 7))

    def test_secret_agreement_changes_the_term_without_telling_its_name(self):
        contract = self._create_approved(valid_to=self._day(10), confidentiality="open")
        self._approve(self._amend(contract, name="Takeover of Acme", confidentiality="secret", valid_to=self._day(20)))

        as_stranger = contract.with_user(self.stranger)
        as_stranger.invalidate_recordset()

        self.assertEqual(as_stranger.effective_valid_to, self._day(20))
        self.assertNotIn("Takeover", as_stranger.effective_text)

    def test_extend_opens_an_agreement_that_amends_the_contract(self):
        contract = self._create_approved(valid_from=self._day(-355), valid_to=self._day(10))

        context = contract.action_extend()["context"]

        agreement = self.env["paydox.document"].with_user(self.author).with_context(**context).create({})
        self.assertEqual(agreement.link_ids.mapped("type"), ["amends"])
        self.assertEqual(agreement.link_ids.target_id, contract)
        self.assertEqual(agreement.parent_id, contract)
        self.assertEqual((agreement.valid_from, agreement.valid_to), (self._day(11), self._day(376)))

    def test_notice_of_a_prolongation_comes_before_the_end(self):
        contract = self._create_approved(valid_to=self._day(40), prolongation="auto", notice_days=30)

        self.assertEqual(contract.notice_date, self._day(10))
        near = [("notice_date", ">=", self.today), ("notice_date", "<=", self._day(15)), ("id", "=", contract.id)]
        self.assertTrue(contract.search(near))
        self.assertFalse(contract.search([("notice_date", "<=", self._day(5)), ("id", "=", contract.id)]))
