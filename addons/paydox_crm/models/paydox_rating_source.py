from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


@dataclass(frozen=True)
class Period:
    """The days that a rating looks at."""

    since: date
    today: date
    timezone: str


class PaydoxRatingSource(models.AbstractModel):
    """Where the figures of the criteria come from, for any number of counterparties at once.

    An addon adds a criterion by extending the hooks: ``_get_criteria`` names it, ``_get_facts`` selects its facts. The rest,
    figures and what opens behind them, follows.
    """

    _name = "paydox.rating.source"
    _description = "Figures of the Rating"

    # === HOOKS === #

    @api.model
    def _get_criteria(self):
        """``{code: (label, what counts in one sentence)}``, in the order in which they are offered."""
        return {}

    @api.model
    def _get_facts(self, code, partner_ids, period):
        """The facts of a criterion as a ``SQL`` query with the columns ``partner_id``, ``record_id`` and ``good``.

        ``partner_id`` is the counterparty itself, ``record_id`` the row of ``_get_facts_model`` that opens, ``good`` a number
        from 0 (bad) to 1. None: the criterion is no SQL, it extends ``_get_figures``.

        :param list partner_ids: counterparties; the query is to use an index on them
        :param Period period: the days that count
        """

    @api.model
    def _get_facts_model(self, code):
        """Name of the model whose rows are the facts of a criterion."""
        return "paydox.document"

    @api.model
    def _get_figures(self, code, partners, period):
        """``{partner id: (points earned, number of facts)}`` of a criterion, as superuser."""
        facts = self._get_facts(code, partners.ids, period)
        if not facts:
            return {}
        rows = self.env.execute_query(
            SQL("SELECT partner_id, SUM(good), COUNT(*) FROM (%s) AS fact GROUP BY partner_id", facts)
        )
        return {partner_id: (float(good), total) for partner_id, good, total in rows}

    @api.model
    def _get_behind(self, code, partner):
        """The action that opens what lowered a figure, as far as the user may read it."""
        period = self._get_period(self.env["paydox.rating.formula"]._get_published().months or 24)
        model = self.env[self._get_facts_model(code)].with_context(active_test=False)
        facts = self._get_facts(code, partner.ids, period)
        ids = []
        if facts:
            self.env.flush_all()
            rows = self.env.execute_query(
                SQL("SELECT DISTINCT record_id FROM (%s) AS fact WHERE good < 1 AND record_id IS NOT NULL", facts)
            )
            ids = model.search(Domain("id", "in", [row[0] for row in rows])).ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(criterion)s: %(partner)s", criterion=self._get_criteria()[code][0], partner=partner.name
            ),
            "res_model": model._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            "context": {"create": False, "active_test": False},
        }

    # === HELPERS === #

    @api.model
    def _get_period(self, months):
        partners = self.env["res.partner"]
        today = partners._get_requisites_today()
        return Period(fields.Date.subtract(today, months=months), today, partners._get_requisites_timezone().zone)
