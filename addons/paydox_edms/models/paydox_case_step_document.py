from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

# From a wait state of a step to the states of the document that mean it.
_REACHED = {
    "approved": ("approved", "signed", "done"),
    "signed": ("signed",),
    "done": ("done",),
}


class PaydoxCaseStep(models.Model):
    """Steps that make a document and wait for what becomes of it."""

    _inherit = "paydox.case.step"

    # === BUSINESS METHODS === #

    def _make_document(self):
        kindless = self.filtered(lambda step: not step.document_kind_id)
        if kindless:
            raise UserError(self.env._("It names no kind of document."))
        # Marked as not the work of a person who chose the kind: the template did.
        documents = self.env["paydox.document"].create([step._prepare_document_values() for step in self])
        for step, document in zip(self, documents, strict=True):
            step.document_id = document
        self._ask_for_documents()

    def _prepare_document_values(self):
        """Values of the document of the step; addons that add fields to documents extend it."""
        self.ensure_one()
        case, user = self.case_id, self.responsible_ids[:1]
        return {
            "name": self._speak_to(self.case_id.company_id.partner_id).name,
            "kind_id": self.document_kind_id.id,
            "company_id": case.company_id.id,
            "partner_id": case.partner_id.id,
            "author_id": user.id,
            "responsible_id": user.id,
            "case_id": case.id,
            "case_step_id": self.id,
        }

    def _ask_for_documents(self):
        """One activity a step, of its first responsible person, on the document."""
        waiting = self.filtered(lambda step: step.wait_state != "draft")
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("paydox.document")
        activities = self.env["mail.activity"].create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": step.document_id.id,
                    "activity_type_id": activity_type.id,
                    "summary": step._speak_to(step.responsible_ids).name,
                    "note": step._speak_to(step.responsible_ids).description or plaintext2html(step.case_id.name),
                    "user_id": step.responsible_ids[:1].id,
                    "date_deadline": (step.deadline or fields.Datetime.now()).date(),
                }
                for step in waiting
            ]
        )
        for step, activity in zip(waiting, activities, strict=True):
            step.activity_id = activity

    def _is_document_ready(self):
        self.ensure_one()
        document = self.document_id
        if not document or document.state == "cancelled":
            return False
        if self.wait_state == "registered":
            return bool(document.number)
        return self.wait_state == "draft" or document.state in _REACHED.get(self.wait_state, ())

    def _on_documents_changed(self):
        """What becomes of the documents ends their steps, or opens them again."""
        self._end_ready_documents()
        for step in self.filtered(lambda step: step.case_id.state == "running" and step.kind == "document"):
            if step.document_id.state == "cancelled":
                step._lose_document()

    def _end_ready_documents(self):
        ready = self.filtered(
            lambda step: step.kind == "document" and step.state == "active" and step._is_document_ready()
        )
        ready._end_and_go_on()

    def _lose_document(self):
        """The document was cancelled: the step is open again and says so."""
        problem = self.env._(
            "The document “%(document)s” was cancelled. Press “Try again” to make another one, or leave the step out.",
            document=self.document_id.number or self.document_id.name,
        )
        self.case_id._lock()
        if self.state == "done":
            self._reopen(problem)
        elif self.state == "active":
            self._register_problem(problem)

    def _make_again(self):
        result = super()._make_again()
        if self.kind == "document" and self.document_id.state in (False, "cancelled"):
            self.document_id.case_step_id = False
            self.write({"document_id": False, "problem": False})
            self.case_id._touch()
            # The index of documents by step looks at the former one, which may not be written yet.
            self.env.flush_all()
            self._make_document()
            self._check_at_once()._emit_done()
        return result

    def _hand_over(self, user, reason):
        result = super()._hand_over(user, reason)
        document = self.document_id
        if self.kind == "document" and document.state == "draft":
            document.responsible_id = user
        return result


class PaydoxDocument(models.Model):
    _inherit = "paydox.document"

    case_id = fields.Many2one(comodel_name="paydox.case", copy=False, index="btree_not_null", ondelete="set null")
    case_step_id = fields.Many2one(
        comodel_name="paydox.case.step",
        string="Step of the Case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _case_step_uniq = models.UniqueIndex(
        "(case_step_id) WHERE case_step_id IS NOT NULL", "The step already has its document."
    )

    # === CRUD METHODS === #

    @api.model
    def _get_engine_fields(self):
        return super()._get_engine_fields() | {"case_step_id"}

    @api.model
    def _check_engine_fields(self, vals):
        if "case_step_id" in vals:
            raise UserError(self.env._("The step of a case is set by the case only."))
        return super()._check_engine_fields(vals)

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        # Who files a document in a case has to read the case.
        documents.case_id.check_access("read")
        return documents

    def write(self, vals):
        if "case_step_id" in vals and not self.env.su:
            raise UserError(self.env._("The step of a case is set by the case only."))
        result = super().write(vals)
        if vals.get("case_id"):
            self.case_id.check_access("read")
        return result

    # === BUSINESS METHODS === #

    def _get_document_unlocked_fields(self):
        # Where a document is filed is no part of what was agreed on.
        return super()._get_document_unlocked_fields() | {"case_id", "case_step_id"}

    def _emit(self, name):
        result = super()._emit(name)
        # sudo: steps are written by the engine only
        self.sudo().case_step_id._on_documents_changed()
        return result


class PaydoxCase(models.Model):
    _inherit = "paydox.case"

    document_ids = fields.One2many(comodel_name="paydox.document", inverse_name="case_id", copy=False)
    document_count = fields.Integer(compute="_compute_document_count")

    # === COMPUTE METHODS === #

    @api.depends("document_ids")
    @api.depends_context("uid")
    def _compute_document_count(self):
        # As the user: the number must not tell of documents that he may not see.
        counts = dict(self.env["paydox.document"]._read_group([("case_id", "in", self.ids)], ["case_id"], ["__count"]))
        for case in self:
            case.document_count = counts.get(case._origin, 0)

    # === ACTIONS === #

    def action_open_documents(self):
        """Open the documents of the case."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "paydox.document",
            "views": [(False, "list"), (False, "form")],
            "domain": [("case_id", "=", self.id)],
            "context": {"default_case_id": self.id, "default_partner_id": self.partner_id.id},
        }
