from odoo import fields, models


class PaydoxOrderForm(models.Model):
    """An order starts the case that says what is done with it."""

    _inherit = "paydox.order.form"

    case_template_id = fields.Many2one(
        comodel_name="paydox.case.template",
        domain="[('state', '=', 'published'), ('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="restrict",
        index="btree_not_null",
        help="Each order starts a case by this template. Empty: by the template of the deal type, if it has one.",
    )

    # === HELPERS === #

    def _get_case_template(self):
        self.ensure_one()
        return self.case_template_id or self.deal_type_id.case_template_id


class PaydoxEvent(models.Model):
    _inherit = "paydox.event"

    # === BUSINESS METHODS === #

    def _consume(self):
        result = super()._consume()
        if self.name == "form.sent" and self.res_model == "crm.lead":
            lead = self.env["crm.lead"].with_context(active_test=False).browse(self.res_id).exists()
            template = lead.order_form_id._get_case_template() if lead.order_form_id else lead.order_form_id
            if template:
                # the key of the event is the key of the order: a replayed event finds the case of the first
                lead._start_case(template, f"order:{self.key}")
        return result


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # === HOOKS === #

    def _get_case_template(self):
        # The case of an order is started by the order itself, see above.
        return super()._get_case_template() if not self.order_form_id else self.env["paydox.case.template"]
