from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text
from odoo.addons.paydox_funnel.exceptions import StageRefused

from .crm_lead_status import MAX_REASON

MAX_NAMED = 5


class CrmLead(models.Model):
    """Entry checks: a deal of a strict type enters a stage when what the stage asks for is there."""

    _inherit = "crm.lead"

    next_stage_id = fields.Many2one(comodel_name="crm.stage", compute="_compute_next_stage", compute_sudo=True)
    next_stage_missing = fields.Text(
        string="Missing for the Next Stage",
        compute="_compute_next_stage",
        compute_sudo=True,
        help="What the next stage asks for and the deal does not have yet.",
    )
    stage_missing = fields.Text(
        string="No Longer Met",
        compute="_compute_stage_missing",
        compute_sudo=True,
        help="What the stages passed so far ask for and the deal does not have any more.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("stage_id", "deal_type_id")
    def _compute_next_stage(self):
        for lead in self:
            following = lead.stage_id._get_following() if lead.deal_type_control == "strict" else lead.stage_id.browse()
            lead.next_stage_id = following
            missing = lead._get_missing_text(following)
            lead.next_stage_missing = missing and self.env._(
                "For stage “%(stage)s” the deal still needs:\n%(missing)s", stage=following.name, missing=missing
            )

    @api.depends("stage_id", "deal_type_id")
    def _compute_stage_missing(self):
        for lead in self:
            passed = lead.stage_id.browse()
            if lead.deal_type_control == "strict":
                key = lead.stage_id._key()
                passed = lead.deal_type_id._get_stages().filtered(lambda stage, key=key: stage._key() <= key)
            lead.stage_missing = lead._get_missing_text(passed)

    def _get_missing_text(self, stages):
        self.ensure_one()
        unmet = stages.check_ids._get_unmet(self._origin) if self._origin else {}
        checks = unmet.get(self._origin.id)
        return checks._get_list_text() if checks else False

    # === ACTIONS ===#

    def action_open_override_stage(self):
        """Open the window where a sales manager moves the deals past the control of stages, with a reason."""
        self._check_may_override()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move without Checks"),
            "res_model": "crm.lead.override.stage",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    def action_override_stage(self, stage, reason):
        """Move the deals to a stage although its control would stop them. Only for sales managers.

        :param stage: ``crm.stage`` of the type of the deals, or its id
        :param str reason: why; kept on the deal and in its history
        """
        self._check_may_override()
        stage = self.env["crm.stage"].browse(to_id(stage)).exists()
        reason = to_text(reason, MAX_REASON) if isinstance(reason, str) else False
        if not stage or not reason:
            raise UserError(self.env._("Choose the stage and write the reason: it is kept in the history of the deal."))
        with self._status_change(origin="manual", reason=reason) as change:
            change.overridden_ids.update(self.ids)
            self.write({"stage_id": stage.id})
        for lead in self:
            lead.message_post(
                body=self.env._(
                    "Moved to stage %(stage)s without its checks: %(reason)s", stage=stage.name, reason=reason
                )
            )
        return True

    # === STAGE CONTROL ===#

    def _check_stage_entry(self, before):
        """Nobody enters a stage of a strict type without what it asks for, on whatever path.

        :param dict before: ``{lead id: (type, stage, status)}``; deals that are new stand in their first stage
        """
        # sudo: types, stages and documents that the user may not see take part
        entering = self.sudo().filtered(
            lambda lead: (
                lead.deal_type_id.stage_control == "strict"
                and lead.id in before
                and lead.stage_id.check_ids
                and (lead.deal_type_id, lead.stage_id) != before[lead.id][:2]
                and not (before[lead.id][1].deal_type_id == lead.deal_type_id and lead._is_behind(before[lead.id][1]))
            )
        )
        texts, links = [], []
        for stage, leads in entering.grouped("stage_id").items():
            for lead_id, checks in stage.check_ids._get_unmet(leads).items():
                lead = leads.browse(lead_id)
                if len(links) < MAX_NAMED:
                    links += self.browse(lead_id)._prepare_missing_links(checks)
                texts.append(
                    self.env._(
                        "Deal %(deal)s cannot go to stage %(stage)s yet. What is missing:\n%(missing)s",
                        deal=lead.name,
                        stage=stage.name,
                        missing=checks._get_list_text(),
                    )
                )
        if texts:
            rest = len(texts) - MAX_NAMED
            more = [self.env._("… and %(count)s more deals.", count=rest)] if rest > 0 else []
            raise StageRefused("\n\n".join(texts[:MAX_NAMED] + more), links[:MAX_NAMED])

    def _prepare_missing_links(self, checks):
        """Where what is missing is added: a document of its kind that is not ready or a new one, the rest on the deal."""
        self.ensure_one()
        links = []
        kinds = checks.filtered(lambda check: check.kind == "document").document_kind_id
        begun = self.env["paydox.document"]
        if kinds and begun.has_access("read"):
            # As the user: the link must not tell of documents that he may not see.
            begun = begun.search(
                [("lead_id", "=", self.id), ("kind_id", "in", kinds.ids), ("state", "!=", "cancelled")], limit=MAX_NAMED
            )
        for document in begun:
            action = {
                "type": "ir.actions.act_window",
                "res_model": "paydox.document",
                "res_id": document.id,
                "views": [(False, "form")],
            }
            links.append({"label": self.env._("Open “%(deal)s”", deal=document.display_name), "action": action})
        for kind in kinds - begun.kind_id:
            action = self.action_new_document()
            action["context"]["default_kind_id"] = kind.id
            label = self.env._("New document of kind “%(kind)s” for “%(deal)s”", kind=kind.name, deal=self.name)
            links.append({"label": label, "action": action})
        if checks.filtered(lambda check: check.kind != "document"):
            action = {
                "type": "ir.actions.act_window",
                "res_model": self._name,
                "res_id": self.id,
                "views": [(False, "form")],
            }
            links.append({"label": self.env._("Open “%(deal)s”", deal=self.name), "action": action})
        return links

    def _is_behind(self, stage):
        """Whether the deal went back from ``stage``: going back asks for nothing."""
        return bool(self.stage_id and stage and self.stage_id._key() < stage._key())

    def _check_may_override(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._("Only a sales manager moves deals past the control of stages. Ask one, and say why.")
            )
