from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PDF, PaydoxEdmsMixin

HIDDEN = "Takeover of Acme"


@tagged("post_install", "-at_install")
class TestAccessMatrix(PaydoxEdmsMixin, HttpCase):
    """Each role by each way in: whoever may not read a document learns nothing of it by any of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        people = (
            cls.author | cls.legal | cls.director | cls.stranger | cls.clerk | cls.manager | cls.exclusive | cls.admin
        )
        cls.env.ref("base.group_allow_export").user_ids |= people
        cls.parent = cls._create_document(confidentiality="open", name="Framework")

    def _prepare(self, level):
        """A document with everything that hangs on it."""
        self.kind.route_id = self._create_route({"users": self.legal})
        document = self._create_document(confidentiality=level, name=f"{HIDDEN} {level}", parent_id=self.parent.id)
        document.add_version(f"takeover {level}.pdf", PDF)
        link = {"document_id": document.id, "target_id": self.parent.id, "type": "annex"}
        self.env["paydox.document.link"].with_user(self.author).create(link)
        point = {"name": "Pay for Acme", "date": "2030-01-01"}
        reminder = {"days_before": 3}
        document.write(
            {
                "control_point_ids": [Command.create(point)],
                "reminder_ids": [Command.create(reminder)],
                "amount": 4_711 + len(level),
            }
        )
        document.message_post(
            body=f"Acme costs a lot, {level}", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        document.activity_schedule("mail.mail_activity_data_todo", user_id=self.author.id, summary="Call Acme")
        document.action_submit()
        self.env.flush_all()
        return document

    def _ways_in(self, document, user):
        """What the user gets by each way, as ``{way: found}``."""
        env = self.env(user=user)
        documents = env["paydox.document"]
        mine = [("id", "=", document.id)]
        parent = documents.browse(self.parent.id)
        document.invalidate_recordset()
        self.env.invalidate_all()
        hanging = {
            model: env[model].search_count([("document_id", "=", document.id)])
            for model in (
                "paydox.document.version",
                "paydox.document.link",
                "paydox.document.control.point",
                "paydox.document.reminder",
                "paydox.document.change",
                "paydox.document.transition",
                "paydox.approval",
                "paydox.approval.step",
            )
        }
        name = document.sudo().name
        version = env["paydox.document.version"].browse(document.sudo().version_ids.ids)
        return hanging | {
            "list": documents.search(mine),
            "counter": documents.search_count([("name", "=", name)]),
            "group": documents.formatted_read_group([("name", "=", name)], ["state"], ["__count", "amount:sum"]),
            "name_search": documents.name_search(name),
            "export": self._try(lambda: documents.browse(document.id).export_data(["name", "amount"])),
            "card": self._try(lambda: documents.browse(document.id).web_read({"name": {}, "lifecycle": {}})),
            "child of the parent": name in str(parent.web_read({"child_ids": {"fields": {"display_name": {}}}})),
            "link of the parent": name
            in str(parent.web_read({"backlink_ids": {"fields": {"document_id": {"fields": {"display_name": {}}}}}})),
            "discussion": env["mail.message"].search([("model", "=", document._name), ("res_id", "=", document.id)]),
            "file": self._try(lambda: version.read(["file"])),
            "attachment": env["ir.attachment"].search(
                [("res_model", "=", version._name), ("res_id", "in", version.ids), ("res_field", "!=", False)]
            ),
            "followers": self._try(lambda: documents.browse(document.id).read(["message_follower_ids"])),
            "child by a path": documents.search([("child_ids.name", "=", name)]),
            "child by two paths": documents.search([("child_ids.version_ids.filename", "=", version.sudo().filename)]),
            "amount by a path": documents.search([("backlink_ids.document_id.amount", "=", document.sudo().amount)]),
            "discussion by a path": documents.search(
                [("child_ids.message_ids.body", "ilike", f"costs a lot, {document.sudo().confidentiality}")]
            ),
            "round by a path": env["paydox.approval.line"].search_count([("document_id.name", "=", name)]),
            "groups of versions": env["paydox.document.version"].formatted_read_group(
                [("document_id", "=", document.id)], ["document_id"], ["__count"]
            ),
            "hit of the search": documents.search_documents(name.split()[-1], [("id", "=", document.id)])["records"],
            "tree": name in str(parent.get_tree()),
            "activities": env["mail.activity"].search(
                [("res_model", "=", document._name), ("res_id", "=", document.id)]
            ),
        }

    def _try(self, function):
        try:
            return function()
        except AccessError:
            return False

    @mute_logger("odoo.http")
    def test_every_role_by_every_way(self):
        readers = {
            "open": "author legal director stranger clerk manager exclusive admin",
            "internal": "author legal clerk manager exclusive admin",
            "secret": "author legal",
        }
        for level, names in readers.items():
            document = self._prepare(level)
            for login in ("author", "legal", "director", "stranger", "clerk", "manager", "exclusive", "admin"):
                found = self._ways_in(document, getattr(self, login))
                may_read = login in names.split()
                for way, result in found.items():
                    if way == "activities" and may_read:
                        continue
                    with self.subTest(level=level, user=login, way=way):
                        self.assertEqual(bool(result), may_read)

    @mute_logger("odoo.http")
    def test_permission_opens_every_way_and_its_end_closes_them(self):
        document = self._prepare("secret")
        vals = {"document_id": document.id, "user_id": self.stranger.id}
        permission = self.env["paydox.document.permission"].with_user(self.author).create(vals)
        version = document.version_ids
        url = f"/web/content/{version._name}/{version.id}/file"
        self.authenticate("edms_stranger", "edms_stranger")

        for way, result in self._ways_in(document, self.stranger).items():
            with self.subTest(way=way):
                self.assertTrue(result or way == "activities")
        self.assertEqual(self.url_open(url).content, PDF)
        document.message_subscribe(self.stranger.partner_id.ids)
        self.assertIn(self.stranger.partner_id, document.message_partner_ids)

        permission.with_user(self.author).unlink()
        self.env.flush_all()

        for way, result in self._ways_in(document, self.stranger).items():
            with self.subTest(way=way):
                self.assertFalse(result)
        self.assertNotIn(PDF, self.url_open(url).content)
        message = document.message_post(body="Secret", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertNotIn(self.stranger.partner_id, message.notified_partner_ids)

    def test_list_of_a_weak_user_is_carried_by_indexes(self):
        """The plan of the list may not scan the versions, lines or permissions of everybody for each document."""
        query = self.env["paydox.document"].with_user(self.stranger)._search([], limit=80, order="date desc, id desc")
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(query.select())
        self.env.cr.execute("EXPLAIN " + self.env.cr.mogrify(query.select()).decode())
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())

        self.assertIsInstance(rows, list)
        for table in ("paydox_document_permission", "paydox_approval_line", "paydox_document_control_point"):
            self.assertNotIn(f"Seq Scan on {table}", plan)
