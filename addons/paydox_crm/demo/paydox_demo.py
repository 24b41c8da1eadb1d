import json
from datetime import timedelta

from odoo import api, models
from odoo.tools import file_open


class PaydoxDemo(models.AbstractModel):
    """Counterparties of the demo company; they were entered when it began, and some have changed since."""

    _inherit = "paydox.demo"

    @api.model
    def _load_counterparties(self):
        start = self._get_story_start()
        with self._time_machine() as go_to:
            self._create_counterparties()
            for days, xmlid, vals in self._get_changes():
                go_to(start + timedelta(days=days))
                self._quiet().env.ref(f"paydox_crm.{xmlid}").with_user(self.env.ref("paydox_edms.user_lawyer")).write(
                    vals
                )

    @api.model
    def _create_counterparties(self):
        """Names and numbers are invented; the check digits are right."""
        with file_open("paydox_crm/demo/counterparties.json") as file:
            rows = json.load(file)
        for row in rows:
            values = {name: value for name, value in row.items() if name not in ("id", "country", "parent")}
            if country := row.get("country"):
                values["country_id"] = self.env.ref(country).id
            if parent := row.get("parent"):
                values["parent_id"] = self.env.ref(f"paydox_crm.{parent}").id
            self._quiet().env["res.partner"]._load_records(
                [{"xml_id": f"paydox_crm.{row['id']}", "values": values, "noupdate": True}]
            )

    @api.model
    def _get_changes(self):
        """``[(day of the story, counterparty, new values)]``"""
        return [
            (
                120,
                "partner_sphere",
                {"director_name": "Мельников Денис Олегович", "acting_basis": "Доверенность № 14 от 03.03.2026"},
            ),
            (
                190,
                "partner_sever",
                {
                    "name": "Северный ветер Логистика",
                    "legal_name": "Общество с ограниченной ответственностью «Северный ветер Логистика»",
                },
            ),
            (
                240,
                "partner_carpat",
                {"legal_address": "Timișoara, Calea Aradului nr. 61, 300645", "street": "Calea Aradului nr. 61"},
            ),
            (
                310,
                "partner_harbour",
                {"legal_name": "Harbour, Finch & Partners Limited", "name": "Harbour, Finch & Partners"},
            ),
            (340, "partner_sphere", {"director_name": "Крылова Анна Игоревна", "acting_basis": "Устав"}),
        ]
