import operator

from odoo import api, fields, models
from odoo.fields import Domain

from .paydox_document_link_amendment import AMENDS
from .paydox_document_validity import SUPERSEDING_STATES

_OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class PaydoxDocument(models.Model):
    """Additional agreements: what they make of the term and the amount of the document that they amend."""

    _inherit = "paydox.document"

    prolongation = fields.Selection(
        selection=[("none", "None"), ("auto", "Automatic")],
        default="none",
        tracking=True,
    )
    notice_days = fields.Integer(
        string="Notice, Days", help="How many days before the end an objection to the prolongation must be sent."
    )
    notice_date = fields.Date(
        string="Object Before",
        compute="_compute_effective",
        search="_search_notice_date",
        help="The last day to object to the prolongation.",
    )
    effective_valid_to = fields.Date(
        string="In Force Until", compute="_compute_effective", search="_search_effective_valid_to"
    )
    effective_amount = fields.Monetary(string="Amount Now", compute="_compute_effective")
    effective_text = fields.Text(string="Changed By", compute="_compute_effective")

    _notice_days_positive = models.Constraint("CHECK(notice_days >= 0)", "The notice cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends(
        "valid_to",
        "amount",
        "notice_days",
        "prolongation",
        "backlink_ids.type",
        "backlink_ids.amount_effect",
        "backlink_ids.document_id.state",
        "backlink_ids.document_id.valid_from",
        "backlink_ids.document_id.valid_to",
        "backlink_ids.document_id.date",
        "backlink_ids.document_id.amount",
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_effective(self):
        today = fields.Date.context_today(self)
        links = self._find_agreements(today)
        for document in self:
            end, amount, sources = document._apply_agreements(links.get(document._origin.id, ()))
            document.effective_valid_to = end
            document.effective_amount = amount
            document.effective_text = "\n".join(sources)
            document.notice_date = fields.Date.subtract(end, days=document.notice_days) if end else False

    @api.depends("effective_valid_to")
    def _compute_validity(self):
        return super()._compute_validity()

    def _search_validity(self, operator, value):
        domain = super()._search_validity(operator, value)
        if domain is NotImplemented or not (amended_sudo := self._find_amended()):
            return domain
        found = amended_sudo.filtered(lambda document: document.validity in value)
        return (domain & Domain("id", "not in", amended_sudo.ids)) | Domain("id", "in", found.ids)

    def _search_effective_valid_to(self, operator, value):
        """The field of the document itself, unless agreements in force may have changed it; those are few."""
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        amended_sudo = self._find_amended()
        found = amended_sudo.filtered(lambda document: document._compare_end(operator, value))
        own = Domain("valid_to", operator, value) & Domain("id", "not in", amended_sudo.ids)
        return own | Domain("id", "in", found.ids)

    def _search_notice_date(self, operator, value):
        if operator not in ("<", "<=", ">", ">=") or not value:
            return NotImplemented
        # Every document has a notice of its own length; those that are prolonged by themselves are few.
        # sudo: only ids are taken, the rules of the document come after
        documents_sudo = self.sudo().search([("prolongation", "=", "auto")])
        found = documents_sudo.filtered(lambda document: document._compare_end(operator, value, "notice_date"))
        return Domain("id", "in", found.ids)

    def _compare_end(self, operator_text, value, name="effective_valid_to"):
        end, value = self[name], fields.Date.to_date(value)
        return bool(end) and _OPERATORS[operator_text](end, value)

    @api.model
    def _find_amended(self):
        """Documents whose term agreements may have changed, as superuser: an agreement counts for everybody."""
        links = Domain("type", "=", AMENDS) & Domain("document_id.state", "in", SUPERSEDING_STATES)
        links &= Domain("document_id.valid_to", "!=", False)
        # sudo: only ids are taken, the rules of the document come after
        return self.sudo().with_context(active_test=False).search(Domain("backlink_ids", "any", links))

    def _find_agreements(self, day):
        """The links of the agreements in force on a day, by the document that they amend, in their order."""
        domain = Domain("target_id", "in", self._origin.ids) & Domain("type", "=", AMENDS)
        domain &= Domain("document_id.state", "in", SUPERSEDING_STATES)
        # sudo: an agreement that the user may not read counts all the same; its name is guarded by itself
        links_sudo = self.env["paydox.document.link"].sudo().search(domain)
        in_force = links_sudo.filtered(lambda link: link.document_id._get_start() <= day)
        in_force = in_force.sorted(lambda link: (link.document_id._get_start(), link.document_id.id))
        return {target.id: links for target, links in in_force.grouped("target_id").items()}

    def _apply_agreements(self, links_sudo):
        """Term and amount as the agreements leave them, and sentences that name the agreements.

        :rtype: tuple[date | False, float, list[str]]
        """
        self.ensure_one()
        end, amount, sources = self.valid_to, self.amount, []
        for link_sudo in links_sudo:
            agreement_sudo = link_sudo.document_id
            name = self.browse(agreement_sudo.id).display_name
            if agreement_sudo.valid_to and agreement_sudo.valid_to != end:
                end = agreement_sudo.valid_to
                sources.append(self.env._("Term: %(agreement)s", agreement=name))
            if link_sudo.amount_effect != "none":
                amount = link_sudo._get_amount_after(amount)
                sources.append(self.env._("Amount: %(agreement)s", agreement=name))
        return end, amount, sources

    def _get_end(self):
        return self.effective_valid_to

    def _get_start(self):
        """The day from which the document counts."""
        self.ensure_one()
        return self.valid_from or self.date

    # === ACTIONS === #

    def action_new_agreement(self):
        """Open a new document that amends this one."""
        self.ensure_one()
        self.check_access("read")
        link = {"type": AMENDS, "target_id": self.id}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Additional Agreement"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_name": self.env._("Additional agreement: %(document)s", document=self.name),
                "default_kind_id": self.kind_id.id,
                "default_partner_id": self.partner_id.id,
                "default_currency_id": self.currency_id.id,
                "default_parent_id": self.id,
                "default_link_ids": [fields.Command.create(link)],
            },
        }

    def action_extend(self):
        """Open a new agreement that prolongs the term: it starts on the day after the present end."""
        action = self.action_new_agreement()
        if end := self.effective_valid_to:
            start = fields.Date.add(end, days=1)
            length = (end - self._get_start()).days if self._get_start() < end else 365
            action["context"] |= {"default_valid_from": start, "default_valid_to": fields.Date.add(start, days=length)}
        return action
