from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user

FIRM = {
    "is_company": True,
    "name": "Romashka",
    "legal_name": "LLC Romashka",
    "vat": "7707083893",
    "director_name": "Ivanov",
}


class PaydoxCrmCase(TransactionCase):
    """Counterparties and those who work with them.

    manager    edits the directory, does not see bank details
    accountant edits the directory and sees bank details
    employee   reads the directory
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "crm_manager", groups="base.group_user,base.group_partner_manager", tz="UTC"
        )
        cls.accountant = new_test_user(
            cls.env,
            "crm_accountant",
            groups="base.group_user,base.group_partner_manager,paydox_crm.paydox_crm_group_bank",
            tz="UTC",
        )
        cls.employee = new_test_user(cls.env, "crm_employee", groups="base.group_user", tz="UTC")
        cls.env.company.partner_id.tz = "UTC"
        cls.Requisites = cls.env["paydox.partner.requisites"]

    def setUp(self):
        super().setUp()
        # The user of the case is OdooBot, who sees everything; it must not decide what a test may see.
        self.today = self.env["res.partner"]._get_requisites_today()

    def _day(self, shift):
        return self.today + timedelta(days=shift)

    def _create_partner(self, since=None, user=None, **overrides):
        """Create a counterparty; ``since``: number of days ago (negative) when its history begins."""
        partner = self.env["res.partner"].with_user(user or self.manager).create(FIRM | overrides)
        if since:
            partner.flush_recordset()
            # The clock of the database cannot be frozen, so the first day is moved.
            self.env.cr.execute(
                "UPDATE paydox_partner_requisites SET valid_from = %s WHERE partner_id = %s",
                (self._day(since), partner.id),
            )
            self.env.invalidate_all()
        return partner

    def _create_account(self, partner, number="40702810200000012345", user=None, **overrides):
        return (
            self.env["res.partner.bank"]
            .with_user(user or self.accountant)
            .create({"partner_id": partner.id, "acc_number": number, **overrides})
        )

    def _register(self, partner, shift, user=None, reason="Decision of the owners", **values):
        """Register a change through the wizard, as a person does."""
        user = user or self.manager
        wizard = (
            self.env["paydox.partner.requisites.change"]
            .with_user(user)
            .create({"partner_id": partner.id, "date": self._day(shift), "reason": reason, **values})
        )
        return wizard.action_register()

    def _create_document(self, partner, **overrides):
        kinds = self.env["paydox.document.kind"]
        overrides.setdefault(
            "kind_id",
            (
                kinds.search([("code", "=", "test-contract")])
                or kinds.create({"name": "Contract of sale", "code": "test-contract", "direction": "outgoing"})
            ).id,
        )
        return self.env["paydox.document"].create({"name": "Contract", "partner_id": partner.id, **overrides})

    def _in_force(self, partner):
        """Return the states in force, the earliest first."""
        return self.Requisites.search([("partner_id", "=", partner.id), ("superseded", "=", False)]).sorted(
            "valid_from"
        )

    def assertHistory(self, partner, expected, name="legal_name"):
        """Check [(shift of the first day, shift of the last day or None, value)] of the states in force."""
        found = [
            (
                (state.valid_from - self.today).days,
                (state.valid_to - self.today).days if state.valid_to else None,
                state.snapshot[name],
            )
            for state in self._in_force(partner)
        ]
        self.assertEqual(found, expected)

    def assertOn(self, partner, shift, value, name="legal_name"):
        """Check a requisite on a day."""
        day = fields.Date.to_string(self._day(shift))
        self.assertEqual(partner.requisites_on(day)[partner.id].get(name), value)
