from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class PaydoxPaperReport(models.TransientModel):
    """Papers of counterparties that had ended by a day and were not replaced by then, and those that are missing."""

    _name = "paydox.paper.report"
    _description = "Expired and Missing Papers of Counterparties"

    date = fields.Date(string="As of", default=fields.Date.context_today, required=True)
    contents = fields.Selection(
        selection=[("all", "Expired and missing"), ("expired", "Expired only"), ("missing", "Missing only")],
        default="all",
        required=True,
    )
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
        self.check_access("write")
        # sudo: the lines are written by the report alone; what is in them was found as the user
        lines_sudo = self.env["paydox.paper.report.line"].sudo()
        lines_sudo.search([("report_id", "=", self.id)]).unlink()
        lines_sudo.create([{"report_id": self.id, **values} for values in self._get_rows()])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Expired and missing on %(day)s", day=format_date(self.env, self.date)),
            "res_model": "paydox.paper.report.line",
            "view_mode": "list,pivot",
            "domain": [("report_id", "=", self.id)],
        }

    def action_print(self):
        """Print the papers as PDF."""
        self.ensure_one()
        return self.env.ref("paydox_crm.paydox_paper_report_action_print").report_action(self)

    # === BUSINESS METHODS ===#

    def _get_rows(self):
        """Values of the lines: first what has expired, the earliest end first, then what is missing."""
        self.ensure_one()
        expired = self._find_expired() if self.contents != "missing" else ()
        missing = self._find_missing() if self.contents != "expired" else ()
        return [
            {
                "status": "expired",
                # sudo: who reads the paper sees whose it is and who answers for it
                "partner_id": paper.sudo().counterparty_id.id,
                "kind_id": paper.kind_id.id,
                "document_id": paper.id,
                "number": paper.number or paper.sender_number,
                "valid_from": paper.valid_from,
                "valid_to": paper.valid_to,
                "days": (self.date - paper.valid_to).days,
                "responsible_id": paper.sudo().responsible_id.id,
            }
            for paper in expired
        ] + [{"status": "missing", **values} for values in missing]

    def _find_missing(self):
        """Values for each paper that the rules of today ask for and that the counterparty had not given by the day.

        One that was given and has ended is expired, not missing. Counterparties that the user may not see are not in it.
        """
        partners = self.env["res.partner"]
        scope = Domain("is_company", "=", True) | Domain("parent_id", "=", False)
        if self.partner_ids:
            scope &= Domain("id", "in", self.partner_ids.commercial_partner_id.ids)
        if self.responsible_ids:
            scope &= Domain("user_id", "in", self.responsible_ids.ids)
        asked = {}
        for rule in self.env["paydox.dossier.rule"]._get_applicable():
            kinds = rule.kind_ids & self.kind_ids._origin if self.kind_ids else rule.kind_ids
            if kinds:
                # The rule as superuser, the counterparties as the user.
                for partner in partners.search(scope & rule._get_partner_domain()):
                    asked.setdefault(partner, set()).update(kinds)
        found = partners.union(*asked)
        given, refusals = self._get_given(found), found._get_exceptions("refused")
        exempt = found._get_exceptions("not_required")
        return [
            {
                "partner_id": partner.id,
                "kind_id": kind.id,
                "responsible_id": partner.user_id.id,
                "note": refusals[key].reason if key in refusals else False,
            }
            for partner, kinds in sorted(asked.items(), key=lambda item: (item[0].display_name or "", item[0].id))
            for kind in sorted(kinds, key=lambda kind: (kind.sequence, kind.id))
            if (key := (partner.id, kind.id)) not in given and key not in exempt
        ]

    def _get_given(self, partners):
        """``{(partner id, kind id)}`` of the papers that were there by the day, in force or ended."""
        # sudo: a paper that the user may not read is not missing
        groups = (
            self.env["paydox.document"]
            .sudo()
            ._read_group(
                partners._get_papers_domain()
                & Domain("counterparty_id", "in", partners.ids)
                & Domain("kind_id.is_counterparty_paper", "=", True)
                & (Domain("valid_from", "=", False) | Domain("valid_from", "<=", self.date)),
                ["counterparty_id", "kind_id"],
            )
        )
        return {(partner.id, kind.id) for partner, kind in groups}

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
