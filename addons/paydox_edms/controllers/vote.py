from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.paydox_edms.tools.arguments import to_id

from .decide import HEADERS, get_file_urls


class VoteController(http.Controller):
    """What a voter outside sees behind his link. It opens one vote and the file that is voted on, and nothing else."""

    @http.route("/paydox/vote/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def show(self, token, **_kwargs):
        """Show the question and ask; opening votes for nothing."""
        guest_sudo = self._find(token)
        if not guest_sudo:
            return self._render_unknown()
        if not guest_sudo._get_obstacle():
            guest_sudo._register_opening()
        return self._render(guest_sudo, token)

    @http.route("/paydox/vote/<string:token>/file", type="http", auth="public", methods=["GET"], sitemap=False)
    def get_file(self, token, download=None, **_kwargs):
        """The bytes of the version that is voted on, as long as the link takes a vote."""
        guest_sudo = self._find(token)
        if not guest_sudo or guest_sudo._get_obstacle() or not guest_sudo.version_id:
            raise request.not_found()
        version_sudo = guest_sudo.version_id
        stream = request.env["ir.binary"].sudo()._get_stream_from(version_sudo, "file", filename=version_sudo.filename)
        response = stream.get_response(as_attachment=bool(download))
        response.headers.update(HEADERS | {"X-Frame-Options": "SAMEORIGIN"})
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response

    @http.route("/paydox/vote/<string:token>/code", type="http", auth="public", methods=["POST"], sitemap=False)
    def send_code(self, token, **_kwargs):
        """Send the code that proves that the person reads the mailbox to which the link was sent."""
        guest_sudo = self._find(token)
        if not guest_sudo:
            return self._render_unknown()
        try:
            guest_sudo._send_code()
        except UserError as error:
            return self._render(guest_sudo, token, error=str(error))
        return self._render(guest_sudo, token, is_code_sent=True)

    @http.route("/paydox/vote/<string:token>/answer", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer(self, token, option="", comment="", code="", **_kwargs):
        """Register the vote of whoever proved who he is."""
        guest_sudo = self._find(token)
        if not guest_sudo:
            return self._render_unknown()
        if guest_sudo._get_obstacle():
            return self._render(guest_sudo, token)
        env = request.env
        # The wait for the lock comes first: of two who press at once the second sees the vote of the first.
        guest_sudo._lock()
        proof = "login" if self._is_partner(guest_sudo) else "code"
        if proof == "code" and not guest_sudo._check_code(code):
            text = env._("The code is wrong or too old. Ask for a new one and write it here.")
            return self._render(guest_sudo, token, error=text, is_code_sent=True, comment=comment)
        option_id = to_id(int(option)) if option.isdecimal() and len(option) < 10 else False
        try:
            with env.cr.savepoint():
                guest_sudo._vote(option_id, comment, proof)
        except UserError as error:
            return self._render(guest_sudo, token, error=str(error), is_code_sent=True, comment=comment)
        return self._render(guest_sudo, token, is_answered=True)

    # === HELPERS === #

    def _find(self, token):
        # sudo: the link is what gives access, to this row only
        guest_sudo = request.env["paydox.vote.guest"].sudo()._find_by_token(token)
        lang = guest_sudo.partner_id.lang
        if lang:
            request.update_context(lang=lang)
        return guest_sudo.with_context(lang=lang) if lang else guest_sudo

    def _is_partner(self, guest_sudo):
        """Whether the person is logged in as the very voter: a colleague of his has no vote."""
        user = request.env.user
        # sudo: the card of the person who is logged in
        return not user._is_public() and user.sudo().partner_id == guest_sudo.partner_id

    def _render_unknown(self):
        problem = request.env._("This link is not valid. It may have been cut by your mail program.")
        return self._respond({"problem": problem}, 404)

    def _render(self, guest_sudo, token, **values):
        obstacle = guest_sudo._get_obstacle()
        if obstacle:
            return self._respond({"problem": obstacle, "is_answered": values.get("is_answered")})
        version_sudo = guest_sudo.version_id
        values |= {
            "guest": guest_sudo,
            "version": version_sudo,
            "token": token,
            "needs_code": not self._is_partner(guest_sudo),
            "is_code_sent": values.get("is_code_sent") or guest_sudo._has_live_code(),
            **get_file_urls(f"/paydox/vote/{token}/file?v={version_sudo.number}"),
        }
        return self._respond(values)

    def _respond(self, values, status=200):
        response = request.render("paydox_edms.vote_page", values, headers=HEADERS)
        response.status_code = status
        return response
