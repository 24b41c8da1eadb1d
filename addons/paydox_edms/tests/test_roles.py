from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PDF, PaydoxEdmsCase

GROUP = "paydox_edms.paydox_edms_group_"


@tagged("post_install", "-at_install")
class TestRoles(PaydoxEdmsCase):
    """Roles are groups: each gives its menus and its rights, two give both."""

    def _get_menus(self, user):
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        data = self.env["ir.model.data"].sudo().search([("model", "=", "ir.ui.menu"), ("module", "=", "paydox_edms")])
        return {row.name for row in data if row.res_id in visible}

    def test_each_role_gets_its_menus(self):
        auditor = new_test_user(self.env, "edms_auditor", groups=f"base.group_user,{GROUP}auditor")
        everybody = {"paydox_document_menu_mine", "paydox_document_menu_ending", "paydox_approval_line_menu_inbox"}
        registry = {"paydox_edms_menu_registration"}
        settings = {"paydox_document_kind_menu", "paydox_route_menu"}
        log = {"paydox_document_change_menu"}
        for user, has, lacks in (
            (self.author, everybody, registry | settings | log),
            (auditor, everybody | log, registry | settings),
            (self.clerk, everybody | registry | log, settings),
            (self.manager, everybody | registry | settings | log, {"paydox_event_menu"}),
        ):
            menus = self._get_menus(user)
            with self.subTest(user.login):
                self.assertFalse(has - menus)
                self.assertFalse(lacks & menus)

    def test_auditor_reads_all_but_secret_documents_and_edits_none(self):
        auditor = new_test_user(self.env, "edms_auditor", groups=f"base.group_user,{GROUP}auditor")
        internal, secret = self._create_document(), self._create_document(confidentiality="secret")
        for document in (internal, secret):
            document.amount = 5
            document.add_version("a.pdf", str(document.id).encode() + PDF)

        self.assertTrue(internal.with_user(auditor).has_access("read"))
        self.assertFalse(internal.with_user(auditor).has_access("write"))
        self.assertTrue(internal.version_ids.with_user(auditor).has_access("read"))
        self.assertTrue(internal.change_ids.with_user(auditor).has_access("read"))
        self.assertFalse(secret.with_user(auditor).has_access("read"))
        self.assertFalse(secret.version_ids.with_user(auditor).has_access("read"))

    def test_two_roles_give_both(self):
        user = new_test_user(self.env, "edms_both", groups=f"base.group_user,{GROUP}clerk")
        document = self._create_approved()
        user.group_ids = [Command.link(self.env.ref(f"{GROUP}exclusive").id)]

        document.with_user(user).action_register()
        document.with_user(user).action_unlock("Wrong price")

        self.assertState(document, "draft")
