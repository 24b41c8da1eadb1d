from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.paydox_edms.models.paydox_step_definition_vote import MAJORITIES


class PaydoxVoteSend(models.TransientModel):
    """Asks what is voted on and by whom; the verb of the record does the rest and checks everything again."""

    _name = "paydox.vote.send"
    _description = "Put to the Vote"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    record_name = fields.Char(string="Document", compute="_compute_record_name")
    question = fields.Char(required=True)
    option_ids = fields.One2many(
        comodel_name="paydox.vote.send.option",
        inverse_name="wizard_id",
        string="Options",
        default=lambda self: self._default_option_ids(),
    )
    # voters
    user_ids = fields.Many2many(comodel_name="res.users", string="Voters", domain="[('share', '=', False)]")
    group_ids = fields.Many2many(comodel_name="res.groups", string="Groups")
    department_ids = fields.Many2many(comodel_name="hr.department", string="Departments")
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Voters Outside",
        help="They get a link by e-mail and vote with a code; they count for the quorum as all others.",
    )
    # rules
    is_secret = fields.Boolean(
        string="Secret Ballot", help="Nobody can find out who voted how. A vote cannot be changed."
    )
    majority = fields.Selection(selection=MAJORITIES, default="simple", required=True)
    vote_quorum = fields.Integer(string="Voters Needed, %", default=50)
    chairman_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False)]",
        help="His vote decides when votes are equal.",
    )
    deadline = fields.Datetime(string="Vote Until", help="Empty: until everybody voted or the vote is closed.")

    # === DEFAULTS === #

    @api.model
    def _default_option_ids(self):
        return [Command.create(vals) for vals in self.env["paydox.step.definition"]._get_default_options()]

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for wizard in self:
            record = wizard._browse_record()
            wizard.record_name = record.display_name if record is not None else False

    # === ACTIONS === #

    def action_confirm(self):
        """Start the vote and open its window."""
        self.ensure_one()
        record = self._browse_record()
        if record is None:
            raise UserError(self.env._("There is nothing to vote on any more. Open the document and try again."))
        options = [
            {"name": option.name, "is_for": option.is_for, "is_abstain": option.is_abstain}
            for option in self.option_ids
        ]
        approval = record.action_start_vote(
            self.question,
            users=self.user_ids.ids,
            groups=self.group_ids.ids,
            departments=self.department_ids.ids,
            options=options,
            is_secret=self.is_secret,
            majority=self.majority,
            quorum=self.vote_quorum,
            chairman=self.chairman_id.id,
            deadline=self.deadline,
        )
        if self.partner_ids:
            approval.step_ids.action_invite_guests(self.partner_ids.ids)
        return approval.step_ids.action_open_vote()

    # === HELPERS === #

    def _browse_record(self):
        return self.env["paydox.acquaintance.send"]._browse_record(self.res_model, self.res_id)


class PaydoxVoteSendOption(models.TransientModel):
    _name = "paydox.vote.send.option"
    _description = "Option of a New Vote"
    _order = "sequence, id"

    wizard_id = fields.Many2one(comodel_name="paydox.vote.send", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    is_for = fields.Boolean(string="Adopts")
    is_abstain = fields.Boolean(string="Abstention")
