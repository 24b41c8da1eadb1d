from odoo import api, fields, models

BOTTLENECK_MIN_DEALS = 5


class PaydoxFunnel(models.AbstractModel):
    """The funnel: how many deals are in each status, how far they came, where they stick.

    Everything is counted for the calling user, with his record rules. Each number comes with the domain of the deals
    it counts, so that the list that opens from it shows exactly as many.
    """

    _name = "paydox.funnel"
    _description = "Sales Funnel"

    @api.readonly
    @api.model
    def get_funnel(self, domain=None, date_from=None, date_to=None, mode="cohort", breakdown=None):
        """Compute the funnel.

        :param list domain: any domain on ``crm.lead``
        :param str date_from: first day, ``YYYY-MM-DD`` in the time zone of the user; None for no limit
        :param str date_to: last day, included
        :param str mode: ``cohort`` (deals created in the period) or ``snapshot`` (deals open now)
        :param str breakdown: field to cut each layer by, one of ``BREAKDOWNS``
        :return: plain JSON: totals and one dictionary for each layer
        :rtype: dict
        """
        scope = self._get_scope(domain, date_from, date_to, mode, breakdown)
        with self._refuse_bad_domain():
            numbers = self._fetch_from_tally(scope) or self._fetch_from_rows(scope)
        return self._assemble(scope, *numbers)

    # === ASSEMBLY ===#

    @api.model
    def _assemble(self, scope, rows, medians, cycle, cuts):
        rates = self._get_rates({row.company_id for row in rows} | {cut.company_id for cut in cuts})
        layers = self._build_layers(scope, rows, rates, medians)
        self._set_conversions(scope, layers, sum(row.count for row in rows))
        if scope.breakdown:
            self._set_breakdown(scope, layers, cuts, rates)
        return self._build_result(scope, layers, rows, rates, cycle) | {"left_out": scope.left_out}

    @api.model
    def _build_layers(self, scope, rows, rates, medians):
        layers = []
        for status in scope.layers:
            here = [row for row in rows if row.status_id == status.id and not row.is_lost]
            beyond = scope.get_later_ids(status)
            layers.append(
                {
                    "status_id": status.id,
                    "name": status.name,
                    "sequence": status.sequence,
                    "color": status.color,
                    "outcome": status.outcome,
                    "count": sum(row.count for row in here),
                    "amount": self._sum_amount(here, rates),
                    "reached": sum(row.count for row in rows if row.reached_id in beyond),
                    "stage_conversion": None,
                    "funnel_conversion": None,
                    "lost_here": sum(row.count for row in rows if row.is_lost and row.reached_id == status.id),
                    "median_days": medians.get(status.id),
                    "bottleneck": False,
                    "domain": scope.get_domain_list(scope.get_count_domain(status)),
                    "reached_domain": scope.get_domain_list(scope.get_reached_domain(status)),
                    "lost_domain": scope.get_domain_list(scope.get_lost_domain() & scope.get_furthest_domain(status)),
                    "stay_domain": scope.get_domain_list(scope.get_stay_domain(status)),
                    "breakdown": [],
                }
            )
        return layers

    @api.model
    def _set_conversions(self, scope, layers, cohort):
        if scope.mode == "snapshot":
            for layer in layers:
                layer.update(reached=None, lost_here=None, reached_domain=None, lost_domain=None)
            return
        for layer, following in zip(layers, [*layers[1:], None], strict=True):
            if following and layer["reached"]:
                layer["stage_conversion"] = following["reached"] / layer["reached"]
            if cohort:
                layer["funnel_conversion"] = layer["reached"] / cohort
        candidates = [
            layer
            for layer in layers
            if layer["reached"] >= BOTTLENECK_MIN_DEALS and layer["stage_conversion"] is not None
        ]
        if candidates:
            min(candidates, key=lambda layer: layer["stage_conversion"])["bottleneck"] = True

    @api.model
    def _set_breakdown(self, scope, layers, cuts, rates):
        names = self._get_breakdown_names(scope, {cut.key for cut in cuts if not cut.is_rest})
        for layer in layers:
            groups = {}
            for cut in cuts:
                if cut.status_id == layer["status_id"]:
                    groups.setdefault("other" if cut.is_rest else cut.key or False, []).append(cut)
            layer["breakdown"] = sorted(
                (
                    {
                        "key": key,
                        "name": names[key],
                        "count": sum(cut.count for cut in group),
                        "amount": self._sum_amount(group, rates),
                    }
                    for key, group in groups.items()
                ),
                key=lambda cut: (-cut["count"], cut["name"]),
            )

    @api.model
    def _get_breakdown_names(self, scope, keys):
        comodel = self.env["crm.lead"]._fields[scope.breakdown].comodel_name
        # sudo: as in any grouped list, the user may see the name of the group his deals are in
        records_sudo = self.env[comodel].sudo().browse(sorted(key for key in keys if key))
        names = {record.id: record.display_name for record in records_sudo}
        return {**names, False: self.env._("Not set"), "other": self.env._("All others")}

    @api.model
    def _build_result(self, scope, layers, rows, rates, cycle):
        won_ids = set(scope.won_ids)
        layer_ids = set(scope.layers.ids)
        won = [row for row in rows if row.status_id in won_ids and not row.is_lost]
        lost = [row for row in rows if row.is_lost]
        outside = [row for row in rows if row.status_id not in layer_ids and not row.is_lost]

        def total(part, domain):
            return {
                "count": sum(row.count for row in part),
                "amount": self._sum_amount(part, rates),
                "domain": scope.get_domain_list(domain),
            }

        result = {
            "mode": scope.mode,
            "date_from": scope.date_from,
            "date_to": scope.date_to,
            "moment": fields.Datetime.to_string(scope.moment) if scope.moment else None,
            "cohort": sum(row.count for row in rows),
            "amount": self._sum_amount(rows, rates),
            "domain": scope.get_domain_list(scope.domain),
            "currency": self.env.company.currency_id.name,
            "currency_id": self.env.company.currency_id.id,
            "generated_at": fields.Datetime.to_string(scope.now),
            "layers": layers,
            "won": total(won, scope.get_status_domain(sorted(won_ids))),
            "lost": total(lost, scope.get_lost_domain()),
            "no_status": total(outside, scope.get_outside_domain()),
        }
        closed = result["won"]["count"] + result["lost"]["count"]
        win_rate = result["won"]["count"] / closed if closed else None
        result["totals"] = {
            "win_rate": win_rate,
            "median_cycle_days": cycle,
            "velocity": self._get_velocity(result, layers, win_rate, cycle),
        }
        # The deals that the totals are of.
        result["domains"] = {
            "win_rate": scope.get_domain_list(scope.get_closed_domain()),
            "median_cycle_days": scope.get_domain_list(scope.get_cycle_domain()),
            "velocity": scope.get_domain_list(scope.get_running_domain()),
        }
        result["missing_rates"] = self._get_missing_rates(rates)
        return result

    @api.model
    def _get_velocity(self, result, layers, win_rate, cycle):
        """Money that the open deals bring in a day, should they go as the closed ones went:
        open deals × win rate × mean amount of a won one / median cycle."""
        won = result["won"]
        if not win_rate or not cycle or not won["count"]:
            return None
        still_open = sum(layer["count"] for layer in layers if layer["outcome"] == "open")
        return self.env.company.currency_id.round(still_open * win_rate * won["amount"] / won["count"] / cycle)
