from odoo import api, fields, models

MAJORITIES = [
    ("simple", "More than half of the votes cast"),
    ("absolute", "More than half of all voters"),
    ("two_thirds", "Two thirds of the votes cast"),
]
# With fewer voters the count would tell who voted how.
MIN_SECRET_VOTERS = 3


class PaydoxStepDefinition(models.AbstractModel):
    """What a step of voting says: secrecy, majority, quorum, chairman."""

    _inherit = "paydox.step.definition"

    is_secret = fields.Boolean(string="Secret Ballot", help="Nobody can find out who voted how; a vote is final.")
    majority = fields.Selection(
        selection=MAJORITIES,
        default="simple",
        help="Abstentions are no votes cast; they count for the quorum.",
    )
    vote_quorum = fields.Integer(
        string="Voters Needed, %", default=50, help="The vote is held when at least this part of the voters took part."
    )
    chairman_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="His vote decides when votes are equal.",
    )

    _vote_quorum_percent = models.Constraint(
        "CHECK(vote_quorum BETWEEN 0 AND 100)", "The quorum is a percentage from 0 to 100."
    )

    # === HELPERS === #

    @api.model
    def _get_default_options(self):
        """Values of the options of a vote that names none."""
        names = [self.env._("For"), self.env._("Against"), self.env._("Abstain")]
        return [
            {"name": name, "sequence": place, "is_for": place == 0, "is_abstain": place == 2}
            for place, name in enumerate(names)
        ]

    def _prepare_vote_values(self):
        """The settings of the vote, for copies and new rounds."""
        self.ensure_one()
        names = ("is_secret", "majority", "vote_quorum")
        return {name: self[name] for name in names} | {"chairman_id": self.chairman_id.id}

    def _prepare_pinned_values(self):
        vals = super()._prepare_pinned_values()
        if self.kind == "vote":
            options = [fields.Command.create(option) for option in self._get_default_options()]
            vals |= self._prepare_vote_values() | {"mode": "parallel", "vote_option_ids": options}
        return vals

    def _get_definition(self):
        definition = super()._get_definition()
        return definition | self._prepare_vote_values() if self.kind == "vote" else definition

    def _find_approvers(self, record, excluded):
        users, reason = super()._find_approvers(record, excluded)
        if users and self.kind == "vote" and self.is_secret and len(users) < MIN_SECRET_VOTERS:
            text = self.env._("a secret ballot needs at least %(count)s voters", count=MIN_SECRET_VOTERS)
            return users.browse(), text
        return users, reason
