from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from .paydox_step_definition_vote import MAJORITIES, MIN_SECRET_VOTERS

MAX_OPTIONS = 20
MAX_NAME = 200


class PaydoxApprovalMixin(models.AbstractModel):
    """Votes: any record is put to the vote, in a route or by itself."""

    _inherit = "paydox.approval.mixin"

    can_vote = fields.Boolean(compute="_compute_can_vote", help="The record waits for the vote of the current user.")
    can_start_vote = fields.Boolean(compute="_compute_can_start_vote")
    vote_count = fields.Integer(string="Votes", compute="_compute_vote_count")

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.line_ids.state")
    @api.depends_context("uid")
    def _compute_can_vote(self):
        lines = self._get_decidable_lines(self._origin.ids).filtered(lambda line: line.kind == "vote")
        waiting = set(lines.mapped("res_id"))
        for record in self:
            record.can_vote = record._origin.id in waiting

    @api.depends_context("uid")
    def _compute_can_start_vote(self):
        for record in self:
            record.can_start_vote = bool(record.id) and record._can_manage_sheets()

    @api.depends("approval_ids.state")
    def _compute_vote_count(self):
        # sudo: who reads the record may know how often it was put to the vote
        steps_sudo = self.env["paydox.approval.step"].sudo().search(self._get_vote_domain())
        counts = Counter(step_sudo.approval_id.res_id for step_sudo in steps_sudo)
        for record in self:
            record.vote_count = counts[record._origin.id]

    # === ACTIONS === #

    def action_vote(self, option, comment=None):
        """Vote. An open vote may be changed until the end of the term; a secret one is final and has no comment.

        :param option: the ``paydox.vote.option`` or its id
        """
        self.ensure_one()
        self.check_access("read")
        approvals_sudo = self._lock_running_approvals()
        comment = self._clean_text(comment)
        option_sudo, line_sudo = self._find_ballot(approvals_sudo, option)
        self._check_vote(option_sudo.step_id, line_sudo, comment)
        line_sudo._accept_vote(option_sudo, comment)
        self._log_decision("vote", line_sudo, comment, None)
        line_sudo.step_id._hand_over()
        return True

    def action_start_vote(
        self,
        question,
        users=None,
        groups=None,
        departments=None,
        options=None,
        is_secret=False,
        majority="simple",
        quorum=50,
        chairman=None,
        deadline=None,
    ):
        """Put a question about the record to the vote, beside whatever else runs on it.

        :param str question: what is voted on
        :param users: records or ids of the voters; so are groups and departments (with those inside)
        :param options: names, or dicts of ``name``, ``is_for`` and ``is_abstain``; of names the first adopts.
            By default: for, against, abstain
        :param str majority: ``simple`` or ``two_thirds`` of the votes cast, or ``absolute``: of all voters
        :param int quorum: how many percent of the voters must take part
        :param chairman: ``res.users`` or its id, whose vote decides a tie
        :param deadline: end of the term (UTC); by default the vote ends when everybody voted or it is closed
        :return: the ``paydox.approval`` of the vote
        """
        self._check_can_manage_sheets()
        self._check_vote_request()
        question = self._clean_text(question)
        if not question:
            raise UserError(self.env._("Write the question that is voted on."))
        people_sudo = self._collect_people(users, groups, departments)
        if is_secret and len(people_sudo) < MIN_SECRET_VOTERS:
            raise UserError(
                self.env._(
                    "A secret ballot needs at least %(count)s voters: with fewer the count would tell who voted how.",
                    count=MIN_SECRET_VOTERS,
                )
            )
        vals = {
            "name": question[:MAX_NAME],
            "is_secret": bool(is_secret),
            "majority": self._clean_majority(majority),
            "vote_quorum": self._clean_percent(quorum),
            "chairman_id": self._collect_people(chairman)[:1].id if chairman else False,
            "deadline": self._clean_deadline(deadline),
        }
        approval_sudo = self._lock_for_sheets()._start_vote(people_sudo, self._clean_options(options), vals)
        return approval_sudo.sudo(False)

    def action_open_start_vote(self):
        """Open the window that asks what is voted on and by whom."""
        self._check_can_manage_sheets()
        self._check_vote_request()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put to the Vote"),
            "res_model": "paydox.vote.send",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }

    def action_open_votes(self):
        """Open the vote that waits for the current user, or else the votes on the record."""
        self.ensure_one()
        self.check_access("read")
        steps = self.env["paydox.approval.step"].search(self._get_vote_domain(), order="id desc")
        waiting = steps.filtered("can_vote")[:1] or steps
        if len(waiting) == 1:
            return waiting.action_open_vote()
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_edms.paydox_approval_step_action_vote")
        return action | {"domain": self._get_vote_domain(), "context": {}}

    # === BUSINESS METHODS === #

    def _start_vote(self, users, options, vals):
        """As superuser: a new round in which ``users`` choose one of ``options``."""
        commands = [Command.create(option) for option in options]
        vals = {"kind": "vote", "vote_option_ids": commands} | vals
        return self.env["paydox.approval"]._start_sheet(self, "vote", vals, users)

    def _find_ballot(self, approvals_sudo, option):
        """The option and the voter's own line, of a vote that runs on the record."""
        ids = self._clean_ids(option)
        options_sudo = self.env["paydox.vote.option"].sudo()
        domain = [("id", "in", ids[:1]), ("step_id.approval_id", "in", approvals_sudo.ids)]
        option_sudo = options_sudo.search(domain + [("step_id.state", "=", "running")])
        if not option_sudo or len(ids) != 1:
            raise UserError(
                self.env._("Choose one option of a vote that runs on %(record)s.", record=self.display_name)
            )
        line_sudo = approvals_sudo.env["paydox.approval.line"].search(
            option_sudo.step_id._get_current_domain() & Domain("user_id", "=", self.env.uid)
        )
        line_sudo = line_sudo.filtered(lambda line: line.state in ("pending", "voted"))[:1]
        if not line_sudo:
            raise AccessError(self.env._("You are no voter on %(record)s.", record=self.display_name))
        return option_sudo, line_sudo

    def _check_vote(self, step_sudo, line_sudo, comment):
        if step_sudo.counted_at or (step_sudo.deadline and step_sudo.deadline <= fields.Datetime.now()):
            raise UserError(self.env._("The vote on %(record)s is closed.", record=self.display_name))
        if step_sudo.is_secret and line_sudo.state == "voted":
            raise UserError(self.env._("You have voted. A secret ballot cannot be changed."))
        if step_sudo.is_secret and comment:
            raise UserError(self.env._("A secret ballot has no comment: it would tell who voted how."))

    # === HOOKS === #

    def _check_vote_request(self):
        """Raise a ``UserError`` when the record cannot be put to the vote now."""

    # === HELPERS === #

    def _get_vote_domain(self):
        approvals = [("approval_id.res_model", "=", self._name), ("approval_id.res_id", "in", self._origin.ids)]
        return [("kind", "=", "vote"), ("started_at", "!=", False), *approvals]

    @api.model
    def _clean_majority(self, value):
        if value not in dict(MAJORITIES):
            raise UserError(self.env._("Choose one of the majorities that the window offers."))
        return value

    @api.model
    def _clean_percent(self, value):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
            raise UserError(self.env._("The quorum is a percentage from 0 to 100."))
        return int(value)

    @api.model
    def _clean_options(self, options):
        """Values of the options of a vote; names alone mean that the first adopts."""
        if not options:
            return self.env["paydox.step.definition"]._get_default_options()
        if not isinstance(options, (list, tuple)):
            raise UserError(self.env._("Name the options as a list."))
        values = []
        for place, option in enumerate(options):
            given = option if isinstance(option, dict) else {"name": option, "is_for": place == 0}
            name = str(given.get("name") or "").strip()[:MAX_NAME]
            flags = {flag: bool(given.get(flag)) for flag in ("is_for", "is_abstain")}
            values.append({"name": name, "sequence": place} | flags)
        names = [vals["name"] for vals in values]
        if not all(names) or len(set(names)) < len(names) or not 2 <= len(names) <= MAX_OPTIONS:
            raise UserError(
                self.env._("A vote has from 2 to %(count)s options, each with a name of its own.", count=MAX_OPTIONS)
            )
        if not any(vals["is_for"] for vals in values) or any(vals["is_for"] and vals["is_abstain"] for vals in values):
            raise UserError(self.env._("At least one option must adopt the question; an abstention cannot."))
        return values
