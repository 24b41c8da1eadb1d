from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .paydox_instruction import WORKING_STATES


class PaydoxInstruction(models.Model):
    """Who does it: reassigned by those who answer for it, divided by its executor, admitted to what it is about."""

    _inherit = "paydox.instruction"

    parent_id = fields.Many2one(
        comodel_name="paydox.instruction",
        string="Part of",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The instruction that it helps to carry out.",
    )
    child_ids = fields.One2many(comodel_name="paydox.instruction", inverse_name="parent_id", string="Parts")
    permission_ids = fields.Many2many(
        comodel_name="paydox.document.permission",
        relation="paydox_instruction_permission_rel",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="What was opened to the people for as long as they work on it.",
    )

    # === ACTIONS === #

    def action_reassign(self, user, reason=None):
        """Give it to another executor. For the author and for the head of the present executor.

        :param user: the new executor, a ``res.users`` or its id
        """
        self.check_access("read")
        self._lock()
        user, reason = self._find_user(user), self._clean_text(reason)
        for instruction in self:
            instruction._check_reassignable(user)
        self._check_scope(user)
        self._reassign(user, reason)
        return True

    def action_new_child(self):
        """Begin an instruction that carries out a part of this one; for its executor."""
        self.ensure_one()
        records, _for_users = self._claim(WORKING_STATES, lambda instruction: instruction.executor_id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Part of “%(instruction)s”", instruction=self.name),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_parent_id": records.id,
                "default_name": self.name,
                "default_res_model": self.res_model,
                "default_res_id": self.res_id,
                "default_deadline": fields.Datetime.to_string(self.deadline) if self.deadline else False,
                "default_controller_id": self.env.uid,
            },
        }

    # === BUSINESS METHODS === #

    def _check_reassignable(self, user):
        """By whom, to whom, and in which state."""
        self.ensure_one()
        me, headed = self.env.user.document_principal_ids, self.env.user.document_subordinate_ids
        # sudo: whom it was offered to may be known to the head by name only
        heads = (self.sudo().executor_id or self.sudo().candidate_ids) & headed
        if not heads and self.author_id not in me:
            raise AccessError(
                self.env._(
                    "“%(instruction)s” is reassigned by its author or by the head of its executor.",
                    instruction=self.name,
                )
            )
        if heads and self.author_id not in me and user not in (self.env.user | headed):
            raise AccessError(self.env._("%(user)s does not work in your department.", user=user.sudo().name))
        if self.state not in WORKING_STATES:
            raise UserError(self._get_stale_text())

    def _reassign(self, user, reason=None):
        """As the engine: another executor; who worked on it until now is told."""
        # sudo: the course is written by the verbs only
        instructions_sudo = self.sudo()
        former = [(row, row._get_workers() - row.co_executor_ids.user_id - user) for row in instructions_sudo]
        instructions_sudo._drop_extensions()
        # Who answers for the whole has no open part of his own; what he reported before stays.
        own_parts = instructions_sudo.co_executor_ids.filtered(lambda line: line.user_id == user)
        own_parts.filtered(lambda line: line.state != "reported").unlink()
        instructions_sudo._go("reassign", None, {"executor_id": user.id}, reason)
        instructions_sudo._admit_people(is_engine=True)
        text = self.env._("It was given to %(user)s.", user=user.sudo().name)
        instructions_sudo._note_many("reassigned", former, text)
        instructions_sudo._note_many("assigned", [(row, user) for row in instructions_sudo])

    def _admit_people(self, is_engine=False):
        """Who has to work on a document reads it, for as long as he works on it, if the author may let him."""
        for instruction in self.filtered(lambda row: row.res_model == "paydox.document"):
            document = instruction._get_subject()
            # sudo: colleagues are looked up, nothing of them is shown
            people_sudo = instruction.sudo()._get_people_told()
            blind = people_sudo.filtered(lambda user, document=document: not document._filter_readable_by(user))
            if not blind:
                continue
            if not is_engine and not document.has_access("write"):
                raise AccessError(
                    self.env._(
                        "%(users)s may not read %(document)s, and you cannot let them. Ask its responsible person.",
                        users=", ".join(blind.mapped("name")),
                        document=document.display_name,
                    )
                )
            # sudo: the right follows from the instruction, not from the list of permissions
            instruction.sudo().permission_ids += (
                self.env["paydox.document.permission"]
                .sudo()
                .create([{"document_id": document.id, "user_id": user.id, "level": "read"} for user in blind])
            )

    def _release_subjects(self):
        # sudo: the right ends with the work
        self.sudo().permission_ids.exists().unlink()
