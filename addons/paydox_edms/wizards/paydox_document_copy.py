from odoo import fields, models
from odoo.fields import Command


class PaydoxDocumentCopy(models.TransientModel):
    _name = "paydox.document.copy"
    _description = "Copy a Document"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade")
    keep_parent = fields.Boolean(string="Under the Same Parent", default=True)
    keep_links = fields.Boolean(string="With the Links", help="Links of this document to others are made again.")
    copy_file = fields.Boolean(
        string="With the File",
        help="The actual file becomes the first version of the copy; former versions stay behind.",
    )
    has_parent = fields.Boolean(compute="_compute_content")
    has_links = fields.Boolean(compute="_compute_content")
    has_file = fields.Boolean(compute="_compute_content")

    # === COMPUTE METHODS === #

    def _compute_content(self):
        for wizard in self:
            document = wizard.document_id
            document.check_access("read")
            wizard.has_parent = document.parent_id.has_access("read") and bool(document.parent_id)
            wizard.has_links = bool(wizard._get_links())
            wizard.has_file = bool(document.current_version_id)

    # === ACTIONS === #

    def action_confirm(self):
        """Make the copy and open it."""
        self.ensure_one()
        document = self.document_id
        document.check_access("read")
        copy = document.copy(
            {
                "parent_id": self.has_parent and self.keep_parent and document.parent_id.id,
                "link_ids": self.keep_links and [Command.create(link._prepare_copy()) for link in self._get_links()],
            }
        )
        if self.copy_file and (version := document.current_version_id.with_context(bin_size=False)):
            copy.add_version(version.filename, version.file.decode())
        return copy.get_formview_action()

    # === HELPERS === #

    def _get_links(self):
        """Links to documents that the user may read; the others are not his to make again."""
        links = self.document_id.link_ids
        readable = links.target_id._filtered_access("read")
        return links.filtered(lambda link: link.target_id in readable)
