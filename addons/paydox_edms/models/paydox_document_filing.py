from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxDocument(models.Model):
    """Filing into the cases of the nomenclature: outside of what was confirmed, and the clerk's business."""

    _inherit = "paydox.document"

    nomenclature_id = fields.Many2one(
        comodel_name="paydox.nomenclature",
        string="Filed into Case",
        check_company=True,
        ondelete="restrict",
        copy=False,
        index="btree_not_null",
        tracking=True,
        domain="[('state', '=', 'open')]",
    )
    can_file = fields.Boolean(compute="_compute_can_file")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_can_file(self):
        self.can_file = self._is_clerk()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        if filed := documents.filtered("nomenclature_id"):
            filed._check_filing(filed.nomenclature_id)
        return documents

    def write(self, vals):
        if "nomenclature_id" not in vals:
            return super().write(vals)
        former = self.nomenclature_id
        result = super().write(vals)
        self._check_filing(former | self.nomenclature_id)
        return result

    # === HELPERS === #

    @api.model
    def _is_clerk(self):
        return self.env.user.has_group("paydox_edms.paydox_edms_group_clerk")

    @api.model
    def _get_unlocked_fields(self):
        return super()._get_unlocked_fields() | {"nomenclature_id"}

    def _check_filing(self, cases):
        """Only clerks file, and only into and out of open cases."""
        if not self.env.su and not self._is_clerk():
            raise AccessError(self.env._("Documents are filed by clerks. Ask one to file the document."))
        lock_rows(cases)
        # sudo: a case that is being closed at this instant sees that something was filed
        for case_sudo in cases.sudo():
            if case_sudo.state == "closed":
                raise UserError(
                    self.env._(
                        "The case %(case)s is closed. File the document into an open case.", case=case_sudo.display_name
                    )
                )
            case_sudo.filing_count += 1
