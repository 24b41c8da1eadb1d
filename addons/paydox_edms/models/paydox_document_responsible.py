from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text

from .paydox_instruction import WORKING_STATES

MAX_REASON = 1000


class PaydoxDocument(models.Model):
    """Who answers for a document is handed over: both are told, and what is open goes along on demand."""

    _inherit = "paydox.document"

    # === CRUD METHODS === #

    def write(self, vals):
        if "responsible_id" not in vals:
            return super().write(vals)
        if not vals["responsible_id"] and not self.env.su and self.responsible_id:
            raise UserError(
                self.env._(
                    "Somebody answers for each document. Choose who takes it over instead of removing the person."
                )
            )
        before = [(document, document.responsible_id, document.name) for document in self]
        result = super().write(vals)
        for document, former, name in before:
            if document.responsible_id != former:
                document._tell_of_responsible(former, name)
        return result

    # === ACTIONS === #

    def action_open_hand_over(self):
        """Open the window that asks who takes the documents over, and what goes along."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "paydox.document.hand.over",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_document_ids": self.ids},
        }

    def action_hand_over(self, user, with_work=False, reason=None):
        """Make somebody else responsible.

        :param user: the new responsible person, a ``res.users`` or its id
        :param bool with_work: whether what the former one has still to do about the documents goes along
        :param str reason: why, for the chatter
        """
        self.check_access("write")
        user, reason = self.env["paydox.instruction"]._find_user(to_id(user)), to_text(reason, MAX_REASON)
        former = {document: document.responsible_id for document in self}
        self.write({"responsible_id": user.id})
        for document, person in former.items():
            if with_work is True and person and person != user:
                document._hand_over_work(person, user, reason or None)
            if reason:
                document.message_post(
                    body=self.env._("Handed over to %(user)s: %(reason)s", user=user.name, reason=reason)
                )
        return True

    # === BUSINESS METHODS === #

    def _get_open_work(self, person):
        """``(instructions, activities, control points)`` that the person has still to do about the documents, as superuser."""
        # sudo: who hands a document over hands over all that is open, whoever gave it
        about = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        instructions_sudo = (
            self.env["paydox.instruction"]
            .sudo()
            .search(about & Domain("executor_id", "=", person.id) & Domain("state", "in", WORKING_STATES))
        )
        # Those that the system made stand for decisions, which are delegated and not handed over.
        by_hand = Domain("user_id", "=", person.id) & Domain("automated", "=", False)
        activities_sudo = self.env["mail.activity"].sudo().search(about & by_hand)
        points_sudo = self.sudo().control_point_ids.filtered(
            lambda point: point.state == "planned" and point.responsible_id == person
        )
        return instructions_sudo, activities_sudo, points_sudo

    def _hand_over_work(self, person, user, reason):
        instructions_sudo, activities_sudo, points_sudo = self._get_open_work(person)
        instructions_sudo._reassign(user, reason)
        text = self.env._("It was given to %(user)s.", user=user.sudo().name)
        instructions_sudo._note_many("reassigned", [(row, row.author_id) for row in instructions_sudo], text)
        activities_sudo.write({"user_id": user.id})
        if points_sudo:
            points_sudo.write({"responsible_id": user.id})

    def _tell_of_responsible(self, former, name):
        """Tell who answers for it from now on, and who did; each in his language, nobody of what he did himself."""
        # sudo: the former one may lose the document with it; he is told the name that he knew
        document_sudo = self.sudo()
        person = document_sudo.responsible_id
        for user in (person | former.sudo()).filtered("active") - self.env.user:
            env = self.with_context(lang=user.lang).env
            text = (
                env._(
                    "You answer for this document now. It was handed over by %(user)s.", user=self.env.user.sudo().name
                )
                if user == person
                else env._("%(user)s answers for this document now.", user=person.name)
                if person
                else env._("You do not answer for this document any more.")
            )
            document_sudo.with_context(lang=user.lang).message_notify(
                partner_ids=user.partner_id.ids, subject=name, body=text
            )
