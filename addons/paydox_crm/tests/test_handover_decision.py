from odoo.tests import tagged

from odoo.addons.paydox_edms.tests.common import PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestHandoverDecision(PaydoxEdmsCase):
    """A decision that waits goes to the successor; the chain says who handed it over."""

    def _hand_over(self, person, target):
        window = self.env["paydox.handover.start"].with_user(self.manager)
        window = window.create({"user_id": person.id, "period": "good", "target_id": target.id})
        self.assertEqual(window.line_ids.filtered(lambda line: line.sort == "approval").count, 1)
        window.action_apply()
        return window.handover_id

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.env["res.users"].create(
            {
                "name": "Registry manager",
                "login": "ho_manager",
                "group_ids": [
                    (4, cls.env.ref("base.group_user").id),
                    (4, cls.env.ref("paydox_edms.paydox_edms_group_manager").id),
                ],
            }
        )
        cls.document = cls._create_submitted({"users": cls.legal})

    def test_successor_decides_and_the_chain_holds(self):
        log = self._hand_over(self.legal, self.chief)

        self.assertWaitsFor(self.document, self.chief)
        approval = self.document.sudo().approval_id
        former = approval.line_ids.filtered(lambda line: line.user_id == self.legal)
        self.assertRecordValues(
            former, [{"state": "delegated", "action": "hand_over", "decided_by_id": self.manager.id}]
        )
        self.assertFalse(approval._find_broken_link())
        self.assertEqual(log.item_ids.filtered(lambda item: item.sort == "approval").state, "moved")
        self.document.with_user(self.chief).action_agree()
        self.assertState(self.document, "approved", "approved")
        self.assertFalse(approval._find_broken_link())

    def test_author_does_not_get_his_own_document(self):
        log = self._hand_over(self.legal, self.author)

        self.assertWaitsFor(self.document, self.legal)
        item = log.item_ids.filtered(lambda item: item.sort == "approval")
        self.assertEqual(item.state, "kept")
        self.assertIn("author", item.note)
