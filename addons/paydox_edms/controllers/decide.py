from werkzeug.urls import url_encode

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

DECISIONS = ("agree", "refuse", "return")
PAGE_KINDS = ("approve", "confirm")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
}


def get_file_urls(url):
    """Where a page shows a file, if it is a PDF or an image, and where it offers it for download.

    :param str url: the route of the file, with a query
    """
    return {
        "viewer_url": f"/web/static/lib/pdfjs/web/viewer.html?{url_encode({'file': url})}",
        "image_url": url,
        "download_url": f"{url}&download=true",
    }


class DecideController(http.Controller):
    """The page behind the link of an e-mail: opening it decides nothing."""

    @http.route("/paydox/decide/<int:line_id>", type="http", auth="user", methods=["GET"], sitemap=False)
    def show(self, line_id, token="", **_kwargs):
        """Show the version and ask."""
        line, problem, status = self._open_link(line_id, token)
        if problem:
            return self._render({"problem": problem}, status)
        return self._render(self._prepare_values(line, token))

    @http.route("/paydox/decide/<int:line_id>", type="http", auth="user", methods=["POST"], sitemap=False)
    def decide(self, line_id, token="", decision="", comment="", delay_reason="", version="", **_kwargs):
        """Take the decision; what is refused is said on the page, and what was written stays there."""
        line, problem, status = self._open_link(line_id, token)
        if problem:
            return self._render({"problem": problem}, status)
        values = self._prepare_values(line, token)
        values |= {"comment": comment, "delay_reason": delay_reason}
        if values["answered"]:
            return self._render(values)
        if version != str(values["version"].id or 0):
            return self._render(values | {"is_stale": True})
        env = request.env
        if decision not in DECISIONS or (decision == "agree" and line.sudo().kind not in PAGE_KINDS):
            return self._render(values | {"error": env._("Choose one of the buttons.")})
        try:
            with env.cr.savepoint():
                line._get_record()._decide(decision, comment, delay_reason, line=line)
        except UserError as error:
            return self._render(values | {"error": str(error)})
        return request.redirect(f"/paydox/decide/{line_id}?{request.httprequest.query_string.decode()}", local=True)

    # === HELPERS === #

    def _open_link(self, line_id, token):
        """:return: ``(line, False, 200)`` or ``(None, what is wrong, HTTP status)``"""
        env = request.env
        # sudo: whether the link is good comes before what the person may read
        line_sudo = env["paydox.approval.line"].sudo().browse(line_id).exists()
        content = line_sudo and line_sudo._read_decision_token(token)
        if not content or line_sudo.user_id.id != content["user_id"]:
            return None, env._("This link is not valid. It may have been cut by your mail program."), 404
        if line_sudo.user_id not in env.user.document_principal_ids:
            return (
                None,
                env._("This link is for another person. It can be used only by the one to whom it was sent."),
                403,
            )
        if content["is_expired"]:
            return (
                None,
                env._("This link has expired. What still waits for your decision is on your list “To decide”."),
                410,
            )
        line = line_sudo.sudo(False).with_context(paydox_link_version=content["version_id"])
        return line, False, 200

    def _prepare_values(self, line, token):
        # sudo: after a decision the person may no longer read the line; the link showed that it was his
        line_sudo = line.sudo()
        values = {
            "line": line_sudo,
            "token": token,
            "answered": self._get_answered_text(line, line_sudo),
            "kinds": dict(line._fields["kind"]._description_selection(request.env)),
        }
        if values["answered"]:
            return values
        record = line._get_record()
        version = record._get_approval_version()
        mailed = line.env.context["paydox_link_version"]
        return values | {
            "facts": line,
            "version": version,
            **get_file_urls(f"/web/content/{version._name}/{version.id}/file?filename_field=filename"),
            "is_stale": bool(mailed and version.id != mailed),
            "can_agree": line_sudo.kind in PAGE_KINDS,
            "can_refuse": line_sudo.kind in (*PAGE_KINDS, "sign"),
            "record_url": f"/mail/view?model={line_sudo.res_model}&res_id={line_sudo.res_id}",
        }

    def _get_answered_text(self, line, line_sudo):
        """Why there is nothing to decide any more, or False."""
        env = request.env
        if line_sudo.decided_at:
            moment = env["ir.qweb.field.datetime"].value_to_html(line_sudo.decided_at, {})
            states = dict(line._fields["state"]._description_selection(env))
            return env._(
                "Already decided: %(state)s, by %(user)s on %(moment)s.",
                state=states[line_sudo.state],
                user=line_sudo.decided_by_id.name,
                moment=moment,
            )
        if line_sudo.state != "pending":
            return env._(
                "Nothing is to be decided any more: the approval was withdrawn or went on without this decision."
            )
        if not line.can_decide:
            return env._("You take part in this as its author, so somebody else has to decide.")
        return False

    def _render(self, values, status=200):
        response = request.render("paydox_edms.decide_page", values, headers=HEADERS)
        response.status_code = status
        return response
