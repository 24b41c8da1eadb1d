from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PaydoxDocumentJournal(models.Model):
    """A register that several kinds share, such as the general register: one sequence for all of its documents."""

    _name = "paydox.document.journal"
    _description = "Registration Journal"
    _inherit = ["paydox.document.numbering"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Takes the place of {journal} in the registration numbers.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Empty: every company has such a journal, each with its own numbers.",
    )
    number_pattern = fields.Char(
        default="{journal}-{year}/{seq:04}",
        help="The sequence runs through the whole journal, whatever else changes in the number.",
    )
    kind_ids = fields.One2many(
        comodel_name="paydox.document.kind", inverse_name="journal_id", string="Kinds", check_company=True
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "There is already a journal with this code in the company. Choose another code.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code")
    def _compute_number_example(self):
        return super()._compute_number_example()

    # === CONSTRAINT METHODS === #

    @api.constrains("active")
    def _check_active(self):
        for journal in self:
            if not journal.active and journal.kind_ids:
                raise ValidationError(
                    self.env._(
                        "The journal %(journal)s is used by %(kinds)s. Give these kinds another journal first.",
                        journal=journal.name,
                        kinds=", ".join(journal.kind_ids.mapped("name")),
                    )
                )

    # === HELPERS === #

    def _get_number_example_values(self):
        values = super()._get_number_example_values()
        return values | {"journal": self.code} if self.code else values
