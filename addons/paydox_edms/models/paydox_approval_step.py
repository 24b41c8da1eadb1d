from odoo import fields, models


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
    group_id = fields.Many2one(comodel_name="res.groups", readonly=True, ondelete="set null")
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

    # === BUSINESS METHODS === #

    def _open(self, users):
        """Ask the people of the step: all of them, or the first when they decide one after another."""
        self.ensure_one()
        now = fields.Datetime.now()
        self.write({"state": "running", "started_at": now})
        lines = self.env["paydox.approval.line"].create(
            [
                self.approval_id._prepare_common_values()
                | {"step_id": self.id, "user_id": user.id, "sequence": position}
                for position, user in enumerate(users)
            ]
        )
        self._get_record()._add_approval_participants(users)
        (lines[:1] if self.mode == "sequential" else lines)._ask(now)

    def _evaluate(self):
        """Close the step when its outcome is certain; otherwise ask the next person.

        :return: ``agreed``, ``refused`` or ``False`` when the step goes on
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.state != "delegated")
        agreed = len(lines.filtered(lambda line: line.state in ("agreed", "remarks")))
        undecided = lines.filtered(lambda line: line.state in ("waiting", "pending"))
        needed = {"all": len(lines), "any": 1, "quorum": self.quorum}[self.rule]
        if agreed >= needed:
            return self._close("agreed")
        if agreed + len(undecided) < needed:
            return self._close("refused")
        if self.mode == "sequential" and "pending" not in undecided.mapped("state"):
            undecided[:1]._ask(fields.Datetime.now())
        return False

    def _close(self, outcome):
        self.line_ids.filtered(lambda line: line.state in ("waiting", "pending"))._skip()
        self.write({"state": outcome, "closed_at": fields.Datetime.now()})
        return outcome

    def _get_record(self):
        return self.approval_id._get_record()
