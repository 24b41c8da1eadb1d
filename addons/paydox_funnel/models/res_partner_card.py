from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# Groups of deals on the card, and the statuses of work they hold.
DEAL_ROWS = {"open": ("open", "overdue"), "won": ("done",), "lost": ("cancelled",)}


class ResPartner(models.Model):
    """Deals on the card of a counterparty."""

    _inherit = "res.partner"

    # === ACTIONS === #

    def action_new_deal(self):
        """Open the form of a new deal with the counterparty."""
        self.ensure_one()
        self.check_access("read")
        if not self.env["crm.lead"].has_access("create"):
            raise AccessError(self.env._("You may not create deals. Ask a salesperson to do it."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Deal"),
            "res_model": "crm.lead",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.id, "default_type": "opportunity"},
        }

    # === HOOKS === #

    @api.model
    def _get_reach_domain(self):
        # Who sees only his own counterparties sees those of his deals, or he could not work on them.
        mine = Domain("user_id", "in", self._get_reach_user_ids())
        deals = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            ._search(mine & Domain("partner_id", "!=", False))
        )
        return super()._get_reach_domain() | Domain("id", "in", deals.subselect("partner_id"))

    def _get_summary_lists(self):
        work = "paydox_crm.paydox_partner_work_action"
        deals = Domain("lead_id", "!=", False)
        return super()._get_summary_lists() | {
            f"deal_{status}": (work, label, deals & Domain("status", "in", statuses), {})
            for status, label, statuses in self._get_deal_rows()
        }

    def _get_summary_blocks(self, family_ids):
        blocks = super()._get_summary_blocks(family_ids)
        if not self.env["crm.lead"].has_access("read"):
            return blocks
        work = self.env["paydox.partner.work"]
        domain = Domain("partner_id", "in", family_ids) & Domain("lead_id", "!=", False)
        counts = dict(work._read_group(domain, ["status"], ["__count"]))
        rows = [
            self._prepare_row(f"deal_{code}", label, sum(counts.get(status, 0) for status in statuses))
            for code, label, statuses in self._get_deal_rows()
        ]
        return [*blocks, {"code": "deals", "title": self.env._("Deals"), "rows": rows}]

    # === HELPERS === #

    @api.model
    def _get_deal_rows(self):
        labels = {"open": self.env._("Open"), "won": self.env._("Won"), "lost": self.env._("Lost")}
        return [(code, labels[code], statuses) for code, statuses in DEAL_ROWS.items()]
