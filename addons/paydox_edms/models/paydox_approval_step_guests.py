import json
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from .paydox_approval_step_people import MAX_REASON
from .paydox_vote_guest import OPEN_STATES

MAX_GUESTS = 200


class PaydoxApprovalStep(models.Model):
    """Voters outside: invited by a link, counted for the quorum and the result as all others."""

    _inherit = "paydox.approval.step"

    guest_ids = fields.One2many(
        comodel_name="paydox.vote.guest", inverse_name="step_id", string="Voters Outside", readonly=True
    )

    # === COMPUTE METHODS === #

    @api.depends("guest_ids.state", "attempt")
    def _compute_people_counts(self):
        result = super()._compute_people_counts()
        votes = self.filtered(lambda step: step.kind == "vote")
        # sudo: who may read the step may know how many answered
        for step_sudo, step in zip(votes.sudo(), votes, strict=True):
            guests_sudo = step_sudo._get_current_guests()
            if guests_sudo:
                states = guests_sudo.mapped("state")
                step.people_count += len(states)
                step.done_count += states.count("voted")
                step.left_count += states.count("sent") + states.count("opened")
                step.done_percent = 100 * step.done_count / step.people_count
        return result

    # === ACTIONS === #

    def action_invite_guests(self, partners):
        """Invite people outside to the running vote; who is invited already is passed over.

        :param partners: records or ids of ``res.partner`` with an e-mail
        """
        record = self._check_manageable()
        if self.kind != "vote" or self.counted_at:
            raise UserError(self.env._("The vote on %(record)s is closed.", record=record.display_name))
        found = self.env["res.partner"].search([("id", "in", record._clean_ids(partners))], limit=MAX_GUESTS + 1)
        if not found or len(found) > MAX_GUESTS:
            raise UserError(self.env._("Choose from 1 to %(count)s people outside.", count=MAX_GUESTS))
        for partner in found:
            # sudo: whether the person has a login is looked at, nothing of it is shown
            if any(not user.share for user in partner.sudo().user_ids):
                raise UserError(
                    self.env._("%(partner)s is a colleague. Choose him among the voters.", partner=partner.name)
                )
            if not email_normalize(partner.email):
                raise UserError(
                    self.env._("%(partner)s has no usable e-mail. Fill it in on the card first.", partner=partner.name)
                )
        self._check_one_vote_each(found)
        # sudo: rows of voters are written by the engine only; who may lead the vote was checked
        self.sudo()._invite_guests(found)
        return True

    def action_open_invite_guests(self):
        """Open the window that asks whom outside to invite."""
        self._check_manageable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invite Voters from Outside"),
            "res_model": "paydox.vote.invite",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_step_id": self.id},
        }

    def action_repeat_vote(self, deadline=None):
        action = super().action_repeat_vote(deadline)
        # sudo: as above; the former verb checked who may lead the vote
        guests_sudo = self.sudo()._get_current_guests()
        if guests_sudo:
            self.sudo().browse(action["res_id"])._invite_guests(guests_sudo.partner_id)
        return action

    # === BUSINESS METHODS === #

    def _invite_guests(self, partners):
        """As superuser: send each a link of his own."""
        self.ensure_one()
        guests = self.env["paydox.vote.guest"]
        new = partners - self._get_current_guests().partner_id
        tokens = [secrets.token_urlsafe(32) for _partner in new]
        created = guests.create(
            [
                {
                    "step_id": self.id,
                    "attempt": self.attempt,
                    "partner_id": partner.id,
                    "email": email_normalize(partner.email),
                    "requested_by_id": self.approval_id.requested_by_id.id,
                    "token_hash": guests._hash_token(token),
                }
                for partner, token in zip(new, tokens, strict=True)
            ]
        )
        for guest, token in zip(created, tokens, strict=True):
            url = f"{self.get_base_url()}/paydox/vote/{token}"
            subject = self.env._("Your vote is asked for: %(question)s", question=self.name)
            guest._send_mail("paydox_edms.vote_guest_mail", subject, url=url)
        if created:
            facts = json.dumps({"guests": created.ids})
            self.approval_id._append("guest_ask", step_id=self.id, details=facts)

    def _remove_guests(self, guests, reason):
        record = self._check_manageable()
        reason = record._clean_text(reason)
        # sudo: as above
        guests_sudo = (guests & self.guest_ids).sudo().filtered(lambda guest: guest.state in OPEN_STATES)
        if not guests_sudo:
            raise UserError(self.env._("These people are not on the sheet or have answered already. Refresh the page."))
        guests_sudo.write({"state": "removed", "comment": reason[:MAX_REASON], "code_hash": False})
        step_sudo = self.sudo()
        facts = json.dumps({"guests": guests_sudo.ids})
        step_sudo.approval_id._append("guest_remove", step_id=self.id, comment=reason[:MAX_REASON], details=facts)
        step_sudo._hand_over()

    def _evaluate(self):
        if self.kind == "vote" and not self.counted_at and self._get_open_guests():
            return False
        return super()._evaluate()

    def _count_votes(self):
        # Who has not voted is no longer asked; he was a voter all the same.
        self._get_open_guests().write({"state": "closed", "code_hash": False})
        return super()._count_votes()

    def _close(self, outcome):
        result = super()._close(outcome)
        for step in self.filtered(lambda step: step.kind == "vote"):
            step._get_open_guests().write({"state": "closed", "code_hash": False})
        return result

    # === HELPERS === #

    def _check_one_vote_each(self, partners):
        """The code goes to an address, so who reads one has one vote, whatever cards he has."""
        step_sudo = self.sudo()  # sudo: who votes is known to who leads the vote; the addresses are compared only
        taken = {email_normalize(user.email) for user in step_sudo.line_ids.user_id}
        guests_sudo = step_sudo._get_current_guests()
        taken.update(guests_sudo.mapped("email"))
        for partner in partners - guests_sudo.partner_id.sudo(False):
            email = email_normalize(partner.email)
            if email in taken:
                raise UserError(
                    self.env._(
                        "%(partner)s has the address %(email)s, by which somebody else votes already. Each voter needs an "
                        "address of his own.",
                        partner=partner.name,
                        email=email,
                    )
                )
            taken.add(email)

    def _get_current_guests(self):
        self.ensure_one()
        return self.guest_ids.filtered(lambda guest: guest.attempt == self.attempt and guest.state != "removed")

    def _get_open_guests(self):
        return self._get_current_guests().filtered(lambda guest: guest.state in OPEN_STATES)

    def _get_votes(self):
        votes = super()._get_votes()
        for step_sudo, counts in votes.items():
            for guest_sudo in step_sudo._get_current_guests():
                # Of a secret ballot no option is known: it is counted with the others.
                if guest_sudo.vote_option_id:
                    counts[guest_sudo.vote_option_id] += 1
        return votes

    def _get_protocol_values(self):
        return super()._get_protocol_values() | {"guests": self.sudo()._get_current_guests()}


