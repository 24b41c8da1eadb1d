import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PDF, PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestKindSettings(PaydoxEdmsCase):
    """A business administrator configures a kind from the menus; the server keeps to it."""

    def _set_fields(self, *rows):
        self.kind.with_user(self.manager).field_ids = [Command.create(row) for row in rows]

    def test_verb_names_everything_that_is_missing(self):
        self._set_fields(
            {"field_name": "partner_id", "required_at": "register"},
            {"field_name": "version_ids", "required_at": "register"},
            {"field_name": "sender_number", "required_at": "execute"},
        )
        document = self._create_document()

        self.assertEqual(document._get_missing_fields("register"), ["Counterparty", "File"])
        self.assertEqual(document._get_missing_fields("submit"), [])
        self.assertIn("To register, fill in: Counterparty, File", document.missing_text)
        with self.assertRaisesRegex(UserError, "Counterparty, File"):
            document.action_register()
        document.partner_id = self.company.partner_id
        document.add_version("a.pdf", PDF)
        document.action_register()
        with self.assertRaisesRegex(UserError, "Sender's Number"):
            document.action_execute()

    def test_document_is_not_sent_while_a_field_is_missing(self):
        self.kind.route_id = self._create_route({"users": self.director})
        self._set_fields({"field_name": "amount", "required_at": "submit"})
        document = self._create_document()

        with self.assertRaisesRegex(UserError, "Amount"):
            document.action_submit()
        document.amount = 5
        document.action_submit()
        self.assertState(document, "review", "running")

    def test_field_required_always_cannot_be_emptied_later(self):
        self._set_fields({"field_name": "partner_id", "required_at": "save"})

        with self.assertRaises(UserError):
            self._create_document()
        document = self._create_document(partner_id=self.company.partner_id.id)
        with self.assertRaises(UserError):
            document.partner_id = False

    def test_own_field_can_be_required_and_keeps_its_line_when_renamed(self):
        definition = [{"name": "warranty", "type": "integer", "string": "Warranty"}]
        self.kind.with_user(self.manager).property_definition = definition
        self._set_fields({"own_field": "warranty ", "required_at": "register"})
        definition[0]["string"] = "Guarantee"
        self.kind.with_user(self.manager).property_definition = definition
        document = self._create_document()

        with self.assertRaisesRegex(UserError, "Guarantee"):
            document.action_register()
        document.properties = {"warranty": 24}
        document.action_register()
        with self.assertRaises(ValidationError):
            self._set_fields({"own_field": "Colour", "required_at": "register"})

    def test_only_facts_can_be_left_editable(self):
        for name in ("amount", "partner_id", "valid_to", "note"):
            with self.subTest(name), self.assertRaises(ValidationError):
                self._set_fields({"field_name": name, "is_unlocked": True})
        for name in ("confidentiality", "state", "participant_ids", "number", "permission_ids"):
            with self.subTest(name), self.assertRaisesRegex(Exception, "cannot be configured|Wrong value"):
                self._set_fields({"field_name": name, "required_at": "register"})

    def test_unlocked_field_is_editable_on_approval_and_after_it(self):
        self._set_fields({"field_name": "responsible_id", "is_unlocked": True})
        document = self._create_submitted({"users": self.director})

        document.responsible_id = self.legal
        with self.assertRaises(UserError):
            document.write({"responsible_id": self.author.id, "amount": 7})
        document.with_user(self.director).action_agree()
        document.responsible_id = self.author
        self.assertState(document, "approved")
        other = self._create_document(kind_id=self._create_kind(route_id=self.kind.route_id.id).id)
        other.action_submit()
        with self.assertRaises(UserError):
            other.responsible_id = self.legal

    def test_defaults_of_the_kind(self):
        self.kind.with_user(self.manager).write({"responsible_id": self.legal.id, "validity_months": 12})

        document = self._create_document(date="2026-03-01")

        self.assertEqual(document.responsible_id, self.legal)
        self.assertEqual(str(document.valid_to), "2027-02-28")
        self.assertEqual(self._create_document(responsible_id=self.author.id).responsible_id, self.author)
        document.valid_to = False
        document.amount = 3
        self.assertFalse(document.valid_to, "a term that was emptied comes back")
        with self.assertRaises(ValidationError):
            self.kind.validity_months = -1

    def test_file_is_made_from_the_template_once(self):
        document = self._create_document()
        with self.assertRaises(UserError):
            document.action_create_from_template()
        self.kind.with_user(self.manager).write(
            {"template_file": base64.b64encode(PDF), "template_filename": "contract.pdf"}
        )

        document.with_context(bin_size=True).action_create_from_template()

        self.assertEqual(document.current_version_id.filename, "contract.pdf")
        self.assertEqual(base64.b64decode(document.current_version_id.file), PDF)
        with self.assertRaises(UserError):
            document.action_create_from_template()
        with self.assertRaises(AccessError):
            self._create_document(user=self.stranger, confidentiality="open").action_create_from_template()

    def test_creators_of_a_kind(self):
        self.kind.with_user(self.manager).creator_group_ids = self.env.ref("paydox_edms.paydox_edms_group_clerk")
        kinds = self.env["paydox.document.kind"]
        other = self._create_document(kind_id=self._create_kind().id)

        with self.assertRaises(AccessError):
            self._create_document()
        with self.assertRaises(AccessError):
            other.kind_id = self.kind
        self.assertNotIn(self.kind, kinds.with_user(self.author).search([("can_create", "=", True)]))
        self.assertIn(self.kind, kinds.with_user(self.clerk).search([("can_create", "=", True)]))
        own = self.env["paydox.document"].with_user(self.clerk).create({"name": "x", "kind_id": self.kind.id})
        own.confidentiality = "open"
        with self.assertRaises(AccessError):
            own.with_user(self.author).copy()

    def test_kind_of_a_registered_document_stays(self):
        document = self._create_document()
        other = self._create_kind()
        document.kind_id = other
        document.action_register()

        for user in (self.author, self.clerk, self.exclusive):
            with self.subTest(user.login), self.assertRaises(UserError):
                document.with_user(user).kind_id = self.kind
        self.assertEqual(document.kind_id, other)

    def test_manager_sets_up_a_kind_on_the_form(self):
        route = self._create_route({"users": self.director})
        with Form(self.env["paydox.document.kind"].with_user(self.manager)) as form:
            form.name = "Act"
            form.code = "ACT"
            form.route_id = route
            form.reminder_days = "14, 3"
            form.acquaintance_user_ids.add(self.legal)
            with form.field_ids.new() as row:
                row.field_name = "partner_id"
                row.required_at = "submit"
        self.assertEqual(form.record.field_ids.field_name, "partner_id")
        for model in ("ir.model.fields", "ir.config_parameter", "ir.rule"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.manager).search([], limit=1)
        with self.assertRaises(AccessError):
            self.stranger.with_user(self.manager).password = "x"

    def test_form_marks_what_the_kind_wants(self):
        self._set_fields(
            {"field_name": "partner_id", "required_at": "save"}, {"field_name": "responsible_id", "is_unlocked": True}
        )
        with Form(self.env["paydox.document"].with_user(self.author)) as form:
            form.name = "x"
            form.kind_id = self.kind
            self.assertTrue(form._get_modifier("partner_id", "required"))
            form.partner_id = self.company.partner_id
        self.assertFalse(form.record.with_user(self.author).is_locked)
