from markupsafe import Markup

from odoo import fields, models

from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxExternalReview(models.Model):
    """A review that is a step of a route: its answer decides the step."""

    _inherit = "paydox.external.review"

    step_id = fields.Many2one(
        comodel_name="paydox.approval.step", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    approval_id = fields.Many2one(related="step_id.approval_id", store=True, index="btree_not_null")
    attempt = fields.Integer(readonly=True, aggregator=None)

    # === BUSINESS METHODS === #

    def _lock(self):
        # The run first, as everybody who decides does it: two who press at once wait for one another in one order.
        lock_rows(self.approval_id)
        self.approval_id.invalidate_recordset()
        self.step_id.invalidate_recordset()
        return super()._lock()

    def _answer(self, answer, name, comment, proof, filename=None, content=None):
        result = super()._answer(answer, name, comment, proof, filename, content)
        if self.step_id:
            self.step_id._take_answer(self)
        return result

    def _expire(self):
        result = super()._expire()
        for review in self.filtered(lambda review: review.step_id.state == "running"):
            review._tell_sender(
                lambda env, review=review: env._(
                    "%(partner)s did not answer in time. Send the link again or withdraw the document.",
                    partner=review.partner_id.name,
                )
            )
        return result

    # === HELPERS === #

    def _get_obstacle(self):
        obstacle = super()._get_obstacle()
        # The step closed by other means; whatever the link says, it takes no answer any more.
        if not obstacle and self.step_id and self.step_id.state != "running":
            return self.env._("The sender took this document back. If you expect a new version, a new link will come.")
        return obstacle

    def _get_answer_facts(self):
        """What the chain protects of the answer, as plain JSON."""
        return {
            "review": self.id,
            "partner": self.partner_id.id,
            "email": self.email,
            "name": self.answered_name or None,
            "proof": self.proof or None,
            "comment": self.comment or None,
            "protocol": self.protocol_id.id or None,
        }

    def _tell_sender(self, text_getter):
        """Put it on the list of the person who sent the link and into the discussion of the document."""
        self.ensure_one()
        user = self.requested_by_id
        document = self.document_id.with_context(lang=user.lang)
        text = text_getter(document.env)
        document._message_log(body=Markup("<p>%s</p>") % text)
        if user.active:
            document.activity_schedule("mail.mail_activity_data_todo", summary=text, user_id=user.id)
