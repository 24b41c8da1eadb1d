import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.misc import hmac

from odoo.addons.paydox_edms.tools.locking import lock_rows

SCOPE = "paydox_edms.external_code"
CODE_VALID = timedelta(minutes=15)
CODE_PAUSE = timedelta(minutes=1)
MAX_CODES = 10
MAX_ATTEMPTS = 5


class PaydoxExternalLink(models.AbstractModel):
    """A person outside who is asked by a link: who holds it reads; who proves by a code that it is his answers, once.

    All methods here run as superuser, called by the pages behind the link. Models that are asked so have the fields
    ``requested_by_id`` and ``company_id`` and say in ``_get_obstacle`` why a link takes no answer any more.
    """

    _name = "paydox.external.link"
    _description = "Link for a Person Outside"
    _inherit = ["paydox.protected"]

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Counterparty",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    email = fields.Char(required=True, readonly=True)
    opened_at = fields.Datetime(string="Opened On", readonly=True)
    proof = fields.Selection(
        selection=[("code", "Code from an e-mail"), ("login", "Portal login")],
        readonly=True,
        help="How the person proved that he is the one to whom the link was sent.",
    )
    # secrets: only their hashes are kept, and nobody reads them
    token_hash = fields.Char(required=True, readonly=True, groups=".", copy=False)
    code_hash = fields.Char(readonly=True, groups=".", copy=False)
    code_sent_at = fields.Datetime(readonly=True, groups=".", copy=False)
    code_count = fields.Integer(readonly=True, groups=".", copy=False)
    code_attempts = fields.Integer(readonly=True, groups=".", copy=False)

    _token_uniq = models.Constraint("UNIQUE(token_hash)", "This link already exists.")

    # === BUSINESS METHODS === #

    @api.model
    def _find_by_token(self, token):
        """The row of a link, whatever its state; empty when there is none."""
        if not isinstance(token, str) or not 20 < len(token) < 100:
            return self.browse()
        token_hash = self._hash_token(token)
        found = self.search([("token_hash", "=", token_hash)], limit=1)
        return found if found and consteq(found.token_hash, token_hash) else self.browse()

    def _lock(self):
        """Wait for others who answer at the same moment, and see what they did."""
        lock_rows(self)
        self.invalidate_recordset()

    def _register_opening(self):
        if self.state == "sent":
            self.write({"state": "opened", "opened_at": fields.Datetime.now()})

    def _send_code(self):
        """Send a new code to the address of the link; the former one is void."""
        self.ensure_one()
        lock_rows(self)
        self._check_open()
        now = fields.Datetime.now()
        if self.code_sent_at and self.code_sent_at > now - CODE_PAUSE:
            raise UserError(self.env._("A code was sent a moment ago. Wait a minute before you ask for another."))
        if self.code_count >= MAX_CODES:
            raise UserError(self.env._("Too many codes were asked for. Ask the sender for a new link."))
        code = f"{secrets.randbelow(10**6):06}"
        self.write(
            {
                "code_hash": self._hash_code(code),
                "code_sent_at": now,
                "code_count": self.code_count + 1,
                "code_attempts": 0,
            }
        )
        self._send_mail("paydox_edms.external_code_mail", self.env._("Your code: %(code)s", code=code), code=code)

    def _has_live_code(self):
        """Whether a code is on its way that would still be taken: who comes back to the page is asked for it."""
        self.ensure_one()
        fresh = self.code_sent_at and self.code_sent_at > fields.Datetime.now() - CODE_VALID
        return bool(self.code_hash and fresh and self.code_attempts < MAX_ATTEMPTS)

    def _check_code(self, code):
        """Whether the code is right. Attempts are counted by the caller's transaction, so it must not be rolled back."""
        self.ensure_one()
        if not self._has_live_code():
            return False
        self.write({"code_attempts": self.code_attempts + 1})
        return consteq(self.code_hash, self._hash_code(str(code or "").strip()))

    def _check_open(self):
        if obstacle := self._get_obstacle():
            raise UserError(obstacle)

    # === HOOKS === #

    def _get_obstacle(self):
        """Why the link does not take an answer, as a sentence for the person outside, or False."""
        raise NotImplementedError

    def _get_subject(self):
        """What the person is asked about, for the e-mails."""
        return self.display_name

    def _get_mail_record(self):
        """What the e-mails are about, as values of ``mail.mail``."""
        return {}

    # === HELPERS === #

    @api.model
    def _hash_token(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    def _hash_code(self, code):
        return hmac(self.env, SCOPE, (self.id, code))

    def _send_mail(self, template, subject, **values):
        """An e-mail that leaves no copy of its secret where others could read it: no message holds its body."""
        record = self.with_context(lang=self.partner_id.lang or self.requested_by_id.lang)
        body = record.env["ir.qweb"]._render(template, {"review": record, **values}, minimal_qcontext=True)
        sender = self.requested_by_id.email_formatted or self.company_id.email_formatted
        return self.env["mail.mail"].create(
            {
                "subject": subject,
                "body_html": body,
                "email_to": self.email,
                "email_from": sender,
                "reply_to": sender,
                "auto_delete": True,
                "message_type": "user_notification",
                **self._get_mail_record(),
            }
        )
