from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.paydox_edms.controllers.decide import HEADERS


class SurveyController(http.Controller):
    """The page behind the link that asks a client how satisfied he is: it shows the subject of his claim and nothing else."""

    @http.route("/paydox/survey/<int:case_id>", type="http", auth="public", methods=["GET"], sitemap=False)
    def show(self, case_id, token="", **_kwargs):
        """Ask; opening answers nothing."""
        return self._render(self._find(case_id, token), token)

    @http.route("/paydox/survey/<int:case_id>", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer(self, case_id, token="", mark="", comment="", anonymous="", **_kwargs):
        """Keep the answer; what is refused is said on the page."""
        case_sudo = self._find(case_id, token)
        if not case_sudo or not case_sudo._is_survey_open():
            return self._render(case_sudo, token)
        try:
            with request.env.cr.savepoint():
                case_sudo._answer_survey(mark, comment, bool(anonymous))
        except UserError as error:
            return self._render(case_sudo, token, error=str(error), comment=comment)
        return self._render(case_sudo, token, is_thanked=True)

    # === HELPERS === #

    def _find(self, case_id, token):
        """The case as superuser, by a good link or for the client himself who is logged in; else nothing."""
        # sudo: the visitor has no right on cases; he sees the one of his link
        cases_sudo = request.env["paydox.case"].sudo()
        case_sudo = cases_sudo.browse(case_id).exists()
        if case_sudo and token and case_sudo._is_survey_token(token):
            return case_sudo
        if request.env.user._is_public():
            return cases_sudo
        domain = cases_sudo._get_portal_domain(request.env.user.partner_id)
        return cases_sudo.search(Domain("id", "=", case_id) & domain)

    def _render(self, case_sudo, token, **values):
        response = request.render(
            "paydox_crm.survey_page",
            {
                "case": case_sudo,
                "token": token,
                "is_open": bool(case_sudo) and case_sudo._is_survey_open(),
                "marks": request.env["paydox.rating.mark"]._fields["choice"]._description_selection(request.env)[::-1],
                **values,
            },
            headers=HEADERS,
        )
        response.status_code = 200 if case_sudo else 404
        return response
