from odoo import api, fields, models
from odoo.fields import Domain

# Which paper of a kind counts, the best first; what has no term is valid.
_RANKS = {"valid": 0, "none": 0, "expiring": 1, "future": 2, "expired": 3, "superseded": 4}
_GOOD = ("valid", "none")
STATES = [("complete", "Complete"), ("missing", "Missing"), ("expiring", "Expiring"), ("expired", "Expired")]


class ResPartner(models.Model):
    """Dossier: which papers the counterparty must have, which it has, and for how long."""

    _inherit = "res.partner"

    paper_ids = fields.One2many(
        comodel_name="paydox.document",
        inverse_name="counterparty_id",
        string="Papers",
        domain=[("kind_id.is_counterparty_paper", "=", True)],
        groups="base.group_user",
    )
    paper_count = fields.Integer(compute="_compute_paper_count", groups="base.group_user")
    dossier_exception_ids = fields.One2many(
        comodel_name="paydox.dossier.exception", inverse_name="partner_id", groups="base.group_user"
    )
    dossier_state = fields.Selection(
        selection=STATES,
        string="Dossier",
        compute="_compute_dossier",
        search="_search_dossier_state",
        compute_sudo=True,
        groups="base.group_user",
        help="The worst of what the rules ask for: something is missing, has expired or will soon. Empty: nothing is asked.",
    )
    dossier_percent = fields.Integer(
        string="Completeness, %", compute="_compute_dossier", compute_sudo=True, groups="base.group_user"
    )
    dossier_checklist = fields.Json(compute="_compute_dossier_checklist", groups="base.group_user")

    # === COMPUTE METHODS ===#

    @api.depends("commercial_partner_id")
    @api.depends_context("uid")
    def _compute_paper_count(self):
        # As the user: the number must not tell of papers that he may not see.
        groups = self.env["paydox.document"]._read_group(
            [
                ("counterparty_id", "in", self.commercial_partner_id.ids),
                ("kind_id.is_counterparty_paper", "=", True),
                ("state", "!=", "cancelled"),
            ],
            ["counterparty_id"],
            ["__count"],
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.paper_count = counts.get(partner.commercial_partner_id.id, 0)

    @api.depends("commercial_partner_id", "is_company", "country_id", "category_id", "dossier_exception_ids")
    @api.depends_context("allowed_company_ids", "tz")
    def _compute_dossier(self):
        dossiers = self.commercial_partner_id._get_dossiers()
        for partner in self:
            items = dossiers.get(partner.commercial_partner_id.id, [])
            statuses = {item["status"] for item in items}
            partner.dossier_state = next(
                (state for state in ("missing", "expired", "expiring") if state in statuses),
                "complete" if items else False,
            )
            there = sum(item["status"] in ("present", "expiring") for item in items)
            partner.dossier_percent = round(100 * there / len(items)) if items else 0

    @api.depends("dossier_state")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_dossier_checklist(self):
        # sudo: who reads the counterparty sees which papers it has; the files are opened with his own rights
        dossiers = self.sudo().commercial_partner_id._get_dossiers()
        papers = self.env["paydox.document"].browse(
            item["paper"].id for items in dossiers.values() for item in items if item["paper"]
        )
        readable_ids = set(papers._filtered_access("read").ids)
        for partner in self:
            partner.dossier_checklist = [
                {
                    "kind_id": item["kind"].id,
                    "name": item["kind"].name,
                    "status": item["status"],
                    "valid_to": fields.Date.to_string(item["paper"].valid_to) if item["paper"].valid_to else False,
                    "paper_id": item["paper"].id if item["paper"].id in readable_ids else False,
                    "note": item["refusal"].reason or False,
                }
                for item in dossiers.get(partner.commercial_partner_id.id, [])
            ]

    def _search_dossier_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        by_state = self._get_dossier_domains()
        found = Domain.OR(by_state[state or False] for state in value if (state or False) in by_state)
        return Domain("commercial_partner_id", "any!", found)

    # === ACTIONS ===#

    def action_open_papers(self):
        """Open the papers of the counterparty; a new one knows whose it is."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("paydox_crm.paydox_document_action_papers")
        return action | {
            "domain": [
                ("counterparty_id", "=", self.commercial_partner_id.id),
                ("kind_id.is_counterparty_paper", "=", True),
            ],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    # === BUSINESS METHODS ===#

    def _get_dossiers(self):
        """What the rules ask of the counterparties, as superuser.

        :return: ``{partner id: [{"kind", "status", "paper", "refusal"}]}`` in the order of the kinds; status is
            ``present``, ``expiring``, ``expired`` or ``missing``
        """
        required = self._get_required_kinds()
        kinds = self.env["paydox.document.kind"].union(*required.values())
        if not kinds:
            return {}
        papers, refusals = self._get_best_papers(kinds), self._get_exceptions("refused")
        exempt = self._get_exceptions("not_required")
        return {
            partner_id: [
                {
                    "kind": kind,
                    "status": self._get_paper_status(papers.get((partner_id, kind.id))),
                    "paper": papers.get((partner_id, kind.id), self.env["paydox.document"]),
                    "refusal": refusals.get((partner_id, kind.id), self.env["paydox.dossier.exception"]),
                }
                for kind in partner_kinds.sorted()
                if (partner_id, kind.id) not in exempt
            ]
            for partner_id, partner_kinds in required.items()
        }

    def _get_required_kinds(self):
        required = {}
        for rule in self.env["paydox.dossier.rule"]._get_applicable():
            for partner in self.filtered_domain(rule._get_partner_domain()):
                required[partner.id] = required.get(partner.id, rule.kind_ids.browse()) | rule.kind_ids
        return required

    def _get_best_papers(self, kinds):
        domain = (
            self._get_papers_domain() & Domain("counterparty_id", "in", self.ids) & Domain("kind_id", "in", kinds.ids)
        )
        best = {}
        for paper in self.env["paydox.document"].search(domain, order="valid_to desc, id desc"):
            key = (paper.counterparty_id.id, paper.kind_id.id)
            if key not in best or _RANKS[paper.validity] < _RANKS[best[key].validity]:
                best[key] = paper
        return best

    @api.model
    def _get_papers_domain(self):
        """Papers that count: of the selected companies, confirmed or of a kind that needs no approval."""
        return self._get_live_papers_domain() & Domain("company_id", "in", self.env.companies.ids)

    @api.model
    def _get_live_papers_domain(self):
        return self.env["paydox.document.reminder"]._get_live_domain() | Domain("state", "=", "done")

    @api.model
    def _get_paper_status(self, paper):
        if not paper or paper.validity in ("future", "superseded"):
            return "missing"
        return "present" if paper.validity in _GOOD else paper.validity

    def _get_exceptions(self, kind_of_exception):
        exceptions = self.env["paydox.dossier.exception"]
        domain = exceptions._get_current_domain() & Domain("type", "=", kind_of_exception)
        return {
            (exception.partner_id.id, exception.kind_id.id): exception
            for exception in exceptions.search(domain & Domain("partner_id", "in", self.ids), order="date, id")
        }

    @api.model
    def _get_dossier_domains(self):
        """For each state the domain of the counterparties in it; the same sentences as in ``_get_dossiers``."""
        exempt = self.env["paydox.dossier.exception"].sudo()._get_current_domain() & Domain("type", "=", "not_required")
        missing, expired, expiring, asked = [], [], [], []
        for rule in self.env["paydox.dossier.rule"]._get_applicable():
            of_rule = rule._get_partner_domain()
            for kind in rule.kind_ids:
                of_kind = Domain("kind_id", "=", kind.id)
                asks = of_rule & ~Domain("dossier_exception_ids", "any!", exempt & of_kind)
                good = self._get_has_paper_domain(of_kind, _GOOD)
                soon = self._get_has_paper_domain(of_kind, ("expiring",))
                over = self._get_has_paper_domain(of_kind, ("expired",))
                # One that begins later is better than one that has ended, and none counts yet.
                later = self._get_has_paper_domain(of_kind, ("future",))
                asked.append(asks)
                missing.append(asks & ~good & ~soon & (later | ~over))
                expired.append(asks & ~good & ~soon & ~later & over)
                expiring.append(asks & ~good & soon)
        is_missing, is_expired, is_expiring = Domain.OR(missing), Domain.OR(expired), Domain.OR(expiring)
        is_asked = Domain.OR(asked)
        return {
            False: ~is_asked,
            "missing": is_missing,
            "expired": ~is_missing & is_expired,
            "expiring": ~is_missing & ~is_expired & is_expiring,
            "complete": is_asked & ~is_missing & ~is_expired & ~is_expiring,
        }

    @api.model
    def _get_has_paper_domain(self, of_kind, validities):
        papers = self._get_papers_domain() & of_kind & Domain("validity", "in", validities)
        return Domain("paper_ids", "any!", papers)
