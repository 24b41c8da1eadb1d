import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize
from odoo.tools.misc import consteq, hmac

from odoo.addons.paydox_edms.tools.locking import lock_rows

# How long a visitor reads what became of his request after it was closed.
DAYS_AFTER_CLOSING = 180
_VISITOR_FIELDS = frozenset(
    (
        "visitor_name",
        "visitor_email",
        "visitor_phone",
        "visitor_lang",
        "visitor_confirmed_at",
        "visitor_secret",
        "visitor_digest",
    )
)


class PaydoxCase(models.Model):
    """A visitor of the website who filed a case without a login, and his link.

    Whoever types an address does not prove that it is his. So the number is told at once, everything else only to who
    opens the link from his mailbox and confirms there; until then the case is bound to no counterparty.
    """

    _inherit = "paydox.case"

    visitor_name = fields.Char(string="Visitor", readonly=True, copy=False)
    visitor_email = fields.Char(string="E-mail of the Visitor", readonly=True, copy=False, index="btree_not_null")
    visitor_phone = fields.Char(string="Phone of the Visitor", readonly=True, copy=False)
    visitor_lang = fields.Char(readonly=True, copy=False)
    visitor_confirmed_at = fields.Datetime(
        string="Address Confirmed On",
        readonly=True,
        copy=False,
        help="The visitor opened the link that was sent to him and confirmed that he filed the case. Before, anybody "
        "may have typed the address, and the case is bound to no counterparty.",
    )
    visitor_secret = fields.Char(readonly=True, copy=False, groups="base.group_system")
    visitor_digest = fields.Char(
        readonly=True, copy=False, groups="base.group_system", help="Tells what was sent twice from another request."
    )

    # === CRUD METHODS === #

    @api.model
    def _get_engine_fields(self):
        return super()._get_engine_fields() | _VISITOR_FIELDS

    @api.model
    def _check_engine_fields(self, vals):
        if vals.keys() & _VISITOR_FIELDS:
            raise AccessError(
                self.env._(
                    "What a visitor of the website said about himself stays as he sent it. Write it into “How to Reach”."
                )
            )
        return super()._check_engine_fields(vals)

    # === BUSINESS METHODS === #

    def _confirm_visitor(self):
        """The visitor came by his link and says that the case is his; bind it to his card, if there is one."""
        self.ensure_one()
        if self.visitor_confirmed_at:
            return
        lock_rows(self)
        # The visitor has no login: the system writes.
        case = self.with_user(SUPERUSER_ID)
        vals = {"visitor_confirmed_at": fields.Datetime.now()}
        contact = case._find_visitor_contact()
        if contact and not case.partner_id and not case.contact_id:
            vals |= {
                "contact_id": contact.id,
                "partner_id": contact.commercial_partner_id.id,
                "is_anonymous": False,
            }
        case.write(vals)
        case._message_log(
            body=self.env._("The visitor confirmed his e-mail address: %(email)s", email=case.visitor_email)
        )

    def _find_visitor_contact(self):
        """The one card with the confirmed address; a phone that was only typed proves nothing."""
        partners = self.env["res.partner"].with_company(self.company_id)
        contact = partners._find_counterparty(email=self.visitor_email, phone=self.visitor_phone)
        return contact if self._is_visitor(contact) else contact.browse()

    # === LINK === #

    @api.model
    def _sign_visitor_text(self, scope, text):
        # sudo: the secret of the database is a system parameter
        return hmac(self.env(su=True), scope, text)

    @api.model
    def _make_visitor_secret(self):
        return secrets.token_urlsafe(24)

    def _sign_visitor_link(self):
        self.ensure_one()
        # sudo: the secret is for the system only
        return self._sign_visitor_text(
            "paydox_website.visitor_link", (self.id, self.visitor_email, self.sudo().visitor_secret)
        )

    def _get_visitor_path(self):
        self.ensure_one()
        return f"/service/follow/{self.id}/{self._sign_visitor_link()}"

    @api.model
    def _find_by_visitor_link(self, case_id, signature):
        """The case of the link, as superuser; empty when the link does not open it (any more)."""
        # sudo: a visitor has no right on cases; the signature is looked at before anything is shown
        case_sudo = self.sudo().browse(case_id).exists()
        if not case_sudo.visitor_secret or not isinstance(signature, str):
            return self.sudo().browse()
        is_own = consteq(case_sudo._sign_visitor_link().encode(), signature.encode("utf-8", "replace"))
        return case_sudo if is_own and case_sudo._is_visitor_welcome() else self.sudo().browse()

    def _is_visitor_welcome(self):
        """Whether the link still opens the case."""
        self.ensure_one()
        if not self.active:
            return False
        # Given to another person meanwhile, it is a matter of that person.
        if self.contact_id and not self._is_visitor(self.contact_id):
            return False
        until = self.closed_at and self.closed_at + timedelta(days=DAYS_AFTER_CLOSING)
        return not until or fields.Datetime.now() <= until

    def _is_visitor(self, contact):
        """Whether the card is that of the visitor, by its address."""
        email = email_normalize(self.visitor_email or "")
        return bool(contact and email and email_normalize(contact.email or "") == email)

    # === HELPERS === #

    def _has_client(self):
        return super()._has_client() or bool(self.visitor_email and self._is_visitor_welcome())

    def _get_client_phone(self):
        return super()._get_client_phone() or self.visitor_phone

    def _waits_for_outside(self):
        return super()._waits_for_outside() or bool(self.visitor_email)
