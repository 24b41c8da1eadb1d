import logging

from odoo import models

from odoo.addons.paydox_edms.tools.locking import RETRIED_ERRORS, lock_rows

from .paydox_approval_step_departed import REPLACED_KINDS

_logger = logging.getLogger(__name__)


class PaydoxApprovalLine(models.Model):
    """What waits for somebody who leaves passes on at once, to who stands in for him."""

    _inherit = "paydox.approval.line"

    # === BUSINESS METHODS === #

    def _ask(self, moment):
        """The turn of somebody who left meanwhile, when people decide one after another, passes on at once."""
        result = super()._ask(moment)
        self.filtered(lambda line: line.state == "pending" and not line.user_id.active)._pass_on_departed()
        return result

    def _pass_on_departed(self):
        """As the engine: ask who stands in for the people of these lines, who left; where there is nobody, say so."""
        for line in self:
            try:
                with self.env.cr.savepoint():
                    line._pass_on_one()
            except RETRIED_ERRORS:
                raise
            except Exception:
                # Who leaves must not be kept by one run that cannot go on.
                _logger.exception("The approval line %s of a person who left could not be passed on", line.id)

    def _pass_on_one(self):
        self.ensure_one()
        lock_rows(self.approval_id)
        self.invalidate_recordset(["state"])
        step, record = self.step_id, self._get_record()
        if self.state != "pending" or self.approval_id.state != "running" or step.kind not in REPLACED_KINDS:
            return
        candidates = step._find_stand_ins(self.user_id, record)
        stand_in = candidates.filtered(lambda user: not record._get_obstacle(step, user))[:1]
        if stand_in:
            self._decide_by_clock("pass", stand_in, step._get_departed_text())
            self._replace(stand_in, keep_term=False)
            return
        record.sudo()._message_log(
            body=self.env._(
                "%(user)s, who has to decide on “%(step)s”, does not work here any more, and nobody is found in his place. "
                "Hand his decisions over, or withdraw and send anew.",
                user=self.user_id.name,
                step=step.name,
            )
        )


class ResUsers(models.Model):
    _inherit = "res.users"

    # === CRUD METHODS === #

    def write(self, vals):
        leaving = self.filtered("active") if "active" in vals and not vals["active"] else self.browse()
        result = super().write(vals)
        if leaving:
            # sudo: personnel archives a person without reading what waits for him
            lines_sudo = self.env["paydox.approval.line"].sudo()
            for user in leaving:
                lines_sudo._find_open_decisions(user)._pass_on_departed()
        return result
