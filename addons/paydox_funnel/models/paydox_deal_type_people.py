from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class PaydoxDealType(models.Model):
    """Who works with deals of the type, which documents they need, and what is asked when one is lost."""

    _inherit = "paydox.deal.type"

    team_ids = fields.Many2many(
        comodel_name="crm.team",
        relation="paydox_deal_type_team_rel",
        string="Sales Teams",
        help="Only people of these teams, and sales managers, put deals into the type. Empty: everybody who sells.",
    )
    document_kind_ids = fields.Many2many(
        comodel_name="paydox.document.kind",
        relation="paydox_deal_type_document_kind_rel",
        string="Documents of a Deal",
        help="Which documents belong to a deal of the type; the deal shows which are still missing.",
    )
    require_lost_reason = fields.Boolean(
        string="Reason of a Loss Is Needed", help="A deal of the type is not lost without saying why."
    )

    # === CRUD METHODS ===#

    @api.model
    def _get_open_types(self):
        """The active types into which the user may put deals."""
        own_teams = Domain("team_ids.crm_team_member_ids.user_id", "=", self.env.uid)
        own_teams |= Domain("team_ids.user_id", "=", self.env.uid) | Domain("team_ids", "=", False)
        everything = self.env.su or self.env.user.has_group("sales_team.group_sale_manager")
        of_companies = Domain("company_id", "in", [False, *self.env.companies.ids])
        # sudo: whoever makes a deal may read its type; the condition says which
        return self.sudo().search(of_companies & (Domain.TRUE if everything else own_teams)).sudo(self.env.su)

    @api.model
    @tools.ormcache()
    def _get_restricted_ids(self):
        # sudo: types of all companies
        return frozenset(self.sudo().with_context(active_test=False).search([("team_ids", "!=", False)]).ids)

    @api.model
    def _get_default_for_user(self):
        """The first type of the company that is open to the user."""
        default_id = self._get_default_id(self.env.company.id)
        if default_id not in self._get_restricted_ids():
            return default_id
        of_company = self._get_open_types().filtered(
            lambda deal_type: deal_type.company_id in (self.env.company, deal_type.company_id.browse())
        )
        return of_company[:1].id or default_id


class CrmLead(models.Model):
    _inherit = "crm.lead"

    missing_document_kind_ids = fields.Many2many(
        comodel_name="paydox.document.kind",
        string="Documents Still Missing",
        compute="_compute_missing_document_kind_ids",
        # The kinds are named also to who may not see the documents: nothing more of these is shown.
        compute_sudo=True,
    )

    @api.depends("deal_type_id.document_kind_ids", "document_ids.kind_id", "document_ids.state")
    def _compute_missing_document_kind_ids(self):
        for lead in self:
            made = lead.document_ids.filtered(lambda document: document.state != "cancelled").kind_id
            lead.missing_document_kind_ids = lead.deal_type_id.document_kind_ids - made

    # === GUARDS ===#

    def _check_type_is_open(self, before):
        """Who is in none of the teams of a type puts no deal into it.

        :param dict before: ``{lead id: (type, stage, status)}``, without the deals that are new
        """
        restricted = self.env["paydox.deal.type"]._get_restricted_ids()
        if self.env.su or not restricted:
            return
        entering = self.filtered(
            lambda lead: (
                lead.deal_type_id.id in restricted
                and lead.deal_type_id != before.get(lead.id, (lead.deal_type_id.browse(),))[0]
            )
        )
        if (
            closed := entering.deal_type_id
            - self.env["paydox.deal.type"].with_context(active_test=False)._get_open_types()
        ):
            raise AccessError(
                self.env._(
                    "Deals of type %(type)s are made by its sales teams only. Choose another type or ask a sales manager.",
                    type=closed[0].name,
                )
            )

    def _check_lost_reason(self, reason):
        """Asked when the event of the loss is written, so on whatever path the deal is lost."""
        if not reason and self.won_status == "lost" and self.deal_type_id.require_lost_reason:
            raise UserError(
                self.env._(
                    "Deal %(deal)s cannot be lost without a reason: its type asks for one. Press Lost and choose it.",
                    deal=self.name,
                )
            )
