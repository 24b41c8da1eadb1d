from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.rating import FULL, get_bands_problem

_TOUCHED = "paydox_crm.touched_formulas"
# Names under which the bands of the shipped formula are known.
_SHIPPED_BANDS = {
    "Unreliable": "rating_band_unreliable",
    "With caution": "rating_band_caution",
    "Reliable": "rating_band_reliable",
}


class PaydoxRatingFormula(models.Model):
    """How the rating of a counterparty is worked out: criteria with weights, and bands. Published revisions never change."""

    _name = "paydox.rating.formula"
    _description = "Rating Formula"
    _inherit = ["paydox.revision"]
    _order = "revision desc, id desc"

    name = fields.Char(required=True, translate=True)
    previous_id = fields.Many2one(
        comodel_name="paydox.rating.formula",
        readonly=True,
        copy=False,
        index="btree_not_null",
        string="Previous Revision",
    )
    # what counts
    line_ids = fields.One2many(
        comodel_name="paydox.rating.line", inverse_name="formula_id", string="Criteria", copy=True
    )
    months = fields.Integer(
        string="Looks Back, Months", default=24, required=True, help="What is older says nothing about today."
    )
    # when there is a number
    min_weight = fields.Integer(
        string="Weight with Facts, %",
        default=50,
        required=True,
        help="A criterion without facts is left out, and its weight goes to the others. If the criteria that have facts weigh "
        "less than this together, there is no number.",
    )
    min_facts = fields.Integer(
        string="Facts",
        default=3,
        required=True,
        help="With fewer facts (documents, papers, marks …) there is no number.",
    )
    # what it means
    band_ids = fields.One2many(comodel_name="paydox.rating.band", inverse_name="formula_id", string="Bands", copy=True)

    _one_published = models.UniqueIndex(
        "(state) WHERE state = 'published'",
        "One formula is in use at a time. Press “New revision” in the published one to change it.",
    )
    _limits_check = models.Constraint(
        "CHECK(months BETWEEN 1 AND 120 AND min_weight BETWEEN 1 AND 100 AND min_facts BETWEEN 1 AND 1000)",
        "A formula looks back 1 to 120 months; the weight with facts is 1 to 100 %, the number of facts 1 to 1000.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        with self._checking_formulas() as touched:
            formulas = super().create(vals_list)
            touched.update(formulas.ids)
        return formulas

    def write(self, vals):
        with self._checking_formulas() as touched:
            touched.update(self.ids)
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_draft()

    # === ACTIONS === #

    def action_publish(self):
        """Put the formula in use; all counterparties are rated anew by it."""
        result = super().action_publish()
        self.env["paydox.rating.run"]._wake()
        return result

    # === HELPERS === #

    @api.model
    def _get_regulation_fields(self):
        return super()._get_regulation_fields() | {"line_ids", "band_ids", "months", "min_weight", "min_facts"}

    @api.model
    def _get_published(self):
        """The formula in use, as superuser: a rating is explained to whoever reads the counterparty."""
        return self.sudo().search([("state", "=", "published")], limit=1)

    @api.model
    def _publish_shipped(self):
        """Put the shipped formula to use, whether it came with the installation or with an update."""
        shipped = self.env.ref("paydox_crm.rating_formula", raise_if_not_found=False)
        if not shipped:
            return
        shipped._name_shipped_bands()
        if shipped.state == "draft" and not self._get_published():
            shipped.action_publish()

    def _name_shipped_bands(self):
        """Bands are made in one piece with their formula, as they are checked together; by these names they are translated."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"paydox_crm.{_SHIPPED_BANDS[band.name]}", "record": band, "noupdate": True}
                for band in self.band_ids.with_context(lang="en_US")
                if band.name in _SHIPPED_BANDS
            ]
        )

    def _check_publishable(self):
        self._check_whole()

    def _get_band(self, score):
        self.ensure_one()
        return self.band_ids.filtered(lambda band: band.score_from <= score <= band.score_to)[:1]

    @api.model
    @contextmanager
    def _checking_formulas(self):
        """Check the formulas touched inside once, when the outermost of the nested calls ends.

        Criteria are saved one by one, so that their weights come to 100 only when all of them are there. As with the history
        of the requisites, the marker is in the cursor: a context would come from the caller.
        """
        cache = self.env.cr.cache
        outermost = _TOUCHED not in cache
        touched = cache.setdefault(_TOUCHED, set())
        try:
            yield touched
            if outermost:
                self.env["paydox.rating.formula"].browse(touched).exists()._check_whole()
        finally:
            if outermost:
                cache.pop(_TOUCHED, None)

    def _check_whole(self):
        for formula in self:
            weight = sum(formula.line_ids.mapped("weight"))
            if weight != FULL:
                raise ValidationError(
                    self.env._(
                        "The weights of %(formula)s come to %(weight)s, not to 100. Change them until they do.",
                        formula=formula.name,
                        weight=weight,
                    )
                )
            if problem := get_bands_problem([(band.score_from, band.score_to) for band in formula.band_ids]):
                raise ValidationError(formula._get_band_message(*problem))

    def _get_band_message(self, code, number):
        values = {"formula": self.name, "number": number}
        if code == "gap":
            return self.env._(
                "The bands of %(formula)s leave out %(number)s. They have to cover 0 to 100 without a gap.", **values
            )
        if code == "overlap":
            return self.env._("%(number)s is in two bands of %(formula)s. Each number belongs to one.", **values)
        return self.env._("The bands of %(formula)s are wrong at %(number)s. They run from 0 to 100.", **values)
