from odoo.tests import tagged

from .common import PaydoxFunnelCase

FEW, MANY = 3, 120  # more than the ORM writes in one statement


@tagged("post_install", "-at_install")
class TestStatusEventsBatch(PaydoxFunnelCase):
    """What a change of many deals costs: each row is written once, and no statement is made for a single deal."""

    def _create_leads(self, count, **values):
        leads = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .create(
                [
                    {"name": "Deal", "deal_type_id": self.goods.id, "user_id": self.seller.id, **values}
                    for _number in range(count)
                ]
            )
        )
        self.env.flush_all()
        self.env.cr.flush()
        return leads

    def _count_rows(self, action):
        """Rows that the action inserts and updates, by table, as the database counts them."""

        def read():
            self.env.flush_all()
            self.env.cr.flush()
            self.env.cr.execute("SELECT relname, n_tup_ins, n_tup_upd FROM pg_stat_xact_user_tables")
            return {name: (inserted, updated) for name, inserted, updated in self.env.cr.fetchall()}

        before = read()
        action()
        after = read()
        return {
            name: tuple(now - was for now, was in zip(after[name], before.get(name, (0, 0)), strict=True))
            for name in ("crm_lead", "paydox_deal_status_event", "paydox_event")
        }

    def _count_queries(self, leads):
        offer = self._stage(self.goods, "Offer")
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        leads.write({"stage_id": offer.id})
        self.env.flush_all()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_creation_writes_each_event_once(self):
        rows = self._count_rows(lambda: self._create_leads(MANY, expected_revenue=10))

        # the row of the deal is written again with what Odoo computes after the insert
        self.assertEqual(rows["crm_lead"], (MANY, MANY))
        self.assertEqual(rows["paydox_deal_status_event"], (MANY, 0))

    def test_move_writes_each_deal_once(self):
        leads = self._create_leads(MANY)
        offer = self._stage(self.goods, "Offer")

        rows = self._count_rows(lambda: leads.write({"stage_id": offer.id}))

        self.assertEqual(rows["crm_lead"], (0, MANY))
        # the former event is left, the next one begins
        self.assertEqual(rows["paydox_deal_status_event"], (MANY, MANY))
        # one event of the stage and one of the status
        self.assertEqual(rows["paydox_event"], (2 * MANY, 0))
        for lead in leads:
            self.assertHistory(lead, "new", "offer")
        self.assertEqual(leads.sudo().reached_status_id, self.status["offer"])

    def test_statements_of_a_move_do_not_grow_with_the_deals(self):
        few, many = self._create_leads(FEW), self._create_leads(MANY)
        self._count_queries(self._create_leads(FEW))  # warm up

        # the ORM updates a hundred rows at a time
        self.assertLessEqual(self._count_queries(many), self._count_queries(few) + MANY // 100)

    def test_new_owner_of_many_deals_stands_on_their_events(self):
        leads = self._create_leads(MANY)
        others = self._create_leads(FEW)

        rows = self._count_rows(lambda: leads.with_user(self.boss).write({"user_id": self.rival.id}))

        self.assertEqual(rows["paydox_deal_status_event"], (0, MANY))
        self.env.cr.execute(
            "SELECT DISTINCT lead_id = ANY(%s), deal_user_id FROM paydox_deal_status_event WHERE lead_id = ANY(%s) ORDER BY 1",
            (leads.ids, (leads | others).ids),
        )
        self.assertEqual(self.env.cr.fetchall(), [(False, self.seller.id), (True, self.rival.id)])
