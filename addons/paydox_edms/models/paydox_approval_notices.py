import json

from markupsafe import Markup

from odoo import api, models


class PaydoxApproval(models.Model):
    """Messages over several records at once."""

    _inherit = "paydox.approval"

    # === HELPERS === #

    @api.model
    def _send_digest(self, user, subject, intro, entries):
        """One message with a list, instead of one message for each entry; it names only what the person may read.

        :param user: who gets it
        :param str subject: in the language of the person, as ``intro``
        :param list entries: ``[(record, note)]``
        """
        readable = self._get_readable(user, [record for record, _note in entries])
        names = {
            record: record.display_name
            for records in readable.values()
            for record in records.with_user(user).with_context(lang=user.lang)
        }
        env = self.env(context=dict(self.env.context, lang=user.lang))
        items = Markup("").join(
            Markup('<li><a href="/mail/view?model=%s&amp;res_id=%s">%s</a>: %s</li>')
            % (record._name, record.id, names[record], note)
            if record in names
            else Markup("<li>%s: %s</li>") % (env._("a record that you have no access to"), note)
            for record, note in entries
        )
        self.env["mail.thread"].with_context(lang=user.lang).message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=Markup("<p>%s</p><ul>%s</ul>") % (intro, items),
            author_id=self.env.user.partner_id.id,
        )

    @api.model
    def _get_readable(self, user, records):
        """Those of the records that ``user`` may read, in whichever of his companies: ``{model: records}``."""
        readable = {}
        for record in records:
            readable[record._name] = readable.get(record._name, record.browse()) | record
        for model, found in readable.items():
            as_user = found.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            readable[model] = found.browse(as_user._filtered_access("read")._ids)
        return readable

    @api.model
    def _dump(self, values):
        """Facts of a link of the chain as text."""
        return json.dumps(values, sort_keys=True, ensure_ascii=False)
