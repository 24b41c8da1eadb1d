from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class CrmLead(models.Model):
    """A deal: it has a type, whose pipeline it follows, and a status of the shared reference."""

    _inherit = "crm.lead"

    # The indexes of type, department and people hold what the funnel asks of a deal (``tools/funnel_tally_schema.py``).
    # type
    deal_type_id = fields.Many2one(
        comodel_name="paydox.deal.type",
        default=lambda self: self.env["paydox.deal.type"]._get_default_for_user(),
        ondelete="restrict",
        check_company=True,
        tracking=16,
        help="Decides which stages the deal goes through. When it changes, the deal keeps its status.",
    )
    deal_properties = fields.Properties(definition="deal_type_id.property_definition", copy=True)
    deal_type_control = fields.Selection(related="deal_type_id.stage_control", string="Stage Control")
    deal_type_assignment = fields.Selection(related="deal_type_id.assignment", string="Assignment")
    stage_id = fields.Many2one(
        domain="[('deal_type_id', '=', deal_type_id), '|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]"
    )
    # status
    deal_status_id = fields.Many2one(
        comodel_name="paydox.deal.status",
        string="Status",
        compute="_compute_deal_status_id",
        store=True,
        index=True,
        ondelete="restrict",
        group_expand="_read_group_deal_status_ids",
        help="Layer of the funnel the deal is in. Follows the stage; people and rules change it by Set status.",
    )
    deal_status_color = fields.Integer(related="deal_status_id.color", export_string_translation=False)
    reached_status_id = fields.Many2one(
        comodel_name="paydox.deal.status",
        string="Furthest Status",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The furthest status the deal has ever been in.",
    )
    manual_status_id = fields.Many2one(
        comodel_name="paydox.deal.status",
        string="Status Set by Hand",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="Status set by a person or a rule while no stage of the pipeline stands for it; it holds until the stage changes.",
    )
    is_status_locked = fields.Boolean(
        string="Not Changed by Rules",
        copy=False,
        tracking=True,
        help="Rules change neither status nor stage nor type of the deal, only people do.",
    )
    lost_status_id = fields.Many2one(
        comodel_name="paydox.deal.status",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="Which of several lost statuses the deal was lost with.",
    )
    status_event_id = fields.Many2one(
        comodel_name="paydox.deal.status.event",
        string="Current Status Event",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    status_event_ids = fields.One2many(
        comodel_name="paydox.deal.status.event",
        inverse_name="lead_id",
        string="Status History",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )
    # people
    department_id = fields.Many2one(
        comodel_name="hr.department",
        compute="_compute_department_id",
        store=True,
        help="Department of the responsible person; a closed deal keeps the one that closed it.",
    )
    # documents
    document_ids = fields.One2many(comodel_name="paydox.document", inverse_name="lead_id", copy=False)
    document_count = fields.Integer(compute="_compute_document_count")

    # === COMPUTE METHODS ===#

    @api.depends("stage_id.status_id", "manual_status_id", "lost_status_id", "won_status")
    def _compute_deal_status_id(self):
        lost_status = self.env["paydox.deal.status"]._get_lost()
        for lead in self:
            status = lead._get_open_status()
            if lead.won_status == "lost":
                status = lead.lost_status_id or lost_status or status
            lead.deal_status_id = status
        self._watch_status()

    @api.depends("manual_status_id")
    def _compute_won_status(self):
        result = super()._compute_won_status()
        for lead in self:
            if lead.manual_status_id.outcome == "won" and lead.probability == 100:
                lead.won_status = "won"
        return result

    @api.depends("user_id", "user_id.employee_ids.department_id", "company_id")
    def _compute_department_id(self):
        for lead in self:
            if lead.won_status in ("won", "lost") and lead.department_id:
                continue
            employees = lead.user_id.employee_ids
            company = lead.company_id or lead.env.company
            own = employees.filtered_domain([("company_id", "=", company.id)])
            lead.department_id = (own or employees)[:1].department_id

    @api.depends("document_ids")
    @api.depends_context("uid")
    def _compute_document_count(self):
        # As the user: the number must not tell of documents that he may not see.
        counts = dict(self.env["paydox.document"]._read_group([("lead_id", "in", self.ids)], ["lead_id"], ["__count"]))
        for lead in self:
            lead.document_count = counts.get(lead._origin, 0)

    # === CONSTRAINT METHODS ===#

    @api.constrains("deal_type_id", "stage_id")
    def _check_stage_of_type(self):
        for lead in self.filtered("stage_id"):
            # sudo: types and stages of other companies take part in the comparison
            deal_type, stage = lead.sudo().deal_type_id, lead.sudo().stage_id
            if deal_type.stage_control == "none":
                raise ValidationError(
                    self.env._(
                        "Deal %(deal)s is of type %(type)s, which has no stages. Set its status instead.",
                        deal=lead.name,
                        type=deal_type.name,
                    )
                )
            if stage.deal_type_id and stage.deal_type_id != deal_type:
                raise ValidationError(
                    self.env._(
                        "Stage %(stage)s belongs to deals of type %(stage_type)s; deal %(deal)s is of type %(type)s. "
                        "Choose a stage of this type or change the type of the deal.",
                        stage=stage.name,
                        stage_type=stage.deal_type_id.name,
                        deal=lead.name,
                        type=deal_type.name or "-",
                    )
                )

    # === ACTIONS ===#

    def action_new_document(self):
        """Open a new document form that already knows the deal."""
        self.ensure_one()
        self.check_access("read")
        values = self._prepare_document_values()
        if missing := self.missing_document_kind_ids[:1]:
            values["kind_id"] = missing.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Document"),
            "res_model": "paydox.document",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def action_open_documents(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "domain": [("lead_id", "=", self.id)],
            "name": self.env._("Documents"),
            "res_model": "paydox.document",
            "view_mode": "list,form",
            "context": {f"default_{name}": value for name, value in self._prepare_document_values().items()},
        }

    def action_assign(self):
        """Give the deals to responsible people as their types say."""
        self.check_access("write")
        by_hand = self.filtered(lambda lead: lead.deal_type_id.assignment in (False, "none"))
        if by_hand:
            raise UserError(
                self.env._(
                    "The type of these deals does not assign them: %(names)s. Choose the responsible person on the deal.",
                    names=", ".join(by_hand.mapped("name")[:5]),
                )
            )
        for deal_type, leads in self.grouped("deal_type_id").items():
            deal_type._assign(leads)
        return True

    def action_set_deal_status(self):
        """Open the window where a person chooses the status and says why."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Status"),
            "res_model": "crm.lead.set.status",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    # === HELPERS ===#

    def _prepare_document_values(self):
        """Values of a document that is made from the deal; extended by addons that add fields to documents."""
        self.ensure_one()
        return {
            "lead_id": self.id,
            "name": self.name,
            "partner_id": self.partner_id.id,
            "amount": self.expected_revenue,
            "currency_id": self.company_currency.id,
            "responsible_id": self.user_id.id or self.env.uid,
            "company_id": self.company_id.id or self.env.company.id,
        }

    def _ask_for_assignment(self):
        """Nobody of the type is available: the deals wait without a responsible person, and their head is asked to choose."""
        for head, leads in self.grouped(lambda lead: lead._get_head()).items():
            if head:
                leads.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Choose a responsible person: nobody of the deal type is available"),
                    user_id=head.id,
                )

    def _get_head(self):
        """Who decides about a deal that is nobody's: a leader of its team or of the teams of its type, else a sales manager."""
        self.ensure_one()
        # sudo: a visitor of the website, who may have made the deal, reads neither teams nor users
        lead_sudo = self.sudo()
        company = lead_sudo.company_id
        managers = self.env.ref("sales_team.group_sale_manager").sudo().all_user_ids
        robots = self.env.ref("base.user_root") | self.env.ref("base.user_admin")
        for users in (lead_sudo.team_id.user_id, lead_sudo.deal_type_id.team_ids.user_id, managers - robots, managers):
            fit = users.filtered(
                lambda user: user.active and not user.share and (not company or company in user.company_ids)
            )
            if fit:
                return fit.sorted("id")[:1].sudo(False)
        return self.env["res.users"]

    @api.model
    def _read_group_deal_status_ids(self, statuses, domain):
        """Columns by status: every layer of the funnel, also the empty ones."""
        layers = self.env["paydox.deal.status"]._search(
            Domain("outcome", "in", ("open", "won")) | Domain("id", "in", statuses.ids)
        )
        return statuses.browse(layers)

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: documents that the user may not see belong to the deal as well
        opportunities.sudo().with_context(active_test=False).document_ids.write({"lead_id": self.id})
        return result
