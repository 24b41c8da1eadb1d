from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxCaseStart(models.TransientModel):
    """Asks which template and who leads the case; the verb of the template checks everything again."""

    _name = "paydox.case.start"
    _description = "Start a Case"

    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")
    record_name = fields.Char(string="About", compute="_compute_record_name")
    template_id = fields.Many2one(
        comodel_name="paydox.case.template",
        domain="[('can_start', '=', True), ('res_model', 'in', res_model and (False, res_model) or (False,))]",
        ondelete="cascade",
    )
    goal = fields.Char(related="template_id.goal", related_sudo=False)
    name = fields.Char(string="Subject", compute="_compute_name", store=True, readonly=False)
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_name",
        store=True,
        readonly=False,
        domain="[('share', '=', False)]",
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Counterparty")
    participant_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_case_start_participant_rel",
        string="Participants",
        domain="[('share', '=', False)]",
    )
    viewer_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_case_start_viewer_rel",
        string="Viewers",
        domain="[('share', '=', False)]",
    )
    properties = fields.Properties(definition="template_id.property_definition")
    case_id = fields.Many2one(comodel_name="paydox.case", readonly=True, ondelete="cascade")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        templates = self.env["paydox.case.template"]
        for wizard in self:
            record = templates._clean_subject([wizard.res_model, wizard.res_id]) if wizard.res_id else templates
            wizard.record_name = record.display_name if record and record.has_access("read") else False

    @api.depends("template_id")
    def _compute_name(self):
        for wizard in self:
            wizard.name = wizard.template_id.name
            # sudo: the responsible person of a template need not be readable
            wizard.owner_id = wizard.template_id.sudo().owner_id.filtered("active").sudo(False) or self.env.user

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if "case_id" in vals:
                raise UserError(self.env._("The case is made by the button."))
        return super().create(vals_list)

    def write(self, vals):
        if "case_id" in vals and not self.env.su:
            raise UserError(self.env._("The case is made by the button."))
        return super().write(vals)

    # === ACTIONS === #

    def action_confirm(self):
        """Start the case; a second click opens the one that the first click started."""
        self.ensure_one()
        lock_rows(self)
        if not self.case_id:
            if not self.template_id:
                raise UserError(self.env._("Choose a template."))
            record = self.template_id._clean_subject([self.res_model, self.res_id]) if self.res_id else False
            vals = {
                "name": self.name,
                "owner_id": self.owner_id.id,
                "partner_id": self.partner_id.id,
                "participant_ids": self.participant_ids.ids,
                "viewer_ids": self.viewer_ids.ids,
                "properties": dict(self.properties._values or {}),
            }
            action = self.template_id.action_start(record, vals, f"wizard:{self.id}")
            # sudo: which case it was is written by the button only
            self.sudo().case_id = action["res_id"]
        return self.case_id._get_open_action()
