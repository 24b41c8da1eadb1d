from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import PDF, PaydoxEdmsCase

HIDDEN = "Takeover of Acme"


class TestAccess(PaydoxEdmsCase):
    """Rule 4: who may not read a document learns nothing of it."""

    def _can(self, user, document, operation):
        document.invalidate_recordset()
        return document.with_user(user).has_access(operation)

    def test_matrix_of_roles_and_levels(self):
        responsible = self.legal
        readers = {
            "open": "author legal director stranger clerk manager exclusive admin",
            "internal": "author legal director clerk manager exclusive admin",
            "secret": "author legal director",
        }
        writers = {
            "open": "author legal clerk manager exclusive admin",
            "internal": "author legal clerk manager exclusive admin",
            "secret": "author legal",
        }
        users = ["author", "legal", "director", "chief", "stranger", "clerk", "manager", "exclusive", "admin"]
        for level, level_readers in readers.items():
            document = self._create_document(confidentiality=level, responsible_id=responsible.id)
            document.sudo()._add_approval_participants(self.director)
            expected_readers = set(level_readers.split()) | ({"chief"} if level == "open" else set())
            for login in users:
                user = getattr(self, login)
                with self.subTest(level=level, user=login):
                    self.assertEqual(self._can(user, document, "read"), login in expected_readers)
                    self.assertEqual(self._can(user, document, "write"), login in writers[level].split())
                    found = self.env["paydox.document"].with_user(user).search([("id", "=", document.id)])
                    self.assertEqual(bool(found), login in expected_readers)
        portal = new_test_user(self.env, "edms_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            document.with_user(portal).read(["name"])

    def test_head_of_the_department_reads_internal_documents_of_his_people(self):
        boss = self.env["hr.employee"].create({"name": "C", "user_id": self.chief.id})
        department = self.env["hr.department"].create({"name": "Sales", "manager_id": boss.id})
        inner = self.env["hr.department"].create({"name": "Export", "parent_id": department.id})
        self.env["hr.employee"].create({"name": "A", "user_id": self.author.id, "department_id": inner.id})
        internal = self._create_document()
        secret = self._create_document(confidentiality="secret")

        self.assertTrue(self._can(self.chief, internal, "read"))
        self.assertFalse(self._can(self.chief, internal, "write"))
        self.assertFalse(self._can(self.chief, secret, "read"))
        self.assertFalse(self._can(self.stranger, internal, "read"))

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "edms_foreign",
            groups="base.group_user,paydox_edms.paydox_edms_group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        document = self._create_document(confidentiality="open")
        document.add_version("a.pdf", PDF)

        self.assertFalse(self._can(foreign, document, "read"))
        self.assertFalse(self._can(foreign, document.version_ids, "read"))

    def test_what_hangs_on_a_document_is_hidden_with_it(self):
        self.kind.route_id = self._create_route({"users": self.director})
        other = self._create_document()
        document = self._create_document(confidentiality="secret", name=HIDDEN)
        link = document.link_ids.create({"document_id": document.id, "target_id": other.id, "type": "reply"})
        version = document.add_version("takeover.pdf", PDF)
        document.action_register()
        document.action_submit()
        approval = document.sudo().approval_id
        number = self.env["paydox.document.number"].search([("document_id", "=", document.id)])
        rows = (document, link, version, approval, approval.step_ids, approval.line_ids, approval.decision_ids)

        for user in (self.stranger, self.clerk, self.manager, self.admin, self.exclusive):
            for row in rows:
                with self.subTest(user=user.login, model=row._name):
                    self.assertFalse(self._can(user, row, "read"))
                    self.assertFalse(row.with_user(user).search([("id", "in", row.ids)]))
                    self.assertFalse(row.with_user(user).search_count([("id", "in", row.ids)]))
        for user in (self.manager, self.admin):
            self.assertFalse(number.with_user(user).search([("id", "=", number.id)]))
        for row in rows:
            self.assertTrue(self._can(self.director, row, "read"), row._name)
            self.assertTrue(self._can(self.author, row, "read"), row._name)

    def test_name_does_not_leak_through_other_records(self):
        secret = self._create_document(confidentiality="secret", name=HIDDEN)
        secret.action_register()
        version = secret.add_version("takeover.pdf", PDF)
        child = self._create_document(parent_id=secret.id, confidentiality="open")
        link = child.link_ids.create({"document_id": child.id, "target_id": secret.id, "type": "reply"})

        as_stranger = child.with_user(self.stranger)
        seen = [
            as_stranger.read(["parent_id"])[0]["parent_id"][1],
            as_stranger.parent_id.display_name,
            as_stranger.web_read({"parent_id": {"fields": {"display_name": {}}}})[0]["parent_id"]["display_name"],
            link.with_user(self.stranger).read(["target_id"])[0]["target_id"][1],
            str(as_stranger.formatted_read_group([("id", "=", child.id)], ["parent_id"], ["__count"])),
            version.with_user(self.stranger).sudo().display_name,
        ]

        for text in seen:
            self.assertNotIn(HIDDEN, text)
            self.assertNotIn(secret.number, text)
            self.assertNotIn("takeover", text)
        self.assertIn(HIDDEN, child.read(["parent_id"])[0]["parent_id"][1])

    def test_searching_by_hidden_values_finds_nothing(self):
        secret = self._create_document(confidentiality="secret", name=HIDDEN)
        secret.action_register()
        child = self._create_document(parent_id=secret.id, confidentiality="open")
        documents = self.env["paydox.document"].with_user(self.stranger)

        self.assertFalse(documents.search([("parent_id.name", "ilike", "takeover")]))
        self.assertFalse(documents.search([("parent_id", "ilike", "takeover")]))
        self.assertFalse(documents.search([("parent_id.number", "=", secret.number)]))
        self.assertFalse(documents.name_search("takeover"))
        self.assertEqual(documents.search([("id", "=", child.id)]), child)
        groups = documents.formatted_read_group([("name", "=", HIDDEN)], ["state"], ["__count"])
        self.assertFalse(groups)

    def test_number_of_a_hidden_parent_is_not_taken(self):
        secret = self._create_document(confidentiality="secret")
        secret.action_register()
        documents = self.env["paydox.document"].with_user(self.stranger)

        with self.assertRaises(AccessError):
            documents.create({"name": "x", "kind_id": self.kind.id, "parent_id": secret.id})
        with self.assertRaises(AccessError):
            documents.create({"name": "x", "kind_id": self.kind.id}).parent_id = secret
        with self.assertRaises(AccessError):
            own = documents.create({"name": "x", "kind_id": self.kind.id})
            own.link_ids.create({"document_id": own.id, "target_id": secret.id, "type": "reply"})

    def test_person_asked_reads_the_document_from_then_on(self):
        self.kind.route_id = self._create_route({"users": self.legal}, {"users": self.director})
        document = self._create_document(confidentiality="secret")
        document.action_submit()

        self.assertTrue(self._can(self.legal, document, "read"))
        self.assertFalse(self._can(self.director, document, "read"))
        document.with_user(self.legal).action_agree()
        self.assertTrue(self._can(self.director, document, "read"))
        self.assertTrue(self._can(self.legal, document, "read"))
        self.assertFalse(self._can(self.legal, document, "write"))

    def test_followers_are_only_those_who_may_read(self):
        document = self._create_document(confidentiality="secret", name=HIDDEN)
        outsider = self.env["res.partner"].create({"name": "Outsider", "email": "out@example.com"})

        document.message_subscribe((self.stranger | self.manager | self.author).partner_id.ids + outsider.ids)

        self.assertEqual(document.message_partner_ids, self.author.partner_id)

    def test_notification_does_not_reach_those_who_may_not_read(self):
        document = self._create_document(confidentiality="open", name=HIDDEN)
        document.message_subscribe(self.stranger.partner_id.ids)
        self.assertIn(self.stranger.partner_id, document.message_partner_ids)
        document.confidentiality = "secret"

        message = document.message_post(
            body="The price is 5", partner_ids=self.clerk.partner_id.ids, subtype_xmlid="mail.mt_comment"
        )

        self.assertFalse(message.notified_partner_ids & (self.stranger | self.clerk).partner_id)
        self.assertFalse(self.env["mail.message"].with_user(self.stranger).search([("id", "=", message.id)]))

    def test_user_who_cannot_write_cannot_change_what_belongs_to_the_document(self):
        document = self._create_document(confidentiality="open")
        other = self._create_document(confidentiality="open")
        mine = (
            self._create_document(user=self.stranger)
            .with_user(self.stranger)
            .create({"name": "mine", "kind_id": self.kind.id})
        )
        link = mine.link_ids.create({"document_id": mine.id, "target_id": other.id, "type": "reply"})

        with self.assertRaises(AccessError):
            document.with_user(self.stranger).write({"name": "x"})
        with self.assertRaises(AccessError):
            document.with_user(self.stranger).add_version("a.pdf", PDF)
        with self.assertRaises(AccessError):
            link.create({"document_id": document.id, "target_id": other.id, "type": "reply"})
        with self.assertRaises(AccessError):
            link.write({"document_id": document.id})
        with self.assertRaises(AccessError):
            document.with_user(self.stranger).env["ir.attachment"].create(
                {"name": "a", "raw": b"x", "res_model": document._name, "res_id": document.id}
            )

    def test_inbox_shows_own_turns_only(self):
        self.kind.route_id = self._create_route({"users": self.legal | self.director})
        document = self._create_document()
        document.action_submit()
        lines = self.env["paydox.approval.line"]
        inbox = [("can_decide", "=", True), ("document_id", "=", document.id)]

        self.assertEqual(lines.with_user(self.legal).search(inbox).user_id, self.legal)
        self.assertFalse(lines.with_user(self.stranger).search(inbox))
        self.assertFalse(lines.with_user(self.author).search(inbox))

    def test_documents_of_an_archived_author_stay_in_reach(self):
        document = self._create_document()
        self.author.active = False

        self.assertTrue(self._can(self.clerk, document, "write"))
