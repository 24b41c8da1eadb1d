from odoo import fields, models


class PaydoxOrderForm(models.Model):
    """Questions of an order form that come from the data form of the case it starts."""

    _inherit = "paydox.order.form"

    # === HELPERS === #

    def _get_question_fields(self):
        """Fields of the data form that the customer fills in, as superuser."""
        self.ensure_one()
        # sudo: visitors have no access to the templates, the page shows the fields that are meant for it
        template_sudo = self.sudo()._get_case_template()
        current_sudo = template_sudo and template_sudo._get_current()
        return current_sudo._get_website_fields() if current_sudo else self.env["paydox.case.field"].sudo()

    def _check_order(self, values):
        order, errors = super()._check_order(values)
        answers, wrong = self._get_question_fields()._parse_answers(values)
        errors |= wrong
        return ({}, errors) if errors else (order | {"answers": answers}, {})

    def _prepare_lead_values(self, order, order_key, website, leads_sudo):
        vals = super()._prepare_lead_values(order, order_key, website, leads_sudo)
        return vals | {"order_answers": order.get("answers") or False}

    def _get_answer_texts(self, lead_sudo):
        """``[(label, answer)]`` of an order, in the language of the reader."""
        self.ensure_one()
        answers = lead_sudo.order_answers or {}
        rows = self._get_question_fields().with_context(lang=self.env.lang)
        return [
            (row.name, row._get_answer_text(answers[row.property_name]))
            for row in rows
            if answers.get(row.property_name) is not None and row.type != "separator"
        ]


class CrmLead(models.Model):
    _inherit = "crm.lead"

    order_answers = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="What the customer said on the order form; the case of the order begins with it.",
    )

    # === HOOKS === #

    def _prepare_case_values(self, template):
        vals = super()._prepare_case_values(template)
        known = set(template.field_ids.mapped("property_name"))
        # sudo: read by the system only
        answers = self.sudo().order_answers or {}
        properties = {name: value for name, value in answers.items() if name in known}
        return vals | ({"properties": properties} if properties else {})
