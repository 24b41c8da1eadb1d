from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import PaydoxEdmsCase

# A Monday, 9:00 UTC.
MONDAY = datetime(2026, 11, 23, 9)


class InstructionTermsCase(PaydoxEdmsCase):
    """Ann and Bob work in the department of the head, 8-12 and 13-17 UTC; the author gives them instructions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.company.resource_calendar_id
        cls.calendar.write({"tz": "UTC", "leave_ids": [Command.clear()]})
        cls.head = new_test_user(cls.env, "edms_head", name="Head", tz="UTC")
        cls.department = cls.env["hr.department"].create({"name": "Sales"})
        employee = cls._create_employee(cls.head)
        cls.department.manager_id = employee
        cls.ann = new_test_user(cls.env, "edms_ann", name="Ann", tz="UTC")
        cls.bob = new_test_user(cls.env, "edms_bob", name="Bob", tz="UTC")
        cls._create_employee(cls.ann)
        cls._create_employee(cls.bob)
        cls.env["paydox.instruction.reminder"].search([]).unlink()

    @classmethod
    def _create_employee(cls, user):
        return cls.env["hr.employee"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": cls.company.id,
                "department_id": cls.department.id,
                "resource_calendar_id": cls.calendar.id,
                "tz": "UTC",
            }
        )

    @classmethod
    def _create_instructions(cls, count=1, user=None, **overrides):
        """Assigned instructions of the head to Ann, seen as ``user`` (the head)."""
        vals = {
            "name": "Call the client",
            "author_id": cls.head.id,
            "executor_id": cls.ann.id,
            "company_id": cls.company.id,
        }
        # A term that is over cannot be given; it passes afterwards.
        term = overrides.get("deadline")
        if term and term < fields.Datetime.now():
            vals["deadline"] = fields.Datetime.now() + timedelta(days=1)
            overrides.pop("deadline")
        made = cls.env["paydox.instruction"]._assign_many([vals | overrides for _index in range(count)])
        if "deadline" not in overrides:
            made.write({"deadline": term})
        cls.env.flush_all()
        return made.with_env(cls.env(user=user or cls.head, su=False))

    @classmethod
    def _create_reminder(cls, **overrides):
        """A reminder of all instructions, one working day before the term."""
        return cls.env["paydox.instruction.reminder"].create(
            {"direction": "before", "value": 1, "unit": "day"} | overrides
        )

    def _leave(self, user, first, last):
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": user.employee_ids.resource_id.id,
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": first,
                "date_to": last,
            }
        )
