from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.arguments import to_text
from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_paper_original import MAX_TEXT, OUT_STATES

# For each verb: the states from which it may be used, and the state after it (None: the same).
_TRANSITIONS = {
    "receive": ({"expected"}, "stored"),
    "issue": ({"stored"}, "issued"),
    "send": ({"expected", "stored"}, "sent"),
    "return": ({"issued", "sent"}, "stored"),
    "move": ({"stored"}, "stored"),
    "extend": ({"issued", "sent"}, None),
    "lose": ({"stored", "issued", "sent"}, "lost"),
    "find": ({"lost"}, "stored"),
    "destroy": ({"stored"}, "destroyed"),
}
_NOBODY = {
    "holder_id": False,
    "holder_user_id": False,
    "issued_at": False,
    "issued_by_id": False,
    "issued_where": False,
    "date_due": False,
}


class PaydoxPaperOriginal(models.Model):
    """The verbs: all that can happen to a paper. Each takes a batch, locks it, and adds a line to each trail.

    A place, a colleague or a partner is given as a record or as its id, a day as a date or as text.
    """

    _inherit = "paydox.paper.original"

    # === ACTIONS === #

    def action_receive(self, place, where=None, note=None):
        """Put papers that were expected into a place.

        :param place: ``paydox.paper.place`` or its id
        :param str where: where they were handed over
        """
        place = self._get_place(place)
        now = fields.Datetime.now()
        return self._handle("receive", {"place_id": place.id, "received_at": now}, where, note)

    def action_issue(self, holder, date_due, where=None, note=None):
        """Give papers out to a colleague.

        :param holder: ``res.users`` or its id
        :param date_due: the day by which they come back
        """
        holder = self._get_holder(holder)
        vals = self._prepare_given_values(holder.partner_id, self._get_due(date_due), where)
        return self._handle("issue", vals | {"holder_user_id": holder.id}, where, note)

    def action_send(self, partner, date_due=None, where=None, note=None):
        """Send papers to a counterparty or to somebody else outside.

        :param partner: ``res.partner`` or its id
        :param date_due: the day by which they come back; without it they are the partner's to keep
        """
        partner = self._get_partner(partner)
        return self._handle(
            "send", self._prepare_given_values(partner, self._get_due(date_due, False), where), where, note
        )

    def action_return(self, place=None, where=None, note=None):
        """Take papers back.

        :param place: where they are put; without it each goes to the place where it belongs
        """
        if place:
            return self._handle("return", {"place_id": self._get_place(place).id}, where, note)
        for home, originals in self.grouped("place_id").items():
            originals._handle("return", {"place_id": home.id}, where, note)
        return True

    def action_move(self, place, note=None):
        """Move papers that are in store to another place."""
        return self._handle("move", {"place_id": self._get_place(place).id}, None, note)

    def action_extend(self, date_due, note=None):
        """Let those who have the papers keep them until another day."""
        return self._handle("extend", {"date_due": self._get_due(date_due), "reminder_level": 0}, None, note)

    def action_report_lost(self, note):
        """Record that papers cannot be found, saying what is known."""
        return self._handle("lose", {}, None, self._require_note(note))

    def action_report_found(self, place, note=None):
        """Put papers that were lost back into a place."""
        return self._handle("find", {"place_id": self._get_place(place).id}, None, note)

    def action_destroy(self, note):
        """Record that papers were destroyed, naming the act or the reason."""
        return self._handle("destroy", {"place_id": False}, None, self._require_note(note))

    # === BUSINESS METHODS === #

    def _handle(self, action, vals, where, note):
        """The only way a paper moves: who may, what stands, the new facts, one line in each trail."""
        self._check_archivist()
        lock_rows(self)
        states, state = _TRANSITIONS[action]
        for original in self:
            if original.state not in states:
                raise UserError(original._get_state_message())
        if action == "issue":
            self._check_reader(vals["holder_user_id"])
        if state not in (*OUT_STATES, None):
            vals = _NOBODY | vals
        if state == "stored" and not vals["place_id"]:
            raise UserError(self.env._("Say to which place the paper goes."))
        # sudo: facts and trail are written by the verbs only
        originals_sudo = self.sudo()
        trail = [
            original._prepare_movement(action, to_text(where, MAX_TEXT), to_text(note, MAX_TEXT))
            for original in originals_sudo
        ]
        originals_sudo.activity_unlink(["paydox_edms.mail_activity_type_return"])
        originals_sudo.write(vals | {"state": state} if state else vals)
        for line, original in zip(trail, originals_sudo, strict=True):
            line |= original._prepare_movement_outcome()
        self.env["paydox.paper.movement"].sudo().create(trail)
        return True

    def _prepare_given_values(self, partner, date_due, where):
        return {
            "holder_id": partner.id,
            "holder_user_id": False,
            "issued_at": fields.Datetime.now(),
            "issued_by_id": self.env.uid,
            "issued_where": to_text(where, MAX_TEXT),
            "date_due": date_due,
            "reminder_level": 0,
        }

    def _prepare_movement(self, action, where, note):
        self.ensure_one()
        is_here = self.state == "stored"
        return {
            "original_id": self.id,
            "document_id": self.document_id.id,
            "company_id": self.company_id.id,
            "action": action,
            "user_id": self.env.uid,
            "where": where,
            "note": note,
            "from_place_id": is_here and self.place_id.id,
            "from_path": is_here and self.place_id.complete_name,
            "from_holder_id": self.holder_id.id,
        }

    def _prepare_movement_outcome(self):
        self.ensure_one()
        is_here = self.state == "stored"
        return {
            "to_place_id": is_here and self.place_id.id,
            "to_path": is_here and self.place_id.complete_name,
            "to_holder_id": self.holder_id.id,
            "date_due": self.date_due,
        }
