from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.arguments import to_id
from odoo.addons.paydox_edms.tools.locking import lock_rows

MAX_COMMENT = 5000


class PaydoxDocumentTransfer(models.Model):
    """One passing of a document from department to department: sent, then accepted or returned by the head."""

    _name = "paydox.document.transfer"
    _description = "Document Transfer"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "document_id"

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    from_department_id = fields.Many2one(comodel_name="hr.department", readonly=True, ondelete="restrict")
    to_department_id = fields.Many2one(
        comodel_name="hr.department", required=True, readonly=True, ondelete="restrict", index=True
    )
    head_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Who headed the receiving department when the document was sent.",
    )
    sent_by_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="restrict", index=True
    )
    sent_at = fields.Datetime(string="Sent On", required=True, readonly=True)
    comment = fields.Text(readonly=True)
    state = fields.Selection(
        selection=[("sent", "Sent"), ("accepted", "Accepted"), ("returned", "Returned")],
        default="sent",
        required=True,
        readonly=True,
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", help="Who answers for it in the department.",
        index="btree_not_null",
    )  # fmt: skip
    answered_by_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    answered_at = fields.Datetime(readonly=True)
    answer = fields.Text(readonly=True)
    is_current = fields.Boolean(readonly=True, default=True, help="The document was not passed on since.")
    can_answer = fields.Boolean(compute="_compute_can_answer", search="_search_can_answer")

    _waiting_uniq = models.UniqueIndex(
        "(document_id) WHERE state = 'sent'", "This document already waits for a department to accept it."
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "head_id")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        principals = self.env.user.document_principal_ids
        for transfer in self:
            transfer.can_answer = transfer.state == "sent" and transfer.head_id in principals

    def _search_can_answer(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "sent") & Domain("head_id", "in", self.env.user._get_document_principal_ids())
        return domain if True in value else ~domain

    # === ACTIONS === #

    def action_accept(self, responsible=None):
        """Accept the document for the department.

        :param responsible: a ``res.users`` record or id of who answers for it there; the head himself by default
        """
        self._check_answer()
        for transfer in self:
            user = transfer._get_responsible(responsible)
            transfer._answer({"state": "accepted", "responsible_id": user.id})
            transfer._tell(transfer.sent_by_id, lambda env, name: env._("%(department)s accepted it.", department=name))
        return True

    def action_return(self, comment=None):
        """Return the document to the sender, saying why."""
        self._check_answer()
        comment = str(comment).strip()[:MAX_COMMENT] if comment else ""
        if not comment:
            raise UserError(self.env._("Write why you return it: the sender needs to know what to change."))
        for transfer in self:
            transfer._answer({"state": "returned", "answer": comment, "is_current": False})
            transfer._tell(
                transfer.sent_by_id,
                lambda env, name: env._("%(department)s returned it: %(why)s", department=name, why=comment),
            )
        return True

    def action_open_answer(self):
        """Open the window that asks for the responsible person or for the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accept or Return"),
            "res_model": "paydox.document.transfer.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_transfer_id": self.id},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _send(self, document, department, comment=None):
        """Pass a document on to a department, whose head is asked to accept it."""
        head = self._find_head(document, department)
        # sudo: nobody writes these rows by hand
        transfers_sudo = self.sudo()
        if transfers_sudo.search_count([("document_id", "=", document.id), ("state", "=", "sent")], limit=1):
            raise UserError(
                self.env._("%(document)s already waits for a department to accept it.", document=document.display_name)
            )
        transfers_sudo.search([("document_id", "=", document.id), ("is_current", "=", True)]).write(
            {"is_current": False}
        )
        # sudo: the department of an employee is not readable for everybody
        sender_department = self.env.user.sudo().employee_id.department_id
        transfer = transfers_sudo.create(
            {
                "document_id": document.id,
                "from_department_id": sender_department.id or document.department_id.id,
                "to_department_id": department.id,
                "head_id": head.id,
                "sent_by_id": self.env.uid,
                "sent_at": fields.Datetime.now(),
                "comment": str(comment).strip()[:MAX_COMMENT] if comment else False,
            }
        ).sudo(False)
        document._log_change("transfer", self.env._("Sent to a department"), new=department.sudo().name)
        transfer._tell(head, lambda env, name: env._("Sent to %(department)s: accept or return it.", department=name))
        return transfer

    @api.model
    def _find_head(self, document, department):
        # sudo: the head of a department is not readable for everybody
        department_sudo = department.sudo()
        head = department_sudo.manager_id.user_id
        if not head.active or head.share:
            raise UserError(
                self.env._(
                    "%(department)s has no head who could accept the document. Choose another department or ask personnel "
                    "to name its head.",
                    department=department_sudo.name,
                )
            )
        if department_sudo.company_id and department_sudo.company_id != document.sudo().company_id:
            raise UserError(self.env._("The department is of another company. Choose one of the document's company."))
        return head.sudo(False)

    def _check_answer(self):
        self.check_access("read")
        lock_rows(self)
        self.invalidate_recordset(["state"])
        for transfer in self:
            if transfer.state != "sent":
                raise UserError(self.env._("This transfer is already answered. Refresh the page."))
            if not transfer.can_answer:
                raise AccessError(
                    self.env._("Only the head of the receiving department accepts or returns a document.")
                )

    def _get_responsible(self, responsible):
        """The person named by the head, who must be an active employee of the company; the head by default."""
        if not responsible:
            return self.env.user
        # sudo: a colleague is looked up to check that he may answer for it
        domain = [("id", "=", to_id(responsible)), ("share", "=", False)]
        user_sudo = self.env["res.users"].sudo().search(domain)
        if not user_sudo or self.sudo().company_id not in user_sudo.company_ids:
            raise UserError(self.env._("Choose an active colleague of the company as the responsible person."))
        return user_sudo.sudo(False)

    def _answer(self, vals):
        # sudo: nobody writes these rows by hand
        self.sudo().write(vals | {"answered_by_id": self.env.uid, "answered_at": fields.Datetime.now()})
        labels = dict(self._fields["state"]._description_selection(self.env))
        name = self.sudo().to_department_id.name
        self.sudo().document_id._log_change("transfer", labels[vals["state"]], old=name, new=vals.get("answer"))

    def _tell(self, user, get_text):
        """Tell a person, in his language, what became of the transfer."""
        document = self.document_id.with_context(lang=user.lang)
        name = self.sudo().to_department_id.with_context(lang=user.lang).name
        document.message_notify(
            partner_ids=user.partner_id.ids,
            subject=document.sudo().name,  # sudo: the person who answers may lose the document with his answer
            body=get_text(document.env, name),
        )
