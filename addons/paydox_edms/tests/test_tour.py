from odoo.tests import HttpCase, tagged

from .common import PaydoxEdmsMixin


@tagged("post_install", "-at_install")
class TestTour(PaydoxEdmsMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()

    def test_director_finds_the_document_in_his_inbox_and_agrees(self):
        self.kind.route_id = self._create_route({"users": self.director, "name": "Director"})
        document = self._create_document(name="Tour supply contract")
        document.add_version("contract.txt", b"Supply of pumps")
        document.action_submit()

        self.start_tour("/odoo/to-decide", "paydox_edms_director_agrees", login="edms_director")

        self.assertState(document, "approved", "approved")
        line = document.approval_id.line_ids
        self.assertRecordValues(line, [{"state": "agreed", "decided_by_id": self.director.id}])

    def test_director_signs_with_his_password_and_a_drawing(self):
        self.kind.route_id = self._create_route({"users": self.director, "name": "Director", "kind": "sign"})
        documents = self.env["paydox.document"]
        for name in ("Tour signed contract", "Tour signed annex"):
            document = self._create_document(name=name)
            document.add_version(f"{name}.txt", name.encode())
            document.action_submit()
            documents |= document

        self.start_tour("/odoo/to-decide", "paydox_edms_director_signs", login="edms_director")

        signatures = documents.sudo().signature_ids
        self.assertEqual(len(signatures), 2)
        self.assertEqual(set(signatures.mapped("method")), {"password"})
        self.assertEqual(signatures.signed_by_id, self.director)
        self.assertTrue(all(signature.image for signature in signatures))
        self.assertEqual(set(documents.mapped("state")), {"signed"})

    def test_clerk_registers_a_letter_and_answers_it(self):
        outgoing = self._create_kind(name="Tour Outgoing", direction="outgoing")
        incoming = self._create_kind(
            name="Tour Incoming", code="TIN", direction="incoming", reply_kind_id=outgoing.id, confidentiality="open"
        )
        sender = self.env["res.partner"].create({"name": "Tour Sender"})
        first = self._create_document(
            name="Tour first letter", kind_id=incoming.id, partner_id=sender.id, sender_number="17/A"
        )
        first.action_register()

        self.start_tour("/odoo/incoming", "paydox_edms_clerk_registers", login="edms_clerk")

        letter = self.env["paydox.document"].search([("name", "=", "Tour request for an offer")])
        self.assertRecordValues(
            letter,
            [
                {
                    "number": "TIN-0002",
                    "sender_number": "18/A",
                    "partner_id": sender.id,
                    "registered_by_id": self.clerk.id,
                }
            ],
        )
        reply = letter.backlink_ids.document_id
        self.assertRecordValues(
            reply, [{"kind_id": outgoing.id, "partner_id": sender.id, "name": "Re: Tour request for an offer"}]
        )
        self.assertRecordValues(reply.link_ids, [{"type": "reply", "target_id": letter.id}])

    def test_clerk_sends_an_order_and_a_reader_opens_and_confirms_it(self):
        readers = self.author | self.legal | self.chief | self.director | self.stranger
        self.kind.acquaintance_user_ids = readers
        order = self._create_document(name="Tour order")
        order.add_version("order.txt", b"The office is closed on Monday.")
        order.action_register()

        self.start_tour(f"/odoo/documents/{order.id}", "paydox_edms_clerk_sends_for_acquaintance", login="edms_clerk")
        self.start_tour("/odoo/to-decide", "paydox_edms_reader_confirms", login="edms_legal")

        step = order.sudo()._get_latest_sheets("acquaintance")[order.id]
        line = step.line_ids.filtered(lambda line: line.user_id == self.legal)
        self.assertEqual((step.people_count, step.done_count), (5, 1))
        self.assertEqual((line.state, line.opened_version_id), ("agreed", order.current_version_id))

    def test_secret_vote_ends_in_a_protocol(self):
        document = self._create_document(name="Tour budget")

        url = f"/odoo/documents/{document.id}"
        self.start_tour(url, "paydox_edms_author_starts_a_secret_vote", login="edms_author")
        step = document.sudo()._get_latest_sheets("vote")[document.id]
        self.start_tour("/odoo/to-decide", "paydox_edms_voter_votes", login="edms_legal")
        option = step.vote_option_ids[0]
        self.assertEqual((step.done_count, option.tally, step.vote_outcome), (1, 1, False))
        for user in (self.chief, self.director):
            document.with_user(user).action_vote(option.id)

        self.start_tour(f"/odoo/votes/{step.id}", "paydox_edms_author_reads_the_protocol", login="edms_author")
        self.assertFalse(step.approval_id._find_broken_link())

    def test_contract_goes_by_three_steps_comes_back_and_a_substitute_decides(self):
        self.kind.route_id = self._create_route(
            {"users": self.legal | self.chief, "name": "Lawyers", "rule": "quorum", "quorum": 2},
            {"users": self.director, "name": "Director", "kind": "confirm"},
            {"users": self.director, "name": "Signature", "kind": "sign"},
        )
        document = self._create_document(name="Tour supply contract")
        document.add_version("contract.txt", b"text")
        url = f"/odoo/documents/{document.id}"

        self.start_tour(url, "paydox_edms_author_sends", login="edms_author")
        self.assertState(document, "review", "running")
        document.with_user(self.legal).action_agree()
        document.with_user(self.chief).action_agree("Mind the term")
        document.with_user(self.director).action_return("Add the annex")
        document.add_version("contract.txt", b"text with the annex")

        self.start_tour(url, "paydox_edms_author_sends_again", login="edms_author")
        self.assertWaitsFor(document, self.director)
        self.env["paydox.substitution"].create(
            {"user_id": self.director.id, "substitute_id": self.stranger.id, "date_to": "2099-12-31"}
        )

        self.start_tour(url, "paydox_edms_substitute_agrees", login="edms_stranger")
        lines = document.sudo().approval_id.line_ids
        confirmed = lines.filtered(lambda line: line.step_id.name == "Director")
        self.assertRecordValues(
            confirmed, [{"state": "agreed", "user_id": self.director.id, "decided_by_id": self.stranger.id}]
        )
        document.with_user(self.director).action_agree()
        self.assertState(document, "signed", "approved")
        self.assertEqual(document.sudo().approval_ids.mapped("round"), [2, 1])
