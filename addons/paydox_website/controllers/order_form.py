import logging
import uuid

from odoo import http
from odoo.http import request

from odoo.addons.paydox_website.tools.order import LIMITS

_logger = logging.getLogger(__name__)

FIELDS = ("product", "quantity", "name", "region", "city", "email", "phone", "comment", "consent")
# A field that people do not see and programs fill in.
TRAP = "order_reference"


def _sitemap(env, rule, qs):
    website = env["website"].get_current_website()
    for form_sudo in env["paydox.order.form"]._search_published(website):
        if not qs or qs.lower() in form_sudo.website_url:
            yield {"loc": form_sudo.website_url}


class OrderFormController(http.Controller):
    @http.route("/order", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def order_index(self, **_params):
        """What can be ordered here; with one form, that form."""
        forms_sudo = request.env["paydox.order.form"]._search_published(request.website)
        if not forms_sudo:
            raise request.not_found()
        if len(forms_sudo) == 1:
            return request.redirect(forms_sudo.website_url)
        return request.render("paydox_website.order_index", {"forms": forms_sudo})

    @http.route("/order/<string:slug>", type="http", auth="public", website=True, methods=["GET"], sitemap=_sitemap)
    def order_page(self, slug, **_params):
        return self._render_page(self._find_form(slug), {"quantity": "1"})

    @http.route("/order/<string:slug>", type="http", auth="public", website=True, methods=["POST"], sitemap=False)
    def order_send(self, slug, order_key="", order_sign="", **params):
        """Make a deal of what was sent, once per key, then redirect; or show the page again with what was typed."""
        form_sudo = self._find_form(slug)
        # files and repeated fields are of no use here
        names = [*FIELDS, *(row._get_answer_name() for row in form_sudo._get_question_fields())]
        values = {name: params[name] for name in names if isinstance(params.get(name), str)}
        if params.get(TRAP):
            _logger.info("Order form %s: a program filled the hidden field, nothing was made.", form_sudo.id)
            return self._redirect_to_thanks(form_sudo)
        if not form_sudo._is_order_key_valid(order_key, order_sign):
            notice = request.env._("This page was open for too long. Please check your order and send it again.")
            return self._render_page(form_sudo, values, notice=notice, status=400)
        order, errors = form_sudo._check_order(values)
        if errors:
            return self._render_page(form_sudo, values, errors=errors, order_key=order_key, status=422)
        lead_sudo = form_sudo.env["crm.lead"].with_context(active_test=False).search([("order_key", "=", order_key)])
        if lead_sudo:
            if form_sudo._is_same_order(lead_sudo, order):
                return self._redirect_to_thanks(form_sudo)
            notice = request.env._("Your former order is already here. Send this page again to make one more order.")
            return self._render_page(form_sudo, values, notice=notice, status=409)
        if not request.env["paydox.order.throttle"]._take(form_sudo, request.httprequest.remote_addr):
            notice = request.env._(
                "Too many orders came from your network. Please send this one again in some minutes."
            )
            return self._render_page(form_sudo, values, notice=notice, order_key=order_key, status=429)
        # sudo: the default team and the company of the website are not for visitors to read
        form_sudo._place_order(order, order_key, request.website.sudo())
        return self._redirect_to_thanks(form_sudo)

    @http.route("/order/<string:slug>/thanks", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def order_thanks(self, slug, **_params):
        form_sudo = self._find_form(slug)
        response = request.render("paydox_website.order_thanks_page", {"form": form_sudo, "main_object": form_sudo})
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    # === HELPERS ===#

    def _find_form(self, slug):
        """:return: the published form, as superuser: visitors have no access to the models of the form"""
        form_sudo = request.env["paydox.order.form"]._find_published(slug, request.website)
        if not form_sudo:
            raise request.not_found()
        return form_sudo

    def _redirect_to_thanks(self, form_sudo):
        return request.redirect(f"{form_sudo.website_url}/thanks")

    def _render_page(self, form_sudo, values, *, errors=None, notice=None, order_key=None, status=200):
        order_key = order_key or str(uuid.uuid4())
        response = request.render(
            "paydox_website.order_page",
            {
                "form": form_sudo,
                "main_object": form_sudo,
                "values": values,
                "errors": errors or {},
                "first_error": next(iter(errors or {}), None),
                "notice": notice,
                "limits": LIMITS,
                "questions": form_sudo._get_question_fields(),
                "trap": TRAP,
                "order_key": order_key,
                "order_sign": form_sudo._sign_order_key(order_key),
            },
        )
        response.status_code = status
        # a page taken from a cache would carry the key of a former order
        response.headers["Cache-Control"] = "no-store"
        return response
