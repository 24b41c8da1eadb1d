from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.paydox_edms.tools.arguments import to_text
from odoo.addons.paydox_edms.tools.locking import lock_rows

MAX_TEXT = 20_000
_PREVIEW = 200


class PaydoxCaseQuestion(models.Model):
    """Somebody was asked in the discussion of a case and has not answered yet; or has. Written by the verbs only."""

    _name = "paydox.case.question"
    _description = "Message That Waits for an Answer"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "text"

    case_id = fields.Many2one(comodel_name="paydox.case", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index="btree_not_null")
    # the question
    message_id = fields.Many2one(
        comodel_name="mail.message", required=True, readonly=True, ondelete="cascade", index=True
    )
    text = fields.Char(string="Question", compute="_compute_texts", search="_search_text", compute_sudo=True)
    asked_by_id = fields.Many2one(comodel_name="res.partner", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Waits for an Answer From", required=True, readonly=True, ondelete="restrict"
    )
    asked_at = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    deadline = fields.Datetime(string="Answer Until", readonly=True)
    is_outside = fields.Boolean(
        string="From Outside", readonly=True, help="The client wrote; the answer goes to the client too."
    )
    # the answer
    state = fields.Selection(
        selection=[("open", "Waits for an answer"), ("answered", "Answered"), ("withdrawn", "Withdrawn")],
        default="open",
        required=True,
        readonly=True,
    )
    answer_message_id = fields.Many2one(
        comodel_name="mail.message", readonly=True, ondelete="set null", index="btree_not_null"
    )
    answer = fields.Char(compute="_compute_texts", compute_sudo=True)
    closed_at = fields.Datetime(string="Answered On", readonly=True)
    closed_by_id = fields.Many2one(comodel_name="res.users", string="Answered By", readonly=True, ondelete="restrict")
    # for whoever looks
    is_mine = fields.Boolean(string="Waits for Me", compute="_compute_is_mine", search="_search_is_mine")
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")

    _question_uniq = models.Constraint("UNIQUE(message_id, user_id)", "This person is asked already.")
    _open_idx = models.Index("(user_id, case_id) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.depends("message_id.body", "answer_message_id.body")
    def _compute_texts(self):
        # Who reads the question reads the case, and with it the discussion.
        for question in self:
            question.text = shorten(html2plaintext(question.message_id.body or ""), _PREVIEW, placeholder="…") or "…"
            question.answer = shorten(html2plaintext(question.answer_message_id.body or ""), _PREVIEW, placeholder="…")

    def _search_text(self, operator, value):
        # Past the rules of messages: the question that is found is read by those who read the case.
        return Domain("message_id", "any!", Domain("body", operator, value))

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        principals = self.env.user.document_principal_ids
        for question in self:
            question.is_mine = question.state == "open" and question.user_id in principals

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_mine_domain()
        return domain if True in value else ~domain

    @api.depends("state", "deadline")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for question in self:
            question.is_late = question.state == "open" and bool(question.deadline and question.deadline < now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "open") & Domain("deadline", "<", fields.Datetime.now())
        return domain if True in value else ~domain

    @api.model
    def _get_mine_domain(self):
        """What waits for an answer from the current user, or from whom he substitutes."""
        return Domain("state", "=", "open") & Domain("user_id", "in", self.env.user.document_principal_ids.ids)

    # === ACTIONS === #

    def action_answer(self, text=None, attachment_ids=None):
        """Answer; without a text, open the window to write one."""
        self.check_access("read")
        if not self:
            return False
        text = to_text(text, MAX_TEXT)
        if not text and not attachment_ids:
            self[:1]._check_answerable()
            return self[:1]._get_answer_window()
        lock_rows(self)
        self._check_answerable()
        for (case, _outside), questions in self.grouped(lambda row: (row.case_id, row.is_outside)).items():
            questions._answer(case, text, attachment_ids)
        return True

    def action_withdraw(self):
        """No answer is needed any more."""
        self.check_access("read")
        lock_rows(self)
        for question in self:
            question._check_open()
            if question.asked_by_id != self.env.user.partner_id:
                question.case_id._check_lead()
        # sudo: rows of questions are written by the verbs only
        self.sudo()._close("withdrawn")
        return True

    def action_open_case(self):
        """Open the case with its discussion."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "paydox.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }

    # === HELPERS === #

    def _check_open(self):
        self.invalidate_recordset(["state", "closed_by_id"])
        for question in self:
            if question.state == "answered":
                raise UserError(
                    self.env._(
                        "%(person)s has answered “%(text)s” already. Refresh the list.",
                        person=question.sudo().closed_by_id.name,  # sudo: the name of a colleague
                        text=question.text,
                    )
                )
            if question.state == "withdrawn":
                raise UserError(
                    self.env._("“%(text)s” needs no answer any more. Refresh the list.", text=question.text)
                )

    def _check_answerable(self):
        self._check_open()
        principals = self.env.user.document_principal_ids
        for question in self:
            if question.user_id not in principals:
                raise AccessError(
                    self.env._(
                        "“%(text)s” waits for an answer from %(person)s. Write a message in the case instead.",
                        text=question.text,
                        person=question.sudo().user_id.name,  # sudo: as above
                    )
                )

    def _answer(self, case, text, attachment_ids):
        """One message that answers all of the questions, which are of one case."""
        # sudo: the client who asked need not be readable as a partner
        asking_sudo = self.sudo().asked_by_id
        message = case._post_discussion(
            text,
            partners=asking_sudo - self.env.user.partner_id,
            attachment_ids=attachment_ids,
            parent=self[:1].sudo().message_id,
            is_outside=self[:1].is_outside,
        )
        # sudo: rows of questions are written by the verbs only
        self.sudo()._close("answered", message)

    def _close(self, state, message=None):
        self.write(
            {
                "state": state,
                "answer_message_id": message and message.id,
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
            }
        )

    def _get_answer_window(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "paydox.case.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_question_id": self.id, "default_case_id": self.case_id.id, "default_kind": "answer"},
        }
