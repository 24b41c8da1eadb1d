from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

# Set by the verbs, never by a form, an import or RPC.
_ENGINE_FIELDS = frozenset(("state", "closed_on", "filing_count"))
_FINISHED_STATES = ("done", "cancelled")
_NAMED = 5


class PaydoxNomenclature(models.Model):
    """A case of the nomenclature: the folder of one year into which documents are filed and kept."""

    _name = "paydox.nomenclature"
    _description = "Case of the Nomenclature"
    _inherit = ["paydox.engine.fields"]
    _order = "year desc, index, id"
    _rec_names_search = ["index", "name"]
    _check_company_auto = True

    index = fields.Char(required=True, copy=True, help="Code of the department and number of the case, such as 01-12.")
    name = fields.Char(string="Heading", required=True)
    year = fields.Integer(
        default=lambda self: fields.Date.context_today(self).year, required=True, aggregator=None, string="Opened in"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, index=True
    )
    department_id = fields.Many2one(comodel_name="hr.department", check_company=True, index="btree_not_null")
    # retention
    retention = fields.Selection(
        selection=[("years", "Years"), ("permanent", "Permanent")], default="years", required=True
    )
    retention_years = fields.Integer(string="Years of Retention", default=5, aggregator=None)
    retention_article = fields.Char(string="Article", help="Article of the list of retention periods.")
    retention_end = fields.Date(
        string="Kept Until",
        compute="_compute_retention_end",
        store=True,
        help="The years are counted from the first of January after the case is closed.",
    )
    note = fields.Text()
    # life cycle
    state = fields.Selection(
        selection=[("open", "In Use"), ("closed", "Closed")], default="open", required=True, readonly=True, copy=False
    )
    closed_on = fields.Date(readonly=True, copy=False)
    # documents
    document_ids = fields.One2many(comodel_name="paydox.document", inverse_name="nomenclature_id")
    document_count = fields.Integer(compute="_compute_document_count")
    filing_count = fields.Integer(readonly=True, copy=False, help="Grows with every filing; carries its lock.")

    _index_uniq = models.Constraint(
        "UNIQUE(company_id, index, year)", "The company already has a case with this index in this year."
    )
    _years_positive = models.Constraint(
        "CHECK(retention <> 'years' OR retention_years BETWEEN 1 AND 100)",
        "Documents are kept from 1 to 100 years, or permanently.",
    )
    _year_sensible = models.Constraint("CHECK(year BETWEEN 1900 AND 2200)", "The year has four digits, such as 2026.")

    # === COMPUTE METHODS === #

    @api.depends("index", "name", "year")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.index} {case.name or ''} ({case.year})" if case.index else case.name or ""

    @api.depends("retention", "retention_years", "closed_on")
    def _compute_retention_end(self):
        for case in self:
            kept = case.retention == "years" and case.closed_on
            case.retention_end = date(case.closed_on.year + case.retention_years, 12, 31) if kept else False

    @api.depends("document_ids")
    def _compute_document_count(self):
        data = self.env["paydox.document"]._read_group(
            [("nomenclature_id", "in", self._origin.ids)], ["nomenclature_id"], ["__count"]
        )
        counts = {case.id: count for case, count in data}
        for case in self:
            case.document_count = counts.get(case._origin.id, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_engine_fields(vals)
        return super(PaydoxNomenclature, self._without_forged_defaults()).create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_engine_fields(vals)
            if vals and "closed" in self.mapped("state"):
                raise UserError(self.env._("A closed case does not change. Open it again first."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: documents that the user may not read keep the case all the same
        if self.env["paydox.document"].sudo().with_context(active_test=False).search_count(
            [("nomenclature_id", "in", self.ids)], limit=1
        ):  # fmt: skip
            raise UserError(self.env._("A case with documents stays in the nomenclature. Close it instead."))

    # === ACTIONS === #

    def action_close(self):
        """Close the cases: nothing more is filed, and the years of retention begin."""
        self.check_access("write")
        lock_rows(self)
        self._check_finished()
        # sudo: the state is set by this verb only
        self.sudo().filtered(lambda case: case.state == "open").write(
            {"state": "closed", "closed_on": fields.Date.context_today(self)}
        )
        return True

    def action_reopen(self):
        """Open closed cases again."""
        self.check_access("write")
        lock_rows(self)
        # sudo: the state is set by this verb only
        self.sudo().write({"state": "open", "closed_on": False})
        return True

    def action_open_next_year(self):
        """Open the same cases for the year after theirs, unless they are there."""
        self.check_access("read")
        wanted = {(case.company_id, case.index, case.year + 1): case for case in self}
        found = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("index", "in", self.mapped("index")),
                ("year", "in", [year + 1 for year in self.mapped("year")]),
            ]
        )
        there = {(case.company_id, case.index, case.year) for case in found}
        new = self.browse()
        for key, case in wanted.items():
            if key not in there:
                new |= case.copy({"year": case.year + 1})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Nomenclature of Cases"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", (new | found).ids)],
        }

    def action_open_documents(self):
        """Open the documents of the case."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "paydox.document",
            "views": [(False, "list"), (False, "form")],
            "domain": [("nomenclature_id", "=", self.id)],
            "context": {"default_nomenclature_id": self.id},
        }

    # === HELPERS === #

    def _check_finished(self):
        # sudo: an unfinished document keeps the case open whether or not the user may read it
        unfinished_sudo = (
            self.env["paydox.document"]
            .sudo()
            .with_context(active_test=False)
            .search([("nomenclature_id", "in", self.ids), ("state", "not in", _FINISHED_STATES)])
        )
        if not unfinished_sudo:
            return
        readable = unfinished_sudo.sudo(False)._filtered_access("read")
        case = unfinished_sudo[0].nomenclature_id.sudo(False)
        if not readable:
            raise UserError(
                self.env._(
                    "%(case)s cannot be closed: it has unfinished documents that you may not see. Ask the people who take "
                    "part in them.",
                    case=case.display_name,
                )
            )
        raise UserError(
            self.env._(
                "%(case)s cannot be closed: it has unfinished documents. Execute or cancel them, or file them into "
                "another case: %(documents)s",
                case=readable[0].nomenclature_id.display_name,
                documents="; ".join(readable[:_NAMED].mapped("display_name")) + (" …" if readable[_NAMED:] else ""),
            )
        )

    @api.model
    def _get_engine_fields(self):
        return _ENGINE_FIELDS
