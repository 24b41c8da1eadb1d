from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.codes import suggest_codes


class PaydoxDealStatus(models.Model):
    """The shared reference of statuses: pipelines of every deal type are mapped onto it, the funnel is drawn from it."""

    _name = "paydox.deal.status"
    _description = "Deal Status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="Short name for integrations and rules; must be unique.",
    )
    sequence = fields.Integer(
        default=lambda self: self._default_sequence(),
        required=True,
        help="Order of the layers in the funnel. Changing it recounts how far each deal has come.",
    )
    outcome = fields.Selection(
        selection=[("open", "In progress"), ("won", "Won"), ("lost", "Lost")],
        default="open",
        required=True,
        help="Open and won statuses are layers of the funnel; deals in a lost status are counted as lost.",
    )
    color = fields.Integer()
    active = fields.Boolean(default=True)
    # use
    stage_ids = fields.One2many(comodel_name="crm.stage", inverse_name="status_id", string="Stages")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another status already has this code. Choose another one.")

    @api.model
    def _default_sequence(self):
        last = self.with_context(active_test=False).search([], order="sequence desc, id desc", limit=1)
        return last.sequence + 10

    # === COMPUTE METHODS ===#

    @api.depends("name")
    def _compute_code(self):
        suggest_codes(self, "status")

    # === CRUD METHODS ===#

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for status, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", f"{status.code}_copy")
            vals["name"] = self.env._("%(name)s (copy)", name=status.name)
        return vals_list

    def write(self, vals):
        if "outcome" in vals:
            self._check_outcome_unused(vals["outcome"])
        reordered = any(
            field in vals and any(status[field] != vals[field] for status in self) for field in ("sequence", "outcome")
        )
        result = super().write(vals)
        if reordered:
            self._recompute_reached()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: a use that the user may not see still forbids the deletion
        status_sudo = self.sudo().with_context(active_test=False)
        for status in status_sudo:
            uses = (
                (status.env["crm.stage"], Domain("status_id", "=", status.id)),
                (status.env["crm.lead"], Domain("deal_status_id", "=", status.id)),
                (
                    status.env["paydox.deal.status.event"],
                    Domain("to_status_id", "=", status.id) | Domain("from_status_id", "=", status.id),
                ),
                (status.env["paydox.stage.mapping"], Domain("status_id", "=", status.id)),
                (
                    status.env["paydox.rule"],
                    Domain("status_id", "=", status.id) | Domain("trigger_status_id", "=", status.id),
                ),
            )
            if any(model.search_count(domain, limit=1) for model, domain in uses):
                raise UserError(
                    self.env._(
                        "Status %(name)s cannot be deleted: it is used by stages, deals, their history or rules. Archive it instead.",
                        name=status.name,
                    )
                )

    # === HELPERS ===#

    def _key(self):
        """Position in the reference: comparable with the key of another status."""
        return (self.sequence, self.id)

    @api.model
    def _get_lost(self):
        """The status that a lost deal takes, empty when the reference has none."""
        return self.search([("outcome", "=", "lost")], limit=1)

    @api.model
    def _get_first(self, outcome):
        return self.search([("outcome", "=", outcome)], limit=1)

    def _check_outcome_unused(self, outcome):
        # sudo: the deals of all salespersons count
        for status in self.sudo().filtered(lambda s: s.outcome != outcome).with_context(active_test=False):
            if status.stage_ids or self.env["crm.lead"].sudo().with_context(active_test=False).search_count(
                [("deal_status_id", "=", status.id)], limit=1
            ):
                raise UserError(
                    self.env._(
                        "The outcome of status %(name)s cannot be changed while stages are mapped to it or deals stand in it. "
                        "Create another status and map the stages to it.",
                        name=status.name,
                    )
                )

    @api.model
    def _recompute_reached(self):
        """Find again the furthest status of every deal from its history, after the order of statuses has changed."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead
                   SET reached_status_id = best.status_id
                  FROM (
                        SELECT l.id AS lead_id, furthest.status_id
                          FROM crm_lead l
                     LEFT JOIN (
                                SELECT DISTINCT ON (e.lead_id) e.lead_id, s.id AS status_id
                                  FROM paydox_deal_status_event e
                                  JOIN paydox_deal_status s ON s.id = e.to_status_id
                                 WHERE s.outcome IN ('open', 'won')
                              ORDER BY e.lead_id, s.sequence DESC, s.id DESC
                               ) furthest ON furthest.lead_id = l.id
                         WHERE l.reached_status_id IS DISTINCT FROM furthest.status_id
                       ) best
                 WHERE lead.id = best.lead_id
                """
            )
        )
        self.env["crm.lead"].invalidate_model(["reached_status_id"])
