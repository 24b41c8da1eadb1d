import base64
import json

from werkzeug.exceptions import BadRequest, Forbidden

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request


class Discipline(http.Controller):
    """Downloads of the report of discipline, with the filters of the screen."""

    @http.route("/paydox_edms/discipline/<string:extension>", type="http", auth="user", methods=["POST"], readonly=True)
    def export(self, extension, data=None, token=None):
        # token: sent along by every download of the web client
        try:
            report, values = self._read_request(data)
            make = {"pdf": report.export_pdf, "xlsx": report.export_xlsx}.get(extension)
            if not make:
                raise request.not_found()
            file = make(values.get("domain"), values.get("filters"))
        except AccessError as error:
            raise Forbidden(self._serialize_error(error, 403)) from error
        except UserError as error:
            raise BadRequest(self._serialize_error(error, 400)) from error
        content = base64.b64decode(file["content"])
        return request.make_response(
            content,
            [
                ("Content-Type", file["mimetype"]),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(file["filename"])),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )

    def _read_request(self, data):
        """The report for the companies of the request, and its arguments."""
        try:
            values = json.loads(data or "")
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise UserError(request.env._("The request for the file is not readable. Reload the page."))
        report = request.env["paydox.discipline.report"]
        company_ids = values.get("company_ids")
        if company_ids:
            allowed = request.env.user._get_company_ids()
            if not isinstance(company_ids, list) or any(company_id not in allowed for company_id in company_ids):
                raise UserError(request.env._("You have no access to these companies. Choose others and retry."))
            report = report.with_context(allowed_company_ids=company_ids)
        return report, values

    def _serialize_error(self, error, code):
        """An error in the form that the web client shows."""
        return json.dumps({"code": code, "message": "Odoo Server Error", "data": http.serialize_exception(error)})
