import runpy
from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .common import PDF, PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestHistory(PaydoxEdmsCase):
    """The life of a document, its change log, and the exclusive right as a verb."""

    def _steps(self, document):
        document.invalidate_recordset()
        return {step["key"]: step for step in document.lifecycle}

    def _changes(self, document, user=None):
        rows = self.env["paydox.document.change"].with_user(user or self.author)
        return rows.search([("document_id", "=", document.id)], order="id")

    # === LIFE CYCLE === #

    def test_each_step_has_its_person_its_moment_and_its_time(self):
        with freeze_time("2026-03-02 09:00:00"):
            document = self._create_submitted({"users": self.director})
            self.env.cr.execute(
                "UPDATE paydox_document SET create_date = '2026-03-02 08:00' WHERE id = %s", document.ids
            )
            document.invalidate_recordset()
        with freeze_time("2026-03-03 11:00:00"):
            document.with_user(self.director).action_agree()
            document.with_user(self.clerk).action_register()

        rows = document.sudo().transition_ids
        self.assertEqual(rows.mapped("to_state"), ["review", "approved", "registered"])
        self.assertEqual(rows.user_id.mapped("name"), ["Author", "Director", "Clerk"])
        steps = self._steps(document)
        self.assertEqual(list(steps), ["draft", "review", "approved", "registered", "done"])
        self.assertEqual([step["status"] for step in steps.values()], ["done", "done", "current", "done", "todo"])
        self.assertEqual(steps["draft"]["seconds"], 3600)
        self.assertEqual(steps["review"]["seconds"], 26 * 3600)
        self.assertEqual((steps["review"]["user"], steps["review"]["day"]), ("Author", "03/02/2026"))
        self.assertEqual(steps["approved"]["visits"][0]["round"], 1)

    def test_rework_keeps_the_former_round(self):
        document = self._create_submitted({"users": self.director})
        document.with_user(self.director).action_return("Price")
        self.assertEqual(self._steps(document)["review"]["status"], "todo")
        document.action_submit()

        visits = self._steps(document)["review"]["visits"]

        self.assertEqual([visit["round"] for visit in visits], [1, 2])

    def test_expired_and_cancelled_close_the_line(self):
        document = self._create_document(valid_from="2025-01-01", valid_to="2025-12-31")

        with freeze_time("2025-06-01"):
            self.assertNotIn("expired", self._steps(document))
            self.assertEqual(self._steps(document)["force"]["status"], "done")
        with freeze_time("2026-01-02"):
            self.assertEqual(self._steps(document)["expired"]["status"], "bad")
        document.action_cancel()
        self.assertEqual(list(self._steps(document)), ["draft", "force", "cancelled"])

    def test_history_cannot_be_written_by_anybody(self):
        document = self._create_approved()
        rows = (document.sudo().transition_ids[0], self._changes(document)[0])
        for row in rows:
            for user in (self.author, self.clerk, self.manager, self.exclusive, self.admin):
                with self.subTest(user=user.login, model=row._name):
                    for attack in (
                        lambda row: row.write({"user_id": self.stranger.id}),
                        lambda row: row.unlink(),
                        lambda row: row.create({"document_id": document.id}),
                    ):
                        with self.assertRaises(AccessError):
                            attack(row.with_user(user))
            with self.assertRaises(AccessError):
                row.sudo().write({"user_id": self.stranger.id})
            with self.assertRaises(AccessError):
                row.sudo().unlink()

    # === CHANGE LOG === #

    def test_change_is_logged_with_old_new_and_author(self):
        document = self._create_document(amount=10)

        document.write({"amount": 20, "name": "Pumps", "responsible_id": self.legal.id, "valid_to": "2027-01-31"})

        rows = {row.field_name: row for row in self._changes(document)}
        self.assertEqual(set(rows), {"amount", "name", "responsible_id", "valid_to"})
        self.assertEqual((rows["amount"].old_text, rows["amount"].new_text), ("10.00", "20.00"))
        self.assertEqual((rows["responsible_id"].old_text, rows["responsible_id"].new_text), ("Author", "Legal"))
        self.assertEqual(rows["valid_to"].new_text, "01/31/2027")
        self.assertEqual(rows["name"].what, "Subject")
        self.assertEqual(rows["name"].user_id, self.author)

    def test_no_context_switches_the_log_off(self):
        document = self._create_document()
        quiet = {"tracking_disable": True, "mail_notrack": True, "mail_create_nolog": True, "install_mode": True}

        document.with_context(**quiet).amount = 99

        self.assertEqual(self._changes(document).field_name, "amount")

    def test_own_fields_states_versions_rounds_and_permissions_are_logged(self):
        self.kind.property_definition = [{"name": "warranty", "type": "integer", "string": "Warranty"}]
        document = self._create_document()
        document.properties = {"warranty": 12}
        document.add_version("a.pdf", PDF)
        document.write({"permission_ids": [Command.create({"user_id": self.legal.id})]})
        self.kind.route_id = self._create_route({"users": self.director})
        document.action_submit()

        texts = [(row.what, row.old_text, row.new_text) for row in self._changes(document)]

        self.assertIn(("Warranty", "", "12"), texts)
        self.assertIn(("File", "", "1: a.pdf"), texts)
        self.assertIn(("Permission", "", "Legal: Reads"), texts)
        self.assertIn(("State", "Draft", "On approval"), texts)
        self.assertIn(("Round 1", "", "Route"), texts)

    def test_log_names_no_document_that_the_reader_may_not_read(self):
        secret = self._create_document(confidentiality="secret", name="Takeover of Acme")
        document = self._create_document(confidentiality="open")

        document.parent_id = secret

        row = self._changes(document, self.stranger)
        self.assertNotIn("Takeover", str(row.read()))
        self.assertEqual(row.new_text, "Document (no access)")
        self.assertIn("Takeover", row.with_user(self.author).new_text)

    def test_log_is_hidden_with_its_document(self):
        secret = self._create_document(confidentiality="secret")
        secret.amount = 5

        for user in (self.stranger, self.clerk, self.manager, self.admin):
            with self.subTest(user.login):
                self.assertFalse(self._changes(secret, user))
                self.assertFalse(
                    self.env["paydox.document.transition"].with_user(user).search([("document_id", "=", secret.id)])
                )

    def test_change_by_automation_shows_its_name(self):
        document = self._create_document()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Raise the price",
                "model_id": self.env["ir.model"]._get_id(document._name),
                "state": "code",
                "code": "record.write({'amount': 7})",
            }
        )

        action.with_context(active_model=document._name, active_id=document.id).run()
        document.amount = 8

        self.assertEqual(self._changes(document).mapped("origin"), ["Raise the price", False])

    def test_records_of_the_discussion_stay(self):
        document = self._create_document(confidentiality="open")
        self.env.cr.flush()
        document.amount = 5
        self.env.cr.flush()
        document.add_version("a.pdf", PDF)
        records = document.sudo().message_ids.filtered(lambda message: message.message_type != "comment")
        self.assertTrue(records.tracking_value_ids)

        for user in (self.author, self.manager, self.admin):
            for message in records.with_user(user):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    message.write({"body": "never happened"})
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    message.unlink()
        comment = document.message_post(body="typo", message_type="comment", subtype_xmlid="mail.mt_comment")
        comment.with_user(self.author).body = "fixed"

    # === EXCLUSIVE RIGHT === #

    def test_unlock_needs_the_right_and_a_reason(self):
        document = self._create_approved()

        for user in (self.author, self.clerk, self.manager, self.admin, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                document.with_user(user).action_unlock("I want to")
        for reason in (None, "", "  ", False):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                document.with_user(self.exclusive).action_unlock(reason)
        self.assertState(document, "approved")

        document.with_user(self.exclusive).action_unlock("Wrong bank account")

        self.assertState(document, "draft")
        self.assertEqual(document.sudo().transition_ids[-1].reason, "Wrong bank account")
        event = self.env["paydox.event"].search([("name", "=", "document.unlocked"), ("res_id", "=", document.id)])
        self.assertEqual(len(event), 1)
        self.assertIn("Wrong bank account", str(document.sudo().message_ids[0].body))
        with self.assertRaises(UserError):
            document.with_user(self.exclusive).action_unlock("Again")
        document.action_submit()
        self.assertState(document, "review", "running")

    def test_exclusive_right_does_not_reach_secret_documents(self):
        document = self._create_approved(confidentiality="secret")

        with self.assertRaises(AccessError):
            document.with_user(self.exclusive).action_unlock("I want to")

    def test_edit_with_the_exclusive_right_is_on_record_too(self):
        document = self._create_approved(amount=1)

        document.with_user(self.exclusive).amount = 2

        self.assertState(document, "draft")
        self.assertEqual(document.sudo().transition_ids[-1].user_id, self.exclusive)

    @mute_logger("odoo.sql_db")
    def test_existing_documents_get_their_history(self):
        document = self._create_approved()
        document.with_user(self.clerk).action_register()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM paydox_document_transition WHERE document_id = %s", document.ids)
        script = runpy.run_path(file_path("paydox_edms/migrations/19.0.1.1.0/post-transitions.py"))
        script["migrate"](self.env.cr, "19.0.1.0.0")
        script["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

        self.assertEqual(
            sorted(document.sudo().transition_ids.mapped("to_state")), ["approved", "registered", "review"]
        )
        self.assertIsInstance(document.sudo().transition_ids[0].occurred_at, datetime)
