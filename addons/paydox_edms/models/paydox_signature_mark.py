import base64

import pytz

from odoo import models
from odoo.tools import format_datetime


class PaydoxSignature(models.Model):
    """How the signature looks on paper."""

    _inherit = "paydox.signature"

    # === HELPERS === #

    def _prepare_mark(self):
        """Texts and picture of the mark, in the language and time zone of the reader."""
        self.ensure_one()
        moment = self._get_moment_text()
        methods = dict(self._fields["method"]._description_selection(self.env))
        content = base64.b64decode(self.with_context(bin_size=False).image or b"")
        who = ", ".join(filter(None, (self.signer_name, self.position)))
        return {
            "line": f"{who} · {moment}",
            "name": self.signer_name,
            "facts": [
                (self.env._("Position"), self.position or "—"),
                *([(self.env._("By right of"), self.authority)] if self.authority else []),
                (self.env._("Signed on"), moment),
                (self.env._("Identity confirmed by"), methods[self.method]),
                (self.env._("Mark"), self.hash),
            ],
            # a drawing that was changed in the store is not shown as if it were his
            "image": content if self._get_image_checksum() == self.image_checksum else False,
        }

    def _get_moment_text(self):
        zone = pytz.timezone(self.env.user.tz or "UTC")
        offset = pytz.utc.localize(self.signed_at).astimezone(zone).strftime("%z")
        text = format_datetime(self.env, self.signed_at, tz=zone.zone)
        return self.env._(
            "%(moment)s (%(zone)s, UTC%(offset)s)", moment=text, zone=zone.zone, offset=f"{offset[:3]}:{offset[3:]}"
        )
