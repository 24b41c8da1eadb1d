import hashlib
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# The rest is opened as a list.
PAPERS_SHOWN = 200
SHORTEST_NAME = 5


class ResPartner(models.Model):
    """The papers on the card: each with its state, its term and its file; and files that become papers."""

    _inherit = "res.partner"

    # === BUSINESS METHODS ===#

    @api.readonly
    def get_papers(self):
        """The papers of the counterparty that the user may read, archived ones too, and what he needs to add some.

        :return: ``{"papers": [...], "more": bool, "kinds": [{"id", "name"}]}``; no kinds: he may not add any
        """
        self.ensure_one()
        self.check_access("read")
        documents = self.env["paydox.document"].with_context(active_test=False)
        if not documents.has_access("read"):
            return {"papers": [], "more": False, "kinds": []}
        # sudo: only the number of the counterparty is used
        domain = Domain("counterparty_id", "=", self.sudo().commercial_partner_id.id)
        domain &= Domain("kind_id.is_counterparty_paper", "=", True)
        papers = documents.search(domain, order="kind_id, valid_to desc, id desc", limit=PAPERS_SHOWN + 1)
        live = papers.filtered_domain(self._get_live_papers_domain())
        kinds = self._get_paper_kinds() if documents.has_access("create") else []
        return {
            "papers": [self._prepare_paper(paper, paper in live) for paper in papers[:PAPERS_SHOWN]],
            "more": len(papers) > PAPERS_SHOWN,
            "kinds": [{"id": kind.id, "name": kind.name} for kind in kinds],
        }

    def add_paper(self, filename, content, kind_id=False, comment=None):
        """Make a file a paper of the counterparty.

        :param str filename: name of the file; it names the paper, and tells its kind when none is given
        :param bytes|str content: the bytes; by RPC, which has no bytes, base64 text
        :param int kind_id: the kind of the paper
        :param str comment: what is to be known of the file
        :return: ``{"id", "name", "kind", "same_as"}``; ``same_as``: names of papers with the same file
        """
        self.ensure_one()
        self.check_access("read")
        versions = self.env["paydox.document.version"]
        filename = versions._prepare_filename(filename)
        content = versions._prepare_content(content)
        kind = self._choose_paper_kind(filename, kind_id)
        same = versions.search(
            [
                ("checksum", "=", hashlib.sha256(content).hexdigest()),
                # sudo: only the number of the counterparty is used
                ("document_id.counterparty_id", "=", self.sudo().commercial_partner_id.id),
            ]
        ).document_id
        paper = self.env["paydox.document"].create(
            {
                "name": self._get_words(filename.rpartition(".")[0]) or filename,
                "kind_id": kind.id,
                "partner_id": self.id,
                "responsible_id": self.env.uid,
            }
        )
        paper.add_version(filename, content, comment)
        return {"id": paper.id, "name": paper.name, "kind": kind.name, "same_as": same.mapped("display_name")}

    # === HELPERS ===#

    @api.model
    def _prepare_paper(self, paper, is_live):
        version = paper.current_version_id
        start, end = paper.valid_from, paper._get_end()
        return {
            "id": paper.id,
            "name": paper.display_name,
            "kind": paper.kind_id.name,
            "state": self._get_shown_paper_state(paper, is_live),
            "valid_from": start and fields.Date.to_string(start),
            "valid_to": end and fields.Date.to_string(end),
            "version": version.number,
            "filename": version.filename,
            # sudo: who reads the file sees who brought it, also when that person works here no more
            "user": version.sudo().create_uid.name,
            "moment": version.create_date and fields.Datetime.to_string(version.create_date),
            "comment": version.comment,
        }

    @api.model
    def _get_shown_paper_state(self, paper, is_live):
        """The validity, unless the paper does not count: it was put away, or is not confirmed yet."""
        if not paper.active or paper.state == "cancelled":
            return "archived"
        return paper.validity if is_live else "unconfirmed"

    @api.model
    def _get_paper_kinds(self):
        return self.env["paydox.document.kind"].search([("is_counterparty_paper", "=", True)])

    @api.model
    def _choose_paper_kind(self, filename, kind_id):
        kinds = self._get_paper_kinds()
        if not kind_id:
            kind = self._guess_paper_kind(filename, kinds)
        else:
            kind = kinds.filtered(lambda kind: type(kind_id) is int and kind.id == kind_id)
        if not kind:
            raise UserError(
                self.env._(
                    "“%(filename)s” is of no kind of papers that you may add. Choose the kind, or ask for one "
                    "in the settings of documents.",
                    filename=filename,
                )
            )
        return kind

    @api.model
    def _guess_paper_kind(self, filename, kinds):
        """The kind with whose name, in any language, the name of the file has most in common; else other papers."""
        text = self._get_words(filename).casefold()
        best, length = self.env.ref("paydox_crm.paydox_document_kind_other_paper", raise_if_not_found=False), 0
        for lang, _name in self.env["res.lang"].get_installed():
            for kind in kinds.with_context(lang=lang):
                words = self._get_words(kind.name).casefold().split()
                # The first words say it: “Extract” of “Extract from the Register”.
                for phrase in (" ".join(words[:count]) for count in range(len(words), 0, -1)):
                    if len(phrase) >= max(SHORTEST_NAME, length + 1) and phrase in text:
                        best, length = kind, len(phrase)
        return kinds.filtered(lambda kind: kind == best) or kinds[:1]

    @api.model
    def _get_words(self, text):
        return " ".join(re.split(r"[\W_]+", text)).strip()
