from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.paydox_edms.tools.condition import get_condition_problem, parse_condition


class PaydoxRouteStep(models.Model):
    _name = "paydox.route.step"
    _description = "Step of an Approval Route"
    _inherit = ["paydox.step.definition", "paydox.revision.part"]
    _order = "route_id, sequence, id"
    _revision_field = "route_id"

    route_id = fields.Many2one(comodel_name="paydox.route", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True, translate=True)
    condition = fields.Text(help="The step is left out for documents that do not match. Empty: always.")
    approver_summary = fields.Char(string="Who Decides", compute="_compute_approver_summary")

    _quorum_positive = models.Constraint("CHECK(rule <> 'quorum' OR quorum > 0)", "The quorum must be 1 or more.")
    _percent_valid = models.Constraint(
        "CHECK(quorum_percent BETWEEN 1 AND 100)", "The quorum must be between 1 and 100 percent."
    )
    _level_positive = models.Constraint("CHECK(manager_level > 0)", "The level of the manager must be 1 or more.")
    _deadline_positive = models.Constraint("CHECK(deadline_hours >= 0)", "The term cannot be negative.")
    _reminder_positive = models.Constraint("CHECK(reminder_hours >= 0)", "The reminder cannot be negative.")
    _reminder_in_term = models.Constraint(
        "CHECK(COALESCE(reminder_hours, 0) = 0 OR reminder_hours < COALESCE(deadline_hours, 0))",
        "The reminder must come after the step begins: it must be shorter than the term.",
    )
    _timeout_needs_term = models.Constraint(
        "CHECK(timeout_action = 'none' OR COALESCE(deadline_hours, 0) > 0)",
        "Something is to happen when the term is over, but the step has no term. Give it one.",
    )
    _personal_by_people = models.Constraint(
        "CHECK(timeout_action <> 'agree' OR kind NOT IN ('sign', 'vote'))",
        "Signatures and votes are never given automatically. Choose what else happens when the term is over.",
    )

    # === COMPUTE METHODS === #

    @api.depends("approver_kind", "user_ids", "group_id", "approver_field", "manager_level", "job_id", "department_id")
    def _compute_approver_summary(self):
        kinds = dict(self._fields["approver_kind"]._description_selection(self.env))
        names = dict(self._get_approver_fields())
        for step in self:
            texts = {
                "users": ", ".join(step.user_ids.mapped("name")),
                "group": step.group_id.name,
                "field": names.get(step.approver_field),
                "manager": self.env._("Manager of the author, level %(level)s", level=step.manager_level)
                if step.manager_level > 1
                else False,
                "position": step.job_id.name,
                "department_head": self.env._("Head: %(department)s", department=step.department_id.name)
                if step.department_id
                else False,
            }
            step.approver_summary = texts.get(step.approver_kind) or kinds.get(step.approver_kind)

    # === CONSTRAINT METHODS === #

    @api.constrains("approver_kind", "user_ids", "group_id", "approver_field", "job_id")
    def _check_approvers(self):
        for step in self:
            missing = {
                "users": not step.user_ids,
                "group": not step.group_id,
                "position": not step.job_id,
                # The choices depend on the addons that are there, so Odoo does not check them by itself.
                "field": step.approver_field not in dict(self._get_approver_fields()),
            }
            if missing.get(step.approver_kind):
                raise ValidationError(self.env._("The step %(step)s does not say who decides.", step=step.name))

    @api.constrains("rule", "quorum", "quorum_type", "approver_kind", "user_ids")
    def _check_quorum(self):
        for step in self:
            by_number = step.rule == "quorum" and step.quorum_type == "number"
            if by_number and step.approver_kind == "users" and step.quorum > len(step.user_ids):
                raise ValidationError(
                    self.env._(
                        "The step %(step)s asks for %(quorum)s people, but names only %(count)s.",
                        step=step.name,
                        quorum=step.quorum,
                        count=len(step.user_ids),
                    )
                )

    @api.constrains("condition", "route_id")
    def _check_condition(self):
        for step in self:
            if problem := get_condition_problem(step.condition, self.env[step.route_id.res_model]):
                raise ValidationError(
                    self.env._(
                        "The condition of the step %(step)s cannot be used: %(error)s", step=step.name, error=problem
                    )
                )

    # === HELPERS === #

    def _applies_to(self, record):
        """Whether the step is for ``record``; a route may be used for a model that its conditions do not know."""
        self.ensure_one()
        try:
            return bool(record.filtered_domain(parse_condition(self.condition)))
        except Exception as error:  # noqa: BLE001  whatever the domain does to the record is to be explained
            raise UserError(
                self.env._(
                    "%(record)s cannot be sent: the condition of the step “%(step)s” cannot be used for it (%(error)s).",
                    record=record.display_name,
                    step=self.name,
                    error=error,
                )
            ) from error
