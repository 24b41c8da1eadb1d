from odoo.tests import tagged, warmup

from .common import FIRM, PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestRequisitesPerformance(PaydoxCrmCase):
    """The history costs a fixed number of queries, whatever the size of the batch."""

    def _count_queries(self, function):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _record_cost(self, size):
        partners = self.env["res.partner"].create([FIRM | {"name": f"Firm {number}"} for number in range(size)])
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM paydox_partner_requisites WHERE partner_id IN %s", (tuple(partners.ids),))
        self.env.invalidate_all()
        partners.fetch(["name"])
        return self._count_queries(partners._record_requisites)

    def test_first_states_of_a_batch_cost_the_same_as_of_one(self):
        self._record_cost(1)
        one, hundred = self._record_cost(1), self._record_cost(100)

        self.assertEqual(one, hundred)
        self.assertLessEqual(hundred, 7)
        # The ORM inserts 100 rows a statement; nothing else grows.
        self.assertLessEqual(self._record_cost(1000), hundred + 9)

    def test_change_of_a_batch_costs_the_same_as_of_one(self):
        def cost(size):
            partners = self.env["res.partner"].create([FIRM | {"name": f"Firm {number}"} for number in range(size)])
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE paydox_partner_requisites SET valid_from = valid_from - 30 WHERE partner_id IN %s",
                (tuple(partners.ids),),
            )
            self.env.invalidate_all()
            super_write = self._count_queries(
                lambda: partners.with_context(tracking_disable=True).write({"comment": "x"})
            )
            self.env.invalidate_all()
            return (
                self._count_queries(
                    lambda: partners.with_context(tracking_disable=True).write({"director_name": "Petrov"})
                )
                - super_write
            )

        cost(1)
        self.assertLessEqual(cost(100) - cost(1), 2)

    @warmup
    def test_requisites_on_is_one_query_for_a_recordset(self):
        partners = self.env["res.partner"].create([FIRM | {"name": f"Firm {number}"} for number in range(50)])
        self.env.flush_all()
        self.env["paydox.partner.requisites"].invalidate_model()
        partners.mapped("commercial_partner_id.name")

        with self.assertQueryCount(1):
            answer = partners.requisites_on(self.today)

        self.assertEqual(len(answer), 50)

    def test_write_of_anything_else_costs_nothing_more(self):
        partner = self._create_partner().sudo()
        touched = []
        self.patch(type(self.Requisites), "_record_change", lambda *args, **kwargs: touched.append(1))

        partner.write({"comment": "called", "phone": "+7 495 123-45-67"})

        self.assertFalse(touched)
