from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.condition import get_condition_problem, parse_condition

_PARTNER_KINDS = {"organisation": ("organisation", "foreign"), "person": ("person", "sole_proprietor")}


class PaydoxDossierRule(models.Model):
    """Which papers which counterparties must have."""

    _name = "paydox.dossier.rule"
    _description = "Dossier Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: asked by every company.")
    # what
    kind_ids = fields.Many2many(
        comodel_name="paydox.document.kind",
        relation="paydox_dossier_rule_kind_rel",
        string="Papers",
        domain="[('is_counterparty_paper', '=', True)]",
        required=True,
        help="Each counterparty of the rule must have a valid paper of each of these kinds.",
    )
    # of whom
    partner_kind = fields.Selection(
        selection=[("any", "Everybody"), ("organisation", "Organisations"), ("person", "Persons and sole proprietors")],
        string="Counterparties",
        default="organisation",
        required=True,
    )
    category_ids = fields.Many2many(
        comodel_name="res.partner.category",
        relation="paydox_dossier_rule_category_rel",
        string="Tags",
        help="Only counterparties with one of these tags. Empty: whatever their tags are.",
    )
    role_ids = fields.Many2many(
        comodel_name="paydox.partner.role",
        relation="paydox_dossier_rule_role_rel",
        string="Roles",
        help="Only counterparties with one of these roles, such as Supplier. Empty: whatever their roles are.",
    )
    country_ids = fields.Many2many(
        comodel_name="res.country", relation="paydox_dossier_rule_country_rel", help="Empty: of all countries."
    )
    amount_from = fields.Monetary(
        string="Contracts From",
        help="Only counterparties whose confirmed documents amount to so much or more. 0: whatever they amount to.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", default=lambda self: self.env.company.currency_id, required=True
    )
    condition = fields.Text(help="Further conditions on the counterparty.")

    _amount_check = models.Constraint("CHECK(amount_from >= 0)", "The amount cannot be negative.")

    # === CONSTRAINT METHODS ===#

    @api.constrains("kind_ids")
    def _check_kinds(self):
        for rule in self:
            if not rule.kind_ids or rule.kind_ids.filtered(lambda kind: not kind.is_counterparty_paper):
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s must name kinds of documents that are papers of counterparties. "
                        "Tick “Counterparty paper” in the settings of the kind.",
                        rule=rule.name,
                    )
                )

    @api.constrains("condition")
    def _check_condition(self):
        for rule in self:
            if problem := get_condition_problem(rule.condition, self.env["res.partner"]):
                raise ValidationError(
                    self.env._(
                        "The condition of rule %(rule)s cannot be used: %(problem)s", rule=rule.name, problem=problem
                    )
                )

    # === HELPERS ===#

    @api.model
    def _get_applicable(self):
        """The rules of the companies that are selected, as superuser: who reads a counterparty sees what it must have."""
        # sudo: what must be there is shown to readers of the counterparty who may not read the rules
        return self.sudo().search([("company_id", "in", (False, *self.env.companies.ids))])

    def _get_partner_domain(self):
        """The counterparties that the rule is about."""
        self.ensure_one()
        # Our own companies stand in the directory too; nobody asks them for papers.
        # sudo: all of them, whichever of them the user works in
        own_ids = self.env["res.company"].sudo().search([("partner_id", "!=", False)]).partner_id.ids
        domain = parse_condition(self.condition) & Domain("id", "not in", own_ids)
        if self.partner_kind != "any":
            domain &= Domain("partner_kind", "in", _PARTNER_KINDS[self.partner_kind])
        if self.category_ids:
            domain &= Domain("category_id", "child_of", self.category_ids.ids)
        if self.role_ids:
            domain &= Domain("role_ids", "in", self.role_ids.ids)
        if self.country_ids:
            domain &= Domain("country_id", "in", self.country_ids.ids)
        if self.amount_from:
            domain &= Domain("id", "in", self._get_partners_by_amount())
        return domain

    def _get_partners_by_amount(self):
        """Ids of the counterparties whose confirmed documents amount to enough, each in its currency of today."""
        rows = self.env["paydox.document"]._read_group(
            [
                ("counterparty_id", "!=", False),
                ("state", "in", ("approved", "signed", "done")),
                ("kind_id.is_counterparty_paper", "=", False),
                ("company_id", "in", self.company_id.ids or self.env.companies.ids),
            ],
            ["counterparty_id", "currency_id"],
            ["amount:sum"],
        )
        today, totals = fields.Date.context_today(self), {}
        company = self.company_id or self.env.company
        for partner, currency, amount in rows:
            converted = currency._convert(amount, self.currency_id, company, today, round=False)
            totals[partner.id] = totals.get(partner.id, 0) + converted
        return [partner_id for partner_id, total in totals.items() if total >= self.amount_from]
