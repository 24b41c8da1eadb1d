import json

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

OPEN_STATES = ("sent", "opened")
MAX_COMMENT = 5000


class PaydoxVoteGuest(models.Model):
    """A voter outside, who votes by a link. Of a secret ballot the row says that he voted, and nothing else."""

    _name = "paydox.vote.guest"
    _description = "Voter Outside"
    _inherit = ["paydox.external.link"]
    _order = "step_id, id"
    _rec_name = "partner_id"

    step_id = fields.Many2one(
        comodel_name="paydox.approval.step",
        string="Question",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    document_id = fields.Many2one(related="step_id.document_id", store=True, index="btree_not_null")
    company_id = fields.Many2one(related="step_id.company_id", store=True, index="btree_not_null")
    requested_by_id = fields.Many2one(comodel_name="res.users", string="Invited By", required=True, readonly=True)
    attempt = fields.Integer(default=1, readonly=True, aggregator=None)
    state = fields.Selection(
        selection=[
            ("sent", "Invited"),
            ("opened", "Opened"),
            ("voted", "Voted"),
            ("removed", "Released"),
            ("closed", "Did not vote"),
        ],
        default="sent",
        required=True,
        readonly=True,
    )
    voted_at = fields.Datetime(string="Voted On", readonly=True)
    vote_option_id = fields.Many2one(
        comodel_name="paydox.vote.option",
        string="Vote",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="In an open vote; a secret ballot leaves nothing here.",
    )
    comment = fields.Text(readonly=True)
    version_id = fields.Many2one(related="step_id.approval_id.version_id")
    can_remove = fields.Boolean(related="step_id.can_manage")

    _voter_uniq = models.UniqueIndex(
        "(step_id, attempt, partner_id) WHERE state <> 'removed'", "This person is already invited to the vote."
    )

    # === ACTIONS === #

    def action_remove(self, reason=None):
        """Release voters who have not voted; the reason stays on the sheet, their links are of no use any more."""
        self.check_access("read")
        for step, guests in self.grouped("step_id").items():
            step._remove_guests(guests, reason or self.env._("Released by the person who leads the vote."))
        return True

    # === BUSINESS METHODS === #

    def _lock(self):
        # The run first, as everybody who votes does it.
        lock_rows(self.step_id.approval_id)
        self.step_id.approval_id.invalidate_recordset()
        self.step_id.invalidate_recordset()
        return super()._lock()

    def _vote(self, option_id, comment, proof):
        """As superuser, on the locked row: vote, once.

        :param int option_id: a ``paydox.vote.option`` of the vote
        :param str proof: ``code`` or ``login``
        """
        self.ensure_one()
        self._check_open()
        step, now = self.step_id, fields.Datetime.now()
        option = step.vote_option_ids.filtered(lambda option: option.id == option_id)
        if not option:
            raise UserError(self.env._("Choose one of the options."))
        comment = str(comment or "").strip()[:MAX_COMMENT] or False
        if step.is_secret and comment:
            raise UserError(self.env._("A secret ballot has no comment: it would tell who voted how."))
        open_vals = {} if step.is_secret else {"vote_option_id": option.id, "comment": comment}
        self.write({"state": "voted", "voted_at": now, "proof": proof, "code_hash": False} | open_vals)
        approval = step.approval_id
        approval._append(
            "guest_vote",
            step_id=step.id,
            user_id=approval.requested_by_id.id,
            decided_at=now,
            comment=False if step.is_secret else comment,
            details=json.dumps(self._get_vote_facts(), sort_keys=True),
        )
        if step.is_secret:
            option._count_ballot()
        # What follows from the last vote is done by the system, as after the end of a term.
        lang = approval.requested_by_id.lang
        step.with_user(SUPERUSER_ID).with_context(lang=lang)._hand_over()

    # === HELPERS === #

    def _get_vote_facts(self):
        """What the chain protects of the vote, as plain JSON; of a secret one that it was given."""
        facts = {"guest": self.id, "partner": self.partner_id.id, "email": self.email, "proof": self.proof or None}
        return facts if self.step_id.is_secret else facts | {"option": self.vote_option_id.id}

    def _get_subject(self):
        return self.step_id.name

    def _get_mail_record(self):
        approval = self.step_id.approval_id
        return {"model": approval.res_model, "res_id": approval.res_id}

    def _get_obstacle(self):
        self.ensure_one()
        step = self.step_id
        if self.state == "voted":
            return self.env._("You have voted. Thank you.")
        if self.state == "removed":
            return self.env._("You are no longer asked to vote. If you think that this is wrong, ask the sender.")
        is_over = step.counted_at or (step.deadline and step.deadline <= fields.Datetime.now())
        if self.state == "closed" or is_over or step.state != "running" or self.attempt != step.attempt:
            return self.env._("The vote is closed.")
        return False
