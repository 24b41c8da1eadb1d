from datetime import UTC, datetime, timedelta

from werkzeug.urls import url_encode

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, consteq
from odoo.tools.misc import hmac

from odoo.addons.paydox_edms.models.paydox_case_claim import SERVICE_KINDS
from odoo.addons.paydox_edms.tools.arguments import to_text

from .paydox_rating_mark import MAX_COMMENT

SCOPE = "paydox_crm.survey"
LINK_DAYS = 60


class PaydoxCase(models.Model):
    """When a claim or a request is closed, the client is asked once how satisfied he is."""

    _inherit = "paydox.case"

    is_surveyed = fields.Boolean(
        string="Client Has Answered",
        readonly=True,
        copy=False,
        help="How satisfied the client is was answered; an anonymous answer is kept without the case.",
    )

    # === BUSINESS METHODS === #

    def _after_end(self, event):
        result = super()._after_end(event)
        if event == "case.done":
            self._ask_clients()
        # Our claims are facts of the rating, and a case may just have become one that was rejected.
        self.sudo().filtered("partner_id").partner_id.commercial_partner_id._queue_rating()  # sudo: whoever ends it
        return result

    def _is_survey_open(self):
        """Whether the client of the case may still say how satisfied he is."""
        self.ensure_one()
        return bool(
            self.case_kind in SERVICE_KINDS
            and self.claim_direction == "incoming"
            and self.state == "done"
            and self.partner_id
            and not self.is_anonymous
            and not self.is_surveyed
        )

    def _ask_clients(self):
        for case_sudo in self.sudo():  # sudo: the contact need not be readable for who closes the case
            contact_sudo = case_sudo.contact_id or case_sudo.partner_id
            if not case_sudo.company_id.survey_after_case or not case_sudo._is_survey_open() or not contact_sudo.email:
                continue
            env = self.with_context(lang=contact_sudo.lang or self.env.lang).env
            case_sudo = case_sudo.with_env(env(su=True))
            body = env["ir.qweb"]._render(
                "paydox_crm.survey_mail", {"case": case_sudo, "url": case_sudo._get_survey_url()}
            )
            # sudo: whoever closes a case may not write letters to everybody
            env["mail.mail"].sudo().create(
                {
                    "subject": env._("How satisfied are you? %(case)s", case=case_sudo.name),
                    "body_html": body,
                    "email_to": contact_sudo.email_formatted,
                    "email_from": case_sudo.company_id.email_formatted or env.user.email_formatted,
                    "auto_delete": True,
                }
            )

    def _answer_survey(self, mark, comment=None, anonymous=False):
        """Keep the answer of the client, once, as superuser. An anonymous one names neither him nor the case.

        :param mark: 1 to 5
        """
        self.ensure_one()
        mark = int(mark) if str(mark) in ("1", "2", "3", "4", "5") else 0
        if not mark:
            raise UserError(self.env._("Choose one of the marks from 1 to 5."))
        # SQL: of two who press at once one is first, and nothing of the case tells when it was answered.
        first = self.env.execute_query(
            SQL(
                "UPDATE paydox_case SET is_surveyed = TRUE WHERE id = %s AND is_surveyed IS NOT TRUE RETURNING id",
                self.id,
            )
        )
        if not first or not self.partner_id:
            raise UserError(self.env._("This was answered already. Thank you."))
        self.invalidate_recordset(["is_surveyed"], flush=False)
        vals = {"kind": "survey", "mark": mark, "comment": to_text(comment, MAX_COMMENT)}
        if not anonymous:
            vals |= {"partner_id": self.partner_id.commercial_partner_id.id, "case_id": self.id}
        return self.env["paydox.rating.mark"].create(vals)

    # === LINK === #

    def _get_survey_url(self):
        self.ensure_one()
        expires = int((datetime.now(UTC) + timedelta(days=LINK_DAYS)).timestamp())
        token = f"{expires}-{self._sign_survey(expires)}"
        return f"{self.get_base_url()}/paydox/survey/{self.id}?{url_encode({'token': token})}"

    def _is_survey_token(self, token):
        """Whether the link was made here and has not run out."""
        self.ensure_one()
        expires, __, signature = token.partition("-") if isinstance(token, str) else ("", "", "")
        if not expires.isdecimal() or len(expires) > 12:
            return False
        good = consteq(self._sign_survey(int(expires)).encode(), signature.encode())
        return good and int(expires) >= datetime.now(UTC).timestamp()

    def _sign_survey(self, expires):
        # sudo: the secret of the database is not readable for anybody
        return hmac(self.env(su=True), SCOPE, (self.id, expires))
