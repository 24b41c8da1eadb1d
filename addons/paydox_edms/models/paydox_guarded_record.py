from odoo import api, models


class PaydoxGuardedRecord(models.AbstractModel):
    """A record that says its name to those only who may read it.

    The name of a many2one is read as superuser, so a record that the user may not read could tell its subject through
    one that he may. The question is asked for the user himself.
    """

    _name = "paydox.guarded.record"
    _description = "Record Named to Its Readers Only"
    # Fields of which the name is made.
    _guarded_name_fields = ("name",)

    # === DISPLAY NAME === #

    @api.depends(lambda self: self._guarded_name_fields)
    @api.depends_context("uid", "lang")
    def _compute_display_name(self):
        readable = self._origin.sudo(False)._filtered_access("read")
        for record in self:
            if record._origin and record._origin not in readable:
                record.display_name = record._get_hidden_name()
            else:
                record.display_name = record._get_shown_name()

    # === HOOKS === #

    def _get_shown_name(self):
        """The name for who may read the record."""
        return self.name or ""

    def _get_hidden_name(self):
        """What the others see instead."""
        return self.env._("No access")

    # === READERS === #

    def _filter_readable_by(self, user):
        """The records of ``self`` that another user may read, in whichever of his companies."""
        env_self = self.with_user(user).with_context(allowed_company_ids=user.sudo().company_ids.ids)
        return self.browse(env_self._filtered_access("read")._ids)

    def _filter_readable_by_partner(self, partner_sudo):
        """Which of the records a partner may follow: those that one of his users may read."""
        readable = self.browse()
        for user in partner_sudo.user_ids:
            readable |= self._filter_readable_by(user)
        return readable

    def _group_by_readers(self, partners):
        """Pairs of records and those of the partners who may follow them: one question a partner."""
        readers = dict.fromkeys(self, self.env["res.partner"])
        for partner in partners:
            for record in self._filter_readable_by_partner(partner):
                readers[record] |= partner
        by_readers = {}
        for record, found in readers.items():
            if found:
                by_readers[found] = by_readers.get(found, self.browse()) | record
        return [(records, found) for found, records in by_readers.items()]
