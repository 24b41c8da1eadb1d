from odoo import http
from odoo.exceptions import MissingError, UserError
from odoo.http import request

_FORM_LIMIT = 64 * 1024


def _get_form_limit(_controller):
    # Forms are read before the method below is called; the file itself is the body and is measured there.
    return None if request.httprequest.mimetype == "application/octet-stream" else _FORM_LIMIT


class DocumentUpload(http.Controller):
    @http.route(
        "/paydox/document/<int:document_id>/upload",
        type="http",
        auth="user",
        methods=["POST"],
        max_content_length=_get_form_limit,
    )
    def upload(self, document_id, filename="", comment="", **_others):
        """Add a version whose bytes are the body of the request, sent as ``application/octet-stream``.

        :param str filename: name of the file
        :param str comment: what changed
        :return: JSON, ``{"id", "number", "filename"}`` or ``{"error": text}`` with the status 403, 404, 413 or 422
        """
        try:
            document = request.env["paydox.document"].browse(document_id).exists()
            if not document or not document.has_access("read"):
                raise MissingError(request.env._("The document does not exist, or you may not see it."))
            document.check_access("write")
            version = document.add_version(filename, self._read_body(), comment)
        except UserError as error:
            request.env.cr.rollback()
            return request.make_json_response({"error": str(error)}, status=error.http_status)
        return request.make_json_response({"id": version.id, "number": version.number, "filename": version.filename})

    def _read_body(self):
        """The bytes, unless more are announced than may come: then none is read."""
        versions = request.env["paydox.document.version"]
        limit = versions._get_max_size()
        if (request.httprequest.content_length or 0) > limit:
            versions._refuse_large(limit)
        # Kept, since the server runs the request again after a conflict in the database.
        return request.httprequest.get_data(cache=True)
