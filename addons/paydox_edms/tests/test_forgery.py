from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PDF, PaydoxEdmsCase

PROTECTED = (
    "paydox.approval",
    "paydox.approval.step",
    "paydox.approval.line",
    "paydox.approval.decision",
    "paydox.document.version",
    "paydox.document.number",
    "paydox.event",
)
FORGED_CONTEXT = dict.fromkeys(("su", "sudo", "force", "install_mode", "module", "tracking_disable", "engine"), True)


@tagged("post_install", "-at_install")
class TestForgery(PaydoxEdmsCase):
    """What a hostile user may try by RPC, as every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind.route_id = cls._create_route({"users": cls.legal | cls.director})
        cls.document = cls._create_document(confidentiality="open")
        cls.document.add_version("a.pdf", PDF)
        cls.document.action_register()
        cls.document.action_submit()
        cls.document.with_user(cls.legal).action_agree()
        cls.users = (
            cls.author,
            cls.legal,
            cls.director,
            cls.stranger,
            cls.clerk,
            cls.manager,
            cls.exclusive,
            cls.admin,
        )

    def _record(self, model):
        if model == "paydox.event":
            return self.env[model].search([("res_id", "=", self.document.id)], limit=1)
        return self.env[model].search([("document_id", "=", self.document.id)], limit=1)

    def _values(self, model):
        """Values with which a row could be made, so that the refusal is that of the guard."""
        record = self._record(model)
        names = [
            name
            for name, field in record._fields.items()
            if field.store and field.column_type and name not in models.MAGIC_COLUMNS and name not in ("hash", "key")
        ]
        values = {name: record[name].id if record._fields[name].type == "many2one" else record[name] for name in names}
        return {name: value for name, value in values.items() if value}

    def test_nobody_writes_creates_or_deletes_rows_of_the_engine(self):
        for model in PROTECTED:
            record = self._record(model)
            values = self._values(model)
            self.assertTrue(record and values, model)
            field = "state" if "state" in record._fields else next(iter(values))
            for user in self.users:
                for context in ({}, FORGED_CONTEXT):
                    forged = record.with_user(user).with_context(**context)
                    with self.subTest(model=model, user=user.login):
                        with self.assertRaises(AccessError):
                            forged.write({field: values[field]})
                        with self.assertRaises(AccessError):
                            forged.create(values)
                        with self.assertRaises(AccessError):
                            forged.copy()
                        with self.assertRaises(AccessError):
                            forged.unlink()

    def test_guard_holds_without_the_access_list(self):
        """A group or an access line added later opens nothing."""
        for model in PROTECTED:
            self.env["ir.model.access"].create(
                {
                    "name": "too much",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "group_id": self.env.ref("base.group_user").id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
            )
            self.env["ir.rule"].search([("model_id.model", "=", model)]).active = False
        for model in PROTECTED:
            record, values = self._record(model), self._values(model)
            field = "state" if "state" in record._fields else next(iter(values))
            for user in (self.stranger, self.admin):
                forged = record.with_user(user)
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        forged.write({field: values[field]})
                    with self.assertRaises(AccessError):
                        forged.create(values)
                    with self.assertRaises(AccessError):
                        forged.unlink()

    def test_decisions_and_numbers_do_not_change_even_as_superuser(self):
        for model in ("paydox.approval.decision", "paydox.document.number"):
            record = self._record(model)
            with self.assertRaises(AccessError):
                record.sudo().write({"create_uid": 1})
            with self.assertRaises(AccessError):
                record.sudo().unlink()

    def test_what_the_verbs_set_cannot_be_given(self):
        values = {
            "state": "approved",
            "number": "X-1",
            "registered_at": fields.Datetime.now(),
            "registered_by_id": self.stranger.id,
            "author_id": self.stranger.id,
            "participant_ids": [(4, self.stranger.id)],
            "version_ids": [(0, 0, {"filename": "x"})],
            "approval_ids": [(0, 0, {"round": 5})],
            "approval_line_ids": [(5,)],
            "version_count": 7,
            "transition_count": 7,
        }
        draft = self._create_document()
        for user in (self.author, self.clerk, self.manager, self.admin):
            documents = draft.with_user(user)
            for name, value in values.items():
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        documents.create({"name": "x", "kind_id": self.kind.id, name: value})
                    with self.assertRaises(AccessError):
                        documents.write({name: value})
                    with self.assertRaises(AccessError):
                        documents.with_context(**FORGED_CONTEXT).write({name: value})

    def test_rows_are_not_reached_through_the_document(self):
        draft = self._create_document()
        other = self._create_document()
        commands = {
            "child_ids": [(1, self.document.id, {"name": "x"})],
            "link_ids": [(0, 0, {"target_id": other.id, "type": "reply"})],
        }
        with self.assertRaises(AccessError):
            self.document.with_user(self.stranger).write({"name": "x"})
        with self.assertRaises(AccessError):
            draft.with_user(self.stranger).write({"link_ids": commands["link_ids"]})
        self.document.invalidate_recordset()
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            draft.write({"child_ids": commands["child_ids"]})
        self.assertIn("on approval", str(caught.exception))

    def test_strangers_cannot_use_the_verbs(self):
        secret = self._create_document(confidentiality="secret")
        for user in (self.stranger, self.clerk, self.manager, self.admin):
            as_user = secret.with_user(user)
            for verb, args in {
                "action_register": (),
                "action_submit": (),
                "action_request_approval": (),
                "action_execute": (),
                "action_cancel": (),
                "action_withdraw": (),
                "action_agree": (),
                "action_refuse": ("x",),
                "action_return": ("x",),
                "action_delegate": (user.id,),
                "action_recuse": ("x",),
                "action_add_approver": (user.id,),
                "action_stop": ("x",),
                "action_bypass_step": ("x",),
                "action_open_control": (),
                "action_open_resend": (),
                "add_version": ("a.pdf", PDF),
                "action_open_decide": (),
                "action_open_file": (),
            }.items():
                with self.subTest(user=user.login, verb=verb), self.assertRaises(AccessError):
                    getattr(as_user, verb)(*args)
        self.assertRecordValues(secret, [{"state": "draft", "number": False, "version_count": 0}])

    def test_engine_cannot_be_called_by_rpc(self):
        from odoo.service.model import get_public_method

        for model, names in {
            "paydox.document": (
                "_register_reserved",
                "_complete_registration",
                "_transition_to",
                "_write_locked",
                "_emit",
                "_decide",
                "_open_content",
            ),
            "paydox.approval": ("_start", "_advance", "_close", "_append"),
            "paydox.approval.line": ("_ask", "_skip"),
            "paydox.event": ("_emit", "_cron_dispatch", "_consume", "_dispatch"),
            "paydox.document.number": ("_allocate", "_insert_next", "_reserve", "_take"),
            "paydox.document.version": ("_find_same_files",),
        }.items():
            for name in names:
                self.assertTrue(hasattr(self.env[model], name), name)
                with self.subTest(name=name), self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)

    def test_window_for_decisions_opens_nothing(self):
        document = self._create_document(confidentiality="secret")
        document.with_user(self.author).action_submit()
        line = document.sudo().approval_id.line_ids[0]
        wizards = self.env["paydox.approval.decide"]

        self.assertFalse(line.with_user(self.stranger).has_access("read"))
        with self.assertRaises(AccessError):
            wizards.with_user(self.stranger).create({"line_id": line.id})
        wizard = wizards.with_user(self.author).create({"line_id": line.id, "decision": "agree"})
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        self.assertEqual(line.state, "pending")

    def test_hostile_arguments_do_nothing(self):
        as_director = self.document.with_user(self.director)
        for argument in ({"x": 1}, ["a"], 5, b"bytes", "x" * 100_000, "<script>alert(1)</script>"):
            with self.env.cr.savepoint() as savepoint:
                as_director.action_refuse(argument)
                line = self.document.sudo().approval_id.line_ids.filtered(lambda line: line.user_id == self.director)
                self.assertLessEqual(len(line.comment), 5000)
                self.assertNotIn("<script>", "".join(self.document.message_ids.mapped("body")))
                savepoint.rollback()
            self.env.invalidate_all()
