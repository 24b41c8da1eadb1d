from odoo import api, fields, models


class PaydoxRatingPart(models.AbstractModel):
    """A criterion or a band: checked together with the whole formula, whichever way it is saved."""

    _name = "paydox.rating.part"
    _description = "Part of a Rating Formula"
    _inherit = ["paydox.revision.part"]

    _revision_field = "formula_id"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["paydox.rating.formula"]._checking_formulas() as touched:
            parts = super().create(vals_list)
            touched.update(parts.formula_id.ids)
        return parts

    def write(self, vals):
        with self.env["paydox.rating.formula"]._checking_formulas() as touched:
            touched.update(self.formula_id.ids)
            result = super().write(vals)
            touched.update(self.formula_id.ids)
            return result

    def unlink(self):
        with self.env["paydox.rating.formula"]._checking_formulas() as touched:
            touched.update(self.formula_id.ids)
            return super().unlink()


class PaydoxRatingLine(models.Model):
    """A criterion of the rating and what it weighs."""

    _name = "paydox.rating.line"
    _description = "Rating Criterion"
    _inherit = ["paydox.rating.part"]
    _order = "formula_id, weight desc, id"
    _rec_name = "criterion"

    formula_id = fields.Many2one(
        comodel_name="paydox.rating.formula", required=True, readonly=True, ondelete="cascade", index=True
    )
    criterion = fields.Selection(selection="_selection_criterion", required=True)
    weight = fields.Integer(string="Weight, %", required=True, help="All weights together come to 100.")
    explanation = fields.Char(string="What Counts", compute="_compute_explanation")

    _once = models.UniqueIndex("(formula_id, criterion)", "Each criterion stands in a formula once.")
    _weight_check = models.Constraint(
        "CHECK(weight BETWEEN 1 AND 100)", "A weight is 1 to 100. Delete a criterion that does not count."
    )

    @api.model
    def _selection_criterion(self):
        return [(code, label) for code, (label, __) in self.env["paydox.rating.source"]._get_criteria().items()]

    # === COMPUTE METHODS === #

    @api.depends("criterion")
    @api.depends_context("lang")
    def _compute_explanation(self):
        criteria = self.env["paydox.rating.source"]._get_criteria()
        for line in self:
            line.explanation = criteria.get(line.criterion, ("", ""))[1]


class PaydoxRatingBand(models.Model):
    """What a score means in a word."""

    _name = "paydox.rating.band"
    _description = "Rating Band"
    _inherit = ["paydox.rating.part"]
    _order = "formula_id, score_from, id"

    formula_id = fields.Many2one(
        comodel_name="paydox.rating.formula", required=True, readonly=True, ondelete="cascade", index=True
    )
    name = fields.Char(required=True, translate=True)
    score_from = fields.Integer(string="From", required=True)
    score_to = fields.Integer(string="To", required=True, help="Included.")
    tone = fields.Selection(
        selection=[("success", "Good"), ("warning", "Doubtful"), ("danger", "Bad")],
        default="warning",
        required=True,
        help="How it is coloured on the card.",
    )

    _limits_check = models.Constraint(
        "CHECK(score_from >= 0 AND score_from <= score_to AND score_to <= 100)",
        "A band begins before it ends, within 0 and 100.",
    )
