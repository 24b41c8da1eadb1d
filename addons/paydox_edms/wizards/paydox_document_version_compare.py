import difflib
from itertools import islice

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime
from odoo.tools.misc import human_size

from odoo.addons.paydox_edms.tools.text_search import PAGE_BREAK

MAX_LINES = 2000
MAX_SHOWN = 400
_MARKS = {"-": "bg-danger-subtle", "+": "bg-success-subtle", "@": "text-muted"}


class PaydoxDocumentVersionCompare(models.TransientModel):
    _name = "paydox.document.version.compare"
    _description = "Compare Two Versions"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade")
    left_id = fields.Many2one(
        comodel_name="paydox.document.version",
        string="Version",
        required=True,
        ondelete="cascade",
        domain="[('document_id', '=', document_id)]",
    )
    right_id = fields.Many2one(
        comodel_name="paydox.document.version",
        string="Compared With",
        required=True,
        ondelete="cascade",
        domain="[('document_id', '=', document_id)]",
    )
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("left_id", "right_id")
    def _compute_comparison(self):
        for wizard in self:
            versions = wizard.left_id | wizard.right_id
            versions.check_access("read")
            if len(versions) < 2 or len(versions.document_id) > 1:
                note = self.env._("Choose two versions of one document.")
                wizard.comparison = Markup('<p class="text-muted">%s</p>') % note
                continue
            wizard.comparison = wizard._render_table() + wizard._render_text()

    # === HELPERS === #

    def _render_table(self):
        rows = Markup().join(
            Markup('<tr class="%s"><th>%s</th><td class="text-break">%s</td><td class="text-break">%s</td></tr>')
            % ("table-warning" if left != right else "", label, left, right)
            for label, left, right in self._get_rows()
        )
        head = Markup("<tr><th></th><th>%s</th><th>%s</th></tr>") % (
            self.env._("Version %(number)s", number=self.left_id.number),
            self.env._("Version %(number)s", number=self.right_id.number),
        )
        return Markup('<table class="table table-sm"><thead>%s</thead><tbody>%s</tbody></table>') % (head, rows)

    def _get_rows(self):
        """``[(label, left, right)]`` of what is known about both files."""
        left, right = self._describe(self.left_id), self._describe(self.right_id)
        return [(label, left[label], right[label]) for label in left]

    def _describe(self, version):
        text = version._get_texts().get(version.id, "")
        states = dict(version._fields["state"]._description_selection(self.env))
        return {
            self.env._("File Name"): version.filename,
            self.env._("Size"): f"{human_size(version.size)} ({version.size})",
            self.env._("File Type"): version.mimetype or "",
            self.env._("Pages"): str(text.count(PAGE_BREAK) + 1) if version.mimetype == "application/pdf" else "",
            self.env._("State"): states[version.state],
            self.env._("Author"): version.create_uid.sudo().name,
            self.env._("Added On"): format_datetime(self.env, version.create_date),
            self.env._("Comment"): version.comment or "",
            self.env._("SHA-256"): version.checksum,
        }

    def _render_text(self):
        texts = (self.left_id | self.right_id)._get_texts()
        left, right = (texts.get(version.id, "").splitlines()[:MAX_LINES] for version in (self.left_id, self.right_id))
        title = Markup('<h4 class="mt-3">%s</h4>') % self.env._("Text")
        if not left or not right:
            note = self.env._("The text cannot be compared: one of the files has none that can be read.")
            return title + Markup('<p class="text-muted">%s</p>') % note
        (self.left_id | self.right_id)._log_access("preview")
        difference = list(islice(difflib.unified_diff(left, right, n=1, lineterm=""), 2, MAX_SHOWN + 3))
        if not difference:
            return title + Markup('<p class="text-muted">%s</p>') % self.env._("The texts are the same.")
        lines = Markup().join(
            Markup('<div class="%s">%s</div>') % (_MARKS.get(line[:1], ""), line or " ")
            for line in difference[:MAX_SHOWN]
        )
        if len(difference) > MAX_SHOWN:
            lines += Markup('<div class="text-muted">%s</div>') % self.env._("There are further differences.")
        return (
            title
            + Markup('<div class="font-monospace small text-break" style="white-space: pre-wrap">%s</div>') % lines
        )
