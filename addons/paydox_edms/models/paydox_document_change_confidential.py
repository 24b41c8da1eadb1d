from odoo import api, fields, models
from odoo.fields import Domain


class PaydoxDocumentChange(models.Model):
    """Changes of a field that a kind keeps for some people are seen by them alone."""

    _inherit = "paydox.document.change"

    is_confidential = fields.Boolean(
        compute="_compute_is_confidential",
        search="_search_is_confidential",
        help="Tells a value that the current user may not see. For access rules.",
    )

    # === COMPUTE METHODS === #

    @api.depends("field_name", "document_id.kind_id")
    @api.depends_context("uid")
    def _compute_is_confidential(self):
        found_sudo = self.sudo().filtered_domain(self._get_confidential_domain())  # sudo: the answer decides on access
        for change in self:
            change.is_confidential = change.id in found_sudo._ids

    def _search_is_confidential(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_confidential_domain()
        return domain if True in value else ~domain

    def _get_confidential_domain(self):
        unseen = self.env["paydox.document"]._get_unseen()
        return Domain.OR(
            Domain("field_name", "=", key.partition(".")[0])
            & Domain("document_id", "any!", Domain("kind_id", "in", sorted(kind_ids)))
            for key, kind_ids in unseen.items()
        )


class MailTrackingValue(models.Model):
    """As above, for the notes of Odoo's tracking."""

    _inherit = "mail.tracking.value"

    def _filter_has_field_access(self, env):
        return super()._filter_has_field_access(env)._filter_seen(env["paydox.document"]._get_unseen())

    def _filter_free_field_access(self):
        closed = {}
        for key, kind_id, readers, _editors in self.env["paydox.document.kind.field"]._get_rights():
            if readers:
                closed.setdefault(key, set()).add(kind_id)
        return super()._filter_free_field_access()._filter_seen(closed)

    def _filter_seen(self, closed):
        if not closed:
            return self
        # sudo: tracking values are kept from everybody and handed out by these methods
        values_sudo = self.sudo().filtered(
            lambda value: value.field_id.model == "paydox.document" and value.field_id.name in closed
        )
        kinds = {
            document_sudo.id: document_sudo.kind_id.id
            for document_sudo in self.env["paydox.document"].sudo().browse(values_sudo.mail_message_id.mapped("res_id"))
        }
        hidden = {
            value.id for value in values_sudo if kinds.get(value.mail_message_id.res_id) in closed[value.field_id.name]
        }
        return self.filtered(lambda value: value.id not in hidden)
