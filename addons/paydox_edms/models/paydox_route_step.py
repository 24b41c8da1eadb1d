import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class PaydoxRouteStep(models.Model):
    _name = "paydox.route.step"
    _description = "Step of an Approval Route"
    _inherit = ["paydox.step.definition"]
    _order = "route_id, sequence, id"

    route_id = fields.Many2one(comodel_name="paydox.route", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True, translate=True)
    condition = fields.Text(help="The step is left out for documents that do not match. Empty: always.")

    _quorum_positive = models.Constraint("CHECK(rule <> 'quorum' OR quorum > 0)", "The quorum must be 1 or more.")
    _deadline_positive = models.Constraint("CHECK(deadline_hours >= 0)", "The term cannot be negative.")

    approver_summary = fields.Char(string="Who Decides", compute="_compute_approver_summary")

    # === COMPUTE METHODS === #

    @api.depends("approver_kind", "user_ids", "group_id", "approver_field")
    def _compute_approver_summary(self):
        kinds = dict(self._fields["approver_kind"]._description_selection(self.env))
        names = dict(self._get_approver_fields())
        for step in self:
            texts = {
                "users": ", ".join(step.user_ids.mapped("name")),
                "group": step.group_id.name,
                "field": names.get(step.approver_field),
            }
            step.approver_summary = texts.get(step.approver_kind) or kinds.get(step.approver_kind)

    # === CONSTRAINT METHODS === #

    @api.constrains("approver_kind", "user_ids", "group_id", "approver_field")
    def _check_approvers(self):
        for step in self:
            missing = {
                "users": not step.user_ids,
                "group": not step.group_id,
                "field": not step.approver_field,
            }
            if missing.get(step.approver_kind):
                raise ValidationError(self.env._("The step %(step)s does not say who decides.", step=step.name))

    @api.constrains("rule", "quorum", "approver_kind", "user_ids")
    def _check_quorum(self):
        for step in self:
            if step.rule == "quorum" and step.approver_kind == "users" and step.quorum > len(step.user_ids):
                raise ValidationError(
                    self.env._(
                        "The step %(step)s asks for %(quorum)s people, but names only %(count)s.",
                        step=step.name,
                        quorum=step.quorum,
                        count=len(step.user_ids),
                    )
                )

    @api.constrains("condition")
    def _check_condition(self):
        for step in self:
            try:
                # sudo: the check must not depend on what the administrator may read
                self.env["paydox.document"].sudo().search(step._get_condition(), limit=1)
            except Exception as error:  # noqa: BLE001  any failure of a domain typed by hand is one to explain
                raise ValidationError(
                    self.env._(
                        "The condition of the step %(step)s cannot be used: %(error)s", step=step.name, error=error
                    )
                ) from error

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.route_id._check_draft()
        return steps

    def write(self, vals):
        self.route_id._check_draft()
        result = super().write(vals)
        self.route_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self.route_id._check_draft()

    # === HELPERS === #

    def _get_condition(self):
        """The condition as a domain; only literals are accepted, no code."""
        self.ensure_one()
        return Domain(ast.literal_eval(self.condition.strip())) if (self.condition or "").strip() else Domain.TRUE
