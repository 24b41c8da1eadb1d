from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.arguments import to_id
from odoo.addons.paydox_edms.tools.locking import lock_rows

# Written by the verbs only.
ENGINE_FIELDS = frozenset(
    (
        "date_due",
        "holder_id",
        "holder_user_id",
        "issued_at",
        "issued_by_id",
        "issued_where",
        "movement_ids",
        "number",
        "place_id",
        "received_at",
        "reminder_level",
        "state",
    )
)
OUT_STATES = ("issued", "sent")
MAX_TEXT = 500


class PaydoxPaperOriginal(models.Model):
    """One sheet of paper, or one stapled copy: where it lies or who holds it. The verbs are in a file of their own.

    Its name tells nothing of the document, since people keep papers of documents that they may not read.
    """

    _name = "paydox.paper.original"
    _description = "Paper Original"
    _inherit = ["paydox.engine.fields", "mail.thread", "mail.activity.mixin"]
    _rec_name = "code"
    _order = "id"
    _check_company_auto = True

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    number = fields.Integer(string="Copy No.", required=True, readonly=True, copy=False, aggregator=None)
    code = fields.Char(
        compute="_compute_code",
        store=True,
        index=True,
        help="Written on the paper, so that it is found by typing or scanning it.",
    )
    kind = fields.Selection(
        selection=[("ours", "Our copy"), ("theirs", "Their copy"), ("certified", "Certified copy")],
        default="ours",
        required=True,
    )
    sheets = fields.Integer(default=1)
    note = fields.Char()
    state = fields.Selection(
        selection=[
            ("expected", "Expected"),
            ("stored", "In store"),
            ("issued", "Given out"),
            ("sent", "Sent out"),
            ("lost", "Lost"),
            ("destroyed", "Destroyed"),
        ],
        default="expected",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    # where it is
    place_id = fields.Many2one(
        comodel_name="paydox.paper.place",
        string="Storage Place",
        readonly=True,
        copy=False,
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Where it lies, or where it belongs while somebody has it.",
    )
    received_at = fields.Datetime(string="Received On", readonly=True, copy=False, help="When it came the first time.")
    # who has it
    holder_id = fields.Many2one(
        comodel_name="res.partner",
        string="Held By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    holder_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Colleague",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    issued_at = fields.Datetime(string="Given On", readonly=True, copy=False)
    issued_by_id = fields.Many2one(comodel_name="res.users", string="Given By", readonly=True, copy=False)
    issued_where = fields.Char(string="Handed Over At", readonly=True, copy=False)
    date_due = fields.Date(string="To Be Returned By", readonly=True, copy=False)
    is_overdue = fields.Boolean(string="Overdue", compute="_compute_overdue", search="_search_is_overdue")
    days_overdue = fields.Integer(compute="_compute_overdue", aggregator=None)
    reminder_level = fields.Integer(readonly=True, copy=False, aggregator=None)
    # trail
    movement_ids = fields.One2many(
        comodel_name="paydox.paper.movement", inverse_name="original_id", readonly=True, copy=False
    )

    _number_uniq = models.Constraint("UNIQUE(document_id, number)", "This copy number of the document is taken.")
    _sheets_positive = models.Constraint("CHECK(sheets >= 0)", "The number of sheets cannot be negative.")
    _stored_somewhere = models.Constraint(
        "CHECK(state <> 'stored' OR place_id IS NOT NULL)", "A paper in store lies in a place."
    )
    _held_by_somebody = models.Constraint(
        "CHECK((state IN ('issued', 'sent')) = (holder_id IS NOT NULL))", "A paper that is out is held by somebody."
    )
    _out_idx = models.Index("(date_due, id) WHERE state IN ('issued', 'sent')")

    # === COMPUTE METHODS === #

    @api.depends("document_id", "number")
    def _compute_code(self):
        for original in self:
            original.code = f"{original.document_id.id or 0:06}-{original.number}"

    @api.depends("state", "date_due")
    @api.depends_context("tz")
    def _compute_overdue(self):
        today = fields.Date.context_today(self)
        for original in self:
            is_out = original.state in OUT_STATES and original.date_due
            original.days_overdue = max((today - original.date_due).days, 0) if is_out else 0
            original.is_overdue = bool(original.days_overdue)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "in", OUT_STATES) & Domain("date_due", "<", fields.Date.context_today(self))
        return overdue if True in value else ~overdue

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_engine_fields(vals)
        default_id = self.env.context.get("default_document_id")
        ids = [to_id(vals.get("document_id", default_id)) for vals in vals_list]
        if not all(ids):
            raise UserError(self.env._("Choose the document of the paper original."))
        documents = self.env["paydox.document"].browse(ids)
        documents.check_access("read")
        lock_rows(documents)
        # Values in so many words: a default in the context is no way to forge them.
        clean = dict.fromkeys(ENGINE_FIELDS - {"movement_ids"}, False) | {"state": "expected", "reminder_level": 0}
        numbers = {document: document.paper_count for document in documents}
        prepared = []
        for document, vals in zip(documents, vals_list, strict=True):
            numbers[document] += 1
            given = {"document_id": document.id, "number": numbers[document], "movement_ids": []}
            prepared.append(vals | clean | given)
        # sudo: the count is written here only; it makes two who add a copy at once take turns
        for document, number in numbers.items():
            document.sudo().write({"paper_count": number})
        return super().create(prepared)

    def write(self, vals):
        if not self.env.su:
            self._check_engine_fields(vals)
            if "document_id" in vals and any(original.document_id.id != vals["document_id"] for original in self):
                raise UserError(self.env._("A paper stays with its document. Delete it there and add it here."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_moved(self):
        # sudo: a trail out of sight keeps the paper all the same
        if moved := self.sudo().filtered("movement_ids"):
            raise UserError(
                self.env._(
                    "%(paper)s has a trail, so it stays on record. Report it as lost or destroyed instead.",
                    paper=moved[0].display_name,
                )
            )

    # === ACTIONS === #

    def action_open_move(self):
        """Open the window that asks where to, to whom and until when; the context says which action."""
        self.check_access("read")
        moves = self.env["paydox.paper.original.move"]
        actions = dict(moves._fields["action"]._description_selection(self.env))
        action = self.env.context.get("default_action")
        if action not in actions:
            action = "issue"
        return {
            "type": "ir.actions.act_window",
            "name": actions[action],
            "res_model": moves._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_action": action, "default_original_ids": self.ids},
        }

    # === HELPERS === #

    @api.model
    def _get_engine_fields(self):
        return ENGINE_FIELDS

    @api.model
    def _get_engine_fields_message(self, names):
        return self.env._(
            "%(fields)s cannot be filled in by hand. Use the buttons of the paper original.", fields=names
        )
