from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

MAX_SMS = 480
# What the words in braces stand for; nothing else of a case can get into an SMS.
PLACEHOLDERS = ("number", "subject", "company", "responsible")


class PaydoxCaseStepDefinition(models.AbstractModel):
    """A step that sends an SMS to the client."""

    _inherit = "paydox.case.step.definition"

    kind = fields.Selection(
        selection_add=[("sms", "SMS to the Client")], ondelete={"sms": lambda steps: steps._forget_sms_kind()}
    )
    sms_text = fields.Text(
        string="Text of the SMS",
        help="{number} {subject} {company} {responsible} stand for the number and the subject of the case, your company "
        "and who is responsible.",
    )

    # === HELPERS === #

    def _prepare_pinned_values(self):
        return super()._prepare_pinned_values() | {"sms_text": self.sms_text}

    def _get_kind_icon(self):
        return "fa-mobile" if self.kind == "sms" else super()._get_kind_icon()

    def _forget_sms_kind(self):
        """Without this addon a step with an SMS makes nothing; published revisions, too, so past their guard."""
        if self.ids:
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET kind = 'milestone' WHERE id IN %s RETURNING id",
                    SQL.identifier(self._table),
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["kind"])


class PaydoxCaseTemplateStep(models.Model):
    _inherit = "paydox.case.template.step"

    sms_text = fields.Text(translate=True)

    # === HELPERS === #

    @api.model
    def _get_problem_fields(self):
        return super()._get_problem_fields() | {"sms_text"}

    def _get_sms_problem(self):
        text = (self.sms_text or "").strip()
        if not text:
            return self.env._("it sends an SMS, but has no text of it. Write the text.")
        if len(text) > MAX_SMS:
            return self.env._("the text of its SMS is longer than %(limit)s characters. Shorten it.", limit=MAX_SMS)
        return False


class PaydoxCaseStep(models.Model):
    """The SMS is put into the queue with the step and sent after it: what the gateway does never stops the case."""

    _inherit = "paydox.case.step"

    sms_state = fields.Selection(
        selection=[("queued", "In the queue"), ("sent", "Sent"), ("failed", "Failed")],
        string="SMS",
        compute="_compute_sms_state",
    )

    # === COMPUTE METHODS === #

    @api.depends("message_id.notification_ids.notification_status", "kind")
    def _compute_sms_state(self):
        for step in self:
            # sudo: whether the SMS went is for everybody who sees the step
            found = step.sudo().message_id.notification_ids.filtered(lambda row: row.notification_type == "sms")
            step.sms_state = self._get_sms_state(found[:1].notification_status) if step.kind == "sms" else False

    @api.depends("sms_state")
    def _compute_note_text(self):
        result = super()._compute_note_text()
        for step in self:
            if step.kind == "sms" and step.state == "done" and step.sms_state == "failed" and not step.note_text:
                step.note_text = self.env._("The SMS did not reach the client. The discussion of the case says why.")
        return result

    # === THINGS === #

    @api.model
    def _get_instant_kinds(self):
        return (*super()._get_instant_kinds(), "sms")

    def _make_sms(self):
        """One SMS a step. A client without a phone is recorded as one that failed."""
        for step in self:
            case = step.case_id
            step.message_id = case._message_sms(
                step._get_sms_body(),
                sms_numbers=[case._get_client_phone()],
                author_id=case.owner_id.partner_id.id,
                put_in_queue=True,
            )
        self.env.ref("sms.ir_cron_sms_scheduler_action")._trigger()

    # === HELPERS === #

    def _get_sms_body(self):
        self.ensure_one()
        case = self.case_id
        values = dict(
            zip(
                PLACEHOLDERS,
                (case.number or "", case.name, case.company_id.name, case.owner_id.name),
                strict=True,
            )
        )
        text = (self.sms_text or "").strip()
        if not text:
            raise UserError(self.env._("It has no text of the SMS."))
        for name, value in values.items():
            text = text.replace("{%s}" % name, " ".join(value.split()))
        return text[:MAX_SMS]

    @api.model
    def _get_sms_state(self, status):
        if status in ("sent", "pending"):
            return "sent"
        return "failed" if status in ("exception", "bounce", "canceled") else "queued"


class PaydoxCase(models.Model):
    _inherit = "paydox.case"

    # === HELPERS === #

    def _check_step_values(self, vals, users):
        if vals.get("kind") == "sms":
            raise UserError(
                self.env._(
                    "What is written to clients by SMS is laid down in the template. Choose another kind of step, or "
                    "send the SMS from the contact person."
                )
            )
        return super()._check_step_values(vals, users)
