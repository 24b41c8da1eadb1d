import base64

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools import pdf_signed


class PaydoxDocumentVersion(models.Model):
    """A copy of the file with the marks of its signatures. It is made anew each time; the version never changes."""

    _inherit = "paydox.document.version"

    # === ACTIONS === #

    def action_download_signed(self):
        """Download the copy; of a file that is no PDF, a page about its signatures."""
        self.ensure_one()
        self._check_signed()
        return {"type": "ir.actions.act_url", "url": f"/paydox_edms/signed/{self.id}", "target": "download"}

    # === BUSINESS METHODS === #

    def _make_signed_copy(self):
        """The copy.

        :return: ``(filename, bytes)``
        """
        self.ensure_one()
        self._check_signed()
        stem = self.filename.rpartition(".")[0] or self.filename
        alone = self.env._("%(name)s - signatures.pdf", name=stem)
        if self.mimetype != "application/pdf":
            return alone, pdf_signed.draw_certificate(self._prepare_certificate())
        content = base64.b64decode(self.with_context(bin_size=False).file)
        copy, problem = pdf_signed.make_signed_copy(content, self._prepare_certificate())
        if not problem:
            return self.env._("%(name)s - signed.pdf", name=stem), copy
        warning = {
            "protected": self.env._(
                "The file itself is protected by a password, so it bears no mark. This page belongs to it."
            ),
            "unreadable": self.env._("The file itself could not be marked. This page belongs to it."),
        }[problem]
        return alone, pdf_signed.draw_certificate(self._prepare_certificate(warning))

    # === HELPERS === #

    def _check_signed(self):
        self.check_access("read")
        if not self.signature_ids:
            raise UserError(self.env._("%(version)s is not signed.", version=self.display_name))
        status, text = self.document_id._verify_signatures()
        if status == "danger":
            raise UserError(
                self.env._("No signed copy is made, because the verification fails. %(problem)s", problem=text)
            )

    def _prepare_certificate(self, warning=False):
        """What the marks say, as ``tools.pdf_signed.draw_certificate`` takes it."""
        document = self.document_id
        url = f"{document.get_base_url()}/odoo/documents/{document.id}"
        return {
            "title": self.env._("Signed with simple electronic signatures"),
            "warning": warning,
            "facts": [
                (self.env._("Document"), document.display_name),
                (self.env._("Company"), document.company_id.name),
                (self.env._("File"), self.display_name),
                (self.env._("SHA-256"), self.checksum),
            ],
            "signatures": [signature._prepare_mark() for signature in self.signature_ids],
            "url": url,
            "url_label": self.env._("Verify the signatures: %(url)s", url=url),
            "stamp_title": self.env._("Signed with a simple electronic signature"),
            "stamp_note": self.env._(
                "%(version)s, SHA-256 %(checksum)s…", version=self.display_name, checksum=self.checksum[:16]
            ),
        }
