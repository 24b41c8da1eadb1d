from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.paydox_edms.models.paydox_case_question import MAX_TEXT

from .service import get_files_hint, read_files

_ROUTE = "/service/follow/<int:case_id>/<string:signature>"


class ServiceFollowController(http.Controller):
    """The page of one request, opened by the link that was sent to the visitor. Nothing else opens it."""

    @http.route(_ROUTE, type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def service_follow(self, case_id, signature, **_params):
        """Number, status and answers; before the address is confirmed, only the question whether it was he."""
        return self._render(self._find_case(case_id, signature), signature)

    @http.route(f"{_ROUTE}/confirm", type="http", auth="public", website=True, methods=["POST"], sitemap=False)
    def service_confirm(self, case_id, signature, **_params):
        """A button, not the link itself: programs that look into letters open links, too."""
        case_sudo = self._find_case(case_id, signature)
        case_sudo._confirm_visitor()
        return self._go_back(case_sudo, signature)

    @http.route(f"{_ROUTE}/write", type="http", auth="public", website=True, methods=["POST"], sitemap=False)
    def service_write(self, case_id, signature, text="", **_params):
        """A further message of the visitor."""
        case_sudo = self._find_case(case_id, signature)
        text = text if isinstance(text, str) else ""
        if not case_sudo.visitor_confirmed_at:
            return self._render(case_sudo, signature)
        try:
            files = read_files()
            case_sudo._check_outside_files(files)
            throttle = request.env["paydox.order.throttle"]
            if not throttle._take(request.env["paydox.order.form"], request.httprequest.remote_addr, "service:message"):
                raise UserError(request.env._("Too many messages came from your network. Please write again later."))
            case_sudo._post_visit(text, files)
        except UserError as error:
            return self._render(case_sudo, signature, text=text, error=error.args[0], status=422)
        return self._go_back(case_sudo, signature)

    @http.route(
        f"{_ROUTE}/file/<int:attachment_id>", type="http", auth="public", website=True, methods=["GET"], sitemap=False
    )
    def service_file(self, case_id, signature, attachment_id, **_params):
        """A file of a message that the visitor sees."""
        case_sudo = self._find_case(case_id, signature)
        attachment_sudo = case_sudo._get_visitor_messages().attachment_ids.filtered(
            lambda row: row.id == attachment_id and case_sudo.visitor_confirmed_at
        )
        if not attachment_sudo:
            raise request.not_found()
        stream = request.env["ir.binary"].sudo()._get_stream_from(attachment_sudo, "raw")  # sudo: looked up above
        return stream.get_response(as_attachment=True)

    # === HELPERS === #

    def _find_case(self, case_id, signature):
        case_sudo = request.env["paydox.case"]._find_by_visitor_link(case_id, signature)
        if not case_sudo:
            raise request.not_found()
        return case_sudo.with_context(lang=request.env.lang)

    def _go_back(self, case_sudo, signature):
        return request.redirect(f"/service/follow/{case_sudo.id}/{signature}")

    def _render(self, case_sudo, signature, *, text="", error=None, status=200):
        is_open = bool(case_sudo.visitor_confirmed_at)
        values = {
            "case": case_sudo,
            "is_open": is_open,
            "messages": case_sudo._get_visitor_messages() if is_open else [],
            "path": f"/service/follow/{case_sudo.id}/{signature}",
            "text": text,
            "error": error,
            "max_text": MAX_TEXT,
            "files_hint": get_files_hint(),
        }
        response = request.render("paydox_website.service_follow", values)
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        # the address of the page is the key to it
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
