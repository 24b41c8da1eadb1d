from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_step_definition import STEP_KINDS


class PaydoxApprovalMixin(models.AbstractModel):
    """Signing from the record and from lists of records."""

    _inherit = "paydox.approval.mixin"

    turn_kind = fields.Selection(
        selection=STEP_KINDS,
        string="I Am Asked To",
        compute="_compute_turn_kind",
        help="Kind of the step on which the current user decides now.",
    )

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.state", "approval_ids.line_ids.state")
    @api.depends_context("uid")
    def _compute_turn_kind(self):
        turns = self._get_turns()
        for record in self:
            line = turns.get(record._origin.id)
            record.turn_kind = line and line.kind

    # === ACTIONS === #

    def action_agree(self, comment=None, delay_reason=None, delay_reason_id=None):
        # Most turns are no signatures, so only those are looked for.
        to_sign = self._get_decidable_lines(self._origin.ids, Domain("kind", "=", "sign"))
        turns = self.browse(to_sign.mapped("res_id"))._get_turns() if to_sign else {}
        lines = self.env["paydox.approval.line"].union(*turns.values())._filtered_to_sign()
        to_sign_ids = set(lines.mapped("res_id"))
        to_sign = self.filtered(lambda record: record.id in to_sign_ids)
        if not to_sign:
            return super().action_agree(comment, delay_reason, delay_reason_id)
        super(PaydoxApprovalMixin, self - to_sign).action_agree(comment, delay_reason, delay_reason_id)
        return to_sign._open_sign(turns, comment, delay_reason or self._find_delay_reason(delay_reason_id).name)

    def action_open_sign(self):
        """Open the window that asks for the password, once for all records that wait for the user's signature."""
        return self._open_sign(self._get_turns())

    # === HELPERS === #

    def _open_sign(self, turns, *texts):
        self.check_access("read")
        nothing = self.env["paydox.approval.line"]
        items = [(turns.get(record.id, nothing).filtered(lambda line: line.kind == "sign"), record) for record in self]
        return self.env["paydox.approval.sign"]._open(items, *texts)

    def _get_turns(self):
        """The line on which the current user decides now, by id of the record; chosen as ``_claim_turns`` does."""
        lines_sudo = self._get_decidable_lines(self._origin.ids).sorted(
            lambda line: (line.approval_id.purpose != "approval", line.user_id.id != self.env.uid, line.id)
        )
        turns = {}
        for line_sudo in lines_sudo:
            turns.setdefault(line_sudo.res_id, line_sudo.sudo(False))
        return turns
