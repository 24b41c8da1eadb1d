import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.sql import column_exists

_logger = logging.getLogger(__name__)


class _TriedOutError(Exception):
    """Takes back what was tried."""


class PaydoxStageMapping(models.Model):
    """Which status a stage stands for, from day to day: a change applies from its day, the days before keep the former one."""

    _name = "paydox.stage.mapping"
    _description = "Mapping of a Stage"
    _inherit = ["paydox.protected"]
    _order = "date_from desc, id desc"
    _rec_name = "status_id"

    stage_id = fields.Many2one(comodel_name="crm.stage", required=True, ondelete="cascade", index=True)
    status_id = fields.Many2one(comodel_name="paydox.deal.status", required=True, ondelete="restrict", index=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", help="The first day on which it no longer holds.")
    is_applied = fields.Boolean(string="Applied", default=True, help="A planned change is applied on its day by a job.")
    reason = fields.Char()

    _one_a_day = models.Constraint(
        "EXCLUDE USING gist (stage_id WITH =, daterange(date_from, date_to, '[)') WITH &&)",
        "A stage stands for one status a day. Somebody else has just changed it: look at it again.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from <= date_to)", "A mapping cannot end before it begins."
    )
    _planned_idx = models.Index("(date_from) WHERE is_applied IS NOT TRUE")

    def init(self):
        # On a new installation the column comes later, and the hook of the installation begins the rows.
        if column_exists(self.env.cr, "crm_stage", "status_id"):
            self._begin_missing()

    # === BUSINESS METHODS ===#

    @api.model
    def _begin_missing(self):
        """Stages that are mapped and have no row yet are as they are since they were made."""
        self.env["crm.stage"].flush_model(["status_id"])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO paydox_stage_mapping
                            (stage_id, status_id, date_from, is_applied, create_uid, create_date, write_uid, write_date)
                     SELECT stage.id, stage.status_id, COALESCE(stage.create_date, now())::date, TRUE, %(uid)s::int,
                            now() AT TIME ZONE 'UTC', %(uid)s::int, now() AT TIME ZONE 'UTC'
                       FROM crm_stage stage
                      WHERE stage.status_id IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM paydox_stage_mapping mapping WHERE mapping.stage_id = stage.id)
                """,
                uid=self.env.uid,
            )
        )

    @api.model
    def _record_change(self, stages, reason=None):
        """Write down what the stages stand for from today; a change that is planned stays planned."""
        today = fields.Date.context_today(self)
        # sudo: nobody but this method writes the history
        mappings_sudo = self.sudo()
        rows_sudo = mappings_sudo.search([("stage_id", "in", stages.ids)]).grouped("stage_id")
        vals_list = []
        for stage in stages.sudo():
            own_sudo = rows_sudo.get(stage, mappings_sudo)
            current_sudo = own_sudo._find_on(today)
            if current_sudo.status_id == stage.status_id:
                continue
            date_to = current_sudo.date_to if current_sudo else min(own_sudo.mapped("date_from"), default=False)
            current_sudo.date_to = today
            if stage.status_id:
                vals_list.append(
                    {
                        "stage_id": stage.id,
                        "status_id": stage.status_id.id,
                        "date_from": today,
                        "date_to": date_to,
                        "reason": reason,
                    }
                )
        # The days that were cut short have to be free before others take them.
        mappings_sudo.flush_model(["date_to"])
        return mappings_sudo.create(vals_list)

    def _find_on(self, day):
        return self.filtered(lambda row: row.date_from <= day and (not row.date_to or day < row.date_to))[:1]

    # === CRON ===#

    @api.model
    def _cron_apply(self):
        """Apply the planned changes whose day has come, however long the scheduler was dead."""
        planned = self.search(
            [("is_applied", "=", False), ("date_from", "<=", fields.Date.context_today(self))], order="date_from, id"
        )
        for number, row in enumerate(planned.try_lock_for_update(), start=1):
            try:
                with self.env.cr.savepoint():
                    row._apply()
            except UserError as error:
                # The stage keeps its status until a person settles it: the line on the type says what is planned.
                _logger.warning("The planned mapping of stage %s is not applied: %s", row.stage_id.id, error)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(planned) - number):
                break

    def _apply(self):
        self.ensure_one()
        self.is_applied = True
        self.stage_id.with_user(self.create_uid).sudo()._take_status(self.status_id, self.date_from, self.reason)


class CrmStage(models.Model):
    _inherit = "crm.stage"

    mapping_ids = fields.One2many(
        comodel_name="paydox.stage.mapping", inverse_name="stage_id", string="History of the Status", readonly=True
    )
    planned_mapping_id = fields.Many2one(
        comodel_name="paydox.stage.mapping", string="Planned Change", compute="_compute_planned_mapping_id"
    )
    planned_summary = fields.Char(string="Planned", compute="_compute_planned_mapping_id")

    # === COMPUTE METHODS ===#

    @api.depends("mapping_ids.is_applied")
    def _compute_planned_mapping_id(self):
        for stage in self:
            planned = stage.mapping_ids.filtered(lambda row: not row.is_applied)[:1]
            stage.planned_mapping_id = planned
            stage.planned_summary = bool(planned) and self.env._(
                "%(status)s from %(day)s",
                status=planned.status_id.name,
                day=fields.Date.to_string(planned.date_from),
            )

    # === ACTIONS ===#

    def action_open_plan_status(self):
        """Open the window that plans from which day the stage stands for another status."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Status of Stage %(stage)s", stage=self.name),
            "res_model": "crm.stage.plan.status",
            "view_mode": "form",
            "target": "new",
            "context": {"default_stage_id": self.id},
        }

    def action_cancel_planned_status(self):
        """The stage goes on standing for its status."""
        self.check_access("write")
        # sudo: the history is written by the verbs only
        for row_sudo in self.sudo().planned_mapping_id:
            before_sudo = row_sudo.stage_id.mapping_ids.filtered(
                lambda other, row=row_sudo: other.date_to == row.date_from and other != row
            )[:1]
            date_to = row_sudo.date_to
            row_sudo.unlink()
            before_sudo.date_to = date_to
        return True

    # === BUSINESS METHODS ===#

    @api.readonly
    def status_on(self, day):
        """``{stage id: id of the status that it stood for on that day, or False}``

        :param day: a date or ``YYYY-MM-DD``
        """
        try:
            day = fields.Date.to_date(day)
        except (ValueError, TypeError):
            day = None
        if not day:
            raise UserError(self.env._("Give the day as a date, for example 2026-01-31."))
        self.check_access("read")
        return {stage.id: stage.mapping_ids._find_on(day).status_id.id for stage in self}

    def _plan_status(self, status, day, reason=None):
        """Let the stage stand for ``status`` from ``day``, a later day than today."""
        self.ensure_one()
        self.check_access("write")
        # sudo: the history is written by the verbs only
        stage_sudo = self.sudo()
        if stage_sudo.planned_mapping_id:
            raise UserError(
                self.env._(
                    "A change of stage %(stage)s is planned already: %(planned)s. Cancel it first.",
                    stage=self.name,
                    planned=self.planned_summary,
                )
            )
        if status == self.status_id:
            raise UserError(self.env._("Stage %(stage)s stands for this status already.", stage=self.name))
        stage_sudo._check_can_take(status)
        stage_sudo.mapping_ids._find_on(day).date_to = day
        mappings_sudo = self.env["paydox.stage.mapping"].sudo()
        mappings_sudo.flush_model(["date_to"])
        return mappings_sudo.create(
            {"stage_id": self.id, "status_id": status.id, "date_from": day, "is_applied": False, "reason": reason}
        )

    def _check_can_take(self, status):
        """Whether the stage may stand for ``status``: tried out and taken back, so that it is asked in one way only."""
        try:
            with self.env.cr.savepoint():
                self._write_status(status)
                raise _TriedOutError
        except _TriedOutError:
            return

    def _take_status(self, status, day, reason=None):
        """Apply a planned change on its day; when that is past, the deals have their event at its beginning."""
        late = day < fields.Date.context_today(self)
        self._write_mapped({"status_id": status.id}, reason, fields.Datetime.to_datetime(day) if late else None)
