import hashlib
import secrets
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import consteq, plaintext2html
from odoo.tools.misc import hmac

from odoo.addons.paydox_edms.tools.locking import lock_rows

SCOPE = "paydox_edms.external_code"
CODE_VALID = timedelta(minutes=15)
CODE_PAUSE = timedelta(minutes=1)
MAX_CODES = 10
MAX_ATTEMPTS = 5
MAX_COMMENT = 5000
MAX_NAME = 100


class PaydoxExternalReview(models.Model):
    """The counterparty's side: who holds the link reads the version; who proves that it is his answers, once.

    All methods here run as superuser, called by the pages behind the link.
    """

    _inherit = "paydox.external.review"

    # === BUSINESS METHODS === #

    @api.model
    def _find_by_token(self, token):
        """The review of a link, whatever its state; empty when there is none."""
        if not isinstance(token, str) or not 20 < len(token) < 100:
            return self.browse()
        token_hash = self._hash_token(token)
        review = self.search([("token_hash", "=", token_hash)], limit=1)
        return review if review and consteq(review.token_hash, token_hash) else self.browse()

    def _lock(self):
        """Wait for others who answer at the same moment, and see what they did."""
        lock_rows(self)
        self.invalidate_recordset()

    def _register_opening(self):
        if self.state == "sent":
            self.write({"state": "opened", "opened_at": fields.Datetime.now()})

    def _send_code(self):
        """Send a new code to the address of the review; the former one is void."""
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

    def _check_code(self, code):
        """Whether the code is right. Attempts are counted by the caller's transaction, so it must not be rolled back."""
        self.ensure_one()
        fresh = self.code_sent_at and self.code_sent_at > fields.Datetime.now() - CODE_VALID
        if not self.code_hash or not fresh or self.code_attempts >= MAX_ATTEMPTS:
            return False
        self.write({"code_attempts": self.code_attempts + 1})
        return consteq(self.code_hash, self._hash_code(str(code or "").strip()))

    def _answer(self, answer, name, comment, proof, filename=None, content=None):
        """Register the answer, once, and tell the responsible person.

        :param str answer: ``agreed`` or ``remarks``
        :param str name: who answers, in his own words
        :param str proof: ``code`` or ``login``
        :param bytes content: the file of remarks
        """
        self.ensure_one()
        self._check_open()
        name = str(name or "").strip()[:MAX_NAME]
        comment = str(comment or "").strip()[:MAX_COMMENT]
        if answer not in ("agreed", "remarks"):
            raise UserError(self.env._("Choose one of the buttons."))
        if not name:
            raise UserError(self.env._("Write your name."))
        if answer == "remarks" and not (comment or content):
            raise UserError(self.env._("Write your remarks or add a file with them."))
        protocol = self._create_protocol(filename, content) if content else self.env["paydox.document"]
        self.write(
            {
                "state": answer,
                "answered_at": fields.Datetime.now(),
                "answered_name": name,
                "comment": comment or False,
                "proof": proof,
                "protocol_id": protocol.id,
                "code_hash": False,
            }
        )
        self._announce()

    def _check_open(self):
        if obstacle := self._get_obstacle():
            raise UserError(obstacle)

    def _create_protocol(self, filename, content):
        """The file of the counterparty as a document of its own, an annex of the one that it is about."""
        document = self.document_id
        kind = self.env.ref("paydox_edms.paydox_document_kind_disagreements", raise_if_not_found=False)
        fits = kind and kind.active and kind.company_id in (kind.company_id.browse(), document.company_id)
        kind = kind if fits else document.kind_id
        people = document.responsible_id | document.author_id
        protocol = self.env["paydox.document"].create(
            {
                "name": self.env._(
                    "Remarks of %(partner)s: %(document)s", partner=self.partner_id.name, document=document.name
                ),
                "kind_id": kind.id,
                "company_id": document.company_id.id,
                "partner_id": self.partner_id.id,
                "author_id": people[:1].id,
                "responsible_id": people[:1].id,
                "confidentiality": document.confidentiality,
                "participant_ids": [Command.set((people | document.participant_ids).ids)],
                "link_ids": [Command.create({"target_id": document.id, "type": "annex"})],
            }
        )
        protocol.add_version(filename, content)
        return protocol

    def _announce(self):
        agreed = self.state == "agreed"
        document = self.document_id
        user = document.responsible_id or document.author_id
        document = document.with_context(lang=user.lang)
        env = document.env
        text = (
            env._(
                "%(partner)s agreed with version %(number)s.",
                partner=self.partner_id.name,
                number=self.version_id.number,
            )
            if agreed
            else env._(
                "%(partner)s has remarks on version %(number)s.",
                partner=self.partner_id.name,
                number=self.version_id.number,
            )
        )
        details = plaintext2html(self.comment) if self.comment else Markup()
        author = self.partner_id
        document.message_post(
            body=Markup("<p>%s</p>%s") % (f"{text} ({self.answered_name})", details), author_id=author.id
        )
        document.activity_schedule("mail.mail_activity_data_todo", summary=text, user_id=user.id)
        name = "document.external_agreed" if agreed else "document.external_remarks"
        payload = {"review": self.id, "version": self.version_id.number}
        env["paydox.event"]._emit(name, document, f"{name}:{self.id}", payload)

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
        self.env["mail.mail"].create(
            {
                "subject": subject,
                "body_html": body,
                "email_to": self.email,
                "email_from": sender,
                "reply_to": sender,
                "auto_delete": True,
                "message_type": "user_notification",
                "model": "paydox.document",
                "res_id": self.document_id.id,
            }
        )
