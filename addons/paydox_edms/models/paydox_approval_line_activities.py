from odoo import fields, models
from odoo.fields import Command


class PaydoxApprovalLine(models.Model):
    """What the people who are asked find on their lists."""

    _inherit = "paydox.approval.line"

    late_activity_ids = fields.Many2many(
        comodel_name="mail.activity",
        relation="paydox_approval_line_late_activity_rel",
        readonly=True,
        help="What those who answer for the term were told.",
    )

    # === BUSINESS METHODS === #

    def _schedule_activities(self):
        """Put the decision on the lists of the people."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "paydox_edms.mail_activity_type_decide", raise_if_not_found=False
        )
        models = self.env["ir.model"]
        today = fields.Date.context_today(self)
        activities = self.env["mail.activity"]._create_turns(
            [
                {
                    "res_model_id": models._get_id(line.res_model),
                    "res_model": line.res_model,
                    "res_id": line.res_id,
                    "res_name": line._get_record().display_name,
                    "user_id": line.user_id.id,
                    "user_tz": line.user_id.with_user(line.user_id).context_get().get("tz"),
                    "activity_type_id": type_id or False,
                    "summary": line.step_id.name,
                    "date_deadline": line.deadline.date() if line.deadline else today,
                    "automated": True,
                }
                for line in self
            ]
        )
        for line, activity in zip(self, activities, strict=True):
            line.activity_id = activity

    def _drop_activities(self):
        asked = self.filtered("activity_id")
        self.env["mail.activity"]._delete_turns(asked.activity_id)
        asked.write({"activity_id": False})
        self._drop_late_activities()

    def _drop_late_activities(self):
        self.filtered("escalated_at").late_activity_ids.unlink()

    def _link_late_activities(self, activities):
        self.write({"late_activity_ids": [Command.link(activity.id) for activity in activities]})
