from odoo import fields, models


class HrDepartment(models.Model):
    _inherit = "hr.department"

    document_code = fields.Char(help="Takes the place of {dept} in the registration numbers of documents.")
