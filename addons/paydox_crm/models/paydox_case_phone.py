from odoo import models


class PaydoxCaseMixin(models.AbstractModel):
    _inherit = "paydox.case.mixin"

    # === HOOKS === #

    def _get_case_phone(self):
        """The phone at which the client of a case about the record is reached."""
        self.ensure_one()
        return self._get_case_partner().phone


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === HOOKS === #

    def _get_case_phone(self):
        return self.phone or super()._get_case_phone()


class PaydoxCase(models.Model):
    """At which phone the client of a case is reached."""

    _inherit = "paydox.case"

    # === HELPERS === #

    def _get_client_phone(self):
        """The phone of the client: of the contact person, of what the case is about, of the counterparty."""
        self.ensure_one()
        subject = self._get_subject()
        return self.contact_id.phone or (subject and subject._get_case_phone()) or self.partner_id.phone or False
