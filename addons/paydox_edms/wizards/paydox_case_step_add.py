from odoo import api, fields, models
from odoo.fields import Command


class PaydoxCaseStepAdd(models.TransientModel):
    """Asks what is to be done besides; the verb of the case checks everything again."""

    _name = "paydox.case.step.add"
    _description = "Add a Step to a Case"
    _inherit = ["paydox.case.window"]

    name = fields.Char(string="What to Do", required=True)
    kind = fields.Selection(
        selection=lambda self: self.env["paydox.case.step"]._fields["kind"]._description_selection(self.env),
        default="instruction",
        required=True,
    )
    description = fields.Html(string="Details")
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Who Does It",
        domain="[('share', '=', False)]",
        help="Empty: who is responsible for the case.",
    )
    term_value = fields.Float(string="Term")
    term_unit = fields.Selection(
        selection=[("hours", "Working hours"), ("days", "Working days"), ("calendar_days", "Calendar days")],
        string="Term In",
        default="days",
        required=True,
    )
    is_required = fields.Boolean(string="Required", default=True)
    after_ids = fields.Many2many(
        comodel_name="paydox.case.step",
        string="After Steps",
        domain="[('case_id', '=', case_id)]",
        help="Empty: it can start at once.",
    )
    is_between = fields.Boolean(
        string="Those after Them Wait for It",
        default=True,
        help="Steps that come after the chosen ones and have not started wait for the new one first.",
    )
    document_kind_id = fields.Many2one(comodel_name="paydox.document.kind", ondelete="cascade")
    wait_state = fields.Selection(
        selection=lambda self: self.env["paydox.case.step"]._fields["wait_state"]._description_selection(self.env),
        string="Done When",
        default="approved",
    )
    route_id = fields.Many2one(comodel_name="paydox.route", domain="[('state', '=', 'published')]", ondelete="cascade")
    mail_template_id = fields.Many2one(comodel_name="mail.template", string="E-mail Template", ondelete="cascade")
    event_name = fields.Selection(
        selection=lambda self: self.env["paydox.event"]._get_event_names(), string="Event to Wait For"
    )
    sub_template_id = fields.Many2one(
        comodel_name="paydox.case.template",
        string="Template of the Case Inside",
        domain="[('state', '=', 'published')]",
        ondelete="cascade",
    )

    # === ACTIONS === #

    def action_confirm(self):
        """Add the step."""
        self.ensure_one()
        self.case_id.action_add_step(self._prepare_step_values())
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    def _prepare_step_values(self):
        vals = {
            "name": self.name,
            "kind": self.kind,
            "description": self.description or False,
            "user_ids": self.user_ids.ids,
            "term_value": self.term_value,
            "term_unit": self.term_unit,
            "is_required": self.is_required,
            "after": self.after_ids.ids,
            "insert": self.is_between,
        }
        links = {
            "document": ("document_kind_id", "wait_state"),
            "route": ("route_id",),
            "mail": ("mail_template_id",),
            "event": ("event_name",),
            "case": ("sub_template_id",),
        }
        for name in links.get(self.kind, ()):
            value = self[name]
            vals[name] = value.id if isinstance(value, models.BaseModel) else value
        return vals

    @api.onchange("case_id")
    def _onchange_case_id(self):
        """By default after what is going on now."""
        active = self.case_id.step_ids.filtered(lambda step: step.state in ("active", "ready"))
        if active and not self.after_ids:
            self.after_ids = [Command.set(active[-1:].ids)]
