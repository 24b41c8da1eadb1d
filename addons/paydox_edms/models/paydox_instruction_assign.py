from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

QUIET = {"mail_create_nolog": True, "mail_create_nosubscribe": True, "tracking_disable": True, "mail_notrack": True}


class PaydoxInstruction(models.Model):
    """Giving: by a person, by the head who confirms what was prepared for him, and in batches by the engine of cases."""

    _inherit = "paydox.instruction"

    is_to_confirm = fields.Boolean(
        string="Waits for Confirmation",
        readonly=True,
        copy=False,
        help="Prepared for the author, who has to confirm it.",
    )

    # === ACTIONS === #

    def action_assign(self):
        """Give it. What was prepared in the name of somebody else goes to that person to be confirmed."""
        self.check_access("write")
        lock_rows(self)
        me = self.env.user.document_principal_ids
        # sudo: the course is written by the verbs only
        for instruction in self.sudo():
            if instruction.state != "draft":
                raise UserError(instruction._get_stale_text())
        self._appoint_first()
        mine = self.filtered(lambda instruction: instruction.author_id in me)
        (self - mine)._ask_to_confirm()
        mine._assign()
        return True

    def action_confirm_resolution(self):
        """Confirm what was prepared in one's name: it is given now."""
        records, _for_users = self._claim(("draft",), lambda instruction: instruction.author_id)
        if others := records.filtered(lambda instruction: not instruction.is_to_confirm):
            raise UserError(self.env._("“%(instruction)s” does not wait to be confirmed.", instruction=others[0].name))
        self._assign()
        return True

    # === BUSINESS METHODS === #

    def _appoint_first(self):
        """Where several are named and nobody answers for the whole, the first of them does."""
        for instruction in self.filtered(lambda row: not row.executor_id and not row.candidate_ids):
            if first := instruction.co_executor_ids[:1]:
                user, deadline = first.user_id, first.deadline
                first.unlink()
                instruction.write({"executor_id": user.id, "deadline": instruction.deadline or deadline})

    def _ask_to_confirm(self):
        for instruction in self:
            instruction._check_assignable()
        # sudo: the course is written by the verbs only
        self.sudo().write({"is_to_confirm": True})
        for instruction in self.sudo():
            instruction._note(
                "to_confirm",
                instruction.author_id,
                self.env._("%(user)s prepared it for you: confirm it or change it.", user=self.env.user.name),
            )
        self._sync_turns()

    def _assign(self):
        """The drafts are given, by the current user as their author."""
        if not self:
            return
        self._fill_terms()
        for instruction in self:
            instruction._check_assignable()
            instruction._check_scope(instruction._get_people_asked())
        self._admit_people()
        self.sudo()._give()

    def _give(self, action="assign"):
        """As superuser: the state, the parts of the co-executors, the lists of work, the notices."""
        self.co_executor_ids.filtered(lambda line: line.state == "waiting").write({"state": "assigned"})
        self._go(action, "assigned", {"assigned_at": fields.Datetime.now(), "is_to_confirm": False})
        self._note_many("assigned", [(instruction, instruction._get_people_told()) for instruction in self])

    @api.model
    def _assign_many(self, vals_list):
        """Create and give instructions in one batch, in the name of the authors in the values. For engines, not for people.

        :param list vals_list: values of instructions; ``author_id`` and ``executor_id`` or ``candidate_ids`` in each
        :return: the instructions, as superuser
        """
        # sudo: an engine gives them, in the name of people who are not there
        instructions = (
            self.sudo()
            .with_context(**QUIET)
            .create([{"prepared_by_id": vals.get("author_id", self.env.uid)} | vals for vals in vals_list])
        )
        instructions._fill_terms()
        for instruction in instructions:
            instruction._check_assignable(is_engine=True)
        instructions._admit_people(is_engine=True)
        instructions._give()
        return instructions

    def _get_people_asked(self):
        """Everybody who has to do something."""
        self.ensure_one()
        people = self.executor_id or self.candidate_ids
        return people | self.co_executor_ids.user_id

    def _get_people_told(self):
        return self._get_people_asked() | self.controller_id

    # === CHECKS === #

    def _check_assignable(self, is_engine=False):
        """Refuse what nobody could do, saying what is missing."""
        self.ensure_one()
        if obstacle := self._get_assign_obstacle():
            raise UserError(
                self.env._("“%(instruction)s” cannot be given: %(obstacle)s", instruction=self.name, obstacle=obstacle)
            )

    def _get_assign_obstacle(self):
        self.ensure_one()
        # sudo: colleagues are looked at, nothing of them is shown but their names
        instruction_sudo = self.sudo().with_context(active_test=False)
        if not instruction_sudo.executor_id and not instruction_sudo.candidate_ids:
            return self.env._("it has no executor. Choose one, or a group of whom one takes it.")
        people_sudo = instruction_sudo._get_people_asked() | instruction_sudo.controller_id
        if gone := people_sudo.filtered(lambda user: not user.active):
            return self.env._(
                "%(users)s do not work here any more. Choose others.", users=", ".join(gone.mapped("name"))
            )
        now = fields.Datetime.now()
        if self.deadline and self.deadline < now:
            return self.env._("its term is over already. Choose a later one.")
        if late := instruction_sudo.co_executor_ids.filtered(lambda line: line.deadline and line.deadline < now):
            return self.env._("the term of %(user)s is over already.", user=late[0].user_id.name)
        if self.kind == "meeting" and not (self.start and self.stop):
            return self.env._("a meeting needs its beginning and its end.")
        if self.kind == "reminder" and not self.remind_at:
            return self.env._("a reminder needs the time of reminding.")
        if self.kind in ("meeting", "reminder") and (self.start or self.remind_at) < now:
            return self.env._("its time is over already. Choose a later one.")
        return False
