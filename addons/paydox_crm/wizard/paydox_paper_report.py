from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class PaydoxPaperReport(models.TransientModel):
    """Papers of counterparties that had ended by a day and were not replaced by then."""

    _name = "paydox.paper.report"
    _description = "Expired Papers of Counterparties"

    date = fields.Date(string="As of", default=fields.Date.context_today, required=True)
    partner_ids = fields.Many2many(comodel_name="res.partner", string="Of Counterparties")
    kind_ids = fields.Many2many(
        comodel_name="paydox.document.kind", string="Kinds of Papers", domain="[('is_counterparty_paper', '=', True)]"
    )
    responsible_ids = fields.Many2many(
        comodel_name="res.users", string="Responsible People", domain="[('share', '=', False)]"
    )
    document_ids = fields.Many2many(comodel_name="paydox.document", compute="_compute_document_ids")
    document_count = fields.Integer(string="Expired", compute="_compute_document_ids")

    # === COMPUTE METHODS ===#

    @api.depends("date", "partner_ids", "kind_ids", "responsible_ids")
    def _compute_document_ids(self):
        for report in self:
            report.document_ids = report._find_expired() if report.date else False
            report.document_count = len(report.document_ids)

    # === ACTIONS ===#

    def action_open(self):
        """Open the papers as a list, which can be grouped, filtered further and exported to Excel."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Expired on %(day)s", day=fields.Date.to_string(self.date)),
            "res_model": "paydox.document",
            "view_mode": "list,pivot,form",
            "domain": [("id", "in", self._find_expired().ids)],
            "context": {"create": False},
        }

    def action_print(self):
        """Print the papers as PDF."""
        self.ensure_one()
        return self.env.ref("paydox_crm.paydox_paper_report_action_print").report_action(self)

    # === HELPERS ===#

    def _find_expired(self):
        """As the user: documents that he may not read are not in it.

        A paper is in it when its term was over by the day, and no paper of its kind and counterparty was in force then.
        """
        self.ensure_one()
        documents = self.env["paydox.document"]
        domain = (
            self.env["res.partner"]._get_live_papers_domain()
            & Domain("kind_id.is_counterparty_paper", "=", True)
            & Domain("counterparty_id", "!=", False)
            & Domain("valid_to", "<", self.date)
        )
        if self.partner_ids:
            domain &= Domain("counterparty_id", "in", self.partner_ids.commercial_partner_id.ids)
        if self.kind_ids:
            domain &= Domain("kind_id", "in", self.kind_ids.ids)
        if self.responsible_ids:
            domain &= Domain("responsible_id", "in", self.responsible_ids.ids)
        query = documents._search(domain, order="valid_to, id")
        # sudo: a paper that the user may not read replaces an older one all the same
        others = documents.sudo()._search(self.env["res.partner"]._get_live_papers_domain())
        query.add_where(
            SQL(
                """
                NOT EXISTS (
                    SELECT FROM paydox_document other
                     WHERE other.id IN %(others)s
                       AND other.counterparty_id = %(partner)s AND other.kind_id = %(kind)s
                       AND other.company_id = %(company)s AND other.id <> %(id)s
                       AND (other.valid_from IS NULL OR other.valid_from <= %(day)s)
                       AND (other.valid_to IS NULL OR other.valid_to >= %(day)s
                            OR (other.valid_to, other.id) > (%(end)s, %(id)s))
                )
                """,
                others=others.subselect(),
                partner=SQL.identifier(query.table, "counterparty_id"),
                kind=SQL.identifier(query.table, "kind_id"),
                company=SQL.identifier(query.table, "company_id"),
                id=SQL.identifier(query.table, "id"),
                end=SQL.identifier(query.table, "valid_to"),
                day=self.date,
            )
        )
        return documents.browse(query)
