import json
import logging
import tempfile
from contextlib import ExitStack

from werkzeug.exceptions import BadRequest, Forbidden, InternalServerError
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

from ..models.paydox_funnel_export import XLSX_MIMETYPE

_logger = logging.getLogger(__name__)

ARGUMENTS = {"domain", "date_from", "date_to", "mode", "breakdown", "filters", "by", "keys"}


class FunnelExport(http.Controller):
    """Downloads of the funnel screen: the same files as the public methods, but streamed."""

    @http.route("/paydox_funnel/export/xlsx", type="http", auth="user", methods=["POST"], readonly=True)
    def export_xlsx(self, data=None, token=None):
        # token: sent along by every download of the web client
        return self._export(data, self._make_xlsx)

    @http.route("/paydox_funnel/export/pdf", type="http", auth="user", methods=["POST"], readonly=True)
    def export_pdf(self, data=None, token=None):
        return self._export(data, self._make_pdf)

    def _make_xlsx(self, funnel, arguments):
        with ExitStack() as stack:
            file = stack.enter_context(tempfile.TemporaryFile())
            filename = funnel._write_xlsx(file, **arguments)
            headers = self._get_headers(filename, XLSX_MIMETYPE, file.tell())
            file.seek(0)
            # From here on the response owns the file; it disappears when that is closed.
            stack.pop_all()
        body = wrap_file(request.httprequest.environ, file)
        return http.Response(body, headers=headers, direct_passthrough=True)

    def _make_pdf(self, funnel, arguments):
        content, filename = funnel._render_pdf(**arguments)
        headers = self._get_headers(filename, "application/pdf", len(content))
        return request.make_response(content, headers)

    def _get_headers(self, filename, mimetype, size):
        return [
            ("Content-Type", mimetype),
            ("Content-Length", size),
            ("Content-Disposition", content_disposition(filename)),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]

    def _export(self, data, make):
        """Make the file; an error comes back in the form that the web client shows."""
        try:
            funnel, arguments = self._read_request(data)
            return make(funnel, arguments)
        except AccessError as error:
            raise Forbidden(self._serialize_error(error, 403)) from error
        except (UserError, ValueError) as error:
            raise BadRequest(self._serialize_error(error, 400)) from error
        except Exception as error:
            _logger.exception("The export of the funnel failed")
            raise InternalServerError(self._serialize_error(error, 500)) from error

    def _read_request(self, data):
        """Return the funnel model for the request and the checked arguments."""
        try:
            values = json.loads(data or "")
        except ValueError as error:
            raise UserError(request.env._("The request for the file is not readable. Reload the page.")) from error
        if not isinstance(values, dict):
            raise UserError(request.env._("The request for the file is not readable. Reload the page."))
        company_ids = values.pop("company_ids", None)
        if unknown := values.keys() - ARGUMENTS:
            raise UserError(
                request.env._(
                    "The request for the file has unknown parts: %(names)s. Reload the page.",
                    names=", ".join(sorted(unknown)),
                )
            )
        arguments = {name: values.get(name) for name in ARGUMENTS}
        arguments["mode"] = arguments["mode"] or "cohort"
        funnel = request.env["paydox.funnel"]
        if company_ids:
            funnel = funnel.with_context(allowed_company_ids=self._check_companies(company_ids))
        return funnel, arguments

    def _check_companies(self, company_ids):
        allowed = set(request.env.user._get_company_ids())
        if not isinstance(company_ids, list) or not allowed.issuperset(
            company_id for company_id in company_ids if isinstance(company_id, int)
        ):
            raise UserError(request.env._("You have no access to these companies. Choose others and retry."))
        return [company_id for company_id in company_ids if isinstance(company_id, int)]

    def _serialize_error(self, error, code):
        return json.dumps(
            {
                "code": code,
                "message": "Odoo Server Error",
                "data": http.serialize_exception(error),
            }
        )
