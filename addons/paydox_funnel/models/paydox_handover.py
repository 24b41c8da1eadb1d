from odoo import api, models
from odoo.fields import Domain


class PaydoxHandover(models.Model):
    """Open deals go along with the work of their manager."""

    _inherit = "paydox.handover"

    # === SORTS === #

    @api.model
    def _get_sorts(self):
        sorts = super()._get_sorts()
        return [*sorts[:1], ("deal", self.env._("Open deals")), *sorts[1:]]

    @api.model
    def _get_sort_fields(self):
        return super()._get_sort_fields() | {"deal": "user_id"}

    @api.model
    def _get_activity_models(self):
        return [*super()._get_activity_models(), "crm.lead"]

    @api.model
    def _find_deal(self, user, companies):
        domain = (
            Domain("user_id", "=", user.id)
            & Domain("won_status", "=", "pending")
            & Domain("company_id", "in", [False, *companies.ids])
        )
        return self.env["crm.lead"].search(domain, order="id")


class ResPartner(models.Model):
    """Deals in what a substitute has to know at once."""

    _inherit = "res.partner"

    # === HOOKS === #

    def _get_work_stages(self, family):
        stages = super()._get_work_stages(family)
        if not self.env["crm.lead"].has_access("read"):
            return stages
        deals = self.env["crm.lead"].search(self._get_open_deals_domain(family), limit=2, order="id desc")
        return [
            self.env._(
                "%(deal)s: %(stage)s", deal=deal.name, stage=deal.deal_status_id.name or deal.stage_id.name or ""
            )
            for deal in deals
        ] + stages

    def _get_next_steps(self, family):
        steps = super()._get_next_steps(family)
        if not self.env["crm.lead"].has_access("read"):
            return steps
        deals = self.env["crm.lead"]._search(self._get_open_deals_domain(family))
        domain = Domain("res_model", "=", "crm.lead") & Domain("res_id", "in", deals)
        activity = self.env["mail.activity"].search(domain, limit=1, order="date_deadline, id")
        if activity:
            steps.append((activity.date_deadline, activity.summary or activity.activity_type_id.name or ""))
        return steps

    # === HELPERS === #

    @api.model
    def _get_open_deals_domain(self, family):
        return Domain("partner_id", "in", family.ids) & Domain("won_status", "=", "pending")
