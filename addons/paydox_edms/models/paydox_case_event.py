from odoo import api, models
from odoo.fields import Domain


class PaydoxEvent(models.Model):
    """Events of cases, and the steps that wait for events."""

    _inherit = "paydox.event"

    # === BUSINESS METHODS === #

    @api.model
    def _get_event_names(self):
        names = {
            "case.started": self.env._("Case started"),
            "case.done": self.env._("Case completed"),
            "case.cancelled": self.env._("Case cancelled"),
            "case.step_done": self.env._("Step of a case done"),
        }
        return super()._get_event_names() + list(names.items())

    def _consume(self):
        result = super()._consume()
        self._end_waiting_steps()
        return result

    def _end_waiting_steps(self):
        """End the steps that wait for this event, in the cases that it is about."""
        steps = self.env["paydox.case.step"]
        waiting = Domain("kind", "=", "event") & Domain("state", "=", "active") & Domain("event_name", "=", self.name)
        if not steps.search_count(waiting, limit=1):
            return
        cases = self.env["paydox.case"].search(Domain("state", "=", "running") & self._get_case_domain())
        earlier = Domain("event_floor", "<", self.id)
        found = steps.search(waiting & earlier & Domain("case_id", "in", cases.ids)) if cases else steps
        found.write({"event_id": self.id})
        found._end_and_go_on()

    def _get_case_domain(self):
        """Cases that the event is about: of the record itself, or of the case in which the record is."""
        domain = Domain.OR(
            Domain("res_model", "=", model) & Domain("res_id", "=", record_id)
            for model, record_id in self._get_event_subjects()
        )
        if self.res_model == "paydox.document":
            document = self.env["paydox.document"].browse(self.res_id).exists()
            domain |= Domain("id", "in", document.case_id.ids)
        return domain

    def _get_event_subjects(self):
        """``[(model, id)]`` of what the event is about; addons add what their records hang on."""
        return [(self.res_model, self.res_id)]
