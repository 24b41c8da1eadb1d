from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools.rating import get_score
from .paydox_rating_score import STATES, Score

RATING_FIELDS = frozenset(("reliability_score", "rating_state", "rated_on"))


class ResPartner(models.Model):
    """Rating: how reliable the counterparty is, from 0 to 100. The engine writes it, and nobody else."""

    _inherit = "res.partner"

    reliability_score = Score(
        string="Reliability",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="0 to 100, worked out from the criteria of the rating formula. Empty: there is too little data.",
    )
    rating_state = fields.Selection(
        selection=STATES, string="Rating", readonly=True, copy=False, groups="base.group_user"
    )
    rated_on = fields.Date(
        readonly=True, copy=False, groups="base.group_user", help="Since when the rating is what it is."
    )
    rating_score_ids = fields.One2many(
        comodel_name="paydox.rating.score",
        inverse_name="partner_id",
        string="Rating History",
        readonly=True,
        groups="base.group_user",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._check_rating_untouched(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_rating_untouched(vals)
        return super().write(vals)

    # === ACTIONS === #

    def action_refresh_rating(self):
        """Rate the counterparties now, without waiting for the night."""
        self.check_access("write")
        self._refresh_rating()
        return True

    # === BUSINESS METHODS === #

    def _refresh_rating(self):
        """Rate now; whoever changed a fact sees the new score at once."""
        # sudo: the figures are of all documents, and the score is written by the system only
        partners_sudo = self.sudo().commercial_partner_id.exists()
        formula_sudo = self.env["paydox.rating.formula"]._get_published()
        if partners_sudo and formula_sudo:
            self.env.flush_all()
            partners_sudo._rate(formula_sudo)

    def _queue_rating(self):
        """Rate with the next run of the job; rows may repeat, so that nobody waits for anybody."""
        if self:
            # sudo: the queue is written by the system only
            self.env["paydox.rating.queue"].sudo().create([{"partner_id": partner.id} for partner in self])
            self.env["paydox.rating.run"]._wake()

    def _rate(self, formula):
        """Work out the scores, as superuser, and keep those that changed. :return: how many"""
        source = self.env["paydox.rating.source"]
        scores = self.env["paydox.rating.score"]
        period = source._get_period(formula.months)
        weights = {line.criterion: line.weight for line in formula.line_ids}
        figures = {code: source._get_figures(code, self, period) for code in weights}
        latest = scores._get_latest(self.ids)
        overrides = {
            override.partner_id.id: override
            for override in self.env["paydox.rating.override"]._search_running(self)
            if override.date_to >= period.today
        }
        vals_list = []
        for partner in self:
            own = {code: found.get(partner.id, (0, 0)) for code, found in figures.items()}
            vals = self._prepare_score(partner, formula, weights, own, overrides.get(partner.id))
            if self._is_news(vals, latest.get(partner.id)):
                vals_list.append(vals | {"date": period.today})
        scores.create(vals_list)
        self._write_rating(vals_list)
        return len(vals_list)

    @api.model
    def _prepare_score(self, partner, formula, weights, figures, override):
        score, parts = get_score(weights, figures, formula.min_weight, formula.min_facts)
        state = "insufficient" if score is None else "rated"
        if override:
            score, state = override.score, "override"
        return {
            "partner_id": partner.id,
            "state": state,
            "score": score,
            "band_id": formula._get_band(score).id if score is not None else False,
            "formula_id": formula.id,
            "figures": parts,
            "override_id": override.id if override else False,
        }

    @api.model
    def _is_news(self, vals, row):
        if not row:
            # Of whom nothing is known there is nothing to keep.
            return bool(vals["override_id"]) or any(part["total"] for part in vals["figures"])
        score = None if row.score is False else row.score
        return (vals["state"], vals["score"], vals["formula_id"], vals["override_id"], vals["figures"]) != (
            row.state,
            score,
            row.formula_id.id,
            row.override_id.id,
            row.figures,
        )

    @api.model
    def _write_rating(self, vals_list):
        """Write the scores into the columns in one statement, past the guard and without touching the modification date."""
        if not vals_list:
            return
        self.env.flush_all()
        rows = [
            SQL("(%s, %s::integer, %s, %s::date)", vals["partner_id"], vals["score"], vals["state"], vals["date"])
            for vals in vals_list
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner SET reliability_score = new.score, rating_state = new.state, rated_on = new.date
                  FROM (VALUES %s) AS new(partner_id, score, state, date)
                 WHERE res_partner.id = new.partner_id
                """,
                SQL(", ").join(rows),
            )
        )
        self.browse(vals["partner_id"] for vals in vals_list).invalidate_recordset(RATING_FIELDS, flush=False)

    def _forget_rating(self):
        """Empty the columns, for counterparties that are merged into another one."""
        self.flush_recordset(RATING_FIELDS)
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET reliability_score = NULL, rating_state = NULL, rated_on = NULL WHERE id IN %s",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(RATING_FIELDS, flush=False)

    def _check_rating_untouched(self, *vals_list):
        """Refuse to set the rating, also to callers who write partners as superuser; what is there may be written back."""
        for vals in vals_list:
            # sudo: the fields are not readable for everybody who may save a card
            changed = {name for name in RATING_FIELDS & vals.keys() if set(self.sudo().mapped(name)) != {vals[name]}}
            if changed or "rating_score_ids" in vals:
                raise AccessError(
                    self.env._(
                        "The rating is worked out by the system. Give a mark, or set it by hand with a reason and an end date."
                    )
                )
