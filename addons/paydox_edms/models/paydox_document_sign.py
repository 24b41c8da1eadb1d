from odoo import api, fields, models
from odoo.exceptions import UserError


class PaydoxDocument(models.Model):
    """Signatures of the document and their verification."""

    _inherit = "paydox.document"

    signature_ids = fields.One2many(
        comodel_name="paydox.signature", inverse_name="document_id", readonly=True, copy=False
    )

    date_signed = fields.Date(
        string="Signed On", compute="_compute_date_signed", help="The day of the latest signature, where the reader is."
    )

    # === COMPUTE METHODS === #

    @api.depends("signature_ids.signed_at")
    @api.depends_context("tz")
    def _compute_date_signed(self):
        for document in self:
            # sudo: that a document was signed is seen by everybody who reads it
            moment = max(document.sudo().signature_ids.mapped("signed_at"), default=False)
            document.date_signed = moment and fields.Datetime.context_timestamp(document, moment).date()

    # === ACTIONS === #

    def action_print_sheet(self):
        """Print the approval sheets of the documents, all rounds or, by the key ``last_round``, the latest one."""
        self.check_access("read")
        approvals = self.approval_id if self.env.context.get("last_round") else self.approval_ids
        if not approvals:
            raise UserError(self.env._("%(document)s was never sent for approval.", document=self[:1].display_name))
        return approvals.action_print_sheet()

    def action_verify_signatures(self):
        """Recompute files, signatures and chains of all rounds; name the first broken link of each document."""
        self.check_access("read")
        results = [(document, *document._verify_signatures()) for document in self]
        broken = [document for document, status, _text in results if status == "danger"]
        statuses = {status for _document, status, _text in results}
        if broken:
            title = self.env._("Signatures are broken: %(count)s", count=len(broken))
        elif "warning" in statuses:
            title = self.env._("Not everything is signed")
        else:
            title = self.env._("The signatures are whole")
        # The worst first, since the message is cut.
        order = ("danger", "warning", "success")
        results.sort(key=lambda result: order.index(result[1]))
        lines = [
            self.env._("%(document)s: %(result)s", document=document.display_name, result=text)
            for document, _status, text in results[:10]
        ]
        if len(results) > 10:
            lines.append(self.env._("And %(count)s more.", count=len(results) - 10))
        status = min(statuses, key=order.index, default="warning")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": title, "message": "\n".join(lines), "type": status, "sticky": status != "success"},
        }

    # === HELPERS === #

    def _verify_signatures(self):
        """How the signatures stand.

        :return: ``(status, sentence)``; status is ``success``, ``warning`` (nothing is broken, but the actual file is
            not signed) or ``danger``
        """
        self.ensure_one()
        # sudo: whole chains are read, also rows that the user sees through the sheet only
        document_sudo = self.sudo()
        approvals_sudo = self.env["paydox.approval"].sudo().search([("document_id", "=", self.id)], order="id")
        for approval_sudo in approvals_sudo:
            if problem := approval_sudo._find_broken_link():
                return "danger", self.env._("%(round)s: %(problem)s", round=approval_sudo.display_name, problem=problem)
        signatures_sudo = document_sudo.signature_ids
        if not signatures_sudo:
            return "warning", self.env._("Nobody has signed it.")
        names = ", ".join(signature._get_label() for signature in signatures_sudo)
        if document_sudo.current_version_id not in signatures_sudo.version_id:
            return "warning", self.env._(
                "Signatures are whole, but under former versions; the actual one is not signed. %(names)s", names=names
            )
        return "success", self.env._("OK, the file is unchanged. Signatures: %(names)s", names=names)
