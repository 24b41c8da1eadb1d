import threading
from contextlib import ExitStack

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestRequisitesConcurrency(BaseCase):
    """Two people save one counterparty at the same moment, each in his own transaction."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.partner_id = env["res.partner"].create({"name": "Romashka", "is_company": True}).id
            cr.execute(
                "UPDATE paydox_partner_requisites SET valid_from = valid_from - 30 WHERE partner_id = %s",
                (self.partner_id,),
            )
        self.addCleanup(self._clean)

    def _clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].browse(self.partner_id)
            cr.execute("DELETE FROM res_partner_bank WHERE partner_id = %s", (partner.id,))
            partner.unlink()

    def _save(self, env, change, barrier, failures):
        """Do ``change`` in a transaction of its own and retry as the server does."""
        partner = env["res.partner"].browse(self.partner_id)
        for attempt in range(5):
            try:
                partner.read(["legal_name", "kpp"])
                if not attempt:
                    barrier.wait(timeout=20)
                change(partner)
                env.cr.commit()
                return
            except SerializationFailure:
                failures.append(attempt)
                env.cr.rollback()
                env.transaction.clear()

    def _run_together(self, *changes):
        barrier, failures, threads = threading.Barrier(len(changes)), [], []
        with ExitStack() as stack, mute_logger("odoo.sql_db"):
            for change in changes:
                # The environments are made here: while tests run at start, the main thread holds the lock of the registry.
                cr = stack.enter_context(self.registry.cursor())
                env = api.Environment(cr, SUPERUSER_ID, {})
                threads.append(threading.Thread(target=self._save, args=(env, change, barrier, failures)))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=15)
            self.assertFalse([thread for thread in threads if thread.is_alive()])
        return failures

    def _read_states(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            states = env["paydox.partner.requisites"].search([("partner_id", "=", self.partner_id)])
            current = states.filtered(lambda state: not state.superseded and not state.valid_to)
            return len(states), [(state.snapshot, state.bank_snapshot or []) for state in current]

    def test_two_columns_changed_at_once_are_both_in_the_last_state(self):
        self._run_together(
            lambda partner: partner.write({"legal_name": "LLC Lotos"}),
            lambda partner: partner.write({"kpp": "773601001"}),
        )

        count, [(snapshot, __)] = self._read_states()
        self.assertEqual((snapshot["legal_name"], snapshot["kpp"]), ("LLC Lotos", "773601001"))
        self.assertEqual(count, 3, "The first state, the first change and its correction.")

    def test_two_accounts_added_at_once_are_both_in_the_last_state(self):
        # No row of the partner is written here: the history itself has to see the collision.
        failures = self._run_together(
            lambda partner: partner.env["res.partner.bank"].create({"partner_id": partner.id, "acc_number": "111111"}),
            lambda partner: partner.env["res.partner.bank"].create({"partner_id": partner.id, "acc_number": "222222"}),
        )

        __, [(__, accounts)] = self._read_states()
        self.assertEqual({account["acc_number"] for account in accounts}, {"111111", "222222"})
        self.assertTrue(failures, "The two transactions met.")
