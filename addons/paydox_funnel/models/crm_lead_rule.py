from odoo import api, fields, models


class CrmLead(models.Model):
    """The rules of a deal: their log on it, and the happenings that nothing else tells of."""

    _inherit = "crm.lead"

    rule_run_ids = fields.One2many(
        comodel_name="paydox.rule.run",
        inverse_name="lead_id",
        string="Log of the Rules",
        readonly=True,
        copy=False,
        groups="sales_team.group_sale_salesman",
    )
    rule_run_count = fields.Integer(
        string="Rule Runs", compute="_compute_rule_run_count", groups="sales_team.group_sale_salesman"
    )

    # === COMPUTE METHODS ===#

    @api.depends("rule_run_ids")
    @api.depends_context("uid")
    def _compute_rule_run_count(self):
        counts = dict(self.env["paydox.rule.run"]._read_group([("lead_id", "in", self.ids)], ["lead_id"], ["__count"]))
        for lead in self:
            lead.rule_run_count = counts.get(lead._origin, 0)

    # === ACTIONS ===#

    def action_open_rule_runs(self):
        """Open what the rules did to the deal, and why not."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_funnel.paydox_rule_run_action")
        action["domain"] = [("lead_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_rule_preview(self):
        self.ensure_one()
        self.check_access("read")
        return self.env["paydox.rule"]._get_preview_action({"default_lead_id": self.id})

    # === CONDITIONS ===#

    @api.model
    def _get_models_kept_back(self):
        """Names of models that the user may not ask for in a condition on deals, since he does not read all of them."""
        return () if self.env.user.has_group("paydox_crm.paydox_crm_group_bank") else ("res.partner.bank",)

    # === HAPPENINGS ===#

    def _message_post_after_hook(self, message, msg_vals):
        """An e-mail that came in for the deal, the one that made it too."""
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email":
            self.env["paydox.event"]._emit("deal.mail", self, f"deal.mail:{message.id}", {"message": message.id})
        return result
