from odoo import models
from odoo.fields import Domain


class PaydoxInstruction(models.Model):
    """Those who take part follow the discussion, and only they: who declined or was replaced does not."""

    _inherit = "paydox.instruction"

    # === BUSINESS METHODS === #

    def _go(self, action, state, vals=None, comment=None, for_users=None):
        result = super()._go(action, state, vals, comment, for_users)
        if action in ("assign", "take", "decline", "reassign", "remove_control"):
            self._sync_followers()
        return result

    def _sync_followers(self):
        """Two queries to look, one statement each for who comes and who goes."""
        # sudo: who follows is kept by the verbs
        followers_sudo = self.env["mail.followers"].sudo()
        wanted = {}
        for instruction in self.sudo():
            people = instruction.author_id | instruction.prepared_by_id
            if instruction.state != "draft":
                people |= instruction._get_people_told()
            for partner in people.filtered("active").partner_id:
                wanted[instruction.id, partner.id] = True
        about = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        gone_sudo = followers_sudo
        for follower in followers_sudo.search(about):
            is_wanted = wanted.pop((follower.res_id, follower.partner_id.id), False)
            # Outsiders were added on purpose.
            if not is_wanted and follower.partner_id.user_ids.filtered(lambda user: not user.share):
                gone_sudo |= follower
        gone_sudo.unlink()
        subtype_ids = self.env["mail.message.subtype"].default_subtypes(self._name)[0].ids
        followers_sudo.create(
            [
                {"res_model": self._name, "res_id": res_id, "partner_id": partner_id, "subtype_ids": subtype_ids}
                for res_id, partner_id in wanted
            ]
        )
