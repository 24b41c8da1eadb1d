from odoo import models
from odoo.tools import email_normalize


class PaydoxStepDefinition(models.AbstractModel):
    """A step on which the counterparty decides, behind a link: nobody of the company is asked."""

    _inherit = "paydox.step.definition"

    # === BUSINESS METHODS === #

    def _find_approvers(self, record, excluded):
        if not self._is_outside():
            return super()._find_approvers(record, excluded)
        return self.env["res.users"], self._get_counterparty_obstacle(record)

    def _is_empty_for(self, record, excluded):
        if not self._is_outside():
            return super()._is_empty_for(record, excluded)
        return not record._get_approval_counterparty()

    # === HELPERS === #

    def _is_outside(self):
        self.ensure_one()
        return self.approver_kind == "counterparty"

    def _get_counterparty_obstacle(self, record):
        """Why ``record`` cannot go to its counterparty, as the end of a sentence, or False."""
        if not record._get_approval_document():
            return self.env._("the counterparty is to be asked, but only documents are sent to counterparties")
        partner = record._get_approval_counterparty()
        if not partner:
            return self.env._("the counterparty is to be asked, but the document names none")
        if not email_normalize(partner.email):
            return self.env._("the counterparty %(partner)s has no usable e-mail", partner=partner.name)
        if not record._get_approval_version():
            return self.env._("the counterparty is to be asked, but there is no file to send")
        return False


class PaydoxApprovalMixin(models.AbstractModel):
    _inherit = "paydox.approval.mixin"

    # === HOOKS === #

    def _get_approval_counterparty(self):
        """The counterparty who is asked by a step of that kind."""
        return self.env["res.partner"]


class PaydoxDocument(models.Model):
    _inherit = "paydox.document"

    def _get_approval_counterparty(self):
        return self.partner_id
