from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .decide import HEADERS, get_file_urls


class ReviewController(http.Controller):
    """What a counterparty sees behind the link that was sent to him. The link opens one version and nothing else."""

    @http.route("/paydox/review/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def show(self, token, **_kwargs):
        """Show the version and ask; opening answers nothing."""
        review_sudo = self._find(token)
        if not review_sudo:
            return self._render_unknown()
        if not review_sudo._get_obstacle():
            review_sudo._register_opening()
        return self._render(review_sudo, token)

    @http.route("/paydox/review/<string:token>/file", type="http", auth="public", methods=["GET"], sitemap=False)
    def get_file(self, token, download=None, **_kwargs):
        """The bytes of the version that was sent, as long as the link takes an answer."""
        review_sudo = self._find(token)
        if not review_sudo or review_sudo._get_obstacle():
            raise request.not_found()
        version_sudo = review_sudo.version_id
        stream = request.env["ir.binary"].sudo()._get_stream_from(version_sudo, "file", filename=version_sudo.filename)
        response = stream.get_response(as_attachment=bool(download))
        response.headers.update(HEADERS | {"X-Frame-Options": "SAMEORIGIN"})
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response

    @http.route("/paydox/review/<string:token>/code", type="http", auth="public", methods=["POST"], sitemap=False)
    def send_code(self, token, **_kwargs):
        """Send the code that proves that the person reads the mailbox to which the link was sent."""
        review_sudo = self._find(token)
        if not review_sudo:
            return self._render_unknown()
        try:
            review_sudo._send_code()
        except UserError as error:
            return self._render(review_sudo, token, error=str(error))
        return self._render(review_sudo, token, is_code_sent=True)

    @http.route("/paydox/review/<string:token>/answer", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer(self, token, answer="", name="", comment="", code="", file=None, **_kwargs):
        """Register the answer of whoever proved who he is."""
        review_sudo = self._find(token)
        if not review_sudo:
            return self._render_unknown()
        written = {"name": name, "comment": comment}
        if review_sudo._get_obstacle():
            return self._render(review_sudo, token)
        env = request.env
        # The wait for the lock comes first: of two who press at once the second sees the answer of the first.
        review_sudo._lock()
        proof = "login" if self._is_partner(review_sudo) else "code"
        if proof == "code" and not review_sudo._check_code(code):
            text = env._("The code is wrong or too old. Ask for a new one and write it here.")
            return self._render(review_sudo, token, error=text, is_code_sent=True, **written)
        try:
            with env.cr.savepoint():
                content = file.read() if file else None
                review_sudo._answer(answer, name, comment, proof, file.filename if file else None, content)
        except UserError as error:
            return self._render(review_sudo, token, error=str(error), is_code_sent=True, **written)
        return self._render(review_sudo, token, is_answered=True)

    # === HELPERS === #

    def _find(self, token):
        # sudo: the link is what gives access, to this row only
        reviews_sudo = request.env["paydox.external.review"].sudo()
        review_sudo = reviews_sudo._find_by_token(token)
        lang = review_sudo.partner_id.lang
        if lang:
            request.update_context(lang=lang)
        return review_sudo.with_context(lang=lang) if lang else review_sudo

    def _is_partner(self, review_sudo):
        """Whether the person is logged in as the counterparty itself."""
        user = request.env.user
        if user._is_public():
            return False
        # sudo: the commercial entity of the person who is logged in
        return user.sudo().partner_id.commercial_partner_id == review_sudo.partner_id.commercial_partner_id

    def _render_unknown(self):
        problem = request.env._("This link is not valid. It may have been cut by your mail program.")
        return self._respond({"problem": problem}, 404)

    def _render(self, review_sudo, token, **values):
        obstacle = review_sudo._get_obstacle()
        version_sudo = review_sudo.version_id
        if obstacle:
            return self._respond({"problem": obstacle, "is_answered": values.get("is_answered")}, 200)
        values |= {
            "review": review_sudo,
            "version": version_sudo,
            "token": token,
            "needs_code": not self._is_partner(review_sudo),
            "is_code_sent": values.get("is_code_sent") or review_sudo._has_live_code(),
            **get_file_urls(f"/paydox/review/{token}/file?v={version_sudo.number}"),
        }
        return self._respond(values)

    def _respond(self, values, status=200):
        response = request.render("paydox_edms.review_page", values, headers=HEADERS)
        response.status_code = status
        return response
