from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Cases of a counterparty, and what is open in them and in its documents."""

    _name = "res.partner"
    _inherit = ["res.partner", "paydox.case.mixin"]

    case_ids = fields.One2many(string="Cases About It", groups="base.group_user")
    case_count = fields.Integer(groups="base.group_user")
    case_open_count = fields.Integer(groups="base.group_user")
    partner_case_count = fields.Integer(
        string="Cases of the Counterparty", compute="_compute_partner_case_counts", groups="base.group_user"
    )
    open_action_count = fields.Integer(
        string="Open Actions", compute="_compute_partner_case_counts", groups="base.group_user"
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id")
    @api.depends_context("uid")
    def _compute_partner_case_counts(self):
        """Everything of the commercial entity, as far as the user may see it."""
        companies = self.commercial_partner_id
        domain = Domain("partner_id.commercial_partner_id", "in", companies.ids)
        cases = self._count_by_company("paydox.case", domain)
        actions = self._count_by_company("paydox.case.action", domain)
        for partner in self:
            partner.partner_case_count = cases.get(partner.commercial_partner_id.id, 0)
            partner.open_action_count = actions.get(partner.commercial_partner_id.id, 0)

    # === ACTIONS === #

    def action_open_partner_cases(self):
        """Open the cases of the counterparty."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cases"),
            "res_model": "paydox.case",
            "views": [(False, "list"), (False, "form")],
            "domain": [("partner_id", "child_of", self.commercial_partner_id.ids)],
            "context": {"default_partner_id": self.id},
        }

    def action_open_actions(self):
        """Open what is open for the counterparty: messages, decisions and steps, to be done right in the list."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_edms.paydox_case_action_action")
        domain = [("partner_id", "child_of", self.commercial_partner_id.ids)]
        return action | {"display_name": self.env._("Open Actions"), "domain": domain, "context": {}, "path": False}

    # === HOOKS === #

    def _get_case_partner(self):
        return self.commercial_partner_id

    # === HELPERS === #

    @api.model
    def _count_by_company(self, model, domain):
        counts = {}
        for partner, count in self.env[model]._read_group(domain, ["partner_id"], ["__count"]):
            # sudo: the user sees the case, its counterparty may be a contact that he does not
            company_id = partner.sudo().commercial_partner_id.id
            counts[company_id] = counts.get(company_id, 0) + count
        return counts
