from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PaydoxRule(models.Model):
    """Then: the deal goes on, to a status or to a stage, and back only when the rule says so."""

    _inherit = "paydox.rule"

    action = fields.Selection(
        selection_add=[("set_status",), ("move_stage", "Move to a stage")], ondelete={"move_stage": "cascade"}
    )
    status_id = fields.Many2one(comodel_name="paydox.deal.status", ondelete="restrict", index="btree_not_null")
    stage_id = fields.Many2one(
        comodel_name="crm.stage",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('deal_type_id', '=?', deal_type_id)]",
        help="Deals of other types are skipped.",
    )
    allow_backward = fields.Boolean(
        string="May Move Back", help="Otherwise the rule skips deals that are further already, won or lost."
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains("stage_id", "revision_id")
    def _check_stage(self):
        for rule in self.filtered("stage_id"):
            # sudo: the stage may be of a type of another company
            stage_type = rule.sudo().stage_id.deal_type_id
            if not stage_type or (rule.deal_type_id and stage_type != rule.deal_type_id):
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s moves deals to stage %(stage)s, which is no stage of their type. Choose one of it.",
                        name=rule.display_name,
                        stage=rule.sudo().stage_id.name,
                    )
                )

    @api.model
    def _get_needed_fields(self):
        return super()._get_needed_fields() | {"move_stage": "stage_id"}

    # === CONDITIONS ===#

    def _get_set_status_obstacle(self, lead):
        current, target = lead.deal_status_id, self.status_id
        if not target.active:
            return self.env._("Status %(status)s is archived.", status=target.name)
        if current == target:
            return self.env._("The deal is in status %(status)s already.", status=target.name)
        return self._get_backward_obstacle(lead, target)

    def _get_move_stage_obstacle(self, lead):
        current, target = lead.stage_id, self.stage_id
        if target.deal_type_id != lead.deal_type_id:
            return self.env._(
                "The deal is of type %(type)s, which has no stage %(stage)s.",
                type=lead.deal_type_id.name or "-",
                stage=target.name,
            )
        if not target.active:
            return self.env._("Stage %(stage)s is archived.", stage=target.name)
        if current == target:
            return self.env._("The deal is in stage %(stage)s already.", stage=target.name)
        if current and target._key() < current._key() and not self.allow_backward:
            return self.env._(
                "The deal is in stage %(current)s; the rule does not move deals back to %(stage)s.",
                current=current.name,
                stage=target.name,
            )
        return self._get_backward_obstacle(lead, target.status_id)

    def _get_backward_obstacle(self, lead, target):
        current = lead.deal_status_id
        backward = current and (current.outcome != "open" or target._key() < current._key())
        if backward and not self.allow_backward:
            return self.env._(
                "The deal is in status %(current)s; the rule does not move deals back to %(status)s.",
                current=current.name,
                status=target.name,
            )
        return None

    # === ACTIONS OF RULES ===#

    def _do_set_status(self, event, lead):
        former = lead.deal_status_id.name
        with lead._status_change(origin="rule", reason=self._get_rule().name):
            lead._apply_status(self.status_id)
        return self.env._(
            "Status changed from %(former)s to %(status)s, because: %(event)s.",
            former=former or "-",
            status=self.status_id.name,
            event=self._get_event_label(),
        )

    def _do_move_stage(self, event, lead):
        former = lead.stage_id.name
        with lead._status_change(origin="rule", reason=self._get_rule().name):
            lead.write({"stage_id": self.stage_id.id})
        return self.env._(
            "Moved from stage %(former)s to %(stage)s, because: %(event)s.",
            former=former or "-",
            stage=self.stage_id.name,
            event=self._get_event_label(),
        )

    # === DRY RUN ===#

    def _describe_set_status(self, lead):
        return self.env._("Set the status to %(status)s", status=self.status_id.name)

    def _describe_move_stage(self, lead):
        return self.env._("Move to stage %(stage)s", stage=self.stage_id.name)

    def _foresee_set_status(self, lead):
        status = self.status_id
        if status.outcome == "lost":
            return None
        landing = lead.deal_type_id._get_landing_stage(status)
        if lead.deal_type_id.stage_control != "strict":
            return None
        if landing.status_id != status:
            return self.env._("no stage of type %(type)s stands for the status", type=lead.deal_type_id.name)
        return lead._foresee_stage(landing)

    def _foresee_move_stage(self, lead):
        return lead._foresee_stage(self.stage_id)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _foresee_stage(self, stage):
        """What would stop the deal on its way to ``stage`` of its type, as a sentence; nothing is changed."""
        self.ensure_one()
        deal_type = self.deal_type_id
        if deal_type.stage_control != "strict" or stage == self.stage_id or stage._key() < self.stage_id._key():
            return None
        allowed = self._get_allowed_stage(deal_type, deal_type, self.stage_id, self._get_open_status())
        if stage._key() > allowed._key():
            return self.env._("the type goes stage after stage, and the next one is %(next)s", next=allowed.name)
        missing = self._get_missing_text(stage)
        return missing and self.env._("the stage still asks for: %(missing)s", missing=missing.replace("\n", " "))
