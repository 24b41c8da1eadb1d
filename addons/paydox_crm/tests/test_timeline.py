from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.paydox_crm.tests.common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestTimeline(PaydoxCrmCase):
    """The employee is the weakest who looks; the lawyer writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lawyer = new_test_user(cls.env, "tl_lawyer", groups="base.group_user,base.group_partner_manager", tz="UTC")
        cls.stranger = new_test_user(cls.env, "tl_stranger", groups="base.group_user", tz="UTC")
        cls.firm = cls.env["res.partner"].create({"name": "Timeline Firm", "is_company": True})
        cls.branch = cls.env["res.partner"].create({"name": "Its Branch", "is_company": True, "parent_id": cls.firm.id})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Anna", "parent_id": cls.firm.id, "email": "anna@example.com"}
        )
        cls.other = cls.env["res.partner"].create({"name": "Another Firm", "is_company": True})
        cls.kind = cls.env["paydox.document.kind"].create(
            {"name": "Letter TL", "code": "TLK", "direction": "outgoing", "confidentiality": "open"}
        )
        cls.secret_kind = cls.env["paydox.document.kind"].create(
            {"name": "Secret TL", "code": "TLS", "direction": "incoming", "confidentiality": "secret"}
        )

    def _create_document(self, partner=None, kind=None, user=None, **values):
        return (
            self.env["paydox.document"]
            .with_user(user or self.lawyer)
            .create(
                {"name": "Offer", "kind_id": (kind or self.kind).id, "partner_id": (partner or self.firm).id} | values
            )
        )

    def _get_all(self, partner=None, user=None, **kwargs):
        """Every event, page by page."""
        partner = (partner or self.firm).with_user(user or self.employee)
        items, after = [], False
        while True:
            page = partner.get_timeline(after=after, **kwargs)
            items += page["items"]
            after = page["next"]
            if not after:
                return items

    def test_documents_of_contacts_and_branches_are_in_the_timeline_of_the_firm(self):
        own = self._create_document()
        of_branch = self._create_document(self.branch, name="Of the branch")
        of_contact = self._create_document(self.contact, name="Of the contact")
        self._create_document(self.other, name="Of another")

        created = [item for item in self._get_all() if item["source"] == "created"]

        self.assertEqual({item["res_id"] for item in created}, {own.id, of_branch.id, of_contact.id})
        self.assertEqual({item["who"] for item in created}, {self.lawyer.name})

    def test_secret_document_leaves_no_trace_for_who_may_not_read_it(self):
        document = self._create_document(kind=self.secret_kind, name="Takeover")
        document.message_post(body="About the takeover", message_type="comment", subtype_xmlid="mail.mt_comment")
        document.add_version("takeover.txt", b"secret")

        self.assertTrue([item for item in self._get_all(user=self.lawyer) if item["res_id"] == document.id])
        shown = str(self._get_all(user=self.stranger))
        self.assertNotIn("akeover", shown)
        self.assertFalse([item for item in self._get_all(user=self.stranger) if item["res_model"] == "paydox.document"])

    def test_events_are_newest_first_and_pages_are_stable(self):
        for number in range(7):
            self._create_document(name=f"Offer {number}").add_version("a.txt", b"text %d" % number)
        whole = self._get_all(limit=100)

        paged = self._get_all(limit=3)

        self.assertEqual(paged, whole)
        keys = [(item["key"][0], item["key"][1], item["key"][2]) for item in whole]
        self.assertEqual(keys, sorted(keys, reverse=True))
        self.assertEqual(len(set(keys)), len(keys))

    def test_new_event_between_pages_repeats_and_hides_nothing(self):
        for number in range(4):
            self._create_document(name=f"Offer {number}")
        first = self.firm.with_user(self.employee).get_timeline(limit=3)
        later = self._create_document(name="Later")
        self.env.cr.execute(
            "UPDATE paydox_document SET create_date = create_date + interval '1 hour' WHERE id = %s", [later.id]
        )

        second = self.firm.with_user(self.employee).get_timeline(after=first["next"], limit=100)

        keys = [tuple(item["key"]) for item in first["items"] + second["items"]]
        self.assertEqual(len(set(keys)), len(keys))
        self.assertNotIn(later.id, [item["res_id"] for item in second["items"] if item["source"] == "created"])

    def test_kinds_are_filtered(self):
        self._create_document()
        self.firm.with_user(self.lawyer).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

        self.assertEqual({item["kind"] for item in self._get_all(kinds=["message"])}, {"message"})
        self.assertEqual({item["kind"] for item in self._get_all(kinds=["document"])}, {"document"})

    def test_relinked_document_leaves_its_events_with_a_note(self):
        document = self._create_document()
        self.env.cr.execute(
            "UPDATE paydox_document SET create_date = create_date - interval '1 hour' WHERE id = %s", [document.id]
        )
        document.partner_id = self.other
        document.add_version("later.txt", b"after the move")
        self.env.cr.execute(
            "UPDATE paydox_document_version SET create_date = create_date + interval '1 hour' WHERE document_id = %s",
            [document.id],
        )

        about = ("paydox.document", document.id)
        former = [item for item in self._get_all() if (item["res_model"], item["res_id"]) == about]
        now = [item for item in self._get_all(self.other) if (item["res_model"], item["res_id"]) == about]

        self.assertEqual({item["source"] for item in former}, {"created", "relinked"})
        self.assertTrue(all(self.other.name in item["note"] for item in former))
        self.assertIn("version", {item["source"] for item in now})
        self.assertFalse(any(item["note"] for item in now))

    def test_document_that_moves_between_contacts_of_one_firm_was_not_relinked(self):
        document = self._create_document(self.contact)

        document.partner_id = self.firm

        self.assertFalse(self.env["paydox.document.relink"].search([("document_id", "=", document.id)]))

    def test_requisites_tell_what_changed_and_no_value(self):
        self.firm.with_user(self.lawyer).write({"director_name": "Petrov Secret"})

        changes = [item for item in self._get_all() if item["source"] == "requisites"]

        self.assertTrue(any("Director" in item["title"] for item in changes))
        self.assertNotIn("Petrov Secret", str(changes))

    def test_instructions_and_cases_are_there_for_those_who_take_part(self):
        instruction = (
            self.env["paydox.instruction"]
            .with_user(self.lawyer)
            .create({"name": "Call them", "executor_id": self.lawyer.id, "partner_id": self.contact.id})
        )
        instruction.action_assign()

        mine = [item for item in self._get_all(user=self.lawyer) if item["res_model"] == "paydox.instruction"]
        self.assertIn("Instruction given", [item["text"] for item in mine])
        self.assertNotIn("Call them", str(self._get_all(user=self.stranger)))

    def test_private_meeting_is_kept_back(self):
        for privacy in ("public", "private"):
            self.env["calendar.event"].with_user(self.lawyer).create(
                {
                    "name": f"Meeting {privacy}",
                    "privacy": privacy,
                    "start": fields.Datetime.now() - timedelta(hours=2),
                    "stop": fields.Datetime.now() - timedelta(hours=1),
                    "partner_ids": [Command.set((self.contact | self.lawyer.partner_id).ids)],
                }
            )

        self.assertEqual(
            [item["title"] for item in self._get_all(user=self.stranger, kinds=["meeting"])], ["Meeting public"]
        )
        self.assertEqual(len(self._get_all(user=self.lawyer, kinds=["meeting"])), 2)

    def test_letter_that_did_not_arrive_says_so(self):
        message = self.firm.with_user(self.lawyer).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=self.contact.ids
        )
        self.env["mail.notification"].sudo().search([("mail_message_id", "=", message.id)]).write(
            {"notification_status": "exception", "failure_type": "mail_email_invalid"}
        )

        item = next(item for item in self._get_all() if item["source"] == "message")

        self.assertTrue(item["problem"])

    def test_queries_do_not_grow_with_events(self):
        self._create_document()
        self.env.flush_all()
        card = self.firm.with_user(self.employee)
        card.get_timeline()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        card.get_timeline()
        few = self.cr.sql_log_count - before
        for number in range(20):
            self._create_document(name=f"Offer {number}").add_version("a.txt", b"text %d" % number)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count

        card.get_timeline()

        self.assertLessEqual(self.cr.sql_log_count - before, few + 2)
        self.assertLessEqual(few, 20)

    def test_hostile_arguments_do_no_harm(self):
        self._create_document()
        card = self.firm.with_user(self.stranger)
        for after in ("x", [1, 2, 3], ["2026-01-01", "created", "1; DROP"], {"a": 1}, ["x' OR 1=1", "created", 1], 5):
            with self.assertRaises(UserError):
                card.get_timeline(after=after)
        for kinds in ("document", [["document"]], [1], {"document": 1}, ["no such kind"], ["'; DROP TABLE x"]):
            card.get_timeline(kinds=kinds)
        for limit in (-1, 0, 10**9, "7", None, True):
            self.assertLessEqual(len(card.get_timeline(limit=limit)["items"]), 100)

    def test_portal_user_has_no_timeline(self):
        portal = new_test_user(self.env, "tl_portal", groups="base.group_portal")
        self.firm.message_post(body="Internal", message_type="comment")

        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).get_timeline()

    def test_counterparty_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["res.partner"].create({"name": "Foreign", "is_company": True, "company_id": company.id})

        with self.assertRaises(AccessError):
            foreign.with_user(self.employee).get_timeline()
