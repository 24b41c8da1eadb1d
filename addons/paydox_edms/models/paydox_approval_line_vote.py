from odoo import fields, models
from odoo.exceptions import UserError


class PaydoxApprovalLine(models.Model):
    """Lines of voters: that a person voted and, in an open vote only, for what."""

    _inherit = "paydox.approval.line"

    state = fields.Selection(selection_add=[("voted", "Voted")], ondelete={"voted": "cascade"})
    vote_option_id = fields.Many2one(
        comodel_name="paydox.vote.option",
        string="Vote",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="In an open vote; a secret ballot leaves nothing here.",
    )

    # === ACTIONS === #

    def action_open_record(self):
        if self.kind != "vote":
            return super().action_open_record()
        self.ensure_one()
        self.check_access("read")
        return self.step_id.action_open_vote()

    def action_decide(self):
        if self.kind != "vote":
            return super().action_decide()
        return self.action_open_record() | {"target": "new"}

    # === BUSINESS METHODS === #

    def _accept_answer(self, action, answer):
        if self.kind == "vote":
            raise UserError(
                self.env._(
                    "%(record)s is put to the vote: “%(question)s”. Open the vote and choose an option.",
                    record=self._get_record().display_name,
                    question=self.step_id.name,
                )
            )
        return super()._accept_answer(action, answer)

    def _accept_vote(self, option, comment):
        """As superuser, on one's own locked line: write the vote and its link in the chain."""
        step, now = self.step_id, fields.Datetime.now()
        self._drop_activities()
        open_vals = {} if step.is_secret else {"vote_option_id": option.id}
        self.write(
            {
                "state": "voted",
                "decided_by_id": self.user_id.id,
                "decided_at": now,
                "comment": comment,
                "version_id": self._get_record()._get_approval_version().id,
            }
            | open_vals
        )
        step.approval_id._append("vote", self, decided_at=now, comment=comment, **open_vals)
        if step.is_secret:
            option._count_ballot()
