from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

COUNT_LIMIT = 1000
MAX_NAMES = 5
# What the rows of the inbox and the access rules ask of a document.
_INBOX_COLUMNS = ("name", "number", "partner_id", "amount", "currency_id", "confidentiality", "company_id")


class PaydoxApprovalLine(models.Model):
    """The inbox “To decide”: what stands in its rows, and deciding from there."""

    _inherit = "paydox.approval.line"

    res_model = fields.Selection(string="Kind of Record", selection="_selection_res_model")
    # facts of the record, of whatever model
    record_name = fields.Char(compute="_compute_record_facts")
    record_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", compute="_compute_record_facts"
    )
    record_amount = fields.Monetary(
        string="Amount", compute="_compute_record_facts", currency_field="record_currency_id"
    )
    record_currency_id = fields.Many2one(comodel_name="res.currency", compute="_compute_record_facts")
    has_file = fields.Boolean(compute="_compute_has_file")

    @api.model
    def _selection_res_model(self):
        return self.env["paydox.route"]._selection_res_model()

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_facts(self):
        """One look at the records of each model, as the current user; what he may not read stays unnamed."""
        empty = dict.fromkeys(("record_partner_id", "record_currency_id", "record_amount"), False)
        empty["record_name"] = self.env._("(no access)")
        for model, lines in self.grouped("res_model").items():
            # An addon may be gone, and its records with it.
            records = self.env[model].browse(lines.mapped("res_id")) if model in self.env else ()
            if records:
                records._prefetch_inbox(lines)
            readable = records._filtered_access("read") if records else ()
            facts = {record.id: record._get_inbox_facts() for record in readable}
            for name, nothing in empty.items():
                for line in lines:
                    line[name] = facts.get(line.res_id, empty).get(name, nothing)

    @api.depends("approval_id")
    def _compute_has_file(self):
        # sudo: who reads the line may know that there is a file, not which
        self.sudo().approval_id.fetch(["version_id"])
        for line, line_sudo in zip(self, self.sudo(), strict=True):
            line.has_file = bool(line_sudo.approval_id.version_id)

    # === ACTIONS === #

    def action_agree(self):
        """Agree from the inbox; with several lines selected, tell what was done and what was not."""
        self.check_access("read")
        if len(self) > 1:
            return self._agree_together()
        self._check_open()
        if self and self._get_window_reason():
            return self._get_answer_action()
        if self:
            self._get_record()._decide("agree", line=self)
        return True

    def action_preview_file(self):
        """Open the version that is to be decided on, with its preview."""
        self.ensure_one()
        version = self.approval_id.version_id
        if not version:
            raise UserError(self.env._("%(record)s has no file.", record=self.record_name))
        version.check_access("read")
        return version.action_preview()

    @api.model
    @api.readonly
    def get_inbox_summary(self, limit=5):
        """What the counter of the inbox shows.

        :param int limit: how many lines to name, at most 20
        :return: ``{"count", "late", "lines": [{"id", "name", "kind", "kind_label", "step", "deadline", "is_late"}]}``;
            counting stops at 1000
        """
        turns = Domain("can_decide", "=", True)
        limit = limit if type(limit) is int and 0 < limit <= 20 else 5
        lines = self.search_fetch(turns, ["deadline", "kind", "step_id"], limit=limit, order="deadline, id")
        count = len(lines) if len(lines) < limit else self.search_count(turns, limit=COUNT_LIMIT)
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "count": count,
            # The latest terms come first, so only a list that is late to its end has to be counted.
            "late": self.search_count(turns & Domain("is_late", "=", True), limit=COUNT_LIMIT) if lines else 0,
            "lines": [
                {
                    "id": line.id,
                    "name": line.record_name,
                    "kind": line.kind,
                    "kind_label": kinds.get(line.kind),
                    "step": line.step_id.display_name,
                    "deadline": fields.Datetime.to_string(line.deadline),
                    "is_late": line.is_late,
                }
                for line in lines
            ],
        }

    # === BUSINESS METHODS === #

    def _agree_together(self):
        """Agree line by line: one that cannot be agreed so does not stop the others. What is to be signed is signed
        together, in the window of signing."""
        to_sign = self._filtered_to_sign().filtered("can_decide")
        reasons = {}
        for line in self - to_sign:
            reasons[line] = self.env._("no longer waits for you") if not line.can_decide else line._get_window_reason()
        ready = self.browse().union(*(line for line, reason in reasons.items() if not reason))
        reasons |= ready._agree_where_possible()
        done = len([line for line, reason in reasons.items() if not reason])
        left = [
            self.env._("%(record)s: %(reason)s", record=line.record_name, reason=reason)
            for line, reason in reasons.items()
            if reason
        ]
        summary = self._prepare_summary_action(done, left)
        if not to_sign:
            return summary
        if done or left:
            # The window takes the place of the answer, so the summary goes by the other way to the client.
            params = summary["params"]
            self.env.user._bus_send(
                "simple_notification", {name: params[name] for name in ("message", "type", "sticky")}
            )
        return to_sign.action_open_sign()

    def _agree_where_possible(self):
        """Agree on all lines together; when one of them cannot be agreed, line by line.

        :return: why a line was left, ``{line: reason or False}``
        """
        try:
            with self.env.cr.savepoint():
                self._agree_in_waves()
            return dict.fromkeys(self, False)
        except UserError:
            self.env.invalidate_all()
        reasons = {}
        for line in self:
            try:
                with self.env.cr.savepoint():
                    line._agree_in_waves()
                reasons[line] = False
            except UserError as error:
                reasons[line] = str(error)
        return reasons

    @api.model
    def _prepare_summary_action(self, done, left):
        message = self.env._("Agreed: %(count)s.", count=done)
        if left:
            shown = "; ".join(left[:MAX_NAMES])
            message = self.env._(
                "%(done)s Left for you: %(count)s. %(names)s", done=message, count=len(left), names=shown
            )
            if len(left) > MAX_NAMES:
                message = self.env._("%(text)s; and %(count)s more", text=message, count=len(left) - MAX_NAMES)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if left else "success",
                "sticky": bool(left),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_window_reason(self):
        """Why the line cannot be agreed by one press, as the end of a sentence, or False; kinds extend it."""
        self.ensure_one()
        if self._filtered_to_sign():
            return self.env._("has to be signed")
        if self.kind == "vote":
            return self.env._("has to be voted on")
        if self.kind == "acquaint":
            return self.env._("has to be read first")
        return self.env._("is late, the reason has to be written") if self.is_late else False

    def _get_answer_action(self):
        """The window in which the line is answered when one press does not do; kinds extend it."""
        self.ensure_one()
        if self.kind == "sign":
            return self.action_open_sign()
        return self._get_record()._get_decide_action("agree", self)


