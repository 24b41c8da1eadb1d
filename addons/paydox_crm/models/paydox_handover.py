from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.locking import lock_rows

STATES = [
    ("planned", "Planned"),
    ("active", "For a period"),
    ("returned", "Returned"),
    ("done", "Handed over"),
    ("cancelled", "Called off"),
]


class PaydoxHandover(models.Model):
    """The log of one hand-over: what went from whom to whom, for how long, and what came back."""

    _name = "paydox.handover"
    _description = "Hand-over of Work"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users", string="From Whom", required=True, readonly=True, ondelete="restrict", index=True
    )
    author_id = fields.Many2one(
        comodel_name="res.users", string="Handed Over By", required=True, readonly=True, ondelete="restrict", index=True
    )
    date_from = fields.Date(string="From Day", required=True, readonly=True)
    date_to = fields.Date(string="To Day", readonly=True, help="Empty: for good. Else what was handed over comes back.")
    reason = fields.Char(readonly=True)
    state = fields.Selection(
        selection=STATES, string="Status", default="planned", required=True, readonly=True, index=True
    )
    line_ids = fields.One2many(
        comodel_name="paydox.handover.line", inverse_name="handover_id", string="To Whom", readonly=True
    )
    item_ids = fields.One2many(
        comodel_name="paydox.handover.item", inverse_name="handover_id", string="Records", readonly=True
    )
    substitution_ids = fields.Many2many(
        comodel_name="paydox.substitution",
        string="Substitutions",
        readonly=True,
        help="Decisions and instructions are not moved for a period: the substitute takes them as such.",
    )
    item_count = fields.Integer(string="Handed Over", compute="_compute_item_count")

    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "The hand-over ends before it begins."
    )

    # === COMPUTE METHODS === #

    @api.depends("item_ids.state")
    def _compute_item_count(self):
        counts = self.env["paydox.handover.item"]._read_group(
            [("handover_id", "in", self.ids), ("state", "!=", "kept")], ["handover_id"], ["__count"]
        )
        counts = {handover.id: count for handover, count in counts}
        for handover in self:
            handover.item_count = counts.get(handover.id, 0)

    @api.depends("user_id.name", "date_from", "date_to")
    def _compute_display_name(self):
        for handover in self:
            # sudo: the name of a colleague
            handover.display_name = self.env._(
                "%(user)s, %(day)s", user=handover.sudo().user_id.name, day=handover.date_from
            )

    # === ACTIONS === #

    def action_return(self):
        """Give back now what was handed over for a period."""
        self.check_access("read")
        lock_rows(self)
        self.invalidate_recordset(["state"])
        for handover in self:
            handover._check_leader()
            if handover.state != "active":
                raise UserError(self.env._("Only what is handed over for a period can be given back."))
        # sudo: the log is written by the verbs only; who may was checked
        self.sudo()._give_back()
        return True

    def action_cancel(self):
        """Call off a hand-over that has not begun."""
        self.check_access("read")
        lock_rows(self)
        self.invalidate_recordset(["state"])
        for handover in self:
            handover._check_leader()
            if handover.state != "planned":
                raise UserError(self.env._("The hand-over has begun already. Give it back instead."))
        # sudo: as above
        self.sudo()._drop_substitutions()
        self.sudo().state = "cancelled"
        return True

    def action_open_items(self):
        """Show what went to whom."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Handed Over"),
            "res_model": "paydox.handover.item",
            "views": [(False, "list")],
            "domain": [("handover_id", "=", self.id)],
        }

    # === CHECKS === #

    def _check_leader(self):
        me = self.env.user
        if me not in (self.user_id | self.author_id) and not self._is_head(self.user_id):
            raise AccessError(
                self.env._(
                    "It is given back by %(user)s, by who handed it over, and by those who head him.",
                    user=self.sudo().user_id.name,  # sudo: the name of a colleague
                )
            )

    @api.model
    def _is_head(self, user):
        me = self.env.user
        return me.has_group("paydox_edms.paydox_edms_group_manager") or user in me.document_subordinate_ids

    @api.model
    def _is_allowed(self, user, is_period):
        """Whether the current user may hand over the work of ``user``: his head, a manager; for a period also he himself."""
        return self._is_head(user) or (is_period and user == self.env.user)

    @api.model
    def _check_allowed(self, user, targets, is_period):
        if not self._is_allowed(user, is_period):
            raise AccessError(
                self.env._(
                    "The work of %(user)s is handed over by those who head him. For a period everybody hands over his "
                    "own work.",
                    user=user.sudo().name,  # sudo: the name of a colleague
                )
            )
        me = self.env.user
        if user == me or me.has_group("paydox_edms.paydox_edms_group_manager"):
            return
        if strangers := targets - me - me.document_subordinate_ids:
            raise AccessError(
                self.env._(
                    "%(user)s does not work in your department. Ask a manager of the registry to hand over to him.",
                    user=strangers.sudo()[0].name,  # sudo: as above
                )
            )

    @api.model
    def _check_targets(self, user, targets, date_from, date_to):
        """Refuse people who cannot take the work."""
        for target in targets:
            # sudo: whether a colleague works here is looked up
            target_sudo = target.sudo()
            if target == user:
                raise ValidationError(self.env._("Choose somebody else than %(user)s.", user=target_sudo.name))
            if target_sudo.share or not target_sudo.active:
                raise ValidationError(
                    self.env._("%(user)s is no active employee and takes no work over.", user=target_sudo.name)
                )
            if reason := self._get_absence(target, date_from, date_to):
                raise ValidationError(reason)

    @api.model
    def _get_absence(self, target, date_from, date_to):
        """Why the substitute is not there himself, as a sentence that says whom to take, or False."""
        # sudo: substitutions of colleagues are not readable for everybody
        days = Domain("date_to", ">=", date_from)
        # For good: only who is away on the first day.
        days &= Domain("date_from", "<=", date_to or date_from)
        away_sudo = (
            self.env["paydox.substitution"].sudo().search(Domain("user_id", "=", target.id) & days, order="id", limit=1)
        )
        if not away_sudo:
            return False
        return self.env._(
            "%(user)s is absent from %(start)s to %(end)s and substituted by %(other)s. Choose somebody who is there.",
            user=target.sudo().name,  # sudo: the name of a colleague
            start=away_sudo.date_from,
            end=away_sudo.date_to,
            other=away_sudo.substitute_id.name,
        )

    @api.model
    def _check_not_twice(self, user, date_from, date_to):
        open_days = Domain("date_from", "<=", date_to or date_from) & Domain("date_to", ">=", date_from)
        # sudo: whatever others handed over counts
        found_sudo = self.sudo().search(
            Domain("user_id", "=", user.id) & Domain("state", "in", ("planned", "active")) & open_days, limit=1
        )
        if found_sudo:
            raise ValidationError(
                self.env._(
                    "The work of %(user)s is handed over from %(start)s to %(end)s already. Give it back first.",
                    user=user.sudo().name,  # sudo: the name of a colleague
                    start=found_sudo.date_from,
                    end=found_sudo.date_to,
                )
            )
