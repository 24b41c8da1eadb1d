from odoo import fields, models
from odoo.fields import Command

# From this number of lines on, a person gets one message with a list instead of one for each.
DIGEST_FROM = 4


class PaydoxApprovalLine(models.Model):
    """What the people who are asked find on their lists and in their mail."""

    _inherit = "paydox.approval.line"

    late_activity_ids = fields.Many2many(
        comodel_name="mail.activity",
        relation="paydox_approval_line_late_activity_rel",
        readonly=True,
        help="What those who answer for the term were told.",
    )

    # === BUSINESS METHODS === #

    def _schedule_activities(self):
        """Put the decision on the lists of the people; Odoo tells them by their own channel and in their language."""
        activity_type = self.env.ref("paydox_edms.mail_activity_type_decide", raise_if_not_found=False)
        models = self.env["ir.model"]
        today = fields.Date.context_today(self)
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(
                [
                    {
                        "res_model_id": models._get_id(line.res_model),
                        "res_id": line.res_id,
                        "user_id": line.user_id.id,
                        "activity_type_id": activity_type.id if activity_type else False,
                        "summary": line.step_id.name,
                        "date_deadline": line.deadline.date() if line.deadline else today,
                        "automated": True,
                    }
                    for line in self
                ]
            )
        )
        for line, activity in zip(self, activities, strict=True):
            line.activity_id = activity
        self._notify_turns()

    def _notify_turns(self):
        """Tell the people that it is their turn; who gets many turns at once gets one list of them."""
        for user, lines in self.filtered(lambda line: line.user_id != self.env.user).grouped("user_id").items():
            if len(lines) < DIGEST_FROM:
                lines.activity_id.with_context(mail_activity_quick_update=False).action_notify()
                continue
            env = self.env(context=dict(self.env.context, lang=user.lang))
            self.env["paydox.approval"]._send_digest(
                user,
                env._("%(count)s records wait for your decision", count=len(lines)),
                env._("You are asked to decide. They are on your list “To Decide”."),
                [(line._get_record(), line.step_id.name) for line in lines],
            )

    def _drop_activities(self):
        self.activity_id.unlink()
        self._drop_late_activities()

    def _drop_late_activities(self):
        self.filtered("escalated_at").late_activity_ids.unlink()

    def _link_late_activities(self, activities):
        self.write({"late_activity_ids": [Command.link(activity.id) for activity in activities]})
