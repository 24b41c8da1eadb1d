from odoo import http
from odoo.exceptions import MissingError, UserError
from odoo.http import request

from odoo.addons.paydox_edms.controllers.document_upload import DocumentUpload, _get_form_limit


class PaperUpload(DocumentUpload):
    """Files that are dropped on the card of a counterparty become its papers."""

    @http.route(
        "/paydox/partner/<int:partner_id>/paper",
        type="http",
        auth="user",
        methods=["POST"],
        max_content_length=_get_form_limit,
    )
    def upload_paper(self, partner_id, filename="", kind="", comment="", **_others):
        """Add a paper whose bytes are the body of the request, sent as ``application/octet-stream``.

        :param str filename: name of the file
        :param str kind: number of the kind of the paper; empty: told by the name of the file
        :param str comment: what is to be known of the file
        :return: JSON, as of ``res.partner.add_paper``, or ``{"error": text}`` with the status 403, 404, 413 or 422
        """
        try:
            partner = request.env["res.partner"].browse(partner_id).exists()
            if not partner or not partner.has_access("read"):
                raise MissingError(request.env._("The counterparty does not exist, or you may not see it."))
            # What is no number is the number of no kind, and so refused.
            kind_id = int(kind) if kind.isdecimal() and kind.isascii() else kind and -1
            return request.make_json_response(partner.add_paper(filename, self._read_body(), kind_id, comment))
        except UserError as error:
            request.env.cr.rollback()
            return request.make_json_response({"error": str(error)}, status=error.http_status)
