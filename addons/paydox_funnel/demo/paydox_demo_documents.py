from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

from .demo_deals import CONTRACT_FILES


class PaydoxDemo(models.AbstractModel):
    """Documents of the story: contracts of deals in every state."""

    _inherit = "paydox.demo"

    @api.model
    def _draft_contract(self, deal):
        """The manager draws up the contract, registers it and sends it on its route."""
        lead = deal.lead
        today = fields.Date.context_today(self)
        values = {
            **lead._prepare_document_values(),
            "kind_id": self.env.ref("paydox_edms.paydox_document_kind_contract").id,
            "valid_from": today,
            "valid_to": today + timedelta(days=(90, 180, 365)[lead.id % 3]),
        }
        deal.contract = self.env["paydox.document"].with_user(lead.user_id).create(values)
        filename = CONTRACT_FILES[deal.lang]
        with file_open(f"paydox_funnel/demo/files/{filename}", "rb") as file:
            # A comment at the end makes each file one of its own, as contracts are.
            deal.contract.add_version(filename, file.read() + f"%% contract {deal.contract.id}\n".encode())
        deal.contract.action_register()
        if lead.id % 9:
            deal.contract.action_submit()

    @api.model
    def _approve_contract(self, deal):
        """Lawyer and director agree; now and then the lawyer refuses first. The rule then moves the deal."""
        if not deal.contract:
            self._draft_contract(deal)
        contract = deal.contract
        if contract.state == "draft":
            contract.action_submit()
        self._decide(contract, "lawyer", "action_agree")
        self._decide(contract, "director", "action_agree")
        self._dispatch_events()

    @api.model
    def _play_check(self, deal):
        """The day after: the lawyer reads the contract; some contracts he refuses, and they go a second round."""
        if not deal.contract or deal.contract.state != "review":
            return
        if deal.lead.id % 7 == 0:
            self._decide(deal.contract, "lawyer", "action_refuse", "Добавьте срок оплаты и неустойку.")
            deal.contract.action_submit()
        if deal.lead.id % 5:
            self._decide(deal.contract, "lawyer", "action_agree")

    @api.model
    def _execute_contract(self, deal):
        if deal.contract and deal.contract.state in ("approved", "signed"):
            deal.contract.action_execute()

    @api.model
    def _drop_contract(self, deal):
        if deal.contract.state == "review":
            deal.contract.action_withdraw()
        deal.contract.action_cancel()

    @api.model
    def _decide(self, document, login, verb, comment=None):
        """Let the person decide, if it is his turn; who is late says why."""
        person = self.env.ref(f"paydox_edms.user_{login}")
        line = self.env["paydox.approval.line"].search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("user_id", "=", person.id),
                ("state", "=", "pending"),
            ]
        )
        if not line:
            return
        if line.deadline and line.deadline < fields.Datetime.now():
            comment = comment or "Была в командировке."
        getattr(document.with_user(person), verb)(comment)
