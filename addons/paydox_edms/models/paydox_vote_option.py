from odoo import api, fields, models
from odoo.tools import SQL

NOBODY = "."  # a field with this group is for the code of the engine only


class PaydoxVoteOption(models.Model):
    """An option of a vote, as it was when the vote started.

    The count of a secret ballot is kept here and nowhere else: one number for each option, no row for a ballot, and no
    trace of who changed the row or when.
    """

    _name = "paydox.vote.option"
    _description = "Option of a Vote"
    _inherit = ["paydox.protected"]
    _order = "step_id, sequence, id"
    _log_access = False

    step_id = fields.Many2one(
        comodel_name="paydox.approval.step", required=True, readonly=True, ondelete="cascade", index=True
    )
    document_id = fields.Many2one(related="step_id.document_id", store=True, index="btree_not_null")
    company_id = fields.Many2one(related="step_id.company_id", store=True, index="btree_not_null")
    sequence = fields.Integer(readonly=True)
    name = fields.Char(required=True, readonly=True)
    is_for = fields.Boolean(string="Adopts", readonly=True, help="When this option wins, the question is adopted.")
    is_abstain = fields.Boolean(string="Abstention", readonly=True, help="Counts for the quorum only.")
    tally = fields.Integer(readonly=True, groups=NOBODY)
    # what is shown
    vote_count = fields.Integer(string="Votes", compute="_compute_vote_count")
    share = fields.Float(string="Share, %", compute="_compute_vote_count")
    is_secret = fields.Boolean(related="step_id.is_secret")
    has_result = fields.Boolean(related="step_id.has_result")
    can_vote = fields.Boolean(related="step_id.can_vote")
    is_mine = fields.Boolean(string="My Vote", compute="_compute_is_mine")
    can_cast = fields.Boolean(compute="_compute_can_cast")

    _tally_positive = models.Constraint("CHECK(tally >= 0)", "A count cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends("step_id.counted_at", "step_id.line_ids.vote_option_id")
    def _compute_vote_count(self):
        shown = self.step_id.filtered("has_result")
        counts = shown._get_votes()
        for option in self:
            votes = counts.get(option.step_id, {})
            option.vote_count = votes.get(option._origin, 0)
            option.share = 100 * option.vote_count / (sum(votes.values()) or 1)

    @api.depends("step_id.my_option_id")
    def _compute_is_mine(self):
        for option in self:
            option.is_mine = option.step_id.my_option_id == option._origin

    @api.depends("step_id.can_cast")
    def _compute_can_cast(self):
        for option in self:
            option.can_cast = option.step_id.can_cast and option._origin in option.step_id._get_tied_options()

    # === ACTIONS === #

    def action_vote(self):
        """Vote for this option."""
        self.ensure_one()
        self.check_access("read")
        self.step_id._get_record().action_vote(self.id)
        return True

    def action_vote_with_comment(self):
        """Open the window that asks for a comment to an open vote."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "paydox.vote.comment",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_option_id": self.id},
        }

    def action_cast(self):
        """Decide a tie as the chairman."""
        self.ensure_one()
        self.check_access("read")
        return self.step_id.action_cast(self.id)

    # === BUSINESS METHODS === #

    def _count_ballot(self):
        """Add one secret vote. All options are rewritten, so that not even the storage tells which one grew."""
        self.ensure_one()
        self.flush_model(["tally"])
        self.env.execute_query(
            SQL(
                "UPDATE %s SET tally = COALESCE(tally, 0) + (id = %s)::int WHERE step_id = %s RETURNING step_id",
                SQL.identifier(self._table),
                self.id,
                self.step_id.id,
            )
        )
        self.step_id.vote_option_ids.invalidate_recordset(["tally"])
