import textwrap

from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class PaydoxRule(models.Model):
    """Then: people are told, asked or appointed."""

    _inherit = "paydox.rule"

    action = fields.Selection(
        selection_add=[("assign", "Appoint a responsible person"), ("send_mail", "Send an e-mail")],
        ondelete={"assign": "cascade", "send_mail": "cascade"},
    )
    activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
    )
    activity_summary = fields.Char(
        string="What to Do", translate=True, help="The summary of the activity. Empty: the name of the rule."
    )
    activity_days = fields.Integer(string="Due in Days", default=1)
    assign_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Appointed Person",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="Empty: who is appointed is decided by the deal type.",
    )
    reassign = fields.Boolean(
        string="Also Deals with a Responsible Person", help="Otherwise the rule skips deals that somebody has already."
    )
    mail_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="E-mail Template",
        ondelete="restrict",
        domain="[('model', '=', 'crm.lead')]",
    )

    _activity_days_check = models.Constraint("CHECK(activity_days >= 0)", "The activity is due today or later.")

    # === CONSTRAINT METHODS ===#

    @api.constrains("mail_template_id", "assign_user_id")
    def _check_people(self):
        for rule in self:
            # sudo: the template is checked whoever may read it
            if rule.sudo().mail_template_id and rule.sudo().mail_template_id.model != "crm.lead":
                raise UserError(
                    self.env._(
                        "Rule %(name)s: the e-mail template is not for deals. Choose another.", name=rule.display_name
                    )
                )
            if rule.sudo().assign_user_id.share:
                raise UserError(
                    self.env._("Rule %(name)s: only colleagues can be responsible for deals.", name=rule.display_name)
                )

    @api.model
    def _get_needed_fields(self):
        return super()._get_needed_fields() | {"send_mail": "mail_template_id"}

    # === CONDITIONS ===#

    def _get_assign_obstacle(self, lead):
        if lead.user_id and not self.reassign:
            return self.env._("The deal has a responsible person already: %(user)s.", user=lead.user_id.name)
        if self.assign_user_id:
            if lead.user_id == self.assign_user_id:
                return self.env._("The deal has this responsible person already.")
            if not self.assign_user_id.active:
                return self.env._("%(user)s does not work here any more.", user=self.assign_user_id.name)
        elif lead.deal_type_id.assignment in (False, "none"):
            return self.env._("The deal type does not appoint anybody.")
        return None

    # === ACTIONS OF RULES ===#

    def _do_post_note(self, event, lead):
        lead._message_log(
            body=Markup("<b>%s</b><br/>%s")
            % (
                self.env._(
                    "Rule “%(name)s”, because: %(event)s", name=self._get_rule().name, event=self._get_event_label()
                ),
                tools.plaintext2html(self.note),
            )
        )
        return self.env._("Note posted, because: %(event)s.", event=self._get_event_label())

    def _do_schedule_activity(self, event, lead):
        user = lead.user_id or lead.team_id.user_id or self.env.user
        lead.activity_schedule(
            activity_type_id=self.activity_type_id.id,
            summary=self.activity_summary or self._get_rule().name,
            note=self.note and tools.plaintext2html(self.note),
            date_deadline=fields.Date.add(fields.Date.context_today(lead), days=self.activity_days),
            user_id=user.id,
        )
        return self.env._(
            "Activity scheduled for %(user)s, because: %(event)s.", user=user.name, event=self._get_event_label()
        )

    def _do_assign(self, event, lead):
        if self.assign_user_id:
            lead.write({"user_id": self.assign_user_id.id})
        elif not lead.deal_type_id._assign(lead):
            return self.env._(
                "Nobody of the deal type is available; %(head)s was asked to choose.", head=lead._get_head().name or "-"
            )
        return self.env._(
            "%(user)s is responsible now, because: %(event)s.", user=lead.user_id.name, event=self._get_event_label()
        )

    def _do_send_mail(self, event, lead):
        mail_id = self.mail_template_id.send_mail(lead.id, email_layout_xmlid="mail.mail_notification_light")
        mail = self.env["mail.mail"].browse(mail_id)
        if not mail.recipient_ids and not mail.email_to:
            raise UserError(self.env._("The e-mail has no recipient: the deal has no customer with an address."))
        return self.env._(
            "E-mail “%(subject)s” sent, because: %(event)s.", subject=mail.subject, event=self._get_event_label()
        )

    # === DRY RUN ===#

    def _describe_post_note(self, lead):
        return self.env._("Post a note: “%(note)s”", note=textwrap.shorten(self.note or "", 60, placeholder="…"))

    def _describe_schedule_activity(self, lead):
        if self.activity_summary:
            return self.env._(
                "Schedule an activity: %(type)s “%(summary)s”",
                type=self.activity_type_id.name,
                summary=self.activity_summary,
            )
        return self.env._("Schedule an activity: %(type)s", type=self.activity_type_id.name)

    def _describe_assign(self, lead):
        if self.assign_user_id:
            return self.env._("Make %(user)s responsible", user=self.assign_user_id.name)
        return self.env._("Appoint somebody as the deal type says")

    def _describe_send_mail(self, lead):
        return self.env._("Send e-mail “%(name)s”", name=self.mail_template_id.name)
