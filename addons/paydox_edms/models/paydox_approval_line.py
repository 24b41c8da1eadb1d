import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date

from .paydox_approval_decision import ACTIONS, LINE_STATES


def group_by_values(values):
    """Records that get the same values, so that they are written at once: ``{items of the values: records}``."""
    groups = {}
    for record, vals in values.items():
        key = tuple(vals.items())
        groups[key] = groups.get(key, record.browse()) | record
    return groups


class PaydoxApprovalLine(models.Model):
    """One person's decision on one step."""

    _name = "paydox.approval.line"
    _description = "Decision to Take"
    _inherit = ["paydox.protected"]
    _order = "step_id, sequence, id"
    _rec_name = "user_id"

    approval_id = fields.Many2one(
        comodel_name="paydox.approval", required=True, readonly=True, ondelete="cascade", index=True
    )
    step_id = fields.Many2one(
        comodel_name="paydox.approval.step", required=True, readonly=True, ondelete="cascade", index=True
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    sequence = fields.Integer(readonly=True)
    attempt = fields.Integer(default=1, readonly=True, aggregator=None)
    is_ad_hoc = fields.Boolean(
        string="Added During the Run", readonly=True, help="Must agree besides the people of the route."
    )
    kind = fields.Selection(related="step_id.kind", store=True, precompute=True)
    step_name = fields.Char(string="Name of the Step", related="step_id.name", store=True, precompute=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="restrict", index=True)
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("pending", "To decide"),
            ("agreed", "Agreed"),
            ("remarks", "Agreed with remarks"),
            ("refused", "Refused"),
            ("delegated", "Delegated"),
            ("skipped", "Not needed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    requested_at = fields.Datetime(string="Received On", readonly=True)
    deadline = fields.Datetime(readonly=True)
    # decision
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
        help="The person who decided, maybe as a substitute.",
    )
    decided_at = fields.Datetime(readonly=True)
    action = fields.Selection(selection=ACTIONS, string="Result", readonly=True, help="What was done, more exactly.")
    comment = fields.Text(readonly=True)
    version_id = fields.Many2one(
        comodel_name="paydox.document.version",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The version on which the person decided.",
    )
    delegated_from_id = fields.Many2one(comodel_name="paydox.approval.line", readonly=True)
    carried_from_id = fields.Many2one(
        comodel_name="paydox.approval.line",
        string="Agreed in a Former Round",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity", readonly=True, ondelete="set null", index="btree_not_null"
    )

    # helpers of the screens
    record_name = fields.Char(string="To Decide On", compute="_compute_record_name")
    requested_by_id = fields.Many2one(string="Asked By", related="approval_id.requested_by_id")
    can_decide = fields.Boolean(compute="_compute_can_decide", search="_search_can_decide")

    _pending_idx = models.Index("(user_id, deadline, id) WHERE state = 'pending'")
    _open_uniq = models.UniqueIndex(
        "(step_id, user_id) WHERE state IN ('waiting', 'pending')", "This person is already asked on this step."
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        # sudo: the answer decides on access, so it cannot depend on it
        decidable_sudo = self.sudo().filtered_domain(self._get_to_decide_domain())
        for line in self:
            line.can_decide = line.id in decidable_sudo._ids

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_to_decide_domain() if True in value else ~self._get_to_decide_domain()

    @api.model
    def _get_to_decide_domain(self):
        """Lines on which the current user may decide now, for himself or for whom he substitutes.

        The author and the person who asked are left out, unless the step lets them.
        """
        user = self.env.user
        own = Domain("author_id", "!=", user.id) & Domain("requested_by_id", "!=", user.id)
        return (
            Domain("state", "=", "pending")
            & Domain("user_id", "in", user._get_document_principal_ids())
            & (Domain("step_id.allow_author", "=", True) | Domain("approval_id", "any!", own))
        )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        for model, lines in self.grouped("res_model").items():
            records = self.env[model].browse(lines.mapped("res_id"))
            names = {record.id: record.display_name for record in records}
            for line in lines:
                line.record_name = names[line.res_id]

    # === ACTIONS === #

    def action_open_record(self):
        """Open what is to be decided on."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_agree(self):
        """Agree from the inbox, with everything that is selected."""
        self._check_open()
        self._agree_in_waves()
        return True

    def action_decide(self):
        """Open the window that asks for a comment."""
        self.ensure_one()
        return self._get_record()._get_decide_action(self.env.context.get("default_decision", "agree"), line=self)

    # === BUSINESS METHODS === #

    def _check_open(self):
        """Tell a person whose list is old what happened meanwhile."""
        self.check_access("read")
        if closed := self.filtered(lambda line: not line.can_decide):
            raise AccessError(closed[0]._get_stale_text())

    def _agree_in_waves(self):
        """Agree on all lines at once, or on none of them."""
        rest = self
        while rest:
            # Two turns on one record follow one another: the first may open what the second is about.
            firsts = [lines[:1] for lines in rest.grouped(lambda line: (line.res_model, line.res_id)).values()]
            wave = self.browse().union(*firsts)
            for model, lines in wave.grouped("res_model").items():
                self.env[model].browse(lines.mapped("res_id"))._decide("agree", line=lines)
            rest -= wave

    def _get_stale_text(self):
        """Why nobody decides on this line any more: who was first, and when."""
        self.ensure_one()
        line_sudo = self.sudo()  # sudo: who was asked may know how his own turn ended
        name = self._get_record().display_name
        if line_sudo.decided_at and line_sudo.decided_by_id:
            moment = fields.Datetime.context_timestamp(self, line_sudo.decided_at)
            return self.env._(
                "%(record)s: %(user)s already decided on %(date)s at %(time)s (%(result)s). Refresh the list.",
                record=name,
                user=line_sudo.decided_by_id.name,
                date=format_date(self.env, moment.date()),
                time=moment.strftime("%H:%M"),
                result=dict(self._fields["state"]._description_selection(self.env))[line_sudo.state],
            )
        return self.env._("%(record)s no longer waits for your decision. Refresh the list.", record=name)

    def _accept_answer(self, action, answer):
        """Check what the kind of the step asks for besides yes or no; kinds extend it.

        :param str action: what the person does, see ``paydox.approval.decision``
        :param dict answer: such as the option of a vote; refused with a ``UserError`` when it does not do
        :return: ``(values of the line, values of the decision)`` to be written with the result
        """
        self.ensure_one()
        return {}, {}

    def _admit(self, users):
        """Called as superuser when ``users`` decided on the lines: they keep what they need to read."""
        for lines in self.grouped("res_model").values():
            lines.approval_id._get_records()._add_approval_participants(users)

    def _ask(self, moment):
        """It is the turn of these people: start their terms and put it on their lists."""
        if not self:
            return
        terms = self._plan_terms(moment)
        for vals, lines in group_by_values(terms).items():
            lines.write({"state": "pending", "requested_at": moment} | dict(vals))
        self._schedule_activities()

    def _skip(self):
        self._drop_activities()
        self.write({"state": "skipped"})

    # === HELPERS === #

    def _counts(self):
        """Whether the answer counts in the step: not that of who handed his turn over or stepped out."""
        self.ensure_one()
        return self.state not in ("delegated", "skipped") or self.action == "repeat"

    def _is_agreement(self):
        self.ensure_one()
        return self.state in ("agreed", "remarks") or self.action == "repeat"

    def _is_personal_agreement(self):
        """Whether a person agreed, and not the clock for him."""
        self.ensure_one()
        return self.state in ("agreed", "remarks") and self.action != "auto"

    def _is_decided(self):
        """Whether the chain must have a link that says what the line shows."""
        self.ensure_one()
        decided = self.state in LINE_STATES.values() and self.state != "skipped"
        return decided or self.action in ("recuse", "repeat")

    def _prepare_carried_values(self):
        """Values of a line of the next round that keeps this agreement."""
        self.ensure_one()
        return {
            "state": self.state,
            "action": "carry",
            "decided_by_id": self.decided_by_id.id,
            "decided_at": self.decided_at,
            "comment": self.comment,
            "version_id": self.version_id.id,
            "carried_from_id": self.id,
        }

    def _chain_passed(self):
        """Put those who passed without being asked into the chain."""
        links = []
        for line in self.filtered(lambda line: line.action in ("carry", "repeat")):
            details = {"decided_at": line.decided_at, "comment": line.comment}
            if line.action == "carry":
                details = {"comment": line.comment, "definition": json.dumps({"from": line.carried_from_id.id})}
            links.append((line.approval_id, line.action, line, details))
        self.approval_id._append_many(links)

    def _get_record(self):
        """What is decided on, as the current user."""
        self.ensure_one()
        # Through the relation, the documents of many rows are read together.
        document = self.document_id
        return document if self.res_model == document._name else self.env[self.res_model].browse(self.res_id)
