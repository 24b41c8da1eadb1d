from datetime import UTC, datetime, timedelta

from werkzeug.urls import url_encode

from odoo import api, fields, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

SCOPE = "paydox_edms.decide"
DEFAULT_DAYS = 14
DAYS_AFTER_DEADLINE = 3


class PaydoxApprovalLine(models.Model):
    """The link in an e-mail: it names the line, the person and the version, is signed and expires.

    It opens a page and decides nothing by itself; the person has to log in, so that a link that was forwarded is of
    no use to anybody else.
    """

    _inherit = "paydox.approval.line"

    # === HELPERS === #

    def _get_decision_url(self):
        self.ensure_one()
        query = url_encode({"token": self._get_decision_token(self._get_link_expiry())})
        return f"{self._get_record().get_base_url()}/paydox/decide/{self.id}?{query}"

    def _get_decision_token(self, expires):
        """The signed part of the link.

        :param datetime expires: in UTC, without a time zone
        """
        version = self._get_record()._get_approval_version()
        parts = (self.user_id.id, version.id or 0, int(expires.replace(tzinfo=UTC).timestamp()))
        return "-".join([*map(str, parts), self._sign_link(parts)])

    def _read_decision_token(self, token):
        """What a link says, or None when it was not made here.

        :return: ``{"user_id", "version_id", "is_expired"}``
        """
        self.ensure_one()
        pieces = token.split("-") if isinstance(token, str) else []
        if len(pieces) != 4 or not all(piece.isdecimal() and len(piece) < 16 for piece in pieces[:3]):
            return None
        parts = tuple(map(int, pieces[:3]))
        if not consteq(self._sign_link(parts).encode(), pieces[3].encode()):
            return None
        user_id, version_id, expires = parts
        is_expired = datetime.fromtimestamp(expires, UTC).replace(tzinfo=None) < fields.Datetime.now()
        return {"user_id": user_id, "version_id": version_id, "is_expired": is_expired}

    def _sign_link(self, parts):
        # sudo: the secret of the database is not readable for anybody
        return hmac(self.env(su=True), SCOPE, (self.id, *parts))

    def _get_link_expiry(self):
        expires = fields.Datetime.now() + timedelta(days=self._get_link_days())
        return max(expires, self.deadline + timedelta(days=DAYS_AFTER_DEADLINE)) if self.deadline else expires

    @api.model
    def _get_link_days(self):
        # sudo: system parameters are not readable for everybody
        value = self.env["ir.config_parameter"].sudo().get_param("paydox_edms.decision_link_days", "")
        return int(value) if value.isdecimal() and 0 < int(value) < 1000 else DEFAULT_DAYS
