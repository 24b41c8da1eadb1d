from odoo import api, fields, models

STEP_KINDS = [
    ("approve", "Approve"),
    ("confirm", "Confirm"),
    ("sign", "Sign"),
    ("acquaint", "Acquaint"),
    ("vote", "Vote"),
]
STEP_MODES = [("parallel", "All at once"), ("sequential", "One after another")]
STEP_RULES = [("all", "Everybody"), ("any", "Anybody"), ("quorum", "A number of people")]
APPROVER_KINDS = [
    ("users", "Users"),
    ("group", "Group"),
    ("manager", "Manager of the author"),
    ("department_head", "Head of the department"),
    ("field", "User named in the document"),
]


class PaydoxStepDefinition(models.AbstractModel):
    """What a step says: shared by the step of a route and by its pinned copy in a run."""

    _name = "paydox.step.definition"
    _description = "Definition of a Step"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection=STEP_KINDS, default="approve", required=True)
    mode = fields.Selection(selection=STEP_MODES, string="Order", default="parallel", required=True)
    rule = fields.Selection(selection=STEP_RULES, string="Who Must Agree", default="all", required=True)
    quorum = fields.Integer(default=1, help="How many people must agree.")
    approver_kind = fields.Selection(selection=APPROVER_KINDS, string="Approvers", default="users", required=True)
    user_ids = fields.Many2many(
        comodel_name="res.users", domain="[('share', '=', False)]", context={"active_test": False}
    )
    group_id = fields.Many2one(comodel_name="res.groups", ondelete="restrict")
    approver_field = fields.Selection(selection="_get_approver_fields", string="Field", default="responsible_id")
    deadline_hours = fields.Float(
        string="Term, working hours", help="Counted in the working time of the approver. 0: no term."
    )
    allow_author = fields.Boolean(help="The author of the document may decide on this step.")

    # === HELPERS === #

    @api.model
    def _get_approver_fields(self):
        """Fields of the document that may name an approver; addons that add such fields extend it."""
        names = {"responsible_id": self.env._("Responsible"), "author_id": self.env._("Author")}
        return list(names.items())

    def _prepare_pinned_values(self):
        """Values of the copy that a run keeps, whatever happens to the route later."""
        self.ensure_one()
        return {
            "name": self.name,
            "sequence": self.sequence,
            "kind": self.kind,
            "mode": self.mode,
            "rule": self.rule,
            "quorum": self.quorum,
            "approver_kind": self.approver_kind,
            "user_ids": [fields.Command.set(self.user_ids.ids)],
            "group_id": self.group_id.id,
            "approver_field": self.approver_field,
            "deadline_hours": self.deadline_hours,
            "allow_author": self.allow_author,
        }

    def _get_definition(self):
        """What the chain of decisions protects of the step, as plain JSON; kinds extend it."""
        self.ensure_one()
        names = ("name", "kind", "mode", "rule", "quorum", "approver_kind", "deadline_hours")
        return {name: self[name] for name in names}

    def _find_approvers(self, record, excluded):
        """The people who decide on ``record``, and why the step cannot be taken, if it cannot.

        :param record: what is to be approved, of a model with ``paydox.approval.mixin``
        :param excluded: users who may not decide: the author and the person who asks
        :return: ``(users, False)`` or ``(no users, reason)``
        """
        self.ensure_one()
        nobody = self.env["res.users"]
        found = self._get_named_approvers(record)
        if not found:
            return nobody, self.env._("nobody is found who could decide")
        if self.approver_kind != "group":
            for user in found:
                if reason := self._get_unfit_reason(user, record):
                    return nobody, reason
        users = found.filtered(lambda user: not self._get_unfit_reason(user, record))
        if not self.allow_author:
            users -= excluded
            if not users:
                return nobody, self.env._("only the author is found, who may not decide on his own document")
        if self.rule == "quorum" and self.quorum > len(users):
            return nobody, self.env._(
                "%(quorum)s people must agree, but only %(count)s can decide", quorum=self.quorum, count=len(users)
            )
        return users, False if users else self.env._("nobody is found who could decide")

    def _get_named_approvers(self, record):
        if self.approver_kind == "users":
            return self.user_ids
        if self.approver_kind == "group":
            return self.group_id.all_user_ids
        if self.approver_kind == "field":
            return record[self.approver_field]
        if self.approver_kind == "department_head":
            return record._get_approval_department().manager_id.user_id
        author = record._get_approval_author().with_company(record._get_approval_company())
        return author.employee_id.parent_id.user_id

    def _get_unfit_reason(self, user, record):
        company = record._get_approval_company()
        if not user.active:
            return self.env._("%(user)s is archived", user=user.name)
        if user.share:
            return self.env._("%(user)s is not an employee", user=user.name)
        if company not in user.company_ids:
            return self.env._("%(user)s has no access to %(company)s", user=user.name, company=company.name)
        return False
