from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.paydox_edms.tools.arguments import to_text
from odoo.addons.paydox_edms.tools.locking import lock_rows

MAX_REASON = 500


class PaydoxHandoverStart(models.TransientModel):
    """The window that asks whose work goes to whom, and shows how much it is before anything happens."""

    _name = "paydox.handover.start"
    _description = "Hand Work Over"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Whose Work",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        context={"active_test": False},
        ondelete="cascade",
    )
    period = fields.Selection(
        selection=[("period", "For a period"), ("good", "For good")],
        string="For How Long",
        default="period",
        required=True,
    )
    date_from = fields.Date(string="From Day", default=fields.Date.context_today, required=True)
    date_to = fields.Date(
        string="To Day", help="After this day everything that is still with the substitute comes back."
    )
    target_id = fields.Many2one(
        comodel_name="res.users",
        string="To Whom",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        ondelete="cascade",
    )
    reason = fields.Char(help="Stands in the log and in the discussions.")
    line_ids = fields.One2many(
        comodel_name="paydox.handover.start.line",
        inverse_name="start_id",
        default=lambda self: [
            Command.create({"sort": sort}) for sort, _label in self.env["paydox.handover"]._get_sorts()
        ],
    )
    is_allowed = fields.Boolean(compute="_compute_is_allowed")
    absence = fields.Char(compute="_compute_absence", help="Why the chosen person cannot take the work.")
    handover_id = fields.Many2one(comodel_name="paydox.handover", readonly=True, ondelete="cascade")

    # === COMPUTE METHODS === #

    @api.depends("user_id", "period")
    @api.depends_context("uid")
    def _compute_is_allowed(self):
        handovers = self.env["paydox.handover"]
        for window in self:
            window.is_allowed = bool(window.user_id) and handovers._is_allowed(
                window.user_id, window.period == "period"
            )

    @api.depends("target_id", "line_ids.target_id", "date_from", "date_to", "period")
    def _compute_absence(self):
        handovers = self.env["paydox.handover"]
        for window in self:
            until = window.date_to if window.period == "period" else False
            targets = window.target_id | window.line_ids.target_id
            # Whose absence is whose business is asked only of who may hand over.
            reasons = (
                [handovers._get_absence(target, window.date_from, until) for target in targets]
                if window.is_allowed and window.date_from
                else []
            )
            window.absence = " ".join(filter(None, reasons)) or False

    # === ACTIONS === #

    def action_apply(self):
        """Hand over what the window shows, once."""
        self.ensure_one()
        self.check_access("write")
        lock_rows(self)
        self.invalidate_recordset(["handover_id"])
        if not self.handover_id:
            self._apply()
        # sudo: the log of one's own hand-over is shown by its own rule
        return {
            "type": "ir.actions.act_window",
            "res_model": "paydox.handover",
            "res_id": self.sudo().handover_id.id,
            "views": [(False, "form")],
        }

    # === HELPERS === #

    def _apply(self):
        handovers = self.env["paydox.handover"]
        is_period = self.period == "period"
        today = fields.Date.context_today(self)
        targets = {line.sort: line.target_id or self.target_id for line in self.line_ids if not line.is_left_out}
        people = self.env["res.users"].union(*targets.values())
        handovers._check_allowed(self.user_id, people, is_period)
        if not targets or not all(targets.values()):
            raise UserError(self.env._("Choose who takes the work, or leave out what nobody takes."))
        if is_period and not self.date_to:
            raise UserError(self.env._("Say until which day, or hand over for good."))
        date_to = self.date_to if is_period else False
        if is_period and self.date_to < max(self.date_from, today):
            raise UserError(self.env._("The last day is over already. Choose a later one."))
        if not is_period and self.date_from > today:
            raise UserError(self.env._("What is handed over for good is handed over today. Come back on that day."))
        date_from = max(self.date_from, today)
        handovers._check_targets(self.user_id, people, date_from, date_to)
        if is_period:
            handovers._check_not_twice(self.user_id, date_from, date_to)
        # sudo: the log and the records are written by the engine; who may hand over to whom was checked above
        self.sudo().handover_id = handovers.sudo()._plan(
            self.user_id.sudo(),
            {sort: target.sudo() for sort, target in targets.items()},
            date_from,
            date_to,
            to_text(self.reason, MAX_REASON),
        )


class PaydoxHandoverStartLine(models.TransientModel):
    """One sort of work in the window: how much there is, and to whom it goes."""

    _name = "paydox.handover.start.line"
    _description = "Hand Work Over: a Sort"
    _order = "id"

    start_id = fields.Many2one(comodel_name="paydox.handover.start", required=True, ondelete="cascade", index=True)
    sort = fields.Selection(selection="_selection_sort", string="What", required=True)
    count = fields.Integer(compute="_compute_count", string="Records", aggregator="sum")
    target_id = fields.Many2one(
        comodel_name="res.users",
        string="To Somebody Else",
        domain="[('share', '=', False)]",
        ondelete="cascade",
        help="Empty: to the person above.",
    )
    is_left_out = fields.Boolean(string="Leave Out")

    # === SELECTION METHODS === #

    @api.model
    def _selection_sort(self):
        return self.env["paydox.handover"]._get_sorts()

    # === COMPUTE METHODS === #

    @api.depends("sort", "start_id.user_id", "start_id.period")
    @api.depends_context("uid")
    def _compute_count(self):
        # sudo: how much there is, is shown to who may hand it over
        handovers_sudo = self.env["paydox.handover"].sudo()
        for line in self:
            window = line.start_id
            line.count = (
                len(handovers_sudo._find(line.sort, window.user_id.sudo(), self.env.user.company_ids))
                if window.is_allowed and line.sort
                else 0
            )
