from odoo import api, fields, models


class PaydoxFunnel(models.AbstractModel):
    """Amounts of several companies in the currency of the current one."""

    _inherit = "paydox.funnel"

    @api.model
    def _get_rates(self, company_ids):
        """``{company id: factor}`` from the currency of each company to that of the current one, at today's rate.

        The factor is None where there is no rate: such amounts are left out and the funnel says so.
        """
        target = self.env.company.currency_id
        # sudo: deals without company and those of a company that is not selected now are counted as well
        companies_sudo = self.env["res.company"].sudo().browse(sorted(cid for cid in company_ids if cid))
        foreign = companies_sudo.currency_id - target
        rates = (foreign | target)._get_rates(self.env.company, fields.Date.context_today(self)) if foreign else {}
        unknown = self._get_currencies_without_rate(foreign | target) - target
        factors = {
            company.id: rates[target.id] / rates[company.currency_id.id] if company.currency_id in foreign else 1.0
            for company in companies_sudo
        }
        factors.update((company.id, None) for company in companies_sudo if company.currency_id in unknown)
        return {None: 1.0, **factors}

    @api.model
    def _get_currencies_without_rate(self, currencies):
        """One currency needs no rate, the others are told in it. Of two without a rate nothing is known."""
        if len(currencies) < 2:
            return currencies.browse()
        company_ids = [False, self.env.company.root_id.id]
        # sudo: rates are read for the sum, whoever looks at it
        known_sudo = (
            self.env["res.currency.rate"]
            .sudo()
            .search([("currency_id", "in", currencies.ids), ("company_id", "in", company_ids)])
            .currency_id
        )
        without = currencies - known_sudo
        return without if len(without) > 1 else currencies.browse()

    @api.model
    def _get_missing_rates(self, rates):
        """Codes of the currencies whose amounts are left out."""
        company_ids = [company_id for company_id, factor in rates.items() if factor is None]
        # sudo: see _get_rates
        return sorted(set(self.env["res.company"].sudo().browse(company_ids).currency_id.mapped("name")))

    @api.model
    def _sum_amount(self, rows, rates):
        return self.env.company.currency_id.round(
            sum(float(row.amount or 0) * (rates[row.company_id] or 0) for row in rows)
        )