class PaydoxApprovalMixin(models.AbstractModel):
    _inherit = "paydox.approval.mixin"

    # === HOOKS === #

    def _prefetch_inbox(self, lines):
        """Called before the facts of the records of ``lines`` are read, for models that can get them at once."""

    def _get_inbox_facts(self):
        """What the inbox shows of the record: values of ``record_…`` of ``paydox.approval.line``."""
        self.ensure_one()
        return {"record_name": self.display_name}


class PaydoxDocument(models.Model):
    _inherit = "paydox.document"

    def _prefetch_inbox(self, lines):  # pylint: disable=missing-return
        super()._prefetch_inbox(lines)
        # sudo: only the columns of the list, without the text of the documents; whoever looks at them asks for the rights
        documents_sudo = self.sudo()
        documents_sudo.fetch(_INBOX_COLUMNS)
        # Whose turn it is takes part (see `_get_involved_domain`), so the access rules need not ask the database.
        turns_sudo = documents_sudo.browse(lines.filtered("can_decide").mapped("res_id"))
        self._fields["is_involved"]._update_cache(turns_sudo, True)

    def _get_inbox_facts(self):
        return super()._get_inbox_facts() | {
            "record_partner_id": self.partner_id.id,
            "record_amount": self.amount,
            "record_currency_id": self.currency_id.id,
        }
