from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_approval_step_people import OPEN_STATES

VOTE_OUTCOMES = [
    ("adopted", "Adopted"),
    ("rejected", "Not adopted"),
    ("tie", "Equal votes: the chairman decides"),
    ("no_quorum", "Not held: no quorum"),
]


class PaydoxApprovalStep(models.Model):
    """Votes: what is shown, to whom, and when."""

    _inherit = "paydox.approval.step"

    chairman_id = fields.Many2one(readonly=True)
    vote_option_ids = fields.One2many(comodel_name="paydox.vote.option", inverse_name="step_id", string="Options")
    counted_at = fields.Datetime(readonly=True)
    vote_outcome = fields.Selection(selection=VOTE_OUTCOMES, string="Result", readonly=True)
    winner_id = fields.Many2one(
        comodel_name="paydox.vote.option", string="Decided", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    cast_activity_id = fields.Many2one(
        comodel_name="mail.activity", readonly=True, ondelete="set null", index="btree_not_null"
    )
    vote_state = fields.Selection(
        selection=[("open", "Voting"), *VOTE_OUTCOMES, ("stopped", "Stopped")],
        string="State of the Vote",
        compute="_compute_vote_state",
    )
    quorum_count = fields.Integer(string="Voters Needed", compute="_compute_quorum_count")
    has_result = fields.Boolean(compute="_compute_has_result", help="Whether the counts may be seen.")
    my_option_id = fields.Many2one(comodel_name="paydox.vote.option", string="My Vote", compute="_compute_my_vote")
    has_voted = fields.Boolean(compute="_compute_my_vote")
    can_vote = fields.Boolean(compute="_compute_my_vote")
    can_cast = fields.Boolean(compute="_compute_can_cast")
    can_close_vote = fields.Boolean(compute="_compute_can_close_vote")

    # === COMPUTE METHODS === #

    @api.depends("state", "vote_outcome", "counted_at")
    def _compute_vote_state(self):
        for step in self:
            closed = "stopped" if step.state in ("refused", "skipped") else "open"
            step.vote_state = step.vote_outcome or closed

    @api.depends("people_count", "vote_quorum")
    def _compute_quorum_count(self):
        for step in self:
            # rounded up: a part of a person is a person
            step.quorum_count = -(-step.people_count * step.vote_quorum // 100)

    @api.depends("is_secret", "counted_at")
    def _compute_has_result(self):
        for step in self:
            step.has_result = bool(step.counted_at) or not step.is_secret

    @api.depends("line_ids.state", "line_ids.vote_option_id", "state", "deadline", "counted_at")
    @api.depends_context("uid")
    def _compute_my_vote(self):
        # sudo: the person's own lines
        lines_sudo = self.env["paydox.approval.line"].sudo()
        domain = [("step_id", "in", self.ids), ("user_id", "=", self.env.uid), ("kind", "=", "vote")]
        mine = {line.step_id.id: line for line in lines_sudo.search(domain, order="id")}
        now = fields.Datetime.now()
        for step in self:
            line_sudo = mine.get(step.id, lines_sudo)
            is_open = step.state == "running" and not step.counted_at and not (step.deadline and step.deadline <= now)
            step.my_option_id = line_sudo.vote_option_id.id
            step.has_voted = line_sudo.state == "voted"
            step.can_vote = is_open and (line_sudo.state == "pending" or (step.has_voted and not step.is_secret))

    @api.depends("vote_outcome", "state", "chairman_id")
    @api.depends_context("uid")
    def _compute_can_cast(self):
        for step in self:
            step.can_cast = step.vote_outcome == "tie" and step.state == "running" and step.chairman_id == self.env.user

    @api.depends("state", "counted_at", "deadline", "chairman_id", "can_manage")
    @api.depends_context("uid")
    def _compute_can_close_vote(self):
        now = fields.Datetime.now()
        for step in self:
            is_due = not step.deadline or step.deadline <= now
            leads = step.can_manage or step.chairman_id == self.env.user
            step.can_close_vote = (
                step.kind == "vote" and step.state == "running" and not step.counted_at and is_due and leads
            )

    # === ACTIONS === #

    def action_open_vote(self):
        """Open the window of the vote."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Vote"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("paydox_edms.paydox_approval_step_view_form_vote").id, "form")],
        }

    # === HELPERS === #

    def _get_definition(self):
        definition = super()._get_definition()
        if self.kind == "vote":
            options = self.vote_option_ids.sorted("id")
            definition["options"] = [[option.name, option.is_for, option.is_abstain] for option in options]
        return definition

    def _get_votes(self):
        """How many voted for each option, as ``{step: {option: votes}}``; not for the eyes of users before the count."""
        # sudo: the counts are shown by the rules of the vote and not by those of the lines
        steps_sudo = self.sudo()
        votes = {step: dict.fromkeys(step.vote_option_ids, 0) for step in steps_sudo}
        for step in steps_sudo.filtered("is_secret"):
            votes[step] = {option: option.tally for option in step.vote_option_ids}
        domain = steps_sudo.filtered(lambda step: not step.is_secret)._get_current_domain() & Domain(
            "state", "=", "voted"
        )
        lines_sudo = self.env["paydox.approval.line"].sudo()
        for option, count in lines_sudo._read_group(domain, ["vote_option_id"], ["__count"]):
            votes[option.step_id][option] = count
        return votes

    def _get_tied_options(self):
        """The options with the most votes, abstentions aside."""
        self.ensure_one()
        votes = {option: count for option, count in self._get_votes()[self].items() if not option.is_abstain}
        most = max(votes.values(), default=0)
        return self.env["paydox.vote.option"].union(*(option for option, count in votes.items() if count == most))

    def _get_open_voters(self):
        """Lines of the people whose votes are still waited for; who left the company is not."""
        lines = self.env["paydox.approval.line"].search([("step_id", "=", self.id), ("state", "in", OPEN_STATES)])
        return lines.filtered("user_id.active")
