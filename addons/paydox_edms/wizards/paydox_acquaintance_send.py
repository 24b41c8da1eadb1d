from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.paydox_edms.models.paydox_approval_mixin_acquaintance import DEFAULT_TERM_DAYS

MAX_TERM_DAYS = 366


class PaydoxAcquaintanceSend(models.TransientModel):
    """Asks whom to send a record to; the verbs of the record do the rest and check everything again."""

    _name = "paydox.acquaintance.send"
    _description = "Send for Acquaintance"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    step_id = fields.Many2one(
        comodel_name="paydox.approval.step", ondelete="cascade", help="The sheet to which people are added."
    )
    record_name = fields.Char(string="Document", compute="_compute_record_name")
    # people
    user_ids = fields.Many2many(comodel_name="res.users", string="People", domain="[('share', '=', False)]")
    group_ids = fields.Many2many(comodel_name="res.groups", string="Groups")
    department_ids = fields.Many2many(
        comodel_name="hr.department", string="Departments", help="With the departments inside."
    )
    is_everyone = fields.Boolean(string="Everybody in the Company")
    people_count = fields.Integer(string="Will Be Asked", compute="_compute_people_count")
    # terms
    term_days = fields.Integer(
        string="Term, working days", default=DEFAULT_TERM_DAYS, help="Whole working days of the company after today."
    )
    must_open = fields.Boolean(
        string="Must Open First", default=True, help="Nobody can confirm before he opened the actual version."
    )

    # === DEFAULTS === #

    @api.model
    def default_get(self, fields):
        vals = super().default_get(fields)
        record = self._browse_record(vals.get("res_model"), vals.get("res_id"))
        if record is not None and not vals.get("step_id"):
            vals |= {name: value for name, value in record._get_acquaintance_defaults().items() if name in fields}
        return vals

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for wizard in self:
            record = wizard._browse_record(wizard.res_model, wizard.res_id)
            wizard.record_name = record.display_name if record is not None else False

    @api.depends("user_ids", "group_ids", "department_ids", "is_everyone")
    def _compute_people_count(self):
        for wizard in self:
            record = wizard._browse_record(wizard.res_model, wizard.res_id)
            try:
                people = record._collect_people(*wizard._get_people()) if record is not None else ()
            except UserError:
                people = ()
            wizard.people_count = len(people)

    # === CONSTRAINT METHODS === #

    @api.constrains("term_days")
    def _check_term_days(self):
        if any(not 0 < wizard.term_days <= MAX_TERM_DAYS for wizard in self):
            raise ValidationError(self.env._("The term is from 1 to %(days)s working days.", days=MAX_TERM_DAYS))

    # === ACTIONS === #

    def action_confirm(self):
        """Send, or add the people to the sheet."""
        self.ensure_one()
        record = self._browse_record(self.res_model, self.res_id)
        if record is None:
            raise UserError(self.env._("There is nothing to send any more. Open the document and try again."))
        users, groups, departments, everyone = self._get_people()
        deadline = record._plan_working_days(self.term_days)
        if self.step_id:
            if everyone:
                users = record._collect_people(everyone=True).sudo(False)
            self.step_id.action_add_people(users, groups, departments, deadline)
            return {"type": "ir.actions.act_window_close"}
        approval = record.action_send_acquaintance(users, groups, departments, everyone, deadline, self.must_open)
        return approval.step_ids.action_open_sheet()

    # === HELPERS === #

    def _get_people(self):
        self.ensure_one()
        return (
            self.env["res.users"].browse(self.user_ids.ids),
            self.env["res.groups"].browse(self.group_ids.ids),
            self.env["hr.department"].browse(self.department_ids.ids),
            self.is_everyone,
        )

    @api.model
    def _browse_record(self, model, res_id):
        """The record that the user may read, of a model that can be sent, or None."""
        if not isinstance(model, str) or not isinstance(res_id, int) or model not in self.env:
            return None
        if not issubclass(self.env.registry[model], self.env.registry["paydox.approval.mixin"]):
            return None
        record = self.env[model].browse(res_id).exists()
        return record if record and record.has_access("read") else None
