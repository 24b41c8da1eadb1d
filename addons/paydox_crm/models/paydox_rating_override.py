from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.arguments import to_text

MAX_REASON = 2000
_OWN = frozenset(("user_id", "date_from", "ended_on", "ended_by_id"))


class PaydoxRatingOverride(models.Model):
    """A score set by hand for some time, with its reason. It ends by itself; what it was stays in the history."""

    _name = "paydox.rating.override"
    _description = "Rating Set by Hand"
    _order = "id desc"
    _rec_name = "reason"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", required=True, ondelete="cascade", index=True
    )
    score = fields.Integer(required=True, aggregator=None, help="0 to 100, in place of the number that is worked out.")
    reason = fields.Text(required=True)
    date_from = fields.Date(default=fields.Date.context_today, required=True, readonly=True)
    date_to = fields.Date(string="Until", required=True, help="The last day. On the next one it ends by itself.")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Set by", default=lambda self: self.env.user, required=True, readonly=True
    )
    ended_on = fields.Date(readonly=True)
    ended_by_id = fields.Many2one(comodel_name="res.users", readonly=True, help="Empty: it ended by itself.")

    _score_check = models.Constraint("CHECK(score BETWEEN 0 AND 100)", "A score is a whole number from 0 to 100.")
    _days_check = models.Constraint("CHECK(date_to >= date_from)", "It ends before it begins. Choose a later day.")
    _one_running = models.UniqueIndex(
        "(partner_id) WHERE ended_on IS NULL", "The rating of this counterparty is set by hand already."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"]
        today = fields.Date.context_today(self)
        for vals in vals_list:
            reason = to_text(vals.get("reason"), MAX_REASON)
            if not reason:
                raise ValidationError(self.env._("Write why the rating is set by hand."))
            partner = partners.browse(vals.get("partner_id") or [])
            partner.check_access("write")
            for name in _OWN:
                vals.pop(name, None)
            vals |= {
                "partner_id": partner.commercial_partner_id.id,
                "reason": reason,
                "user_id": self.env.uid,
                "date_from": today,
            }
            partners |= partner.commercial_partner_id
        # A new one takes the place of the one that runs.
        # sudo: the end of an override is written by the system only
        self.sudo()._search_running(partners)._end(self.env.user)
        overrides = super().create(vals_list)
        overrides.partner_id._refresh_rating()
        self.env["paydox.rating.run"]._wake_at({override.date_to for override in overrides})
        return overrides

    def write(self, vals):
        if not self.env.su or vals.keys() - {"ended_on", "ended_by_id"}:
            raise AccessError(
                self.env._("A rating set by hand is not rewritten. End it, or set another one with its own reason.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was set by hand stays in the history. End it instead."))

    # === ACTIONS === #

    def action_end(self):
        """End it before its day; the score that is worked out holds again."""
        # Managers of the registry only: they are who may set one.
        self.browse().check_access("create")
        self.check_access("read")
        self.partner_id.check_access("write")
        # sudo: as above
        running_sudo = self.sudo().filtered(lambda override: not override.ended_on)
        running_sudo._end(self.env.user)
        running_sudo.partner_id.sudo(False)._refresh_rating()
        return True

    # === HELPERS === #

    @api.model
    def _search_running(self, partners):
        return self.search(Domain("partner_id", "in", partners.ids) & Domain("ended_on", "=", False))

    @api.model
    def _end_due(self, today):
        """End what has run out, however many days nobody looked. :return: the counterparties"""
        due = self.search(Domain("ended_on", "=", False) & Domain("date_to", "<", today))
        due._end()
        return due.partner_id

    def _end(self, user=None):
        if self:
            self.write({"ended_on": fields.Date.context_today(self), "ended_by_id": user.id if user else False})
            self.flush_recordset()
