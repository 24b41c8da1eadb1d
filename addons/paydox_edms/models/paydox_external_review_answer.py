from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import plaintext2html

MAX_COMMENT = 5000
MAX_NAME = 100


class PaydoxExternalReview(models.Model):
    """The counterparty's side: who holds the link reads the version; who proves that it is his answers, once.

    All methods here run as superuser, called by the pages behind the link.
    """

    _inherit = "paydox.external.review"

    # === BUSINESS METHODS === #

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
