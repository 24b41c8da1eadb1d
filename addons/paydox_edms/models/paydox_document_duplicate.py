from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

_NAMED = 5


class PaydoxDocument(models.Model):
    """Work done twice is pointed out, never refused: the same letter of the same sender, the same file elsewhere."""

    _inherit = "paydox.document"

    sender_key = fields.Char(compute="_compute_sender_key", store=True, precompute=True, index="btree_not_null")
    duplicate_ids = fields.Many2many(
        comodel_name="paydox.document",
        string="Possible Duplicates",
        compute="_compute_duplicates",
        help="Only documents that the current user may read.",
    )
    duplicate_text = fields.Html(compute="_compute_duplicates")

    # === COMPUTE METHODS === #

    @api.depends("sender_number")
    def _compute_sender_key(self):
        for document in self:
            document.sender_key = "".join((document.sender_number or "").split()).casefold() or False

    @api.depends("kind_id", "company_id", "partner_id", "sender_number", "sender_date", "version_count")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_duplicates(self):
        letters = self._find_same_letters()
        files = self.env["paydox.document.version"]._find_same_files(self._get_actual_checksums())
        for document in self:
            same_letter = letters.get(document, self.browse())
            same_file = files.get(document, self.browse()) - document._origin
            document.duplicate_ids = same_letter | same_file
            document.duplicate_text = self._prepare_duplicate_text(same_letter, same_file)

    # === HELPERS === #

    def _find_same_letters(self):
        """Documents of the same kind and counterparty with the same sender's number and, if both are known, date.

        :return: ``{document: documents that the user may read}``
        """
        asked = self.filtered(lambda document: document.sender_key and document.partner_id and document.kind_id)
        if not asked:
            return {}
        found = self.search(
            Domain("sender_key", "in", asked.mapped("sender_key"))
            & Domain("kind_id", "in", asked.kind_id.ids)
            & Domain("company_id", "in", asked.company_id.ids)
            & Domain("partner_id.commercial_partner_id", "in", asked.partner_id.commercial_partner_id.ids)
            & Domain("state", "!=", "cancelled")
        )
        by_letter = found.grouped(lambda document: document._get_letter_key())
        return {
            document: by_letter.get(document._get_letter_key(), found.browse()).filtered(document._may_be_same_letter)
            for document in asked
        }

    def _may_be_same_letter(self, other):
        """Two dates that are known differ only if the letters do; one that is not known says nothing."""
        dates = {self.sender_date, other.sender_date} - {False}
        return other != self._origin and len(dates) < 2

    def _get_letter_key(self):
        # sudo: who reads the document sees whose it is, also a counterparty of another company
        counterparty_id = self.sudo().partner_id.commercial_partner_id._origin.id
        return self.kind_id._origin.id, self.company_id._origin.id, counterparty_id, self.sender_key

    def _get_actual_checksums(self):
        """Checksum of the actual file of each document; a file as the template gave it says nothing."""
        saved = self.filtered("id")
        rows = self.env["paydox.document.version"].search([("document_id", "in", saved.ids), ("state", "=", "actual")])
        return {
            row.document_id: row.checksum
            for row in rows
            # sudo: the kind may belong to the settings of another company
            if row.checksum != row.document_id.kind_id.sudo().template_checksum
        }

    @api.model
    def _prepare_duplicate_text(self, same_letter, same_file):
        lines = []
        if same_letter:
            lines.append((self.env._("The same sender's number and date:"), same_letter))
        if same_file:
            lines.append((self.env._("The same file:"), same_file))
        return Markup("<br/>").join(
            Markup("%s %s") % (text, Markup(", ").join(documents[:_NAMED].mapped(self._get_plain_link)))
            for text, documents in lines
        )

    @api.model
    def _get_plain_link(self, document):
        return Markup('<a href="/odoo/%s/%s" target="_blank">%s</a>') % (
            document._name,
            document.id,
            document.display_name,
        )
