from odoo import fields, models


class PaydoxDocumentHandOver(models.TransientModel):
    """Window that asks who takes documents over."""

    _name = "paydox.document.hand.over"
    _description = "Hand Documents Over"

    document_ids = fields.Many2many(comodel_name="paydox.document", string="Documents", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="New Responsible", required=True, domain="[('share', '=', False)]"
    )
    with_work = fields.Boolean(
        string="With the Open Work",
        default=True,
        help="Instructions, activities and control points that the former one has not done yet go along.",
    )
    work_text = fields.Char(string="Open Work", compute="_compute_work_text")
    reason = fields.Char()

    # === COMPUTE METHODS === #

    def _compute_work_text(self):
        for window in self:
            window.document_ids.check_access("read")
            counts = [0, 0, 0]
            for person, documents in window.document_ids.grouped("responsible_id").items():
                work = documents._get_open_work(person) if person else ()
                counts = [count + len(rows) for count, rows in zip(counts, work, strict=False)] if work else counts
            window.work_text = self.env._(
                "Instructions: %(instructions)s, activities: %(activities)s, control points: %(points)s",
                instructions=counts[0],
                activities=counts[1],
                points=counts[2],
            )

    # === ACTIONS === #

    def action_confirm(self):
        self.ensure_one()
        self.document_ids.action_hand_over(self.user_id, self.with_work, self.reason)
        return {"type": "ir.actions.act_window_close"}
