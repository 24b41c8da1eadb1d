from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

PDF = b"%PDF-1.4 first"
PDF_2 = b"%PDF-1.4 second"


class PaydoxEdmsMixin:
    """Factories and asserts of the addon.

    author     employee, writes documents        legal, chief, director     employees who decide
    stranger   employee, takes part in nothing   clerk, manager, exclusive  the groups of the addon
    admin      administrator of the system, with every right
    """

    @classmethod
    def _set_up_people(cls):
        cls.company = cls.env.company
        prefix = "paydox_edms.paydox_edms_group_"
        for login, groups in {
            "author": "",
            "legal": "",
            "chief": "",
            "director": "",
            "stranger": "",
            "clerk": prefix + "clerk",
            "manager": prefix + "manager",
            "exclusive": prefix + "exclusive",
            "admin": f"base.group_system,{prefix}manager",
        }.items():
            groups = "base.group_user" + ("," + groups if groups else "")
            user = new_test_user(cls.env, f"edms_{login}", groups=groups, name=login.title(), tz="UTC")
            setattr(cls, login, user)
        cls.kind = cls._create_kind()

    @classmethod
    def _create_kind(cls, **overrides):
        count = cls.env["paydox.document.kind"].with_context(active_test=False).search_count([])
        vals = {"name": f"Kind {count}", "code": f"K{count}", "number_pattern": "{kind}-{seq:04}"}
        return cls.env["paydox.document.kind"].create(vals | overrides)

    @classmethod
    def _create_route(cls, *steps, publish=True, **overrides):
        """A route of the given steps; a step is a dict of values, ``users`` being a recordset."""
        commands = []
        for position, step in enumerate(steps):
            vals = {"name": f"Step {position + 1}", "sequence": position} | step
            if "users" in vals:
                vals["user_ids"] = [Command.set(vals.pop("users").ids)]
            commands.append(Command.create(vals))
        route = cls.env["paydox.route"].create({"name": "Route", "step_ids": commands} | overrides)
        if publish:
            route.action_publish()
        return route

    @classmethod
    def _create_document(cls, user=None, **overrides):
        """A document of ``author``, seen as ``user``."""
        vals = {"name": "Supply of pumps", "kind_id": cls.kind.id}
        document = cls.env["paydox.document"].with_user(cls.author).create(vals | overrides)
        return document.with_user(user or cls.author)

    @classmethod
    def _create_submitted(cls, *steps, **overrides):
        """A document of ``author`` that waits in the first of the given steps."""
        cls.kind.route_id = cls._create_route(*steps)
        document = cls._create_document(**overrides)
        if "sign" in [step.get("kind") for step in steps]:
            document.add_version("contract.pdf", PDF)
        document.action_submit()
        return document

    @classmethod
    def _create_approved(cls, **overrides):
        document = cls._create_submitted({"users": cls.director}, **overrides)
        document.with_user(cls.director).action_agree()
        return document

    def _lines(self, document, states=("pending",)):
        """People of the latest round whose line is in one of the states."""
        lines = document.sudo().approval_id.line_ids
        return lines.filtered(lambda line: line.state in states).user_id

    def assertWaitsFor(self, document, users):
        self.assertEqual(self._lines(document), users, "the document waits for other people")

    def assertState(self, document, state, approval_state=None):
        document.invalidate_recordset()
        self.assertEqual(document.sudo().state, state)
        if approval_state:
            self.assertEqual(document.sudo().approval_state, approval_state)


class PaydoxEdmsCase(PaydoxEdmsMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
