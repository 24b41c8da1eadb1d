import re
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools.arguments import to_shown

MAX_ROWS = 200
LINE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?\s+(\S.*)")


class CrmLead(models.Model):
    """Import with history: deals of another system come with the statuses they went through."""

    _inherit = "crm.lead"

    imported_history = fields.Text(
        string="Status History to Import",
        compute="_compute_imported_history",
        inverse="_inverse_imported_history",
        help="For imports: a line, or a part between semicolons, for each status, the oldest first: the day or the moment (UTC), "
        "then the code or the name of the status. The last one is the status of the deal.",
    )

    # === COMPUTE METHODS ===#

    def _compute_imported_history(self):
        self.imported_history = False

    def _inverse_imported_history(self):
        if any(lead.imported_history for lead in self):
            raise UserError(
                self.env._("A history is imported together with a new deal; a deal that exists has its own.")
            )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        texts = [vals.get("imported_history") for vals in vals_list]
        if not any(texts):
            return super().create(vals_list)
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales manager imports deals with their history. Ask one."))
        histories = [self._parse_history(text) if text else [] for text in texts]
        vals_list = [{name: value for name, value in vals.items() if name != "imported_history"} for vals in vals_list]
        with self._status_change(origin="import") as change:
            leads = super().create(vals_list)
            for lead, history in zip(leads, histories, strict=True):
                if history:
                    lead._take_history(history, change)
        return leads

    # === HELPERS ===#

    @api.model
    def _parse_history(self, text):
        """``[(moment, status)]`` of a text, in order; refused as a whole when a line cannot be read."""
        lines = [line.strip() for line in re.split(r"[\n;]", text if isinstance(text, str) else "") if line.strip()]
        statuses = self.env["paydox.deal.status"].with_context(active_test=False).search([], limit=1000)
        known = {status.name.lower(): status for status in statuses} | {
            status.code.lower(): status for status in statuses
        }
        history = []
        for line in lines:
            problem = False
            match = LINE.fullmatch(line)
            status = match and known.get(match[3].strip().lower())
            try:
                moment = match and datetime.fromisoformat(f"{match[1]} {match[2] or '00:00'}")
            except ValueError:
                moment = None
            if not moment:
                problem = self.env._("begin with the day, for example 2026-01-31")
            elif not status:
                problem = self.env._("there is no such status in the reference")
            elif moment > fields.Datetime.now():
                problem = self.env._("it lies in the future")
            elif history and moment < history[-1][0]:
                problem = self.env._("it comes before the line above it")
            elif history and status == history[-1][1]:
                problem = self.env._("it is the status of the line above it")
            if problem:
                raise UserError(
                    self.env._(
                        "The history of the deal cannot be read at “%(line)s”: %(problem)s.",
                        line=to_shown(line, 80),
                        problem=problem,
                    )
                )
            history.append((moment, status))
        if not history or len(history) > MAX_ROWS:
            raise UserError(
                self.env._("The history of a deal has between 1 and %(count)s statuses, one a line.", count=MAX_ROWS)
            )
        return history

    def _take_history(self, history, change):
        """The deal goes where its history ended; what a strict type would ask on the way was asked elsewhere."""
        self.ensure_one()
        change.overridden_ids.add(self.id)
        if self.deal_status_id != history[-1][1]:
            self._apply_status(history[-1][1])
        self.flush_recordset()
        # SQL: the funnel counts a deal by the day it was made, which is that of its history
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead SET create_date = %(first)s, date_last_stage_update = %(last)s,
                       date_closed = CASE WHEN won_status IN ('won', 'lost') THEN %(last)s::timestamp END
                 WHERE id = %(id)s RETURNING id
                """,
                first=history[0][0],
                last=history[-1][0],
                id=self.id,
            )
        )
        self.invalidate_recordset(["create_date", "date_last_stage_update", "date_closed"], flush=False)
        change.histories[self.id] = history

    def _prepare_status_events(self, change, now):
        history = change.histories.pop(self.id, None)
        [last] = super()._prepare_status_events(change, now)
        if not history:
            return [last]
        if history[-1][1].id != last["to_status_id"]:
            raise UserError(
                self.env._(
                    "The history of deal %(deal)s ends with %(status)s, but the deal stands elsewhere. Leave out the stage: "
                    "it follows from the history.",
                    deal=self.name,
                    status=history[-1][1].name,
                )
            )
        rows = []
        for index, (moment, status) in enumerate(history):
            left_at = history[index + 1][0] if index + 1 < len(history) else None
            former = history[index - 1][1].id if index else None
            rows.append(
                last
                | {"from_status_id": former, "to_status_id": status.id, "occurred_at": moment, "left_at": left_at}
                | ({"stage_id": None} if left_at else {})
            )
        return rows
