from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    instruction_day_limit = fields.Integer(
        string="Instructions a Day",
        default=8,
        required=True,
        help="How many open instructions fit into a full working day of a person; more are an overload.",
    )

    _instruction_day_limit = models.Constraint(
        "CHECK(instruction_day_limit BETWEEN 1 AND 1000)", "A day holds 1 to 1000 instructions."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    instruction_day_limit = fields.Integer(related="company_id.instruction_day_limit", readonly=False)
