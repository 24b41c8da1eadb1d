from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .paydox_document_kind import PAPER_POLICIES


class PaydoxDocument(models.Model):
    """Paper originals. They are facts about the document, not its content, so the lock leaves them open."""

    _inherit = "paydox.document"

    paper_policy = fields.Selection(
        selection=PAPER_POLICIES,
        string="Paper",
        compute="_compute_paper_policy",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    original_ids = fields.One2many(
        comodel_name="paydox.paper.original", inverse_name="document_id", string="Paper Originals", copy=False
    )
    paper_movement_ids = fields.One2many(
        comodel_name="paydox.paper.movement", inverse_name="document_id", readonly=True, copy=False
    )
    paper_count = fields.Integer(readonly=True, copy=False, help="Grows with every paper original; carries their lock.")
    is_paper_missing = fields.Boolean(
        string="Paper Not Received", compute="_compute_is_paper_missing", search="_search_is_paper_missing"
    )

    # === COMPUTE METHODS === #

    @api.depends("kind_id")
    def _compute_paper_policy(self):
        for document in self:
            document.paper_policy = document.kind_id.paper_policy or document.paper_policy or "electronic"

    @api.depends("paper_policy", "original_ids.state", "original_ids.received_at")
    def _compute_is_paper_missing(self):
        required = self.filtered(lambda document: document.paper_policy == "required")
        # sudo: who reads the document may know whether its paper came
        received_sudo = (
            self.env["paydox.paper.original"]
            .sudo()
            .search(self._get_received_domain() & Domain("document_id", "in", required._origin.ids))
        )
        for document in self:
            document.is_paper_missing = document in required and document._origin not in received_sudo.document_id

    def _search_is_paper_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        missing = Domain("paper_policy", "=", "required") & ~Domain("original_ids", "any!", self._get_received_domain())
        return missing if True in value else ~missing

    # === CONSTRAINT METHODS === #

    @api.constrains("company_id")
    def _check_company_of_papers(self):
        for document in self:
            # sudo: places out of sight count all the same
            if document.sudo().original_ids.place_id.company_id - document.company_id:
                raise ValidationError(
                    self.env._(
                        "Paper originals of %(document)s lie in places of its company, so it cannot go to another one.",
                        document=document.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_papers(self):
        for document in self:
            # sudo: a paper out of sight keeps the document all the same
            if document.sudo().paper_movement_ids:
                raise UserError(
                    self.env._(
                        "%(document)s has a paper original with a trail, so it stays in the registry. Cancel it instead.",
                        document=document.display_name,
                    )
                )

    # === ACTIONS === #

    def action_add_original(self):
        """Open the window for one more paper original."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Paper Original"),
            "res_model": "paydox.paper.original",
            "views": [(self.env.ref("paydox_edms.paydox_paper_original_view_form_add").id, "form")],
            "target": "new",
            "context": {"default_document_id": self.id},
        }

    # === HELPERS === #

    @api.model
    def _get_received_domain(self):
        """Papers that came; what was destroyed by an act had come as well, what is lost has to come again."""
        return Domain("received_at", "!=", False) & Domain("state", "!=", "lost")

    @api.model
    def _get_unlocked_fields(self):
        return super()._get_unlocked_fields() | {"paper_policy", "original_ids", "paper_movement_ids"}
