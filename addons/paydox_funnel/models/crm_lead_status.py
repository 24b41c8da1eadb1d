from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.paydox_edms.tools.arguments import to_id, to_shown, to_text

MAX_REASON = 500

ENGINE_FIELDS = (
    "deal_status_id",
    "reached_status_id",
    "manual_status_id",
    "lost_status_id",
    "status_event_id",
    "status_event_ids",
)


class CrmLead(models.Model):
    """Status: how it is set and what it follows; every way through here ends in one event (``crm_lead_status_event``)."""

    _inherit = "crm.lead"

    # === CRUD METHODS ===#

    @api.model
    def default_get(self, fields):
        # Neither a default of the user nor a key of the context gives a deal a status.
        values = super().default_get([name for name in fields if name not in ENGINE_FIELDS])
        context = self.env.context
        if "deal_type_id" in fields and "default_deal_type_id" not in context:
            # Made in a column of the pipeline: the deal is of the type whose stage that is.
            stage = self.env["crm.stage"].browse(to_id(context.get("default_stage_id"))).exists()
            values["deal_type_id"] = stage.deal_type_id.id or values.get("deal_type_id")
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_forged(vals)
            self._check_links(vals)
        # What crm writes on the way belongs to the creation: one event.
        with self._status_change() as change:
            leads = super().create(vals_list)
            leads._set_first_status()
            leads._check_type_is_open({})
            leads._check_stage_control({})
            change.add_moved(leads.filtered("stage_id"))
            change.add(leads)
            self.env["paydox.event"]._emit_batch(
                "deal.created", [(lead, f"deal.created:{lead.id}", {}) for lead in leads]
            )
        return leads

    def write(self, vals):
        self._check_not_forged(vals)
        self._check_links(vals)
        former = {lead.id: lead.deal_status_id for lead in self.sudo()}
        before = {lead.id: (lead.deal_type_id, lead.stage_id, lead._get_open_status()) for lead in self.sudo()}
        with self._status_change() as change:
            if change.merging:
                vals = self._prepare_merged_stage(vals)
            result = True
            for leads, stage in self._split_by_landing_stage(vals):
                landing = {"stage_id": stage.id} if stage is not None else {}
                result = super(CrmLead, leads).write({**vals, **landing})
            moved = self.filtered(lambda lead: before[lead.id][:2] != (lead.deal_type_id.sudo(), lead.stage_id.sudo()))
            change.add_moved(moved)
            moved._release_manual_status(before)
            moved._note_skipped_stages(before, change)
            moved._emit_changed_types(before)
            moved._check_type_is_open(before)
            controlled = moved.filtered(lambda lead: lead.id not in change.overridden_ids)
            controlled._check_stage_control(before)
            controlled._check_stage_entry(before)
            self._release_lost_status()
            change.add(self.sudo().filtered(lambda lead: lead.deal_status_id != former[lead.id]))
        return result

    @api.model
    def load(self, fields, data):
        # The rows of a file are changes of their own: a row that fails takes its own events with it.
        with self._status_change(origin="import", joinable=False):
            return super().load(fields, data)

    def action_set_lost(self, **additional_values):
        with self._status_change(origin="manual"):
            return super().action_set_lost(**additional_values)

    def action_unarchive(self):
        with self._status_change(origin="manual"):
            return super().action_unarchive()

    def action_restore(self):
        with self._status_change(origin="manual"):
            return super().action_restore()

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        with self._status_change() as change:
            change.merging = True
            return super()._merge_opportunity(
                user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length
            )

    # === BUSINESS METHODS ===#

    def set_deal_status(self, status, reason=None):
        """Put the deals in a status of the reference: with the stage that stands for it when the type has one.

        :param status: id, code or record of the status
        :param reason: why, kept in the history of the deal
        """
        status = self._find_status(status)
        if reason and not isinstance(reason, str):
            raise UserError(self.env._("The reason must be a text."))
        self.check_access("write")
        with self._status_change(origin="manual", reason=to_text(reason, MAX_REASON) or None):
            self._apply_status(status)
        return True

    def _find_status(self, status):
        Status = self.env["paydox.deal.status"]
        found = Status
        if isinstance(status, models.BaseModel) and status._name == Status._name:
            found = status.with_env(self.env)
        elif isinstance(status, int):
            found = Status.browse(to_id(status)).exists()
        elif isinstance(status, str) and "\0" not in status:
            found = Status.search([("code", "=", to_shown(status, -1))])
        if len(found) != 1 or not found.active:
            raise UserError(
                self.env._(
                    "There is no active deal status %(status)s. Choose one of the reference of deal statuses.",
                    status=found.name if len(found) == 1 else to_shown(status, 50),
                )
            )
        return found

    def _apply_status(self, status):
        others = self.filtered(lambda lead: lead.deal_status_id != status)
        if status.outcome == "lost":
            others.filtered(lambda lead: lead.won_status != "lost").action_set_lost()
            others._write_engine({"lost_status_id": status.id})
            return
        others.filtered(lambda lead: lead.won_status == "lost").action_restore()
        for (deal_type, stage), leads in others.grouped(lambda lead: (lead.deal_type_id, lead.stage_id)).items():
            leads._apply_open_status(deal_type, stage, status)

    def _apply_open_status(self, deal_type, stage, status):
        """For deals of one type that stand in one stage."""
        landing = stage if stage.status_id == status else deal_type._get_landing_stage(status)
        if landing and landing.status_id == status:
            if landing != stage:
                self.write({"stage_id": landing.id})
            self._write_engine({"manual_status_id": False})
        elif deal_type.stage_control == "strict":
            raise UserError(
                self.env._(
                    "Status %(status)s cannot be set: no stage of type %(type)s stands for it, and deals of this type "
                    "change their status by stages only. Map a stage to the status first.",
                    status=status.name,
                    type=deal_type.name,
                )
            )
        else:
            if stage.is_won and status.outcome != "won":
                self.write({"stage_id": landing.id})
            self._write_engine({"manual_status_id": status.id})
        self._follow_outcome(status)

    def _follow_outcome(self, status):
        """Without a won stage Odoo knows of the won deal by its probability."""
        if status.outcome == "won":
            self.filtered(lambda lead: lead.probability != 100).write(
                {"active": True, "probability": 100, "automated_probability": 100}
            )
            return
        for lead in self.filtered(lambda lead: lead.probability == 100 and not lead.stage_id.is_won):
            lead._compute_probabilities()
            lead.write({"probability": lead.automated_probability})

    def _set_won_without_stage(self):
        status = self.env["paydox.deal.status"]._get_first("won")
        if not status:
            raise UserError(
                self.env._("The reference of deal statuses has no won status. Ask a sales manager to add one.")
            )
        self.action_unarchive()
        self._apply_status(status)

    def _set_first_status(self):
        """Deals of a type without stages begin in the first status of the reference."""
        stageless = self.filtered(lambda lead: lead.deal_type_control == "none" and not lead.deal_status_id)
        if stageless and (first := self.env["paydox.deal.status"]._get_first("open")):
            stageless._write_engine({"manual_status_id": first.id})

    # === GUARDS ===#

    @api.model
    def _check_not_forged(self, vals):
        """Not even for the superuser: a status without its event would make the funnel lie."""
        if forged := [name for name in ENGINE_FIELDS if name in vals]:
            raise AccessError(
                self.env._(
                    "These fields of a deal are kept by the system and cannot be written: %(fields)s. "
                    "Move the deal to another stage or use Set status.",
                    fields=", ".join(forged),
                )
            )

    @api.model
    def _check_links(self, vals):
        """Type and stage decide what happens to the deal: what is no record is refused before anything is judged by it."""
        for name in ("deal_type_id", "stage_id"):
            value = vals.get(name)
            if (value or isinstance(value, dict)) and not to_id(value):
                raise UserError(
                    self.env._(
                        "%(value)s cannot be the %(field)s of a deal: give the number of a record.",
                        value=to_shown(value, 50),
                        field=self._fields[name]._description_string(self.env),
                    )
                )

    def _write_engine(self, vals):
        """Write the fields that ``write`` refuses; ``super()`` is the only way to them."""
        with self._status_change() as change:
            result = super().write(vals)  # pylint: disable=super-method-mismatch
            change.add(self)
        return result

    def _split_by_landing_stage(self, vals):
        """``[(deals, stage)]``: a change of type puts each deal on the stage of the new type that has its status."""
        deal_type = self.env["paydox.deal.type"].browse(vals.get("deal_type_id") or [])
        if "deal_type_id" not in vals or "stage_id" in vals:
            return [(self, None)]
        changing = self.filtered(lambda lead: lead.deal_type_id != deal_type)
        groups = {}
        for lead in changing.sudo():
            status = lead._get_open_status()
            stage = deal_type.sudo()._get_landing_stage(status) if deal_type else lead.stage_id.browse()
            groups[stage] = groups.get(stage, self.browse()) | lead.sudo(False)
        parts = [(leads.with_env(self.env), stage) for stage, leads in groups.items()]
        return parts + ([(self - changing, None)] if self - changing or not parts else [])

    def _get_open_status(self):
        """The status the deal has or, when it is lost, the one it would come back to."""
        return self.manual_status_id or self.stage_id.status_id

    def _prepare_merged_stage(self, vals):
        """Odoo looks for a stage by the team only; a merged deal goes on in the pipeline of its own type."""
        stage = self.env["crm.stage"].browse(vals.get("stage_id") or [])
        if len(self) == 1 and stage.deal_type_id and stage.deal_type_id != self.deal_type_id:
            return {**vals, "stage_id": self._stage_find(team_id=vals.get("team_id")).id}
        return vals

    def _release_manual_status(self, before):
        """A status set by hand holds until the stage changes; a type without stages holds every status."""
        to_none = self.filtered(lambda lead: lead.deal_type_control == "none")
        for status, leads in to_none.grouped(lambda lead: lead.manual_status_id or before[lead.id][2]).items():
            leads._write_engine({"manual_status_id": status.id})
        (self - to_none).filtered("manual_status_id")._write_engine({"manual_status_id": False})

    def _release_lost_status(self):
        self.filtered(lambda lead: lead.lost_status_id and lead.won_status != "lost")._write_engine(
            {"lost_status_id": False}
        )
