from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmStage(models.Model):
    """A stage belongs to one deal type and stands for one status of the shared reference."""

    _inherit = "crm.stage"

    active = fields.Boolean(default=True)
    deal_type_id = fields.Many2one(
        comodel_name="paydox.deal.type",
        index=True,
        ondelete="restrict",
        domain="[('active', 'in', [True, False]), ('stage_control', '!=', 'none')]",
        help="The stage is used by deals of this type only.",
    )
    status_id = fields.Many2one(
        comodel_name="paydox.deal.status",
        index=True,
        ondelete="restrict",
        domain="[('outcome', '!=', 'lost')]",
        help="Deals in this stage count in this layer of the funnel.",
    )

    check_ids = fields.One2many(
        comodel_name="paydox.deal.stage.check",
        inverse_name="stage_id",
        string="Entry Checks",
        copy=True,
        help="What must be there before a deal of a strict type enters the stage.",
    )

    check_summary = fields.Char(string="Asks For", compute="_compute_check_summary")

    # === COMPUTE METHODS ===#

    @api.depends("check_ids.summary")
    def _compute_check_summary(self):
        for stage in self:
            stage.check_summary = "; ".join(stage.check_ids.mapped("summary")) or False

    # === CONSTRAINT METHODS ===#

    @api.constrains("active", "deal_type_id", "status_id", "sequence")
    def _check_type_stays_mapped(self):
        # sudo: the type may belong to a company that is not selected now
        active_sudo = self.sudo().deal_type_id.filtered("active")
        active_sudo._check_active_is_mapped()
        active_sudo._check_statuses_run_forwards()

    @api.constrains("is_won", "status_id")
    def _check_outcome(self):
        for stage in self.filtered("status_id"):
            if stage.status_id.outcome == "lost":
                raise ValidationError(
                    self.env._(
                        "Stage %(stage)s cannot stand for the lost status %(status)s: a deal is lost by the Lost button, "
                        "with a reason. Choose another status.",
                        stage=stage.name,
                        status=stage.status_id.name,
                    )
                )
            if stage.is_won != (stage.status_id.outcome == "won"):
                raise ValidationError(
                    self.env._(
                        "Stage %(stage)s and its status %(status)s disagree: a won stage stands for a won status and no "
                        "other one does. Change the status or the mark 'Is Won Stage'.",
                        stage=stage.name,
                        status=stage.status_id.name,
                    )
                )

    @api.constrains("deal_type_id")
    def _check_deals_of_other_types(self):
        for stage in self:
            # sudo: the deals of all salespersons count
            if (
                self.env["crm.lead"]
                .sudo()
                .with_context(active_test=False)
                .search_count([("stage_id", "=", stage.id), ("deal_type_id", "!=", stage.deal_type_id.id)], limit=1)
            ):
                if not stage.deal_type_id:
                    raise ValidationError(
                        self.env._(
                            "Stage %(stage)s has deals and cannot be taken out of their type. "
                            "Move the deals to another stage first, or archive the stage.",
                            stage=stage.name,
                        )
                    )
                raise ValidationError(
                    self.env._(
                        "Stage %(stage)s has deals of another type and cannot be moved to type %(type)s. "
                        "Move the deals to another stage first.",
                        stage=stage.name,
                        type=stage.deal_type_id.name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._follow_status(vals)
        stages = super().create(vals_list)
        self.env["paydox.stage.mapping"]._record_change(stages.filtered("status_id"))
        return stages

    def write(self, vals):  # pylint: disable=method-required-super
        return self._write_mapped(vals)

    def web_resequence(self, specification, field_name="sequence", offset=0):
        # The stages come one after the other: what counts is the order at the end.
        with self.deal_type_id._with_stages_in_hand():
            return super().web_resequence(specification, field_name=field_name, offset=offset)

    def _write_mapped(self, vals, reason=None, moment=None):
        """As ``write``; ``reason`` and ``moment`` of a change of mapping come by this way only."""
        vals = dict(vals)
        self._follow_status(vals)
        former_types = self.deal_type_id if {"deal_type_id", "active"} & vals.keys() else self.env["paydox.deal.type"]
        remapped = (
            self.filtered(lambda stage: stage.status_id.id != vals["status_id"])
            if "status_id" in vals
            else self.browse()
        )
        result = super().write(vals)  # pylint: disable=super-method-mismatch
        # sudo: the type may belong to a company that is not selected now
        former_types.sudo().filtered("active")._check_active_is_mapped()
        if remapped:
            self.env["paydox.stage.mapping"]._record_change(remapped, reason)
            remapped._log_remapped_deals(reason, moment)
        return result

    def _change_status(self, status, reason=None):
        """Let the stages stand for ``status`` from now on."""
        self.check_access("write")
        self._write_mapped({"status_id": status.id}, reason)

    def _write_status(self, status):
        """The bare change, to try it out; deals and history are not told."""
        values = {"status_id": status.id}
        self._follow_status(values)
        return super().write(values)  # pylint: disable=super-method-mismatch

    @api.ondelete(at_uninstall=False)
    def _unlink_except_mapped(self):
        if mapped := self.filtered("status_id"):
            raise UserError(
                self.env._(
                    "Stages that are mapped to a status cannot be deleted: %(names)s. Archive them instead.",
                    names=", ".join(mapped.mapped("name")),
                )
            )

    # === ACTIONS ===#

    def action_open_checks(self):
        """Open what the stage asks for before a deal of a strict type enters it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entry Checks of %(stage)s", stage=self.name),
            "res_model": "paydox.deal.stage.check",
            "view_mode": "list,form",
            "domain": [("stage_id", "=", self.id)],
            "context": {"default_stage_id": self.id},
            "help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>")
            % (
                self.env._("This stage asks for nothing yet"),
                self.env._("Say what must be there before a deal enters it: a field, a document, a condition."),
            ),
        }

    # === HELPERS ===#

    def _key(self):
        """Position in the pipeline: comparable with the key of another stage of the same type."""
        return (self.sequence, self.id)

    def _get_following(self):
        """The next active stage of the pipeline, or none."""
        key = self._key()
        return self.deal_type_id._get_stages().filtered(lambda stage: stage._key() > key)[:1] if self else self

    @api.model
    def _follow_status(self, vals):
        """A won status makes a won stage; nobody has to tick the box as well."""
        if vals.get("status_id") and "is_won" not in vals:
            vals["is_won"] = self.env["paydox.deal.status"].browse(vals["status_id"]).outcome == "won"

    def _log_remapped_deals(self, reason=None, moment=None):
        """Deals of a stage that got another status: their change is written to their history at once."""
        # sudo: all deals of the stage change, not only those of the user
        leads_sudo = self.env["crm.lead"].sudo().with_context(active_test=False).search([("stage_id", "in", self.ids)])
        reason = reason or self.env._("The stage is mapped to another status")
        with leads_sudo._status_change(origin="stage", reason=reason) as change:
            change.moment = moment
            change.add(leads_sudo)
