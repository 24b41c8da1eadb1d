from datetime import datetime, time, timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common_terms import InstructionTermsCase


@tagged("post_install", "-at_install")
class TestWorkloadTour(HttpCase, InstructionTermsCase):
    """The head looks at the week, sees fourteen against three, and drags two from one to the other."""

    def test_head_drags_two_instructions_from_ann_to_bob(self):
        self.company.instruction_day_limit = 8
        today = fields.Date.today()
        wednesday = today + timedelta(days=9 - today.weekday())
        noon = datetime.combine(wednesday, time(12))
        visits = self.env["paydox.instruction"]
        for index in range(14):
            visits |= self._create_instructions(name=f"Visit {index + 1}", deadline=noon + timedelta(minutes=index))
        self._create_instructions(count=3, executor_id=self.bob.id, deadline=noon)

        self.start_tour("/odoo", "paydox_edms_workload", login="edms_head")

        first, second, *rest = visits
        self.env.invalidate_all()
        self.assertEqual((first.executor_id, second.executor_id), (self.bob, self.bob))
        self.assertEqual(first.deadline, noon, "another person, the same term")
        self.assertEqual(second.deadline, noon + timedelta(days=1, minutes=1), "another day, the same time")
        self.assertEqual(visits.browse([visit.id for visit in rest]).executor_id, self.ann)
