from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PaydoxRule(models.Model):
    """Then: the deal goes on in the pipeline of another type, so that variants of a process are chosen by rules."""

    _inherit = "paydox.rule"

    action = fields.Selection(selection_add=[("set_type", "Change the deal type")], ondelete={"set_type": "cascade"})
    target_type_id = fields.Many2one(
        comodel_name="paydox.deal.type",
        string="New Deal Type",
        ondelete="restrict",
        index="btree_not_null",
        help="The deal keeps its status and comes to the stage of the new type that stands for it.",
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains("target_type_id", "revision_id")
    def _check_target_type(self):
        for rule in self.filtered("target_type_id"):
            if rule.target_type_id == rule.deal_type_id:
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s is for deals of type %(type)s, which is the type it would give them. Choose another.",
                        name=rule.display_name,
                        # sudo: the type may belong to a company that is not selected now
                        type=rule.sudo().target_type_id.name,
                    )
                )

    @api.model
    def _get_needed_fields(self):
        return super()._get_needed_fields() | {"set_type": "target_type_id"}

    # === CONDITIONS ===#

    def _get_set_type_obstacle(self, lead):
        target = self.target_type_id
        if lead.deal_type_id == target:
            return self.env._("The deal is of type %(type)s already.", type=target.name)
        if not target.active:
            return self.env._("Deal type %(type)s is archived.", type=target.name)
        if lead.company_id and target.company_id and lead.company_id != target.company_id:
            return self.env._(
                "Deal type %(type)s belongs to another company than the deal: %(company)s.",
                type=target.name,
                company=target.company_id.name,
            )
        landing = target._get_landing_stage(lead._get_open_status())
        return self._get_backward_obstacle(lead, landing.status_id or lead.deal_status_id)

    # === ACTIONS OF RULES ===#

    def _do_set_type(self, event, lead):
        former = lead.deal_type_id.name
        with lead._status_change(origin="rule", reason=self._get_rule().name):
            lead.write({"deal_type_id": self.target_type_id.id})
        return self.env._(
            "Type changed from %(former)s to %(type)s, because: %(event)s.",
            former=former or "-",
            type=self.target_type_id.name,
            event=self._get_event_label(),
        )

    # === DRY RUN ===#

    def _describe_set_type(self, lead):
        return self.env._("Change the deal type to %(type)s", type=self.target_type_id.name)

    def _foresee_set_type(self, lead):
        if self.target_type_id.stage_control != "strict":
            return None
        missing = lead._get_missing_text(self.target_type_id._get_landing_stage(lead._get_open_status()))
        return missing and self.env._("the stage still asks for: %(missing)s", missing=missing.replace("\n", " "))


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _emit_changed_types(self, before):
        """Rules of the new type may go on from here: its other events happened before the deal was of the type.

        :param dict before: ``{lead id: (type, stage, status)}``
        """
        changed = self.filtered(lambda lead: lead.deal_type_id.sudo() != before[lead.id][0])
        self.env["paydox.event"]._emit_batch(
            "deal.type",
            [(lead, f"deal.type:{lead.id}:{uuid4().hex}", {"type": lead.deal_type_id.id}) for lead in changed],
        )
