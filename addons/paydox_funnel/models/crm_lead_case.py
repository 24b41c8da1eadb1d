from odoo import fields, models


class PaydoxDealType(models.Model):
    _inherit = "paydox.deal.type"

    case_template_id = fields.Many2one(
        comodel_name="paydox.case.template",
        domain="[('state', '=', 'published'), ('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="restrict",
        index="btree_not_null",
        help="What is done with a deal of this type: the case starts by itself when the deal is created.",
    )


class CrmLead(models.Model):
    """Cases about a deal."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "paydox.case.mixin"]

    # === HOOKS === #

    def _get_case_partner(self):
        return self.partner_id

    def _get_case_phone(self):
        return self.phone or super()._get_case_phone()

    def _get_case_template(self):
        """By which template the case of a new deal starts by itself, if it does."""
        self.ensure_one()
        return self.deal_type_id.case_template_id

    # === BUSINESS METHODS === #

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["paydox.case"]._move_subject(opportunities, self)
        return result

    def _start_case(self, template, key):
        """Start the case of a deal that came by itself, once per key. As superuser.

        :param template: the case template, of whichever revision
        :return: the case
        """
        self.ensure_one()
        template = template.with_company(self.company_id)._get_current()
        return template._start_one(self._prepare_case_values(template), key)

    def _prepare_case_values(self, template):
        """Values of the case that starts by itself; ``template`` is the revision that serves now."""
        self.ensure_one()
        return {
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "partner_id": self.partner_id.id,
            "owner_id": self.user_id.id,
            "company_id": (self.company_id or self.env.company).id,
        }
