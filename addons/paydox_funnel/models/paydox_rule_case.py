import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import RETRIED_ERRORS

_logger = logging.getLogger(__name__)


class PaydoxRule(models.Model):
    """When something happens to a deal, start a case."""

    _inherit = "paydox.rule"

    action = fields.Selection(selection_add=[("start_case", "Start a case")], ondelete={"start_case": "cascade"})
    case_template_id = fields.Many2one(
        comodel_name="paydox.case.template",
        domain="[('state', '=', 'published'), ('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="restrict",
        index="btree_not_null",
        help="By which template; the revision that is in use when the rule runs.",
    )

    # === CONSTRAINT METHODS ===#

    @api.model
    def _get_needed_fields(self):
        return super()._get_needed_fields() | {"start_case": "case_template_id"}

    # === ACTIONS OF RULES ===#

    def _describe_start_case(self, lead):
        return self.env._("Start a case by template %(template)s", template=self.case_template_id.name)

    def _do_start_case(self, event, lead):
        case = lead._start_case(self.case_template_id, key=f"rule:{self.id}:{event.key}")
        return self.env._("Case %(case)s started, because: %(event)s.", case=case.number, event=self._get_event_label())


class PaydoxEvent(models.Model):
    """A deal that is created starts the case of its type; a document tells the cases of its deal."""

    _inherit = "paydox.event"

    def _consume(self):
        result = super()._consume()
        if self.name == "deal.created":
            self._start_deal_case()
        return result

    def _start_deal_case(self):
        """Once per deal, whoever made it and however often the event is dispatched; what stops it is told on the deal."""
        lead = self._get_lead()
        template = lead._get_case_template() if lead else False
        if not template or not lead.active or lead.case_ids:
            return
        try:
            with self.env.cr.savepoint():
                lead._start_case(template, key=f"deal:{lead.id}")
        except RETRIED_ERRORS:
            raise
        except UserError as error:
            _logger.info("Case of deal %s cannot start: %s", lead.id, error)
            lead._message_log(body=self.env._("The case of the deal type could not start: %(error)s", error=str(error)))

    def _get_event_subjects(self):
        subjects = super()._get_event_subjects()
        lead = self._get_lead() if self.res_model != "crm.lead" else None
        return [*subjects, ("crm.lead", lead.id)] if lead else subjects


class PaydoxCaseStep(models.Model):
    _inherit = "paydox.case.step"

    # === HELPERS ===#

    def _prepare_document_values(self):
        """The document of a step of a deal's case is a document of the deal."""
        values = super()._prepare_document_values()
        lead = self.case_id._get_subject()
        if lead._name == "crm.lead" and lead:
            shared = {"lead_id": lead.id, "amount": lead.expected_revenue, "currency_id": lead.company_currency.id}
            values |= {name: value for name, value in shared.items() if value}
        return values
