from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools import number_pattern
from odoo.addons.paydox_edms.tools.locking import lock_rows

MAX_RESERVED_AT_ONCE = 100


class PaydoxDocumentNumber(models.Model):
    """Reservation: a number that is taken before its document is there. It is completed once or given up for good."""

    _inherit = "paydox.document.number"

    department_id = fields.Many2one(comodel_name="hr.department", readonly=True, ondelete="restrict")
    nomenclature_id = fields.Many2one(
        comodel_name="paydox.nomenclature",
        string="Case of the Nomenclature",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    reserved_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Reserved for Counterparty",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Whose code is a part of the number.",
    )
    purpose = fields.Char(readonly=True, help="What the number was reserved for.")
    reason = fields.Char(readonly=True, help="Why the reserved number was given up.")
    closed_by_id = fields.Many2one(comodel_name="res.users", string="Completed By", readonly=True)
    closed_at = fields.Datetime(string="Completed On", readonly=True)

    _reason_filled = models.Constraint(
        "CHECK(state <> 'cancelled' OR reason IS NOT NULL)", "A number is given up with a reason."
    )

    # === ACTIONS === #

    def action_give_up(self, reason=None):
        """Give up reserved numbers. They stay in the journal and are not given again.

        :param str reason: why they are not needed; kept in the journal
        """
        self.check_access("read")
        reason = str(reason or "").strip()[:1000]
        if not reason:
            raise UserError(self.env._("Say why the number is given up: the reason stays in the journal."))
        lock_rows(self)
        for row in self:
            row._check_reserved()
        # sudo: the journal is written by its verbs only
        self.sudo().write({"state": "cancelled", "reason": reason} | self._get_closing_values())
        return True

    def action_open_give_up(self):
        """Open the window that asks for the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give up Numbers"),
            "res_model": "paydox.document.number.give.up",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_number_ids": self.ids},
        }

    # === HELPERS === #

    @api.model
    def _reserve(self, sample, count, purpose):
        """Take the next numbers for documents that will come.

        :param sample: a new ``paydox.document`` with the kind, company, department and parent that will be theirs
        :param int count: how many
        :return: the rows
        """
        self.check_access("read")
        if not 1 <= count <= MAX_RESERVED_AT_ONCE:
            raise UserError(
                self.env._("From 1 to %(limit)s numbers can be reserved at once.", limit=MAX_RESERVED_AT_ONCE)
            )
        if sample.company_id not in self.env.companies:
            raise AccessError(self.env._("Numbers are reserved in one of your companies only."))
        # sudo: the journal is written by its verbs only
        numbers_sudo = self.sudo()
        vals, values = numbers_sudo._prepare_plan(sample, fields.Datetime.now(), label=sample.kind_id.name)
        vals |= {
            "state": "reserved",
            "purpose": purpose,
            "department_id": sample.department_id.id,
            "nomenclature_id": sample.nomenclature_id.id,
            "reserved_partner_id": sample.partner_id._origin.commercial_partner_id.id,
        }
        rows_sudo = numbers_sudo.browse()
        for _index in range(count):
            rows_sudo |= numbers_sudo._insert_next(vals, values)
        return rows_sudo.sudo(False)

    def _take(self, document):
        """Complete a reserved number with its document, which the caller has locked."""
        self.ensure_one()
        self.check_access("read")
        lock_rows(self)
        self._check_reserved()
        if not self._filter_takeable([document])[document]:
            raise UserError(
                self.env._(
                    "No. %(number)s is reserved for other documents: another kind, department, company, parent, case or "
                    "counterparty. Choose another number.",
                    number=self.number,
                )
            )
        # sudo: the journal is written by its verbs only
        self.sudo().write({"state": "given", "document_id": document.id} | self._get_closing_values())
        return self.sudo()

    @api.model
    def _find_reserved(self, documents):
        """The reserved numbers that each document may take, as ``{document: numbers}``."""
        kinds = documents.kind_id
        domain = Domain("state", "=", "reserved") & Domain("company_id", "in", documents.company_id.ids)
        domain &= Domain("kind_id", "in", kinds.ids) | Domain("journal_id", "in", kinds.journal_id.ids)
        return self.search(domain, order="id")._filter_takeable(documents)

    def _filter_takeable(self, documents):
        """Those of ``self`` that each document may take, as ``{document: numbers}``."""
        return {document: self.filtered(lambda row, document=document: row._suits(document)) for document in documents}

    def _suits(self, document):
        """A number of a shared journal suits each of its kinds, unless the code of the kind is a part of it."""
        # sudo: only the ids are compared
        row_sudo, document_sudo = self.sudo(), document.sudo()
        kind = document_sudo.kind_id
        shared = row_sudo.journal_id and row_sudo.journal_id == kind.journal_id
        names = number_pattern.get_fields(kind.number_pattern)
        return (
            row_sudo.company_id == document_sudo.company_id
            and (row_sudo.kind_id == kind or (shared and "kind" not in names))
            and row_sudo.department_id in (row_sudo.department_id.browse(), document_sudo.department_id)
            and row_sudo.parent_id in (row_sudo.parent_id.browse(), document_sudo.parent_id)
            and row_sudo.nomenclature_id in (row_sudo.nomenclature_id.browse(), document_sudo.nomenclature_id)
            and row_sudo.reserved_partner_id
            in (row_sudo.reserved_partner_id.browse(), document_sudo.partner_id.commercial_partner_id)
        )

    def _check_reserved(self):
        self.ensure_one()
        if self.state != "reserved":
            raise UserError(
                self.env._(
                    "No. %(number)s is not reserved any more: it was given to a document or given up.",
                    number=self.number,
                )
            )

    @api.model
    def _get_closing_values(self):
        return {"closed_by_id": self.env.uid, "closed_at": fields.Datetime.now()}
