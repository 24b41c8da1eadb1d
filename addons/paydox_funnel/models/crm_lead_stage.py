from collections.abc import Collection

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmLead(models.Model):
    """Stages: each pipeline shows the stages of its type only, and strict types are passed stage after stage."""

    _inherit = "crm.lead"

    # === COMPUTE METHODS ===#

    @api.depends("deal_type_id")
    def _compute_stage_id(self):
        """One look-up for each pair of type and team instead of one for each deal."""
        misplaced = self.filtered(lambda lead: lead._is_misplaced())
        # The stages that are right stay: the ORM asks for a value of each record of the batch.
        for lead in self - misplaced:
            lead.stage_id = lead.stage_id
        for (deal_type, _team), leads in misplaced.grouped(lambda lead: (lead.deal_type_id, lead.team_id)).items():
            first = None
            for lead in leads:
                status = lead._get_open_status()
                if lead.stage_id.deal_type_id != deal_type and status:
                    lead.stage_id = deal_type.sudo()._get_landing_stage(status).sudo(False)
                    continue
                if first is None:
                    first = lead._stage_find(domain=[("fold", "=", False)])
                lead.stage_id = first

    def _is_misplaced(self):
        # sudo: types and stages of other companies take part in the comparison
        stage, deal_type = self.sudo().stage_id, self.sudo().deal_type_id
        if not stage:
            return deal_type.stage_control != "none"
        if stage.deal_type_id and stage.deal_type_id != deal_type:
            return True
        return bool(self.team_id and stage.team_ids and self.team_id not in stage.team_ids)

    # === PIPELINE ===#

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Columns of the pipeline: the stages of the type that is shown, else those of all active types."""
        # sudo: a stage may belong to a type of a company that is not selected now; such stages are left out
        stages_sudo = super()._read_group_stage_ids(stages, domain).sudo()
        type_ids = self._get_types_of_domain(domain)
        if type_ids:
            shown = stages_sudo.filtered(lambda stage: stage.deal_type_id.id in type_ids)
        else:
            companies = self.env.companies
            shown = stages_sudo.filtered(
                lambda stage: (
                    stage in stages
                    or (stage.deal_type_id.active and stage.deal_type_id.company_id in (companies.browse(), *companies))
                )
            )
        return shown.sorted(lambda stage: (stage.deal_type_id.sequence, stage.deal_type_id.id, *stage._key())).sudo(
            False
        )

    @api.model
    def _get_types_of_domain(self, domain):
        """Ids of the deal types that the search bar or the action restricts the view to."""
        type_ids = set()
        for condition in Domain(domain).iter_conditions():
            if condition.field_expr == "deal_type_id" and condition.operator in ("=", "in"):
                values = condition.value if isinstance(condition.value, Collection) else [condition.value]
                type_ids.update(value for value in values if isinstance(value, int) and value)
        default_id = self.env.context.get("default_deal_type_id")
        if not type_ids and isinstance(default_id, int):
            type_ids.add(default_id)
        return type_ids

    def _stage_find(self, team_id=False, domain=None, order="sequence, id", limit=1):
        """Only stages of the type of the deals; a type without stages finds none."""
        type_ids = self.deal_type_id.ids
        if not self:
            type_ids = [self.env["paydox.deal.type"]._get_default_id(self.env.company.id)]
        of_type = Domain("deal_type_id", "in", type_ids or [False])
        return super()._stage_find(
            team_id=team_id, domain=list(of_type & Domain(domain or [])), order=order, limit=limit
        )

    def action_set_won(self):
        """Each deal goes to the won stage of its own type; without such a stage it takes the won status."""
        with self._status_change(origin="manual"):
            for deal_type, leads in self.grouped("deal_type_id").items():
                if deal_type and not leads._stage_find(domain=[("is_won", "=", True)]):
                    leads._set_won_without_stage()
                else:
                    super(CrmLead, leads).action_set_won()
        return True

    def _pls_prepare_frequencies(self, lead_values, leads_pls_fields, target_state=None):
        # Odoo knows no archived stages and fails on the deals in them, when they close and in its job.
        with_archived = self.with_context(active_test=False)
        return super(CrmLead, with_archived)._pls_prepare_frequencies(
            lead_values, leads_pls_fields, target_state=target_state
        )

    # === STAGE CONTROL ===#

    def _check_stage_control(self, before):
        """Strict types: nobody skips a stage, on whatever path; going back is allowed.

        :param dict before: ``{lead id: (type, stage, status)}``, without the deals that are new
        """
        for lead in self:
            # sudo: types and stages of other companies take part in the comparison
            lead_sudo = lead.sudo()
            deal_type, stage = lead_sudo.deal_type_id, lead_sudo.stage_id
            old_type, old_stage, old_status = before.get(lead.id, (None, None, None))
            if old_type and not deal_type:
                raise UserError(
                    self.env._("Deal %(deal)s needs a type. Choose another one instead of none.", deal=lead.name)
                )
            # An archived type whose stages are all mapped still takes deals: old ones are imported.
            if (
                deal_type
                and deal_type != old_type
                and not deal_type.active
                and (problem := deal_type._get_activation_problem())
            ):
                raise UserError(
                    self.env._(
                        "Deal %(deal)s cannot take type %(type)s, which is not switched on: %(problem)s",
                        deal=lead.name,
                        type=deal_type.name,
                        problem=problem,
                    )
                )
            if deal_type.stage_control != "strict" or not stage or (stage == old_stage and deal_type == old_type):
                continue
            allowed = self._get_allowed_stage(deal_type, old_type, old_stage, old_status)
            if not stage.deal_type_id or stage._key() > allowed._key():
                raise UserError(
                    self.env._(
                        "Deal %(deal)s cannot go to stage %(stage)s: type %(type)s goes stage after stage. "
                        "The next stage is %(next)s.",
                        deal=lead.name,
                        stage=stage.name,
                        type=deal_type.name,
                        next=allowed.name,
                    )
                )

    def _note_skipped_stages(self, before, change):
        """Where stages may be skipped, the history says which were."""
        for lead in self.sudo():
            old_type, old_stage, _status = before[lead.id]
            stage = lead.stage_id
            if not old_stage or not stage or old_type != lead.deal_type_id or stage._key() <= old_stage._key():
                continue
            passed = lead.deal_type_id._get_stages()
            between = [other.id for other in passed if old_stage._key() < other._key() < stage._key()]
            if between:
                change.skipped[lead.id] = between

    @api.model
    def _get_allowed_stage(self, deal_type, old_type, old_stage, old_status):
        """The furthest stage of a strict type that the deal may go to."""
        stages = deal_type._get_stages()
        if not old_type:
            return stages[:1]
        if deal_type != old_type:
            return deal_type._get_landing_stage(old_status)
        following = stages.filtered(lambda stage: stage._key() > old_stage._key()) if old_stage else stages
        return following[:1] or stages[-1:]
