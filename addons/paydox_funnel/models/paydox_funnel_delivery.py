import base64

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.paydox_edms.tools.arguments import is_storable

ARGUMENTS = ("domain", "date_from", "date_to", "mode", "breakdown", "filters", "by", "keys")


class PaydoxFunnel(models.AbstractModel):
    """The funnel that goes out: both files, to people by their own way of being notified or by e-mail."""

    _inherit = "paydox.funnel"

    @api.model
    def _clean_query(self, query):
        """The arguments of ``get_funnel`` and of the files, as a client sent them.

        :param dict query: keys of ``ARGUMENTS``; others are refused
        """
        query = query or {}
        if not isinstance(query, dict) or query.keys() - set(ARGUMENTS):
            raise UserError(
                self.env._("What the funnel is about could not be read. Open it anew and press Send there.")
            )
        return {"mode": "cohort"} | {name: value for name, value in query.items() if value is not None}

    @api.model
    def _check_storable(self, vals, name):
        """A filter that is kept: the database has no place for some characters, and its own words for that are no help."""
        if not is_storable(vals.get(name)):
            raise UserError(
                self.env._("The filter has characters that cannot be kept. Choose it again in the filter editor.")
            )

    @api.model
    def _make_files(self, query, with_pdf=True, with_xlsx=True):
        """``[(filename, bytes)]`` of the funnel, with the numbers that the current user sees."""
        files = []
        if with_pdf:
            content, filename = self._render_pdf(**self._get_file_arguments(query))
            files.append((filename, content))
        if with_xlsx:
            result = self.export_xlsx(**self._get_file_arguments(query))
            files.append((result["filename"], base64.b64decode(result["content"])))
        if not files:
            raise ValidationError(self.env._("Choose at least one file: PDF or Excel."))
        return files

    @api.model
    def _get_file_arguments(self, query):
        return dict.fromkeys(ARGUMENTS) | self._clean_query(query)

    @api.model
    def _deliver(self, partners, subject, body, files):
        """Send the files: colleagues get them as they get their other messages, everybody else by e-mail."""
        self.env["mail.thread"].message_notify(
            partner_ids=partners.ids,
            subject=subject,
            body=body,
            attachments=files,
            email_layout_xmlid="mail.mail_notification_light",
        )
