from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.funnel_scope import BREAKDOWNS

PERIODS = ("previous_period", "previous_year")
MAX_SIDES = 20
DEFAULT_SIDES = {"deal_type_id": MAX_SIDES}
DEFAULT_SIDES_OF_OTHERS = 2


class PaydoxFunnel(models.AbstractModel):
    """Funnels side by side: of two periods, two departments, two employees, or of all types."""

    _inherit = "paydox.funnel"

    @api.readonly
    @api.model
    def get_comparison(self, domain=None, date_from=None, date_to=None, mode="cohort", by=None, keys=None):
        """Compute several funnels that differ in one thing; each is one of ``get_funnel``, with its drill-down.

        The first arguments are those of ``get_funnel``.

        :param str by: ``previous_period`` or ``previous_year``, or a field of ``BREAKDOWNS``
        :param list keys: ids of the sides to compare (False: not set); by default those with most deals
        :return: {"by", "sides": [{"key", "name", "funnel"}], "choices": [{"key", "name", "count"}]}
        :rtype: dict
        """
        scope = self._get_scope(domain, date_from, date_to, mode, None)
        if by in PERIODS:
            sides = self._compare_periods(scope, domain, by)
            return {"by": by, "sides": sides, "choices": []}
        if by not in BREAKDOWNS:
            raise UserError(
                self.env._(
                    "Funnels cannot be compared by this. Choose one of: %(names)s.",
                    names=", ".join(PERIODS + BREAKDOWNS),
                )
            )
        choices = self._get_choices(domain, date_from, date_to, mode, by)
        chosen = self._check_keys(keys)
        if chosen is None:
            chosen = [choice["key"] for choice in choices[: DEFAULT_SIDES.get(by, DEFAULT_SIDES_OF_OTHERS)]]
        names = {choice["key"]: choice["name"] for choice in choices}
        # A key that is none of the choices has no deals the user may read: not even its name is told.
        sides = self._compare_keys(scope, by, {key: names[key] for key in chosen if key in names})
        return {"by": by, "sides": sides, "choices": choices}

    @api.model
    def _compare_keys(self, scope, by, names):
        """Each side is the funnel of its deals; all of them are counted together."""
        together = scope.narrow(Domain(by, "in", list(names)))
        together.breakdown = by
        with self._refuse_bad_domain():
            numbers = self._fetch_sides(together) if names else {}
        return [
            {
                "key": key,
                "name": name,
                "funnel": self._assemble(
                    scope.narrow(Domain(by, "=", key)), *numbers.get(key or None, ([], {}, None)), []
                ),
            }
            for key, name in names.items()
        ]

    @api.model
    def _get_choices(self, domain, date_from, date_to, mode, by):
        totals = {}
        for layer in self.get_funnel(domain, date_from, date_to, mode, by)["layers"]:
            for cut in layer["breakdown"]:
                if cut["key"] != "other":
                    total = totals.setdefault(cut["key"], {"key": cut["key"], "name": cut["name"], "count": 0})
                    total["count"] += cut["count"]
        return sorted(totals.values(), key=lambda choice: (-choice["count"], choice["name"]))

    @api.model
    def _check_keys(self, keys):
        if keys is None:
            return None
        is_plain = isinstance(keys, (list, tuple)) and all(
            key is False or (isinstance(key, int) and not isinstance(key, bool)) for key in keys
        )
        if not is_plain:
            raise UserError(self.env._("What is to be compared must be a list of numbers. Choose it on the screen."))
        if len(keys) > MAX_SIDES:
            raise UserError(self.env._("At most %(count)s funnels stand side by side. Choose fewer.", count=MAX_SIDES))
        return list(dict.fromkeys(keys))

    @api.model
    def _compare_periods(self, scope, domain, by):
        if scope.mode != "cohort" or not scope.date_from:
            raise UserError(
                self.env._(
                    "Two periods are compared by the deals created in them: choose “Created in period” and a period "
                    "that has a first day."
                )
            )
        first = fields.Date.to_date(scope.date_from)
        last = fields.Date.to_date(scope.date_to) or max(first, fields.Date.context_today(self))
        try:
            former_first, former_last = self._get_former(first, last, by)
        except (ValueError, OverflowError) as error:
            raise UserError(self.env._("There is no period before this one. Choose a later one.")) from error
        return [
            {
                "key": name,
                "name": f"{format_date(self.env, begin)} – {format_date(self.env, end)}",
                "funnel": self.get_funnel(domain, begin.isoformat(), end.isoformat(), "cohort"),
            }
            for name, begin, end in (("current", first, last), (by, former_first, former_last))
        ]

    @api.model
    def _get_former(self, first, last, by):
        """The period to compare with. Whole months are compared with as many whole months."""
        after = last + timedelta(days=1)
        whole_months = first.day == 1 and after.day == 1
        if by == "previous_year":
            former_after = after - relativedelta(years=1) if whole_months else None
            former_last = former_after - timedelta(days=1) if former_after else last - relativedelta(years=1)
            return first - relativedelta(years=1), former_last
        if whole_months:
            months = (after.year - first.year) * 12 + after.month - first.month
            return first - relativedelta(months=months), first - timedelta(days=1)
        return first - (after - first), first - timedelta(days=1)
