from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from ..tools.currency_rates import get_rate

CURRENT, PERFORMED = ("approved", "signed"), ("done",)


class PaydoxDocumentKind(models.Model):
    _inherit = "paydox.document.kind"

    is_contract = fields.Boolean(
        string="Contract", help="Documents of this kind are summed up on the card of the counterparty as contracts."
    )


class ResPartner(models.Model):
    """What a manager looks at before a meeting: contracts and their amounts, what is signed and missing, talks."""

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    @api.readonly
    def get_card_summary(self):
        """Figures of the counterparty, its contacts and branches, of what the user may read.

        :return: ``{"blocks": [{"code", "title", "rows"}]}``; a row has ``code``, ``label``, ``count``, ``amount``,
            ``note``, ``level`` and ``items``
        """
        self.ensure_one()
        self._check_timeline_access()
        family_ids = self._get_family_ids()
        return {"blocks": [block for block in self._get_summary_blocks(family_ids) if block["rows"]]}

    def action_open_summary(self, code):
        """Open the list behind a row of the summary."""
        self.ensure_one()
        self._check_timeline_access()
        lists = self._get_summary_lists()
        if not isinstance(code, str) or code not in lists:
            raise UserError(self.env._("There is no such list. Open the counterparty again."))
        action_id, name, domain, context = lists[code]
        action = self._open_card_list(action_id, name, domain)
        return action | {"context": action["context"] | context}

    # === HOOKS === #

    def _get_summary_blocks(self, family_ids):
        """Blocks of the summary in their order; addons with money extend it by payments and debts."""
        documents = []
        if self.env["paydox.document"].has_access("read"):
            documents = [self._get_contract_block(family_ids), self._get_readiness_block(family_ids)]
        return [*documents, self._get_talk_block(family_ids)]

    def _get_summary_lists(self):
        """``{code of a row: (action, name, domain, context)}``."""
        contracts = Domain("kind_id.is_contract", "=", True)
        documents = "paydox_edms.paydox_document_action"
        lists = {
            "current": (documents, self.env._("Current contracts"), contracts & Domain("state", "in", CURRENT), {}),
            "performed": (
                documents,
                self.env._("Performed contracts"),
                contracts & Domain("state", "in", PERFORMED),
                {},
            ),
        }
        for code, (label, domain) in self._get_readiness_groups().items():
            lists[code] = (documents, label, domain, {})
        work = "paydox_crm.paydox_partner_work_action"
        statuses = dict(self.env["paydox.partner.work"]._fields["status"]._description_selection(self.env))
        for status, label in statuses.items():
            talks = Domain("is_talk", "=", True) & Domain("status", "=", status)
            lists[f"talk_{status}"] = (work, label, talks, {})
        return lists

    @api.model
    def _prepare_row(self, code, label, count, **more):
        return {"code": code, "label": label, "count": count, "amount": False, "note": False, "level": False} | more

    # === CONTRACTS === #

    def _get_contract_block(self, family_ids):
        domain = Domain("partner_id", "in", family_ids) & Domain("kind_id.is_contract", "=", True)
        groups = self.env["paydox.document"]._read_group(
            domain & Domain("state", "in", CURRENT + PERFORMED),
            ["state", "currency_id", "date:day"],
            ["amount:sum", "__count"],
        )
        rates = self._get_currency_rates(self.env["res.currency"].union(*(group[1] for group in groups)))
        own = self.env.company.currency_id
        rows = []
        for code, label, states in (
            ("current", self.env._("Current contracts"), CURRENT),
            ("performed", self.env._("Performed contracts"), PERFORMED),
        ):
            mine = [group for group in groups if group[0] in states]
            amounts, total = {}, 0.0
            for _state, currency, day, amount, _count in mine:
                amounts[currency] = amounts.get(currency, 0.0) + amount
                # each at the rate of its own day, as the documents say
                total += amount * get_rate(rates.get(own.id, []), day) / get_rate(rates.get(currency.id, []), day)
            originals = [
                formatLang(self.env, amount, currency_obj=currency) for currency, amount in amounts.items() if amount
            ]
            is_mixed = bool(set(amounts) - {own})
            rows.append(
                self._prepare_row(
                    code,
                    label,
                    sum(group[4] for group in mine),
                    amount=formatLang(self.env, total, currency_obj=own) if total else False,
                    note=self.env._("in their currencies: %(amounts)s", amounts=", ".join(originals))
                    if is_mixed and originals
                    else False,
                )
            )
        return {"code": "contracts", "title": self.env._("Contracts"), "rows": rows}

    @api.model
    def _get_currency_rates(self, currencies):
        """``{currency id: [(day, rate)]}``, read once."""
        # sudo: the rates of the company are the same for everybody
        rates_sudo = self.env["res.currency.rate"].sudo()
        found = rates_sudo.search_fetch(
            [
                ("currency_id", "in", (currencies | self.env.company.currency_id).ids),
                ("company_id", "in", (False, self.env.company.root_id.id)),
            ],
            ["currency_id", "name", "rate"],
            order="name, company_id, id",
        )
        rates = {}
        for rate in found:
            rates.setdefault(rate.currency_id.id, []).append((rate.name, rate.rate))
        return rates

    # === READINESS === #

    @api.model
    def _get_readiness_groups(self):
        amendment = Domain("link_ids", "any", [("type", "=", "amends")])
        return {
            "signed": (self.env._("Signed and agreed"), Domain("state", "in", ("approved", "signed", "done"))),
            "review": (self.env._("In approval"), Domain("state", "=", "review")),
            "draft": (self.env._("Being prepared"), Domain("state", "=", "draft")),
            "amendment": (self.env._("Additional agreements"), amendment & Domain("state", "!=", "cancelled")),
        }

    def _get_readiness_block(self, family_ids):
        documents = self.env["paydox.document"]
        of_family = Domain("partner_id", "in", family_ids)
        counts = dict(documents._read_group(of_family, ["state"], ["__count"]))
        groups = self._get_readiness_groups()
        numbers = {
            "signed": sum(counts.get(state, 0) for state in ("approved", "signed", "done")),
            "review": counts.get("review", 0),
            "draft": counts.get("draft", 0),
            "amendment": documents.search_count(of_family & groups["amendment"][1]),
        }
        rows = [self._prepare_row(code, label, numbers[code]) for code, (label, _domain) in groups.items()]
        missing = self._get_missing_papers()
        if missing is not None:
            rows.append(
                self._prepare_row(
                    False,
                    self.env._("Missing"),
                    len(missing),
                    note=", ".join(missing) or self.env._("nothing that is required"),
                    level="danger" if missing else "success",
                )
            )
        return {"code": "readiness", "title": self.env._("Documents"), "rows": rows}

    def _get_missing_papers(self):
        """Names of what must be there and is not; None when nothing is asked of this counterparty."""
        items = self.commercial_partner_id.dossier_checklist
        if not items:
            return None
        return [item["name"] for item in items if item["status"] in ("missing", "expired")]

    # === TALKS === #

    def _get_talk_block(self, family_ids):
        work = self.env["paydox.partner.work"]
        domain = Domain("partner_id", "in", family_ids) & Domain("is_talk", "=", True)
        counts = dict(work._read_group(domain, ["status"], ["__count"]))
        levels = {"overdue": "danger", "no_result": "warning", "failed": "danger"}
        labels = dict(work._fields["status"]._description_selection(self.env))
        rows = [
            self._prepare_row(f"talk_{status}", labels[status], counts.get(status, 0), level=levels.get(status, False))
            for status in ("done", "planned", "overdue", "no_result", "failed")
        ]
        for row in rows:
            row["level"] = row["count"] and row["level"]
        return {"code": "talks", "title": self.env._("Interactions"), "rows": rows}
