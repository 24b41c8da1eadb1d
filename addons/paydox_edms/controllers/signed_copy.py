from odoo import http
from odoo.http import content_disposition, request


class SignedCopy(http.Controller):
    @http.route("/paydox_edms/signed/<int:version_id>", type="http", auth="user", methods=["GET"], readonly=True)
    def download(self, version_id):
        """The copy of a version with the marks of its signatures, for those who may read it."""
        version = request.env["paydox.document.version"].browse(version_id).exists()
        if not version:
            raise request.not_found()
        filename, content = version._make_signed_copy()
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(filename)),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )
