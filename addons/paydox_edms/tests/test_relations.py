from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from .common import PDF, PaydoxEdmsCase

SECRET = "Takeover of Acme"


class TestRelations(PaydoxEdmsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Acme", "is_company": True})
        cls.outgoing = cls._create_kind(name="Outgoing", direction="outgoing")
        cls.incoming = cls._create_kind(name="Incoming", direction="incoming", reply_kind_id=cls.outgoing.id)

    def _link(self, document, target, link_type="reply"):
        return document.link_ids.create({"document_id": document.id, "target_id": target.id, "type": link_type})

    def _begin(self, action, user):
        """The form that an action opens, as the web client does it."""
        return Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))

    def _notes(self, document):
        return " ".join(document.sudo().message_ids.mapped("body"))

    # --- replies and links

    def test_reply_is_begun_from_an_incoming_letter_and_both_show_the_link(self):
        letter = self._create_document(kind_id=self.incoming.id, partner_id=self.partner.id, name="Price?")

        with self._begin(letter.with_user(self.clerk).action_reply(), self.clerk) as form:
            self.assertEqual((form.kind_id, form.partner_id, form.name), (self.outgoing, self.partner, "Re: Price?"))
        reply = form.record

        self.assertRecordValues(reply.link_ids, [{"type": "reply", "target_id": letter.id}])
        letter = letter.with_user(self.clerk)
        self.assertEqual(letter.backlink_ids.mapped("inverse_name"), ["Answered by"])
        self.assertTrue(letter.is_answered)
        found = letter.search([("is_answered", "=", True), ("id", "in", (letter | reply).ids)])
        self.assertEqual(found, letter)
        self.assertEqual(reply.author_id, self.clerk)

    def test_only_incoming_documents_are_replied_to(self):
        with self.assertRaisesRegex(UserError, "did not come from outside"):
            self._create_document().action_reply()
        secret = self._create_document(kind_id=self.incoming.id, confidentiality="secret")
        for user in (self.stranger, self.clerk):
            with self.assertRaises(AccessError):
                secret.with_user(user).action_reply()
            with self.assertRaises(AccessError):
                secret.with_user(user).action_new_child()

    def test_reply_to_a_secret_letter_is_secret(self):
        letter = self._create_document(kind_id=self.incoming.id, confidentiality="secret", name=SECRET)

        with self._begin(letter.action_reply(), self.author) as form:
            self.assertEqual(form.confidentiality, "secret")
            form.kind_id = self._create_kind(direction="outgoing")
            self.assertEqual(form.confidentiality, "secret")

        self.assertEqual(form.record.confidentiality, "secret")

    def test_links_are_noted_on_both_ends(self):
        one, two = self._create_document(name="One"), self._create_document(name="Two", confidentiality="open")

        link = self._link(one, two, "amends")
        self.assertIn("Link added: Amends", self._notes(one))
        self.assertIn("Two", self._notes(one))
        self.assertIn("Link added: Amended by", self._notes(two))
        link.type = "annex"
        self.assertIn("Link added: Has the annex", self._notes(two))
        link.unlink()

        self.assertIn("Link removed: Annex to", self._notes(one))
        self.assertIn("Link removed: Has the annex", self._notes(two))

    def test_note_of_a_link_does_not_tell_the_subject_of_a_secret_document(self):
        secret = self._create_document(confidentiality="secret", name=SECRET)
        public = self._create_document(confidentiality="open")
        secret.action_register()

        self._link(secret, public).unlink()
        self._link(public, secret)

        self.assertNotIn("Takeover", self._notes(public))
        self.assertNotIn(secret.number, self._notes(public))
        self.assertIn(str(secret.id), self._notes(public))

    def test_document_that_others_refer_to_is_not_deleted(self):
        target, parent = self._create_document(), self._create_document()
        hidden = self._create_document(confidentiality="secret", name=SECRET)
        self._link(hidden, target)
        self._create_document(parent_id=parent.id, confidentiality="secret", name=SECRET)

        for document in (target, parent):
            for user in (self.author, self.clerk, self.manager):
                with self.assertRaises(UserError) as caught:
                    document.with_user(user).unlink()
                self.assertNotIn("Takeover", str(caught.exception))
            with self.assertRaises(UserError):
                document.sudo().unlink()

    def test_deleted_document_takes_its_links_with_a_note(self):
        target = self._create_document()
        document = self._create_document()
        self._link(document, target)

        document.unlink()

        self.assertFalse(target.backlink_ids)
        self.assertIn("Link removed: Answered by", self._notes(target))

    # --- subordinate documents

    def test_subordinate_document_is_filled_in_from_its_parent(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        contract = self._create_document(
            name="Supply", partner_id=self.partner.id, amount=500, department_id=department.id
        )

        with self._begin(contract.with_user(self.clerk).action_new_child(), self.clerk) as form:
            form.kind_id = self.kind
        act = form.record

        self.assertRecordValues(
            act,
            [
                {
                    "parent_id": contract.id,
                    "name": "Supply",
                    "partner_id": self.partner.id,
                    "amount": 500,
                    "currency_id": contract.currency_id.id,
                    "responsible_id": self.author.id,
                    "department_id": department.id,
                }
            ],
        )

    def test_parent_chosen_by_hand_fills_in_only_what_is_empty(self):
        contract = self._create_document(name="Supply", partner_id=self.partner.id, amount=500)
        with Form(self.env["paydox.document"].with_user(self.author)) as form:
            form.kind_id = self.kind
            form.name = "Act of May"
            form.parent_id = contract
            self.assertEqual((form.name, form.partner_id, form.amount), ("Act of May", self.partner, 500))

        with Form(form.record) as saved:
            saved.amount = 0
            saved.parent_id = contract.browse()
            saved.parent_id = contract
            self.assertEqual(saved.amount, 0)

    def test_later_change_of_the_parent_changes_no_child(self):
        contract = self._create_document(partner_id=self.partner.id, amount=500)
        with self._begin(contract.action_new_child(), self.author) as form:
            form.kind_id = self.kind
        act = form.record

        contract.write({"amount": 700, "partner_id": self.env["res.partner"].create({"name": "B"}).id, "name": "Other"})

        self.assertRecordValues(act, [{"amount": 500, "partner_id": self.partner.id, "name": "Supply of pumps"}])

    def test_document_under_a_secret_one_is_secret(self):
        contract = self._create_document(confidentiality="secret", name=SECRET)

        with self._begin(contract.action_new_child(), self.author) as form:
            form.kind_id = self.kind

        self.assertEqual(form.record.confidentiality, "secret")
        self.assertEqual(self._create_document(parent_id=contract.id).confidentiality, "secret")
        linked = self._create_document(link_ids=[Command.create({"type": "basis", "target_id": contract.id})])
        self.assertEqual(linked.confidentiality, "secret")

    # --- copies

    def _copy(self, document, user=None, **choices):
        wizards = self.env["paydox.document.copy"].with_user(user or self.author)
        action = wizards.create({"document_id": document.id} | choices).action_confirm()
        return document.browse(action["res_id"])

    def test_copy_keeps_the_parties_and_leaves_number_dates_and_approvals(self):
        document = self._create_approved(
            partner_id=self.partner.id,
            amount=500,
            date="2020-05-01",
            valid_from="2020-05-01",
            valid_to="2030-05-01",
            sender_number="7",
            sender_date="2020-05-01",
        )
        document.action_register()

        copy = self._copy(document)

        self.assertRecordValues(
            copy,
            [
                {
                    "state": "draft",
                    "partner_id": self.partner.id,
                    "amount": 500,
                    "number": False,
                    "registered_at": False,
                    "sender_number": False,
                    "sender_date": False,
                    "valid_from": False,
                    "valid_to": False,
                    "date_execution": False,
                }
            ],
        )
        self.assertNotEqual(copy.date, document.date)
        self.assertFalse(copy.sudo().approval_ids | copy.sudo().approval_id)
        self.assertFalse(copy.version_ids)

    def test_links_parent_and_file_are_kept_by_choice(self):
        parent, target = self._create_document(), self._create_document()
        document = self._create_document(parent_id=parent.id)
        self._link(document, target, "annex")
        document.add_version("old.pdf", PDF + b"old")
        document.add_version("a.pdf", PDF)

        bare = self._copy(document, keep_parent=False)
        full = self._copy(document, keep_parent=True, keep_links=True, copy_file=True)

        self.assertFalse(bare.parent_id or bare.link_ids or bare.version_ids)
        self.assertEqual(full.parent_id, parent)
        self.assertRecordValues(full.link_ids, [{"type": "annex", "target_id": target.id}])
        self.assertRecordValues(full.version_ids, [{"number": 1, "filename": "a.pdf", "state": "actual"}])
        self.assertEqual(full.current_version_id.checksum, document.current_version_id.checksum)
        self.assertEqual(len(document.link_ids), 1)

    def test_copy_takes_over_nothing_that_its_maker_may_not_read(self):
        secret = self._create_document(confidentiality="secret", name=SECRET)
        document = self._create_document(parent_id=secret.id, confidentiality="open")
        self._link(document, secret, "annex")

        copy = self._copy(document, user=self.stranger, keep_parent=True, keep_links=True, copy_file=True)

        self.assertFalse(copy.parent_id)
        self.assertFalse(copy.sudo().link_ids)
        with self.assertRaises(AccessError):
            self._copy(secret, user=self.stranger)

    def test_copy_of_a_kind_that_one_may_not_create_is_refused(self):
        document = self._create_document(confidentiality="open")
        self.kind.creator_group_ids = self.env.ref("paydox_edms.paydox_edms_group_clerk")
        with self.assertRaisesRegex(AccessError, "may not create"):
            self._copy(document, user=self.stranger)
        self.kind.creator_group_ids = False
        self.kind.active = False

        for user in (self.stranger, self.manager):
            with self.assertRaisesRegex(UserError, "is archived"):
                self._copy(document, user=user)
        with self.assertRaisesRegex(UserError, "is archived"):
            self._create_document()
