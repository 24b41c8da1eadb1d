from odoo import api, fields, models
from odoo.tools import SQL

STATES = [("rated", "Rated"), ("insufficient", "Insufficient data"), ("override", "Set by hand")]


class Score(fields.Integer):
    """A whole number that may be missing: no score is neither 0 nor below every other."""

    falsy_value = None
    aggregator = "avg"

    def convert_to_column(self, value, record, values=None, validate=True):
        return None if value is None or value is False else int(value)

    def convert_to_cache(self, value, record, validate=True):
        return None if value is None or value is False else int(value)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if value is None or value is False else value


class PaydoxRatingScore(models.Model):
    """History of the rating: one row for each change, with everything that explains it. Rows are added, never changed."""

    _name = "paydox.rating.score"
    _description = "Rating of a Counterparty"
    _inherit = ["paydox.protected"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _allow_sudo_commands = False

    partner_id = fields.Many2one(comodel_name="res.partner", required=True, ondelete="cascade", index=True)
    date = fields.Date(required=True, help="Since when the counterparty is rated so.")
    state = fields.Selection(selection=STATES, string="Status", required=True)
    score = Score()
    band_id = fields.Many2one(comodel_name="paydox.rating.band", ondelete="restrict", index="btree_not_null")
    # why
    formula_id = fields.Many2one(comodel_name="paydox.rating.formula", required=True, ondelete="restrict", index=True)
    figures = fields.Json(required=True, help="Each criterion with its weight, its figures and what it added.")
    override_id = fields.Many2one(
        comodel_name="paydox.rating.override", ondelete="restrict", index="btree_not_null", string="Set by Hand"
    )
    merged_from = fields.Integer(help="Number of the counterparty that was merged into this one.")

    _latest_idx = models.Index("(partner_id, id DESC) WHERE merged_from IS NULL")

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    # === HELPERS === #

    @api.model
    def _get_latest(self, partner_ids):
        """``{partner id: latest row}`` in one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT latest.id
                  FROM unnest(%s::int[]) AS partner(id)
            CROSS JOIN LATERAL (SELECT score.id FROM paydox_rating_score score
                                 WHERE score.partner_id = partner.id AND score.merged_from IS NULL
                              ORDER BY score.id DESC LIMIT 1) latest
                """,
                list(partner_ids),
            )
        )
        return {row.partner_id.id: row for row in self.browse(row[0] for row in rows)}

    @api.model
    def _absorb(self, source, destination):
        """Keep the history of a merged counterparty with the one that stays, apart from its own."""
        self.flush_model()
        # SQL: a row changes hands in no other case.
        self.env.cr.execute(
            "UPDATE paydox_rating_score SET merged_from = COALESCE(merged_from, partner_id), partner_id = %s WHERE partner_id = %s",
            (destination.id, source.id),
        )
        self.invalidate_model()
