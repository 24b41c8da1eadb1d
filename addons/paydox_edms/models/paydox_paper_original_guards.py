from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text

from .paydox_paper_original import MAX_TEXT, OUT_STATES


class PaydoxPaperOriginal(models.Model):
    """Who may handle a paper, and what its verbs may be called with."""

    _inherit = "paydox.paper.original"

    # === GUARDS === #

    def _check_archivist(self):
        self.check_access("read")
        if not self.env.user.has_group("paydox_edms.paydox_edms_group_archivist"):
            raise AccessError(
                self.env._("Papers are given out and taken back by archivists and clerks. Ask one of them.")
            )

    def _check_reader(self, user_id):
        """What is written on a paper is the document: who may not read the one does not get the other."""
        # sudo: the keeper of a paper need not be able to read its document; the question is about the colleague
        documents_sudo = self.sudo().document_id
        user = self.env["res.users"].browse(user_id)
        hidden = documents_sudo - documents_sudo._filter_readable_by(user)
        if hidden:
            raise UserError(
                self.env._(
                    "%(user)s may not read the document of %(paper)s, so the paper is not given to them. "
                    "Its author can let them in on the page “Access” of the document.",
                    user=user.name,
                    paper=self.filtered(lambda original: original.document_id.id in hidden.ids)[0].display_name,
                )
            )

    def _get_state_message(self):
        """Why nothing of the kind can be done with the paper now, and what to do first."""
        self.ensure_one()
        paper = self.display_name
        if self.state in OUT_STATES:
            # sudo: the name of who has the paper, whoever he is
            holder = self.sudo().holder_id.display_name
            if not self.date_due:
                return self.env._("%(paper)s is with %(holder)s. Take it back first.", paper=paper, holder=holder)
            return self.env._(
                "%(paper)s is held by %(holder)s until %(date)s. Take it back first.",
                paper=paper,
                holder=holder,
                date=format_date(self.env, self.date_due),
            )
        messages = {
            "expected": self.env._("%(paper)s has not come yet. Receive it first.", paper=paper),
            "stored": self.env._(
                "%(paper)s is not given out: it lies in %(place)s.", paper=paper, place=self.place_id.complete_name
            ),
            "lost": self.env._("%(paper)s is lost. If it turned up, report that it was found.", paper=paper),
            "destroyed": self.env._("%(paper)s was destroyed. Add another copy if there is one.", paper=paper),
        }
        return messages[self.state]

    # === ARGUMENTS === #

    def _get_place(self, place):
        found = self.env["paydox.paper.place"].search([("id", "=", to_id(place))])
        if not found or self.company_id - found.company_id:
            raise UserError(self.env._("Choose a storage place of the company of the document."))
        return found

    def _get_holder(self, holder):
        found = self.env["res.users"].search([("id", "=", to_id(holder)), ("share", "=", False)])
        # sudo: the companies of a colleague are asked only whether the paper may go to him
        if not found or self.company_id - found.sudo().company_ids:
            raise UserError(self.env._("Choose an active colleague of the company of the document."))
        return found

    def _get_partner(self, partner):
        found = self.env["res.partner"].search([("id", "=", to_id(partner))])
        if not found or self.company_id - (found.company_id or self.company_id):
            raise UserError(self.env._("Choose the counterparty to whom the paper goes."))
        # sudo: whether there is a colleague behind the partner; his right to read is checked when it is given out
        if found.sudo().user_ids.filtered(lambda user: not user.share):
            raise UserError(
                self.env._("%(partner)s is a colleague. Give the paper out instead of sending it.", partner=found.name)
            )
        return found

    @api.model
    def _get_due(self, value, required=True):
        if not value and not required:
            return False
        try:
            date_due = fields.Date.to_date(value)
        except (TypeError, ValueError):
            date_due = None
        if not date_due:
            raise UserError(self.env._("Say by which day the paper is to be returned."))
        if date_due < fields.Date.context_today(self):
            raise UserError(self.env._("The day of return has already passed. Choose a later one."))
        return date_due

    @api.model
    def _require_note(self, note):
        text = to_text(note, MAX_TEXT)
        if not text:
            raise UserError(self.env._("Write a note: the trail must say what happened."))
        return text
