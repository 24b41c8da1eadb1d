import uuid

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.paydox_edms.models.paydox_case_portal import MAX_FILE_SIZE, MAX_FILES, MAX_SUBJECT
from odoo.addons.paydox_edms.models.paydox_case_question import MAX_TEXT
from odoo.addons.paydox_edms.tools import filename
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.portal.utils import validate_thread_with_token

_FIELDS = ("template_id", "subject", "essence", "product", "claim_key")


class CasePortal(CustomerPortal):
    """Claims and service requests of a client. The portal has no right on cases: only what is found here is shown."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "claim_count" in counters:
            values["claim_count"] = self._get_own_cases().search_count(self._get_own_domain())
        return values

    # === PAGES === #

    @http.route(["/my/claims", "/my/claims/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_claims(self, page=1, sortby=None, filterby=None, **_params):
        """The list of the client's own claims and requests."""
        sortings = {
            "date": {"label": request.env._("Newest"), "order": "id desc"},
            "name": {"label": request.env._("Subject"), "order": "name, id"},
        }
        filters = {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {"label": request.env._("Not closed"), "domain": Domain("state", "=", "running")},
        }
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        cases_sudo = self._get_own_cases()
        domain = self._get_own_domain() & filters[filterby]["domain"]
        total = cases_sudo.search_count(domain)
        args = {"sortby": sortby, "filterby": filterby}
        pager = portal_pager(url="/my/claims", url_args=args, total=total, page=page, step=self._items_per_page)
        found_sudo = cases_sudo.search(
            domain, order=sortings[sortby]["order"], limit=self._items_per_page, offset=pager["offset"]
        )
        values = self._prepare_portal_layout_values() | {
            "cases": found_sudo,
            "page_name": "claims",
            "pager": pager,
            "default_url": "/my/claims",
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
            "can_file": bool(request.env["paydox.case"]._get_portal_templates()),
        }
        return request.render("paydox_edms.portal_my_claims", values)

    @http.route("/my/claims/<int:case_id>", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def portal_my_claim(self, case_id, access_token=None, **_params):
        """One claim with its number, status and answers."""
        case_sudo = self._find_case(case_id, access_token)
        if not case_sudo:
            return request.redirect("/my")
        values = self._prepare_portal_layout_values() | {
            "case": case_sudo,
            "page_name": "claims",
            # The portal has no right on the model: its chatter reads and posts by the token of this one claim.
            "token": case_sudo._portal_ensure_token(),
        }
        return request.render("paydox_edms.portal_my_claim", values)

    @http.route("/my/claims/new", type="http", auth="user", website=True, methods=["GET"], sitemap=False)
    def portal_new_claim(self, **_params):
        """The form to file a claim."""
        return self._render_form({})

    @http.route("/my/claims/new", type="http", auth="user", website=True, methods=["POST"], sitemap=False)
    def portal_send_claim(self, **params):
        """File a claim, once per key."""
        values = {name: params[name] for name in _FIELDS if isinstance(params.get(name), str)}
        templates_sudo = request.env["paydox.case"]._get_portal_templates()
        template_sudo = templates_sudo.filtered(lambda row: str(row.id) == values.get("template_id"))
        if not template_sudo:
            return self._render_form(values, request.env._("Choose what you want to send."))
        contact_sudo = request.env.user.partner_id.sudo()
        try:
            files = self._read_files()
            case_sudo = request.env["paydox.case"]._register_outside(
                template_sudo, values | {"contact": contact_sudo}, files, values.get("claim_key")
            )
        except UserError as error:
            return self._render_form(values, error.args[0])
        return request.redirect(f"/my/claims/{case_sudo.id}")

    # === HELPERS === #

    def _get_own_cases(self):
        # sudo: the portal has no right on cases; each search goes with _get_own_domain
        return request.env["paydox.case"].sudo()

    def _get_own_domain(self):
        return request.env["paydox.case"]._get_portal_domain(request.env.user.partner_id)

    def _find_case(self, case_id, access_token):
        """The claim as superuser, when it is the client's own, or he came by the link that was sent to him."""
        cases_sudo = self._get_own_cases()
        if not request.env.user._is_public():
            case_sudo = cases_sudo.search(Domain("id", "=", case_id) & self._get_own_domain())
            if case_sudo:
                return case_sudo
        case_sudo = cases_sudo.browse(case_id).exists()
        if not case_sudo or not access_token or not validate_thread_with_token(case_sudo, access_token):
            return cases_sudo
        return case_sudo.filtered_domain(cases_sudo._get_portal_domain(case_sudo.contact_id))

    def _read_files(self):
        """Name and bytes of what was sent; nothing larger than allowed is read into memory."""
        files = []
        for upload in request.httprequest.files.getlist("photos")[: MAX_FILES + 1]:
            if upload.filename:
                files.append((filename.sanitize(upload.filename) or "file", upload.read(MAX_FILE_SIZE + 1)))
        return files

    def _render_form(self, values, error=None):
        values = self._prepare_portal_layout_values() | {
            "page_name": "claims",
            "templates": request.env["paydox.case"]._get_portal_templates(),
            "values": values,
            "error": error,
            "claim_key": values.get("claim_key") or str(uuid.uuid4()),
            "max_subject": MAX_SUBJECT,
            "max_text": MAX_TEXT,
            "files_hint": request.env._(
                "At most %(count)s files, each up to %(size)s MB.",
                count=MAX_FILES,
                size=MAX_FILE_SIZE // 1024 // 1024,
            ),
        }
        response = request.render("paydox_edms.portal_new_claim", values)
        response.headers["Cache-Control"] = "no-store"
        if error:
            response.status_code = 422
        return response
