import pytz
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.paydox_edms.tools import number_pattern

_PERIOD_FORMATS = {"never": "", "yearly": "%Y", "monthly": "%Y-%m"}
# What completes a reserved number, once.
_COMPLETING_FIELDS = frozenset(("state", "document_id", "reason", "closed_by_id", "closed_at"))


class PaydoxDocumentNumber(models.Model):
    """Ledger of registration numbers: a number is given once.

    Rows are inserted and never change, but for one step: a reserved number is taken by a document or given up.
    """

    _name = "paydox.document.number"
    _description = "Registration Number"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "number"

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, ondelete="restrict")
    # place in the journal
    kind_id = fields.Many2one(
        comodel_name="paydox.document.kind", required=True, readonly=True, ondelete="restrict", index=True
    )
    journal_id = fields.Many2one(
        comodel_name="paydox.document.journal", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    parent_id = fields.Many2one(
        comodel_name="paydox.document",
        string="Counts Within",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The document whose number is a part of this one, or within which the sequence runs.",
    )
    period = fields.Char(readonly=True, help="Year, year and month or parent document in which the sequence runs.")
    frame = fields.Char(
        string="Sequence Of", required=True, readonly=True, help="The journal, or the number without its sequence."
    )
    seq = fields.Integer(string="Sequence", required=True, readonly=True, aggregator=None)
    number = fields.Char(required=True, readonly=True, index="trigram")
    # use
    state = fields.Selection(
        selection=[("given", "Given"), ("reserved", "Reserved"), ("cancelled", "Given up")],
        default="given",
        required=True,
        readonly=True,
    )
    document_id = fields.Many2one(comodel_name="paydox.document", readonly=True, ondelete="restrict", index=True)

    # of the document, as its reader sees it
    partner_id = fields.Many2one(related="document_id.partner_id", related_sudo=False)
    subject = fields.Char(related="document_id.name", related_sudo=False, string="Subject")
    sender_number = fields.Char(related="document_id.sender_number", related_sudo=False)
    sender_date = fields.Date(related="document_id.sender_date", related_sudo=False)

    _seq_uniq = models.Constraint("UNIQUE(company_id, period, frame, seq)", "This sequence number is already given.")
    _number_uniq = models.Constraint("UNIQUE(company_id, period, number)", "This registration number is already given.")
    _document_uniq = models.Constraint("UNIQUE(document_id)", "This document is already registered.")
    _period_filled = models.Constraint("CHECK(period IS NOT NULL)", "A number belongs to a period.")
    _document_filled = models.Constraint(
        "CHECK((state = 'given') = (document_id IS NOT NULL))", "A number is given to a document."
    )
    _reserved_idx = models.Index("(company_id, kind_id) WHERE state = 'reserved'")

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_engine()
        if vals.keys() - _COMPLETING_FIELDS or set(self.mapped("state")) - {"reserved"}:
            self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    # === ACTIONS === #

    def action_open_document(self):
        """Open the document of the number, if it has one."""
        self.ensure_one()
        if not self.document_id:
            return False
        return self.document_id.get_formview_action()

    # === BUSINESS METHODS === #

    @api.model
    def _allocate(self, documents, moment):
        """Give each document the next number of its journal.

        :param datetime moment: when the documents are registered (UTC)
        """
        plans = [(document, *self._prepare_plan(document, moment)) for document in documents]
        # The same order everywhere, so that two clerks who register in bulk do not wait for each other in a ring.
        plans.sort(key=lambda plan: (plan[1]["company_id"], plan[1]["period"], plan[1]["frame"], plan[0].id))
        numbers = self.browse()
        for document, vals, values in plans:
            numbers |= self._insert_next(vals | {"document_id": document.id}, values)
        return numbers

    @api.model
    def _insert_next(self, vals, values):
        """Insert the first free number.

        Another transaction may have taken it without being visible to this one: then the insert waits for it and fails
        on the unique constraint, and the next number is tried. A number that is rolled back is free again, so no gap
        stays.

        :param dict vals: values of the row, without its sequence and number
        :param dict values: text for each placeholder
        """
        pattern = self.env["paydox.document.kind"].browse(vals["kind_id"]).number_pattern
        domain = [(name, "=", vals[name]) for name in ("company_id", "period", "frame")]
        seq = self.search(domain, order="seq desc", limit=1).seq
        while True:
            seq += 1
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    return self.create(vals | {"seq": seq, "number": number_pattern.render(pattern, values, seq)})
            except UniqueViolation as error:
                if error.diag.constraint_name.endswith("document_uniq"):
                    document = self.env["paydox.document"].browse(vals["document_id"])
                    raise UserError(
                        self.env._("%(document)s is already registered.", document=document.display_name)
                    ) from error

    @api.model
    def _prepare_plan(self, document, moment, label=None):
        """Where the next number of the document belongs.

        :param str label: what the document is called in a refusal
        :return: values of the row without its sequence, number and document; text for each placeholder
        """
        # sudo: the parent, the department and the company need not be readable to take their code
        document_sudo = document.sudo()
        kind, company, parent = document_sudo.kind_id, document_sudo.company_id, document_sudo.parent_id
        zone = pytz.timezone(company._get_document_timezone())
        day = pytz.utc.localize(moment).astimezone(zone).date()
        values = self._get_placeholder_values(document_sudo, day)
        names = number_pattern.get_fields(kind.number_pattern)
        by_parent = kind.number_period == "parent"
        missing = sorted(name for name in (names | {"parent_number"} if by_parent else names) if not values[name])
        if missing:
            self._refuse_incomplete(missing[0], label or document.display_name)
        vals = {
            "company_id": company.id,
            "kind_id": kind.id,
            "journal_id": kind.journal_id.id,
            "parent_id": parent.id if by_parent or "parent_number" in names else False,
            "period": f"document {parent.id}" if by_parent else day.strftime(_PERIOD_FORMATS[kind.number_period]),
            "frame": f"journal {kind.journal_id.id}"
            if kind.journal_id
            else number_pattern.get_frame(kind.number_pattern, values),
        }
        return vals, values

    @api.model
    def _get_placeholder_values(self, document_sudo, day):
        kind = document_sudo.kind_id
        return kind._get_date_values(day) | {
            "kind": kind.code,
            "journal": kind.journal_id.code,
            "dept": document_sudo.department_id.document_code,
            "case": document_sudo.nomenclature_id.index,
            "company": document_sudo.company_id.document_code,
            "partner_code": document_sudo.partner_id.commercial_partner_id.ref,
            "parent_number": document_sudo.parent_id.number,
        }

    @api.model
    def _refuse_incomplete(self, name, label):
        explanations = {
            "journal": self.env._("the kind of the document belongs to no journal"),
            "dept": self.env._("the department of the document has no document code"),
            "case": self.env._("the document is filed into no case"),
            "company": self.env._("the company has no document code"),
            "partner_code": self.env._("the counterparty has no reference"),
            "parent_number": self.env._("the document has no registered parent"),
        }
        raise UserError(
            self.env._(
                "The number of %(document)s cannot be made up: %(reason)s. Fill it in and register again.",
                document=label,
                reason=explanations[name],
            )
        )
