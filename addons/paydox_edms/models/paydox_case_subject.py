from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class PaydoxCase(models.Model):
    """What the case is about: a document, a counterparty, a deal, or nothing in particular."""

    _inherit = "paydox.case"

    res_model = fields.Selection(selection="_selection_res_model", string="About", readonly=True, copy=False)
    res_id = fields.Many2oneReference(
        model_field="res_model", string="Subject Id", readonly=True, copy=False, index="btree_not_null"
    )
    record_name = fields.Char(string="About What", compute="_compute_record_name")

    _subject_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _subject_whole = models.Constraint(
        "CHECK((res_model IS NULL) = (COALESCE(res_id, 0) = 0))", "The subject of a case is a model and a record."
    )

    @api.model
    def _selection_res_model(self):
        return self.env["paydox.case.template"]._selection_res_model()

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        """The name of the subject for those who may read it; a case does not tell it to the others."""
        for model, cases in self.grouped("res_model").items():
            names = {}
            if model and model in self.env:
                records = self.env[model].sudo(False).browse(cases.mapped("res_id"))
                # sudo: whether it is there may be known to those who may not read it
                there = records.sudo().exists()._ids
                readable = records.browse(there)._filtered_access("read")
                names = dict.fromkeys(records._ids, self.env._("Deleted"))
                names |= dict.fromkeys(there, self.env._("No access"))
                names |= {record.id: record.display_name for record in readable}
            for case in cases:
                case.record_name = names.get(case.res_id, False)

    # === CONSTRAINT METHODS === #

    @api.constrains("res_model", "template_id")
    def _check_subject_model(self):
        models_known = dict(self._selection_res_model())
        for case in self:
            if case.res_model and case.res_model not in models_known:
                raise ValidationError(
                    self.env._("%(case)s: cases cannot be about such records.", case=case.display_name)
                )

    # === ACTIONS === #

    def action_open_subject(self):
        """Open what the case is about."""
        self.ensure_one()
        self.check_access("read")
        record = self._get_subject()
        if not record:
            raise ValidationError(
                self.env._("%(case)s is about nothing, or its subject was deleted.", case=self.display_name)
            )
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _move_subject(self, sources, target):
        """Cases about records that are merged into another one go on with it."""
        # sudo: whoever takes part in them
        cases_sudo = self.sudo().with_context(active_test=False).search(self._get_about_domain(sources))
        cases_sudo.write({"res_id": target.id})

    # === HELPERS === #

    def _get_subject(self):
        """The record, or an empty one when there is none any more."""
        self.ensure_one()
        if not self.res_model or not self.res_id or self.res_model not in self.env:
            return self.browse()
        return self.env[self.res_model].browse(self.res_id).exists()

    @api.model
    def _get_about_domain(self, records):
        """Cases about the records."""
        return Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
