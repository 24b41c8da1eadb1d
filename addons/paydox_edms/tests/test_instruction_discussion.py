from odoo.tests import tagged

from .common_instruction import PaydoxInstructionCase


@tagged("post_install", "-at_install")
class TestInstructionDiscussion(PaydoxInstructionCase):
    """What is written at an instruction reaches those only who may read it."""

    def test_mentioned_colleague_who_may_not_read_gets_nothing(self):
        instruction = self._give(self.worker)
        self.stranger.notification_type = self.head.notification_type = "inbox"
        message = instruction.message_post(
            body="The price is 5",
            partner_ids=(self.stranger | self.head).partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )

        asked = (self.stranger | self.head).partner_id
        self.assertEqual(message.sudo().notified_partner_ids & asked, self.head.partner_id)

    def test_colleague_who_may_not_read_is_made_no_follower(self):
        instruction = self._give_with_helper()
        readers = (self.worker | self.helper | self.controller).partner_id
        instruction.message_unsubscribe(readers.ids)

        instruction.message_subscribe((readers | self.stranger.partner_id).ids)

        self.assertEqual(instruction.message_partner_ids - self.head.partner_id, readers)
