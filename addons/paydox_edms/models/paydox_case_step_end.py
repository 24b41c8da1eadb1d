from odoo import api, fields, models
from odoo.exceptions import UserError


class PaydoxCaseStep(models.Model):
    """How steps end."""

    _inherit = "paydox.case.step"

    # === BUSINESS METHODS === #

    def _finish(self, report=None, emit=True):
        """End the steps; one whose data is not filled in waits for it and says so. The caller lets the cases go on.

        :return: those that ended
        """
        now = fields.Datetime.now()
        ended = self.browse()
        for step in self.filtered(lambda step: step.state in ("active", "ready")):
            if missing := step._get_missing_data():
                step.write({"is_fulfilled": True, "problem": self._get_missing_text(missing)})
            else:
                ended |= step
        if not ended:
            return ended
        vals = {"state": "done", "done_at": now, "done_by_id": self.env.uid, "problem": False, "is_fulfilled": False}
        ended.write(vals | ({"report": report} if report else {}))
        for step in ended:
            step.move_count += 1
        ended._drop_activities()
        ended.case_id._touch()
        if emit:
            ended._emit_done()
        return ended

    def _emit_done(self):
        self.env["paydox.event"]._emit_batch(
            "case.step_done",
            [
                (step.case_id, f"case.step_done:{step.id}:{step.move_count}", {"step": step.id, "code": step.code})
                for step in self
            ],
        )

    def _end_and_go_on(self, report=None):
        """End the steps because of something that happened, and let their cases go on; never fails what happened."""
        steps = self.filtered(lambda step: step.state == "active" and step.case_id.state == "running")
        if not steps:
            return
        steps.case_id._lock()
        steps._finish(report)
        steps.case_id._advance_safely()

    def _leave_out(self, state, reason):
        """The steps are not done.

        :param str state: ``skipped`` or ``cancelled``
        """
        now = fields.Datetime.now()
        self.write(
            {
                "state": state,
                "skip_reason": reason,
                "done_at": now,
                "done_by_id": self.env.uid,
                "problem": False,
                "is_fulfilled": False,
            }
        )
        self.case_id._touch()
        self._drop_activities()
        self._withdraw_things(reason)

    def _reopen(self, problem):
        """The step was done, but what it stands on is gone."""
        steps = self.filtered(lambda step: step.state == "done")
        steps.write({"state": "active", "problem": problem, "done_at": False, "done_by_id": False})
        steps.case_id._touch()
        for step in steps:
            step.case_id._message_log(
                body=self.env._("“%(step)s” is open again. %(problem)s", step=step.display_name, problem=problem)
            )
        steps.case_id.filtered(lambda case: case.state == "running")._propose_closing()

    # === DATA === #

    def _get_missing_data(self):
        """Labels of the fields of the data form that the step needs and that are empty."""
        self.ensure_one()
        names = self.required_fields or []
        if not names:
            return []
        return self.case_id._get_empty_labels(names)

    @api.model
    def _get_missing_text(self, labels):
        return self.env._("Fill in the data of the case: %(fields)s.", fields=", ".join(labels))

    def _check_data(self):
        """Refuse to end steps whose data is not filled in."""
        for step in self:
            if missing := step._get_missing_data():
                raise UserError(
                    self.env._(
                        "“%(step)s” cannot be done yet. %(missing)s",
                        step=step.display_name,
                        missing=self._get_missing_text(missing),
                    )
                )


class PaydoxCase(models.Model):
    _inherit = "paydox.case"

    # === HELPERS === #

    def _finish_fulfilled(self):
        """End the steps that waited for data only, and have it now."""
        waiting = self.step_ids.filtered(lambda step: step.state == "active" and step.is_fulfilled)
        if waiting:
            self._lock()
            waiting._finish()

    def _get_empty_labels(self, names):
        """Labels of those of the fields of the data form that are not filled in."""
        self.ensure_one()
        definition = {row["name"]: row for row in self.template_id.property_definition or []}
        definition |= {row["name"]: row for row in self.own_definition or []}
        values = {**(self.own_properties._values or {}), **(self.properties._values or {})}
        labels = self.template_id._get_form_labels().get(self.template_id.id, {}) if names else {}
        return [
            labels[name][0] if name in labels else definition[name].get("string") or name
            for name in names
            if name in definition
            and (values.get(name) is None or values[name] is False or values[name] == "" or values[name] == [])
            # “No” is an answer.
            and not (definition[name].get("type") == "boolean" and values.get(name) is False)
        ]
