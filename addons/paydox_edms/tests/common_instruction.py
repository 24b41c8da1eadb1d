from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from .common import PaydoxEdmsMixin


class PaydoxInstructionMixin(PaydoxEdmsMixin):
    """People of instructions, besides those of documents.

    head      heads the department in which worker and helper work; gives work
    worker    does it          helper   takes part        controller   accepts reports
    stranger  is an employee who takes part in nothing
    """

    @classmethod
    def _set_up_people(cls):
        people = super()._set_up_people()
        for login in ("head", "worker", "helper", "controller"):
            user = new_test_user(
                cls.env,
                f"instr_{login}",
                groups="base.group_user",
                name=login.title(),
                tz="UTC",
                email=f"{login}@x.example",
            )
            setattr(cls, login, user)
        employees = cls.env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id} for user in (cls.head, cls.worker, cls.helper)]
        )
        cls.department = cls.env["hr.department"].create({"name": "Instructed", "manager_id": employees[0].id})
        employees.department_id = cls.department
        return people

    @classmethod
    def _create_instruction(cls, user=None, **overrides):
        """A draft of ``head`` for ``worker``, seen as ``user``."""
        values = {"name": "Prepare an answer", "executor_id": cls.worker.id, "deadline": cls._moment(days=5)}
        instruction = cls.env["paydox.instruction"].with_user(cls.head).create(values | overrides)
        return instruction.with_user(user or cls.head)

    @classmethod
    def _give(cls, user=None, **overrides):
        instruction = cls._create_instruction(**overrides)
        instruction.action_assign()
        return instruction.with_user(user or cls.head)

    @classmethod
    def _give_with_helper(cls, user=None, **overrides):
        part = Command.create({"user_id": cls.helper.id, "note": "The figures"})
        return cls._give(user, co_executor_ids=[part], controller_id=cls.controller.id, **overrides)

    @classmethod
    def _moment(cls, **delta):
        return fields.Datetime.now() + timedelta(**delta)

    def _turns(self, instruction):
        """Who has what on his list because of the instruction: ``{(login, type)}``."""
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "paydox.instruction"), ("res_id", "=", instruction.id)]
        )
        prefix = "paydox_edms.mail_activity_type_instruction"
        names = {
            self.env.ref(prefix + suffix): suffix.lstrip("_") or "execute"
            for suffix in ("", "_part", "_control", "_extension", "_confirm")
        }
        return {
            (activity.user_id.login.removeprefix("instr_"), names[activity.activity_type_id]) for activity in activities
        }

    def _told(self, user):
        """The texts that are queued for the person."""
        notices = self.env["paydox.instruction.notice"].search([("user_id", "=", user.id)])
        return [notice.reason for notice in notices]

    def assertInstruction(self, instruction, state):
        instruction.invalidate_recordset()
        self.assertEqual(instruction.sudo().state, state)


class PaydoxInstructionCase(PaydoxInstructionMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
