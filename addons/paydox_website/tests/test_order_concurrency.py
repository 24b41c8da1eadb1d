import threading
import uuid
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged


@tagged("standard", "post_install", "-at_install", "paydox_concurrency")
class TestOrderConcurrency(BaseCase):
    """Real transactions of real threads: what they commit is removed at the end."""

    def setUp(self):
        super().setUp()
        # the thread of the tests holds the lock of the registries
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        self.key = str(uuid.uuid4())
        with self._environment() as env:
            deal_type = env["paydox.deal.type"].search([], limit=1)
            self.old_limit = env["ir.config_parameter"].get_param("paydox_website.order_limit")
            env["ir.config_parameter"].set_param("paydox_website.order_limit", "7")
            form = env["paydox.order.form"].create(
                {
                    "name": "Concurrency",
                    "slug": f"concurrency-{self.key[:8]}",
                    "deal_type_id": deal_type.id,
                    "is_published": True,
                    "product_ids": [(0, 0, {"name": "Television"})],
                }
            )
            self.form_id, self.product_id = form.id, form.product_ids.id
        self.addCleanup(self._remove)

    def _environment(self):
        return _Environment()

    def _remove(self):
        with self._environment() as env:
            form = env["paydox.order.form"].browse(self.form_id)
            leads = env["crm.lead"].with_context(active_test=False).search([("order_form_id", "=", form.id)])
            env["paydox.event"].search([("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)]).unlink()
            leads.unlink()
            form.unlink()
            env["ir.config_parameter"].set_param("paydox_website.order_limit", self.old_limit)

    def _run_together(self, function, count):
        """Run ``function(env)`` in ``count`` threads that start at the same instant, as requests are run.

        :return: what each of them returned
        """
        barrier, results = threading.Barrier(count, timeout=20), []

        def work():
            with sql_db.db_connect(get_db_name()).cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env.cr.execute("SELECT 1")  # the transaction has its snapshot before anybody commits
                barrier.wait()
                results.append(retrying(lambda: function(env), env))

        threads = [threading.Thread(target=work, daemon=True) for _number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    def test_two_posts_at_one_instant_make_one_deal(self):
        values = {"product": str(self.product_id), "quantity": "2", "name": "Olga", "email": "olga@customer.example"}

        def place(env):
            form = env["paydox.order.form"].with_user(env.ref("base.public_user")).sudo().browse(self.form_id)
            order, _errors = form._check_order(values)
            return len(form._place_order(order, self.key, env["website"].search([], limit=1)))

        results = self._run_together(place, 2)

        self.assertEqual(sorted(results), [0, 1])
        with self._environment() as env:
            leads = env["crm.lead"].with_context(active_test=False).search([("order_form_id", "=", self.form_id)])
            self.assertEqual(len(leads), 1)
            self.assertEqual(env["paydox.event"].search_count([("key", "=", self.key)]), 1)

    def test_limit_holds_for_orders_of_one_instant(self):
        def take(env):
            return env["paydox.order.throttle"]._take(env["paydox.order.form"].browse(self.form_id), "203.0.113.7")

        results = self._run_together(take, 12)

        self.assertEqual(len(results), 12)
        self.assertLessEqual(sum(results), 7)
        with self._environment() as env:
            counts = env["paydox.order.throttle"].search([("form_id", "=", self.form_id)]).mapped("count")
            self.assertEqual(sum(counts), sum(results))


class _Environment:
    """An environment with a real cursor that commits at the end."""

    def __enter__(self):
        self.cr = sql_db.db_connect(get_db_name()).cursor()
        return api.Environment(self.cr, SUPERUSER_ID, {})

    def __exit__(self, error_type, _error, _traceback):
        if error_type is None:
            self.cr.commit()  # pylint: disable=invalid-commit
        self.cr.close()
