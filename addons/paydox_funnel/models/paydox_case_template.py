from odoo import api, models


class PaydoxCaseTemplate(models.Model):
    _inherit = "paydox.case.template"

    # === SELECTION METHODS === #

    @api.model
    def _get_subject_models(self):
        return [*super()._get_subject_models(), "crm.lead"]
