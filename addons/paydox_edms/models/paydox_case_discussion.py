from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text

from .paydox_case_question import MAX_TEXT

MAX_PEOPLE = 50
# Where a file may wait until the message is sent.
PENDING_MODELS = ("paydox.case.message", "mail.compose.message")


class PaydoxCase(models.Model):
    """The discussion of a case: messages, of which some wait for an answer from somebody."""

    _inherit = "paydox.case"

    question_ids = fields.One2many(comodel_name="paydox.case.question", inverse_name="case_id", readonly=True)
    question_count = fields.Integer(string="Waiting for Answers", compute="_compute_question_counts")
    my_question_count = fields.Integer(string="For Me to Answer", compute="_compute_question_counts")
    has_my_questions = fields.Boolean(
        string="Waits for My Answer", compute="_compute_question_counts", search="_search_has_my_questions"
    )

    # === COMPUTE METHODS === #

    @api.depends("question_ids.state")
    @api.depends_context("uid")
    def _compute_question_counts(self):
        questions = self.env["paydox.case.question"]
        principals = self.env.user.document_principal_ids
        domain = Domain("case_id", "in", self.ids) & Domain("state", "=", "open")
        counts = {}
        for case, user, count in questions._read_group(domain, ["case_id", "user_id"], ["__count"]):
            total, mine = counts.get(case.id, (0, 0))
            counts[case.id] = (total + count, mine + (count if user in principals else 0))
        for case in self:
            case.question_count, case.my_question_count = counts.get(case.id, (0, 0))
            case.has_my_questions = bool(case.my_question_count)

    def _search_has_my_questions(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("question_ids", "any", self.env["paydox.case.question"]._get_mine_domain())
        return domain if True in value else ~domain

    # === ACTIONS === #

    def action_ask(self, users, text, deadline=None, attachment_ids=None):
        """Write into the discussion and ask people for an answer.

        :param users: the people, as records or ids
        :param deadline: until when, in UTC
        """
        self.ensure_one()
        self.check_access("read")
        self._check_asking()
        text = self._check_text(text, attachment_ids)
        users = self._check_asked(users)
        until = self._check_answer_deadline(deadline)
        self._let_in(users)
        # sudo: the partners of colleagues are looked up
        message = self._post_discussion(text, partners=users.sudo().partner_id, attachment_ids=attachment_ids)
        # sudo: rows of questions are written by the verbs only
        self.env["paydox.case.question"].sudo().create(
            [
                {
                    "case_id": self.id,
                    "message_id": message.id,
                    "asked_by_id": self.env.user.partner_id.id,
                    "user_id": user.id,
                    "deadline": until,
                }
                for user in users
            ]
        )
        return True

    def action_reply(self, text=None, attachment_ids=None):
        """Answer what waits for the current user in the cases; without a text, open the window to write one."""
        self.check_access("read")
        domain = Domain("case_id", "in", self.ids) & self.env["paydox.case.question"]._get_mine_domain()
        questions = self.env["paydox.case.question"].search(domain)
        if not questions:
            raise UserError(
                self.env._("Nothing here waits for your answer any more. Refresh the list, or write a message.")
            )
        return questions.action_answer(text, attachment_ids)

    def action_new_message(self):
        """Open the window for a message."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Message"),
            "res_model": "paydox.case.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_id": self.id, "default_kind": "ask"},
        }

    def action_open_questions(self):
        """Show the messages that wait for answers in the case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_edms.paydox_case_question_action")
        return action | {"domain": [("case_id", "=", self.id)], "context": {"search_default_open": 1}, "path": False}

    # === HELPERS === #

    def _check_asking(self):
        """Of a closed case nobody is asked any more; messages can be written all the same."""
        if self.state in ("done", "cancelled"):
            raise UserError(
                self.env._(
                    "%(case)s is closed, so nobody is asked for an answer. Write a message, or reopen it.",
                    case=self.display_name,
                )
            )

    def _withdraw_questions(self):
        """What colleagues were asked and did not answer needs no answer any more; a client still waits for his."""
        waiting = self.question_ids.filtered(lambda question: question.state == "open" and not question.is_outside)
        if waiting:
            waiting._close("withdrawn")

    def _after_end(self, event):
        self._withdraw_questions()
        return super()._after_end(event)

    def _check_text(self, text, attachment_ids):
        text = to_text(text, MAX_TEXT)
        if not text and not attachment_ids:
            raise UserError(self.env._("The message is empty. Write a text or add a file."))
        return text or ""

    def _check_asked(self, users):
        """The people who can be asked; refused when there are none, or one of them cannot."""
        values = users.ids if isinstance(users, models.BaseModel) else users
        values = values if isinstance(values, (list, tuple)) else [values]
        ids = list(dict.fromkeys(filter(None, map(to_id, values))))[: MAX_PEOPLE + 1]
        if len(ids) > MAX_PEOPLE:
            raise UserError(self.env._("At most %(count)s people can be asked at once.", count=MAX_PEOPLE))
        found = self.env["res.users"].browse(ids).exists()
        # sudo: whether a colleague still works here, and where, is asked
        users_sudo = found.sudo()
        if not found or len(found) < len(ids) or any(user.share for user in users_sudo):
            raise UserError(self.env._("Choose colleagues who are asked for an answer."))
        if self.env.user in found:
            raise UserError(self.env._("You cannot ask yourself. Choose colleagues."))
        for user_sudo in users_sudo:
            if not user_sudo.active or self.company_id not in user_sudo.company_ids:
                raise UserError(
                    self.env._(
                        "%(person)s does not work in %(company)s any more and cannot be asked. Choose somebody else.",
                        person=user_sudo.name,
                        company=self.company_id.name,
                    )
                )
        return found

    def _check_answer_deadline(self, deadline):
        if not deadline:
            return False
        try:
            until = fields.Datetime.to_datetime(deadline)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("“%(text)s” is no date.", text=str(deadline)[:40])) from error
        if not until or until <= fields.Datetime.now():
            raise UserError(self.env._("The time for the answer is over already. Choose a later one."))
        return until

    def _let_in(self, users):
        """Who is asked takes part in the case: those who lead it may let people in, the others may not."""
        outside = users.filtered(lambda user: not self._filter_readable_by(user))
        if not outside:
            return
        # sudo: names of colleagues
        names = ", ".join(outside.sudo().mapped("name"))
        if not self._is_lead():
            raise AccessError(
                self.env._(
                    "%(people)s cannot read %(case)s and so cannot answer. Ask %(owner)s to let them take part.",
                    people=names,
                    case=self.display_name,
                    owner=self.sudo().owner_id.name,  # sudo: as above
                )
            )
        # sudo: a closed case still can be discussed
        self.sudo().participant_ids |= outside

    def _post_discussion(self, text, *, partners, attachment_ids=None, parent=None, is_outside=False):
        """Post for the current user. What is not for the client never reaches him: the subtype is internal."""
        attachments = self._take_attachments(attachment_ids)
        return self.message_post(
            body=plaintext2html(text) if text else "",
            message_type="comment",
            subtype_xmlid="mail.mt_comment" if is_outside else "paydox_edms.mail_message_subtype_discussion",
            is_internal=not is_outside,
            partner_ids=partners.ids,
            attachment_ids=attachments.ids,
            parent_id=parent.id if parent else False,
        )

    def _take_attachments(self, attachment_ids):
        """The files that the current user has just uploaded, moved to the case."""
        self.ensure_one()
        values = attachment_ids.ids if isinstance(attachment_ids, models.BaseModel) else attachment_ids or []
        values = values if isinstance(values, (list, tuple)) else [values]
        ids = list(dict.fromkeys(filter(None, map(to_id, values))))
        # sudo: the link of the attachment is read, not its content
        attachments_sudo = self.env["ir.attachment"].sudo().browse(ids).exists()
        for attachment_sudo in attachments_sudo:
            is_mine = attachment_sudo.create_uid == self.env.user and attachment_sudo.res_model in PENDING_MODELS
            if not is_mine or attachment_sudo.res_field:
                raise AccessError(self.env._("Only files that you have just added can be sent with a message."))
        # sudo: who reads the case may post in it, which includes files
        attachments_sudo.write({"res_model": self._name, "res_id": self.id})
        return attachments_sudo.sudo(False)
