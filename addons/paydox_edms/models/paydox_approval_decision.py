import hashlib
import json

from odoo import api, fields, models

HASHED_FIELDS = (
    "approval_id",
    "sequence",
    "action",
    "line_id",
    "step_id",
    "version_id",
    "checksum",
    "user_id",
    "decided_by_id",
    "target_user_id",
    "decided_at",
    "comment",
    "delay_reason",
    "definition",
    "previous_hash",
)
# What the line of a person shows after the action.
LINE_STATES = {
    "agree": "agreed",
    "remarks": "remarks",
    "refuse": "refused",
    "return": "refused",
    "delegate": "delegated",
    "vote": "voted",
    "pass": "delegated",
    "hand_over": "delegated",
    "auto": "agreed",
    "recuse": "skipped",
    "repeat": "skipped",
}
ACTIONS = [
    ("start", "Sent"),
    ("agree", "Agreed"),
    ("remarks", "Agreed with remarks"),
    ("refuse", "Refused"),
    ("return", "Returned for rework"),
    ("delegate", "Delegated"),
    ("withdraw", "Withdrawn"),
    ("recuse", "Stepped out"),
    ("invite", "Approver added"),
    ("auto", "Agreed automatically: the term is over"),
    ("pass", "Passed to the manager"),
    ("hand_over", "Handed over to a successor"),
    ("repeat", "Agreed earlier"),
    ("carry", "Agreed in the former round"),
    ("leave_out", "Step left out: nobody found"),
    ("bypass", "Step passed over"),
    ("term", "Term changed"),
    ("stop", "Stopped"),
]


class PaydoxApprovalDecision(models.Model):
    """Append-only ledger of a run; each row carries the hash of the former."""

    _name = "paydox.approval.decision"
    _description = "Decision"
    _inherit = ["paydox.protected"]
    _order = "approval_id, sequence, id"
    _rec_name = "action"

    approval_id = fields.Many2one(
        comodel_name="paydox.approval", required=True, readonly=True, ondelete="restrict", index=True
    )
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    sequence = fields.Integer(string="No.", required=True, readonly=True, aggregator=None)
    line_id = fields.Many2one(
        comodel_name="paydox.approval.line", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    step_id = fields.Many2one(comodel_name="paydox.approval.step", readonly=True, ondelete="restrict")
    version_id = fields.Many2one(comodel_name="paydox.document.version", readonly=True, ondelete="restrict")
    checksum = fields.Char(string="SHA-256", readonly=True)
    action = fields.Selection(
        selection=ACTIONS,
        string="Result",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="For Whom", required=True, readonly=True, ondelete="restrict"
    )
    decided_by_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="restrict")
    target_user_id = fields.Many2one(
        comodel_name="res.users", string="Delegated To", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(required=True, readonly=True)
    comment = fields.Text(readonly=True)
    delay_reason = fields.Text(string="Reason of Delay", readonly=True)
    # With the values of the record on which people agree: see ``material_snapshot`` of the run.
    definition = fields.Text(
        readonly=True, groups=".", help="The pinned steps; the first decision of a run carries them."
    )
    delay_reason_id = fields.Many2one(
        comodel_name="paydox.delay.reason", string="Kind of Delay", readonly=True, ondelete="restrict"
    )
    target_step_id = fields.Many2one(
        comodel_name="paydox.approval.step", string="Returned To", readonly=True, ondelete="restrict"
    )
    previous_hash = fields.Char(readonly=True)
    hash = fields.Char(required=True, readonly=True)

    _sequence_uniq = models.Constraint("UNIQUE(approval_id, sequence)", "This place in the chain is taken.")

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    # === HELPERS === #

    @api.model
    def _get_hash(self, vals):
        """SHA-256 over the canonical JSON of the values, the former hash among them."""
        canonical = {name: vals.get(name) or None for name in HASHED_FIELDS}
        canonical |= {name: vals[name] for name in self._get_later_hashed_fields() if vals.get(name)}
        canonical["decided_at"] = fields.Datetime.to_string(vals["decided_at"])
        text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _get_later_hashed_fields(self):
        """Fields that came after the first release: hashed when they are set, so that older hashes hold."""
        return ("delay_reason_id", "target_step_id")

    def _get_own_hash(self):
        self.ensure_one()
        names = (*HASHED_FIELDS, *self._get_later_hashed_fields())
        vals = {name: self[name].id if self._fields[name].type == "many2one" else self[name] for name in names}
        return self._get_hash(vals)

    def _fits(self, line):
        """Whether the line shows what this decision says."""
        self.ensure_one()
        # What was carried over shows the decision of the former round, which stands in the chain of that round.
        shown = line.carried_from_id if self.action == "carry" else self
        state = shown.state if self.action == "carry" else LINE_STATES.get(self.action)
        if self.action == "carry" and json.loads(self.definition or "{}") != {"from": shown.id}:
            return False
        return (
            line.state == state
            and line.user_id == self.user_id
            and line.decided_by_id == shown.decided_by_id
            and line.decided_at == shown.decided_at
            and (line.comment or False) == (shown.comment or False)
        )
