from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.paydox_edms.tools.condition import get_condition_problem, parse_condition

# What a document has reached, in the order of its life; a cancelled one has reached nothing.
DOCUMENT_STATES = ["approved", "signed", "done"]


class PaydoxDealStageCheck(models.Model):
    """What must be there before a deal of a strict type enters a stage."""

    _name = "paydox.deal.stage.check"
    _description = "Entry Check of a Stage"
    _order = "stage_id, sequence, id"

    stage_id = fields.Many2one(comodel_name="crm.stage", required=True, ondelete="cascade", index=True)
    deal_type_id = fields.Many2one(related="stage_id.deal_type_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("field", "A field is filled in"),
            ("document", "A document has reached a state"),
            ("condition", "The deal meets a condition"),
        ],
        default="field",
        required=True,
    )
    field_id = fields.Many2one(
        comodel_name="ir.model.fields",
        ondelete="cascade",
        domain="[('model', '=', 'crm.lead'), ('store', '=', True), ('ttype', 'not in', ('boolean', 'binary', 'json'))]",
        index="btree_not_null",
    )
    document_kind_id = fields.Many2one(
        comodel_name="paydox.document.kind",
        ondelete="restrict",
        index="btree_not_null",
        help="The deal needs a document of this kind.",
    )
    document_state = fields.Selection(
        selection=[("approved", "Approved"), ("signed", "Signed"), ("done", "Executed")],
        default="approved",
        help="The state that the document must have reached; a later one will do.",
    )
    condition = fields.Text(help="The deal must match.")
    message = fields.Char(
        translate=True,
        help="What is missing, in the words of the people who work with the deal. Empty: told by itself.",
    )
    summary = fields.Char(string="What Is Asked", compute="_compute_summary")

    # === COMPUTE METHODS ===#

    @api.depends("kind", "field_id", "document_kind_id", "document_state", "condition", "message")
    def _compute_summary(self):
        for check in self:
            check.summary = check.message or check._get_default_message()

    @api.depends("summary")
    def _compute_display_name(self):
        for check in self:
            check.display_name = check.summary if check._origin else self.env._("New")

    def _get_default_message(self):
        self.ensure_one()
        if self.kind == "field":
            # sudo: the labels of fields are not readable for everybody
            field = self.env["crm.lead"]._fields.get(self.sudo().field_id.name)
            return self.env._("Fill in “%(field)s”", field=field._description_string(self.env) if field else "?")
        if self.kind == "document":
            states = dict(self._fields["document_state"]._description_selection(self.env))
            return self.env._(
                "A document of kind “%(kind)s” in state “%(state)s”",
                # sudo: the kind is named, nothing more of it is shown
                kind=self.sudo().document_kind_id.name or "?",
                state=states.get(self.document_state, "?"),
            )
        return self.env._("The condition of the stage is met")

    # === CONSTRAINT METHODS ===#

    @api.constrains("kind", "field_id", "document_kind_id", "document_state", "condition", "message")
    def _check_says_what_is_asked(self):
        leads = self.env["crm.lead"]
        for check in self:
            problem = False
            if check.kind == "field":
                field_sudo = check.sudo().field_id
                if field_sudo.model != "crm.lead" or not field_sudo.store:
                    problem = self.env._("choose a field of the deal that is stored")
            elif check.kind == "document" and not (check.document_kind_id and check.document_state):
                problem = self.env._("choose the kind of the document and its state")
            elif check.kind == "condition":
                if not (check.condition or "").strip() or not check.message:
                    problem = self.env._("write the condition, and say in words what is missing when it is not met")
                else:
                    problem = get_condition_problem(check.condition, leads, leads._get_models_kept_back())
            if problem:
                raise ValidationError(
                    self.env._(
                        "The entry check of stage %(stage)s is not complete: %(problem)s.",
                        stage=check.stage_id.name,
                        problem=problem,
                    )
                )

    def _get_list_text(self):
        """What the checks ask for, a line each; several that ask for the same are one."""
        return "\n".join(f"• {text}" for text in dict.fromkeys(self.mapped("summary")))

    # === BUSINESS METHODS ===#

    def _get_unmet(self, leads):
        """What is missing of the deals, as superuser: documents count that the person may not see.

        :return: ``{lead id: checks that do not hold}``, without the deals that have everything
        """
        unmet = {}
        for check in self:
            for lead in leads - getattr(check, f"_filter_{check.kind}")(leads):
                unmet[lead.id] = unmet.get(lead.id, self.browse()) | check
        return unmet

    def _filter_field(self, leads):
        name = self.field_id.name
        # A number that is zero says as little as an empty field.
        return leads.filtered(lambda lead: lead[name]) if name in leads._fields else leads

    def _filter_document(self, leads):
        reached = DOCUMENT_STATES[DOCUMENT_STATES.index(self.document_state) :]
        documents = self.env["paydox.document"].search(
            [
                ("lead_id", "in", leads.ids),
                ("kind_id", "=", self.document_kind_id.id),
                ("state", "in", reached),
            ]
        )
        return leads & documents.lead_id

    def _filter_condition(self, leads):
        return leads.filtered_domain(parse_condition(self.condition))
