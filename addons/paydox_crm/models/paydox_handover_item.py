from odoo import api, fields, models


class PaydoxHandoverLine(models.Model):
    """To whom one sort of work goes."""

    _name = "paydox.handover.line"
    _description = "Sort of Work Handed Over"
    _inherit = ["paydox.protected"]
    _order = "handover_id, id"

    handover_id = fields.Many2one(
        comodel_name="paydox.handover", required=True, readonly=True, ondelete="cascade", index=True
    )
    sort = fields.Selection(selection="_selection_sort", string="What", required=True, readonly=True)
    target_id = fields.Many2one(
        comodel_name="res.users", string="To Whom", required=True, readonly=True, ondelete="restrict", index=True
    )
    count = fields.Integer(readonly=True, aggregator="sum", help="How many there were when it was handed over.")

    _sort_uniq = models.UniqueIndex("(handover_id, sort)", "A sort of work goes to one person.")

    # === SELECTION METHODS === #

    @api.model
    def _selection_sort(self):
        return self.env["paydox.handover"]._get_sorts()


class PaydoxHandoverItem(models.Model):
    """One record that was handed over, or why it was not."""

    _name = "paydox.handover.item"
    _description = "Record Handed Over"
    _inherit = ["paydox.protected"]
    _order = "handover_id desc, id"
    _rec_name = "record_name"

    handover_id = fields.Many2one(
        comodel_name="paydox.handover", required=True, readonly=True, ondelete="cascade", index=True
    )
    sort = fields.Selection(selection="_selection_sort", string="What", required=True, readonly=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", required=True, readonly=True)
    record_name = fields.Char(string="Name", readonly=True)
    target_id = fields.Many2one(comodel_name="res.users", string="To Whom", readonly=True, ondelete="restrict")
    state = fields.Selection(
        selection=[
            ("moved", "Handed over"),
            ("kept", "Stayed"),
            ("returned", "Returned"),
            ("left", "Not returned"),
        ],
        string="Status",
        required=True,
        readonly=True,
    )
    note = fields.Char(readonly=True, help="Why it stayed or did not come back.")

    # === SELECTION METHODS === #

    @api.model
    def _selection_sort(self):
        return self.env["paydox.handover"]._get_sorts()

    # === ACTIONS === #

    def action_open_record(self):
        """Open the record, if the current user may read it."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
