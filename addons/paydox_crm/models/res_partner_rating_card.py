from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.rating import fill_months

MONTHS = 12


class ResPartner(models.Model):
    """The rating on the card: the number, what it is made of, and how it went."""

    _inherit = "res.partner"

    rating_card = fields.Json(compute="_compute_rating_card", groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id", "reliability_score", "rating_state")
    @api.depends_context("lang", "uid")
    def _compute_rating_card(self):
        # sudo: who reads the counterparty reads its rating and the explanation; what is behind opens with his own rights
        companies_sudo = self.sudo().commercial_partner_id
        latest = self.env["paydox.rating.score"].sudo()._get_latest(companies_sudo.ids)
        histories = companies_sudo._get_rating_months()
        satisfaction = companies_sudo._get_satisfaction()
        for partner in self:
            key = partner.sudo().commercial_partner_id.id
            row_sudo = latest.get(key)
            partner.rating_card = {
                **self._prepare_rating_head(row_sudo),
                "factors": self._prepare_factors(row_sudo),
                "history": histories.get(key, []),
                "satisfaction": satisfaction.get(key, False),
            }

    @api.model
    def _prepare_rating_head(self, row_sudo):
        states = dict(self._fields["rating_state"]._description_selection(self.env))
        if not row_sudo:
            return {"state": "insufficient", "label": states["insufficient"], "score": False, "tone": "secondary"}
        override_sudo = row_sudo.override_id
        return {
            "state": row_sudo.state,
            "label": row_sudo.band_id.name or states[row_sudo.state],
            "score": row_sudo.score,
            "tone": row_sudo.band_id.tone or "secondary",
            "formula": row_sudo.formula_id.display_name,
            "date": fields.Date.to_string(row_sudo.date),
            "override": {
                "reason": override_sudo.reason,
                "until": fields.Date.to_string(override_sudo.date_to),
                "user": override_sudo.user_id.name,
            }
            if row_sudo.state == "override"
            else False,
        }

    @api.model
    def _prepare_factors(self, row_sudo):
        criteria = self.env["paydox.rating.source"]._get_criteria()
        return [
            part | {"label": criteria[part["code"]][0], "hint": criteria[part["code"]][1]}
            for part in (row_sudo.figures if row_sudo else [])
            if part["code"] in criteria
        ]

    def _get_rating_months(self):
        """``{partner id: [{"month", "score"}]}`` of the last months, one query for all."""
        today = self._get_requisites_today()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (partner_id, date_trunc('month', date))
                       partner_id, extract(year FROM date)::integer, extract(month FROM date)::integer, score
                  FROM paydox_rating_score
                 WHERE partner_id IN %s AND merged_from IS NULL
              ORDER BY partner_id, date_trunc('month', date), id DESC
                """,
                tuple(self.ids) or (0,),
            )
        )
        points = {}
        for partner_id, year, month, score in rows:
            points.setdefault(partner_id, []).append(((year, month), score))
        return {
            partner_id: [
                {"month": f"{year:04d}-{month:02d}", "score": score}
                for (year, month), score in fill_months(known, (today.year, today.month), MONTHS)
            ]
            for partner_id, known in points.items()
        }

    def _get_satisfaction(self):
        """``{partner id: average and number of marks of clients, and the average of the year before}``."""
        today = self._get_requisites_today()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, AVG(mark) FILTER (WHERE date > %(year)s), COUNT(*) FILTER (WHERE date > %(year)s),
                       AVG(mark) FILTER (WHERE date <= %(year)s)
                  FROM paydox_rating_mark
                 WHERE kind = 'survey' AND partner_id IN %(partners)s AND date > %(earlier)s
              GROUP BY partner_id
                """,
                partners=tuple(self.ids) or (0,),
                year=fields.Date.subtract(today, years=1),
                earlier=fields.Date.subtract(today, years=2),
            )
        )
        return {
            partner_id: {
                "average": round(float(now), 1) if now is not None else False,
                "count": count,
                "before": round(float(before), 1) if before is not None else False,
            }
            for partner_id, now, count, before in rows
        }

    # === ACTIONS === #

    def action_open_rating_facts(self, criterion=None):
        """Open what lowered a figure of the rating: late documents, claims, marks …

        :param str criterion: code of a criterion of the formula
        """
        self.ensure_one()
        self.check_access("read")
        source = self.env["paydox.rating.source"]
        if not isinstance(criterion, str) or criterion not in source._get_criteria():
            raise UserError(self.env._("There is no such criterion of the rating."))
        return source._get_behind(criterion, self.commercial_partner_id)

    def action_open_rating_history(self):
        """Open how the counterparty was rated before, the latest first."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_crm.paydox_rating_score_action")
        return action | {"domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}

    def action_rate(self):
        """Open the window for one's own mark."""
        return self._get_rating_window("paydox.rating.mark", self.env._("Your Mark"))

    def action_set_rating(self):
        """Open the window to set the rating by hand."""
        return self._get_rating_window("paydox.rating.override", self.env._("Set the Rating by Hand"))

    def action_end_rating(self):
        """End the rating that was set by hand."""
        self.check_access("read")
        overrides = self.env["paydox.rating.override"]
        return overrides._search_running(self.commercial_partner_id).action_end()

    def _get_rating_window(self, model, name):
        self.ensure_one()
        self.check_access("read")
        self.env[model].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
