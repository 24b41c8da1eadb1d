import secrets
from datetime import date, datetime, time, timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, mute_logger

from odoo.addons.paydox_edms.tools.arguments import to_id

from .paydox_external_review import OPEN_STATES

DEFAULT_DAYS = 14
MAX_DAYS = 365


class PaydoxDocument(models.Model):
    """Approval with the counterparty: one version goes out by a link, the answer comes back."""

    _inherit = "paydox.document"

    external_review_ids = fields.One2many(
        comodel_name="paydox.external.review", inverse_name="document_id", readonly=True, copy=False
    )
    can_send_external = fields.Boolean(compute="_compute_can_send_external")

    # === COMPUTE METHODS === #

    @api.depends("state", "version_count")
    @api.depends_context("uid")
    def _compute_can_send_external(self):
        editable = self.filtered("id")._filtered_access("write")
        for document in self:
            open_state = document.state != "cancelled" and document.version_count
            document.can_send_external = bool(open_state and document in editable)

    # === ACTIONS === #

    def action_send_external(self, partner, deadline=None):
        """Send the actual version to a counterparty, who agrees or writes remarks by a link.

        :param partner: a ``res.partner`` record or its id; the link goes to his e-mail
        :param deadline: the last day to answer, a date or ``YYYY-MM-DD``; in 14 days by default
        :return: the ``paydox.external.review``
        """
        self.ensure_one()
        self.check_access("write")
        partner = self._find_external_partner(partner)
        version = self.current_version_id
        if self.state == "cancelled" or not version:
            raise UserError(
                self.env._("%(document)s has no file to send, or it is cancelled.", document=self.display_name)
            )
        return self._send_external(partner, self._get_external_expiry(deadline), {"requested_by_id": self.env.uid})

    def action_open_send_external(self):
        """Open the window that asks to whom."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to a Counterparty"),
            "res_model": "paydox.document.send.external",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_document_id": self.id, "default_partner_id": self.partner_id.id},
        }

    # === BUSINESS METHODS === #

    def _send_external(self, partner, expires_at, vals):
        """Send the actual version by a link; who may do so was checked by the caller.

        :param dict vals: who asks, and what the link belongs to
        :return: the ``paydox.external.review``, as the current user
        """
        self.ensure_one()
        version = self.current_version_id
        token = secrets.token_urlsafe(32)
        # sudo: the rows are written by the verbs only
        reviews_sudo = self.env["paydox.external.review"].sudo()
        vals = {
            "document_id": self.id,
            "version_id": version.id,
            "partner_id": partner.id,
            "email": email_normalize(partner.email),
            "expires_at": expires_at,
            "token_hash": reviews_sudo._hash_token(token),
        } | vals
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                review_sudo = reviews_sudo.create(vals)
        except UniqueViolation as error:
            raise UserError(
                self.env._(
                    "%(document)s already waits for the answer of %(partner)s. Revoke that link before you send another.",
                    document=self.display_name,
                    partner=partner.name,
                )
            ) from error
        url = f"{self.get_base_url()}/paydox/review/{token}"
        subject = self.env._("For your approval: %(filename)s", filename=version.filename)
        review_sudo._send_mail("paydox_edms.external_review_mail", subject, url=url)
        text = self.env._(
            "Version %(number)s sent to %(partner)s (%(email)s) for approval.",
            number=version.number,
            partner=partner.name,
            email=review_sudo.email,
        )
        # sudo: the log belongs to the verb, also when the card is locked
        self.sudo()._message_log(body=text, author_id=self.env.user.partner_id.id)
        return review_sudo.sudo(self.env.su)

    def add_version(self, filename, content, comment=None):
        version = super().add_version(filename, content, comment)
        self._revoke_external()
        return version

    # === HELPERS === #

    def _transition_to(self, state, reason=None):
        result = super()._transition_to(state, reason)
        if state in ("draft", "cancelled"):
            self._revoke_external()
        return result

    def _revoke_external(self):
        """Links to a version that is no longer offered are of no use."""
        # sudo: the rows are written by the verbs only
        reviews_sudo = self.env["paydox.external.review"].sudo()
        reviews_sudo.search([("document_id", "in", self.ids), ("state", "in", OPEN_STATES)])._revoke()

    def _find_external_partner(self, partner):
        found = self.env["res.partner"].browse(to_id(partner) or []).exists()
        if not found:
            raise UserError(self.env._("Choose the counterparty to whom the document is sent."))
        found.check_access("read")
        if not email_normalize(found.email):
            raise UserError(
                self.env._("%(partner)s has no usable e-mail. Fill it in on the card first.", partner=found.name)
            )
        return found

    @api.model
    def _get_external_expiry(self, deadline):
        """The end of the last day to answer."""
        today = fields.Date.context_today(self)
        try:
            day = fields.Date.to_date(deadline) if deadline else today + timedelta(days=DEFAULT_DAYS)
        except (ValueError, TypeError):
            day = None
        if not isinstance(day, date) or not today <= day <= today + timedelta(days=MAX_DAYS):
            raise UserError(self.env._("Choose a day from today on, within a year, until which the answer is awaited."))
        return datetime.combine(day, time(23, 59, 59))


class PaydoxEvent(models.Model):
    _inherit = "paydox.event"

    @api.model
    def _get_event_names(self):
        names = {
            "document.external_agreed": self.env._("Counterparty agreed with the document"),
            "document.external_remarks": self.env._("Counterparty has remarks on the document"),
        }
        return super()._get_event_names() + list(names.items())
