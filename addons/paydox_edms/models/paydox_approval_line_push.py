from odoo import api, fields, models

PUSHED = "paydox_edms.inbox"


class PaydoxApprovalLine(models.Model):
    """Tells the open windows of people that their inbox changed; what changed they ask for themselves."""

    _inherit = "paydox.approval.line"

    # === CRUD METHODS === #

    def write(self, vals):
        touched = self.browse()
        if "state" in vals:
            touched = self if vals["state"] == "pending" else self.filtered(lambda line: line.state == "pending")
        result = super().write(vals)
        touched._push_inbox()
        return result

    # === BUSINESS METHODS === #

    def _push_inbox(self):
        """Once for each transaction, when it is about to be committed."""
        if not self:
            return
        precommit = self.env.cr.precommit
        if PUSHED not in precommit.data:
            precommit.data[PUSHED] = set()
            precommit.add(self.browse()._send_inbox)
        precommit.data[PUSHED].update(self.user_id.ids)

    @api.model
    def _send_inbox(self):
        # sudo: whoever decides, others hear of it
        users_sudo = self.env["res.users"].sudo().browse(self.env.cr.precommit.data.pop(PUSHED, ()))
        (users_sudo | self._get_substitutes(users_sudo))._bus_send(PUSHED, {})

    @api.model
    def _get_substitutes(self, users):
        """Those who decide today for any of ``users``, through chains as well."""
        today = fields.Date.context_today(self)
        # sudo: substitutions of others are not readable for everybody
        substitutions_sudo = self.env["paydox.substitution"].sudo()
        found, frontier = users.browse(), users
        while frontier:
            domain = [("user_id", "in", frontier.ids), ("date_from", "<=", today), ("date_to", ">=", today)]
            frontier = substitutions_sudo.search(domain).substitute_id - found - users
            found |= frontier
        return found
