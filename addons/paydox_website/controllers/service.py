import logging
import uuid

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.paydox_edms.models.paydox_case_portal import MAX_FILE_SIZE, MAX_FILES, MAX_SUBJECT
from odoo.addons.paydox_edms.models.paydox_case_question import MAX_TEXT
from odoo.addons.paydox_edms.tools import filename
from odoo.addons.paydox_website.tools.order import LIMITS

_logger = logging.getLogger(__name__)

FIELDS = ("name", "email", "phone", "subject", "product", "essence", "consent")
# A field that people do not see and programs fill in.
TRAP = "request_reference"
_NUMBER = "paydox_visit_number"


def read_files():
    """Name and bytes of what was sent; nothing larger than allowed is read into memory."""
    uploads = [upload for upload in request.httprequest.files.getlist("files") if upload.filename]
    return [
        (filename.sanitize(upload.filename) or "file", upload.read(MAX_FILE_SIZE + 1))
        for upload in uploads[: MAX_FILES + 1]
    ]


def get_files_hint():
    return request.env._(
        "At most %(count)s files, each up to %(size)s MB.", count=MAX_FILES, size=MAX_FILE_SIZE // 1024 // 1024
    )


def _sitemap(env, rule, qs):
    website = env["website"].get_current_website()
    for template_sudo in env["paydox.case.template"]._search_website(website):
        if not qs or qs.lower() in template_sudo.website_path:
            yield {"loc": template_sudo.website_path}


class ServiceController(http.Controller):
    """Claims, service requests and applications of visitors who have no login."""

    @http.route("/service", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def service_index(self, **_params):
        """What can be filed here; with one template, its page."""
        templates_sudo = request.env["paydox.case.template"]._search_website(request.website)
        if not templates_sudo:
            raise request.not_found()
        if len(templates_sudo) == 1:
            return request.redirect(templates_sudo.website_path)
        return request.render("paydox_website.service_index", {"templates": templates_sudo})

    @http.route("/service/<string:slug>", type="http", auth="public", website=True, methods=["GET"], sitemap=_sitemap)
    def service_page(self, slug, **_params):
        """The page of a template; who has logged in finds his own name there."""
        template_sudo = self._find_template(slug)
        return self._render_page(template_sudo, self._get_own_values())

    @http.route("/service/<string:slug>", type="http", auth="public", website=True, methods=["POST"], sitemap=False)
    def service_send(self, slug, visit_key="", visit_sign="", **params):
        """Start the case of what was sent, once per key; or show the page again with what was typed."""
        template_sudo = self._find_template(slug)
        names = [*FIELDS, *(row._get_answer_name() for row in template_sudo._get_website_fields())]
        values = {name: params[name] for name in names if isinstance(params.get(name), str)}
        if params.get(TRAP):
            _logger.info("Page of case template %s: a program filled the hidden field.", template_sudo.id)
            return self._redirect_to_thanks(template_sudo, False)
        cases = request.env["paydox.case"].with_company(template_sudo.company_id or request.website.sudo().company_id)
        if not cases._is_visit_key_valid(template_sudo, visit_key, visit_sign):
            notice = request.env._("This page was open for too long. Please check what you wrote and send it again.")
            return self._render_page(template_sudo, values, notice=notice, status=400)
        files = read_files()
        visit, errors = cases._check_visit(template_sudo, values)
        try:
            cases._check_outside_files(files)
        except UserError as error:
            errors["files"] = error.args[0]
        if errors:
            return self._render_page(template_sudo, values, errors=errors, visit_key=visit_key, status=422)
        if case_sudo := cases._find_visit(template_sudo, visit_key):
            if case_sudo.visitor_digest == cases._get_visit_digest(visit, files):
                return self._redirect_to_thanks(template_sudo, case_sudo.number)
            notice = request.env._("Your former request is already here. Send this page again to file one more.")
            return self._render_page(template_sudo, values, notice=notice, status=409)
        throttle = request.env["paydox.order.throttle"]
        nothing = request.env["paydox.order.form"]
        if not throttle._take(nothing, request.httprequest.remote_addr, f"service:{template_sudo.code}"):
            notice = request.env._(
                "Too many requests came from your network. Please send this one again in some minutes."
            )
            return self._render_page(template_sudo, values, notice=notice, visit_key=visit_key, status=429)
        case_sudo = cases._register_visit(template_sudo, visit, files, visit_key)
        return self._redirect_to_thanks(template_sudo, case_sudo.number)

    @http.route(
        "/service/<string:slug>/thanks", type="http", auth="public", website=True, methods=["GET"], sitemap=False
    )
    def service_thanks(self, slug, **_params):
        """The number of what this visitor has just sent."""
        template_sudo = self._find_template(slug)
        values = {"template": template_sudo, "number": request.session.get(_NUMBER)}
        response = request.render("paydox_website.service_thanks", values)
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = "no-store"
        return response

    # === HELPERS === #

    def _find_template(self, slug):
        """:return: the template, as superuser: visitors have no access to the models of cases"""
        template_sudo = request.env["paydox.case.template"]._find_website(slug, request.website)
        if not template_sudo:
            raise request.not_found()
        return template_sudo

    def _get_own_values(self):
        if request.env.user._is_public():
            return {}
        partner_sudo = request.env.user.partner_id.sudo()  # sudo: the visitor's own card
        return {"name": partner_sudo.name, "email": partner_sudo.email, "phone": partner_sudo.phone}

    def _redirect_to_thanks(self, template_sudo, number):
        # In the session: an address with a number in it would show the numbers of others.
        request.session[_NUMBER] = number
        return request.redirect(f"{template_sudo.website_path}/thanks")

    def _render_page(self, template_sudo, values, *, errors=None, notice=None, visit_key=None, status=200):
        visit_key = visit_key or str(uuid.uuid4())
        errors = errors or {}
        response = request.render(
            "paydox_website.service_page",
            {
                "template": template_sudo,
                "questions": template_sudo._get_website_fields(),
                "values": values,
                "errors": errors,
                "first_error": next(iter(errors), None),
                "notice": notice,
                "had_files": bool(errors or notice) and any(request.httprequest.files.values()),
                "limits": LIMITS | {"subject": MAX_SUBJECT, "product": MAX_SUBJECT, "essence": MAX_TEXT},
                "files_hint": get_files_hint(),
                "trap": TRAP,
                "visit_key": visit_key,
                "visit_sign": template_sudo._sign_visit_key(visit_key),
            },
        )
        response.status_code = status
        # a page taken from a cache would carry the key of a former request
        response.headers["Cache-Control"] = "no-store"
        return response
