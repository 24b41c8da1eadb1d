from odoo import api, fields, models

# Asked all at once, maybe by the thousand: their lines are never read together.
CROWD_KINDS = ("acquaint", "vote")


class PaydoxApprovalStep(models.Model):
    """A step as it was when the run started."""

    _name = "paydox.approval.step"
    _description = "Step of an Approval Sheet"
    _inherit = ["paydox.protected", "paydox.step.definition"]
    _order = "approval_id, sequence, id"

    approval_id = fields.Many2one(
        comodel_name="paydox.approval", required=True, readonly=True, ondelete="cascade", index=True
    )
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    line_ids = fields.One2many(comodel_name="paydox.approval.line", inverse_name="step_id")
    # A finished run keeps nobody from deleting what its steps named: people are fixed as lines.
    group_id = fields.Many2one(comodel_name="res.groups", readonly=True, ondelete="set null")
    job_id = fields.Many2one(comodel_name="hr.job", readonly=True, ondelete="set null")
    department_id = fields.Many2one(comodel_name="hr.department", readonly=True, ondelete="set null")
    # the run
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("agreed", "Agreed"),
            ("refused", "Refused"),
            ("skipped", "Skipped"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    started_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    attempt = fields.Integer(
        default=1, readonly=True, aggregator=None, help="Grows when the run comes back to the step from a later one."
    )

    # === BUSINESS METHODS === #

    def _open(self, users):
        """Ask the people of the step: all of them, or the first when they decide one after another."""
        self.ensure_one()
        return self._open_many([(self, users)])

    @api.model
    def _open_many(self, pairs):
        """Open steps of different runs: ``[(step, users)]``.

        :return: the steps that closed at once, since all their people had passed already
        """
        for step, users in pairs:
            if step.kind in CROWD_KINDS:
                step._open(users)
        pairs = [(step, users) for step, users in pairs if step.kind not in CROWD_KINDS]
        steps = self.browse().union(*(step for step, _users in pairs))
        now = fields.Datetime.now()
        steps.write({"state": "running", "started_at": now})
        vals_list = [vals for step, users in pairs for vals in step._prepare_line_values(users)]
        lines = self.env["paydox.approval.line"].create(vals_list)
        lines._chain_passed()
        self._add_participants(pairs)
        closed = self.browse()
        for step in steps:
            if lines.filtered(lambda line, step=step: line.step_id == step and line.state != "waiting"):
                outcome = step._evaluate()
                closed |= step if outcome == "agreed" else self.browse()
        (steps - closed)._ask_next()
        return closed

    def _prepare_line_values(self, users):
        """Values of the lines of the people who are asked; those who passed already are shown as such."""
        self.ensure_one()
        common = self.approval_id._prepare_common_values() | {"step_id": self.id, "attempt": self.attempt}
        values = [
            common
            | {"user_id": user.id, "sequence": position}
            | (self._prepare_carried_values(user) or self._prepare_repeated_values(user))
            for position, user in enumerate(users)
        ]
        for user, vals in self._get_former_experts(users):
            values.append(common | {"user_id": user.id, "sequence": len(values), "is_ad_hoc": True} | vals)
        return values

    def _add_participants(self, pairs):
        """Let the people read what they are asked about."""
        groups = {}
        for step, users in pairs:
            users |= step._get_current_lines().user_id
            key = (step.approval_id.res_model, users)
            groups[key] = groups.get(key, self.browse()) | step
        for (_model, users), steps in groups.items():
            steps.approval_id._get_records()._add_approval_participants(users)

    def _evaluate(self):
        """Close the step when its outcome is certain.

        :return: ``agreed``, ``refused`` or ``False`` when the step goes on
        """
        self.ensure_one()
        outcome = self._get_outcome()
        return self._close(outcome) if outcome else False

    def _get_outcome(self):
        """What the answers so far amount to: the people of the route by its rule, and all whom somebody added."""
        self.ensure_one()
        lines = self._get_current_lines().filtered(lambda line: line._counts())
        added = lines.filtered("is_ad_hoc")
        regular = lines - added
        open_lines = lines.filtered(lambda line: line.state in ("waiting", "pending"))
        agreed = len(regular.filtered(lambda line: line._is_agreement()))
        needed = self._get_needed(len(regular))
        if agreed + len(regular & open_lines) < needed or "refused" in added.mapped("state"):
            return False if open_lines and self.on_refusal == "collect" else "refused"
        return "agreed" if agreed >= needed and not added & open_lines else False

    def _is_out_of_reach(self):
        """Whether the step could not pass even if everybody who is left agreed."""
        self.ensure_one()
        regular = self._get_current_lines().filtered(lambda line: line._counts() and not line.is_ad_hoc)
        willing = regular.filtered(lambda line: line.state in ("waiting", "pending") or line._is_agreement())
        return len(willing) < max(self._get_needed(len(regular)), 1)

    def _ask_next(self):
        """Ask those whose turn comes: all at once, or the first of those who wait."""
        lines = self.env["paydox.approval.line"]
        for step in self.filtered(lambda step: step.kind not in CROWD_KINDS):
            current = step._get_current_lines()
            waiting = current.filtered(lambda line: line.state == "waiting")
            if waiting and "pending" not in current.mapped("state"):
                lines |= waiting[:1] if step.mode == "sequential" else waiting
        lines._ask(fields.Datetime.now())

    def _close(self, outcome):
        self.line_ids.filtered(lambda line: line.state in ("waiting", "pending"))._skip()
        self.write({"state": outcome, "closed_at": fields.Datetime.now()})
        return outcome

    def _add_lines(self, users):
        """Lines of people who are asked besides those of the route."""
        self.ensure_one()
        common = self.approval_id._prepare_common_values() | {"step_id": self.id, "attempt": self.attempt}
        position = max(self.line_ids.mapped("sequence"), default=0) + 1
        return self.line_ids.create(
            [
                common | {"user_id": user.id, "sequence": position + place, "is_ad_hoc": True}
                for place, user in enumerate(users)
            ]
        )

    def _reopen(self):
        """Let the step be decided again; the former lines stay on the sheet."""
        for step in self:
            step.line_ids.filtered(lambda line: line.state in ("waiting", "pending"))._skip()
            step.write({"state": "waiting", "attempt": step.attempt + 1, "started_at": False, "closed_at": False})

    def _leave_out(self):
        """Nobody is found for the step, and the route lets it be left out."""
        self.ensure_one()
        self.write({"state": "skipped"})
        self.approval_id._append("leave_out", step_id=self.id)
        self._get_record()._message_log(
            body=self.env._("%(step)s: left out, since nobody is found who could decide.", step=self.name)
        )

    # === HELPERS === #

    def _get_current_lines(self):
        """Lines since the step was opened last."""
        self.ensure_one()
        return self.line_ids.filtered(lambda line: line.attempt == self.attempt).sorted(
            lambda line: (line.sequence, line.id)
        )

    def _get_record(self):
        return self.approval_id._get_record()
