from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang


class PaydoxDocument(models.Model):
    """Execution after signing: the plan of a document and what is wrong with it."""

    _inherit = "paydox.document"

    control_point_ids = fields.One2many(comodel_name="paydox.document.control.point", inverse_name="document_id")
    reminder_ids = fields.One2many(
        comodel_name="paydox.document.reminder", inverse_name="document_id", string="Reminders", copy=True
    )
    control_warning = fields.Text(compute="_compute_control_warning")
    has_overdue_point = fields.Boolean(compute="_compute_has_overdue_point", search="_search_has_overdue_point")

    # === COMPUTE METHODS === #

    @api.depends("amount", "control_point_ids.amount", "control_point_ids.state", "control_point_ids.has_no_act")
    @api.depends_context("lang")
    def _compute_control_warning(self):
        for document in self:
            document.control_warning = "\n".join(document._get_control_warnings())

    def _get_control_warnings(self):
        """Deviations of the plan, as sentences: they warn, they forbid nothing."""
        self.ensure_one()
        active = self.control_point_ids.filtered(lambda point: point.state != "cancelled")
        payments = active.filtered(lambda point: point.kind == "payment")
        warnings = []
        for points, label in (
            (active - payments, self.env._("The stages")),
            (payments, self.env._("The payments")),
        ):
            total = sum(points.mapped("amount"))
            if total and self.currency_id.compare_amounts(total, self.amount):
                warnings.append(
                    self.env._(
                        "%(points)s come to %(total)s, the document to %(amount)s.",
                        points=label,
                        total=formatLang(self.env, total, currency_obj=self.currency_id),
                        amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
                    )
                )
        return warnings + [
            self.env._("“%(point)s” is done without an act.", point=point.name) for point in active if point.has_no_act
        ]

    @api.depends("control_point_ids.is_overdue")
    @api.depends_context("uid", "tz")
    def _compute_has_overdue_point(self):
        for document in self:
            document.has_overdue_point = any(point.is_overdue for point in document.control_point_ids)

    def _search_has_overdue_point(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("control_point_ids", "any", Domain("is_overdue", "=", True))
        return overdue if True in value else ~overdue

    @api.depends("control_point_ids.state", "control_point_ids.responsible_id")
    def _compute_is_involved(self):
        return super()._compute_is_involved()

    # === HELPERS === #

    @api.model
    def _get_unlocked_fields(self):
        # The plan is carried out after signing, so it lives beside what was confirmed.
        return super()._get_unlocked_fields() | {"control_point_ids", "reminder_ids"}

    @api.model
    def _get_involved_domain(self):
        """Who answers for a planned point reads the document until the point is closed."""
        mine = Domain("responsible_id", "=", self.env.uid) & Domain("state", "=", "planned")
        return super()._get_involved_domain() | Domain("control_point_ids", "any!", mine)
