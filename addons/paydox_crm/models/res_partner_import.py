from markupsafe import Markup

from odoo import api, models


class ResPartner(models.Model):
    """Import: nothing is asked and nothing is held up; who is there already is told afterwards."""

    _inherit = "res.partner"

    @api.model
    def load(self, fields, data):
        """Import rows as Odoo does; the one who imports gets a notice when some of them look like others."""
        # Where Odoo checks tax numbers itself, a wrong one would hold up the row; here it is marked (“Requisites to Check”).
        result = super(ResPartner, self.with_context(no_vat_validation=True)).load(fields, data)
        ids = result.get("ids") or []
        # One or two rows are no import: who enters them sees the hint on the card.
        if len(ids) > 2:
            self.browse(ids)._report_duplicates()
        return result

    def _report_duplicates(self):
        """Tell the user how many of the recordset share something with others, and where the list of them is."""
        found = self._find_duplicates(with_similar=False)
        count = sum(bool(matches) for matches in found.values())
        if not count:
            return
        text = self.env._(
            "%(count)s of the %(total)s imported rows look like counterparties that are there already, or like each other.",
            count=count,
            total=len(self),
        )
        link = Markup('<a href="/odoo/possible-duplicates">%s</a>') % self.env._("Possible Duplicates")
        # Of the transaction of the import: a test run that is taken back tells nothing.
        self.env.user.partner_id.message_notify(
            partner_ids=self.env.user.partner_id.ids,
            subject=self.env._("Possible duplicates after the import"),
            body=Markup("<p>%s</p><p>%s</p>") % (text, link),
        )
