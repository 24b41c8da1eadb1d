from odoo import models

from odoo.addons.paydox_edms.tools.locking import lock_rows

# What stands for a person himself (a vote, an acquaintance) is nobody else's.
HANDED_KINDS = ("approve", "confirm", "sign")


class PaydoxApprovalLine(models.Model):
    """Decisions that wait for somebody who left or changed his work go to his successor."""

    _inherit = "paydox.approval.line"

    # === BUSINESS METHODS === #

    def _find_open_decisions(self, user):
        """What waits for the decision of the person himself, as the engine."""
        domain = [
            ("user_id", "=", user.id),
            ("state", "=", "pending"),
            ("approval_id.state", "=", "running"),
            ("step_id.kind", "in", HANDED_KINDS),
        ]
        return self.search(domain, order="id")

    def _hand_over_to(self, target):
        """As the engine: the successor is asked in place of the person; the sheet and the chain say so.

        :return: why it stays with the former person, as a sentence, or False
        """
        self.ensure_one()
        lock_rows(self.approval_id)
        self.invalidate_recordset(["state"])
        if self.state != "pending" or self.approval_id.state != "running":
            return self.env._("It was decided meanwhile.")
        record = self._get_record()
        if obstacle := record._get_obstacle(self.step_id, target):
            return obstacle
        self._decide_by_clock("hand_over", target)
        self._replace(target)
        return False