class PaydoxApproval(models.Model):
    _inherit = "paydox.approval"

    # === BUSINESS METHODS === #

    def _close(self, state, reason=None):
        result = super()._close(state, reason)
        if votes := self.step_ids.filtered(lambda step: step.kind == "vote"):
            domain = Domain("step_id", "in", votes.ids) & Domain("state", "in", OPEN_STATES)
            self.env["paydox.vote.guest"].search(domain).write({"state": "closed", "code_hash": False})
        return result

    # === HELPERS === #

    def _find_broken_link(self):
        return super()._find_broken_link() or self._find_changed_guest()

    def _find_changed_guest(self):
        """Whether the voters outside and their votes are those of the chain."""
        guests = self.step_ids.guest_ids
        asked, voted, removed = set(), {}, set()
        for decision in self.decision_ids.filtered(lambda decision: decision.action in ("guest_ask", "guest_remove")):
            (asked if decision.action == "guest_ask" else removed).update(json.loads(decision.details)["guests"])
        for decision in self.decision_ids.filtered(lambda decision: decision.action == "guest_vote"):
            voted[json.loads(decision.details)["guest"]] = decision.details
        facts = {guest.id: json.dumps(guest._get_vote_facts(), sort_keys=True) for guest in guests}
        for guest in guests:
            is_told = voted.get(guest.id) == (facts[guest.id] if guest.state == "voted" else None)
            if guest.id not in asked or not is_told or (guest.id in removed) != (guest.state == "removed"):
                return self.env._("The vote of %(voter)s does not match the decisions.", voter=guest.partner_id.name)
        return asked != set(guests.ids) and self.env._("The people of the sheet are not those who were asked.")


class PaydoxApprovalDecision(models.Model):
    _inherit = "paydox.approval.decision"

    action = fields.Selection(
        selection_add=[
            ("guest_ask", "People outside invited"),
            ("guest_vote", "Voted outside"),
            ("guest_remove", "People outside released"),
        ],
        ondelete={"guest_ask": "cascade", "guest_vote": "cascade", "guest_remove": "cascade"},
    )
