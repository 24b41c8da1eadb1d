from odoo.tests import tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestPartnerMerge(PaydoxCrmCase):
    """A merge keeps both histories and lets one of them go on."""

    def _merge(self, destination, *sources):
        destination = destination.with_env(self.env)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(destination.ids + [source.id for source in sources], destination)

    def test_both_histories_are_kept_and_one_goes_on(self):
        destination = self._create_partner(since=-30)
        source = self._create_partner(since=-60, legal_name="LLC Lotos")
        self._register(source, -20, legal_name="LLC Narcis")
        source_id = source.id

        self._merge(destination, source)

        self.assertFalse(source.exists())
        merged = destination.requisites_ids.filtered(lambda state: state.merged_from == source_id)
        self.assertEqual({state.snapshot["legal_name"] for state in merged}, {"LLC Lotos", "LLC Narcis"})
        self.assertEqual(set(merged.mapped("superseded")), {True})
        self.assertHistory(destination, [(-30, None, "LLC Romashka")])

    def test_what_the_merge_fills_in_is_a_new_state(self):
        destination = self._create_partner(since=-30, kpp=False)
        source = self._create_partner(since=-60, kpp="773601001")
        self._create_account(source)

        self._merge(destination, source)

        self.assertEqual(destination.kpp, "773601001")
        self.assertHistory(destination, [(-30, -1, False), (0, None, "773601001")], "kpp")
        self.assertTrue(self._in_force(destination)[-1].sudo().bank_snapshot)

    def test_documents_of_the_merged_one_show_its_own_states(self):
        destination = self._create_partner(since=-30)
        source = self._create_partner(since=-60, legal_name="LLC Lotos")
        old = self._create_document(source, date=self._day(-20))
        own = self._create_document(destination, date=self._day(-20))

        self._merge(destination, source)
        self.env.invalidate_all()

        def legal_name(document):
            return next(row["values"] for row in document.requisites_compare["rows"] if row["name"] == "legal_name")

        self.assertEqual(old.partner_id, destination)
        self.assertEqual(legal_name(old), ["LLC Lotos"])
        self.assertEqual(legal_name(own), ["LLC Romashka"])

    def test_chain_of_merges_forgets_nothing(self):
        first = self._create_partner(since=-60, legal_name="LLC First")
        second = self._create_partner(since=-50, legal_name="LLC Second")
        third = self._create_partner(since=-40, legal_name="LLC Third")
        document = self._create_document(first, date=self._day(-30))

        self._merge(second, first)
        self._merge(third, second)
        self.env.invalidate_all()

        row = next(row for row in document.requisites_compare["rows"] if row["name"] == "legal_name")
        self.assertEqual(row["values"], ["LLC First"])
        self.assertEqual(
            {state.snapshot["legal_name"] for state in third.requisites_ids}, {"LLC First", "LLC Second", "LLC Third"}
        )

    def test_planned_change_of_the_merged_one_is_dropped(self):
        destination, source = self._create_partner(since=-30), self._create_partner(since=-60)
        self._register(source, 10, legal_name="LLC Lotos")

        self._merge(destination, source)

        self.assertFalse(destination.requisites_ids.filtered("pending"))

    def test_cases_instructions_roles_and_notes_follow(self):
        destination, source, third = (self._create_partner(name=name) for name in ("One", "Two", "Three"))
        customer = self.env.ref("paydox_crm.paydox_partner_role_customer")
        supplier = self.env.ref("paydox_crm.paydox_partner_role_supplier")
        destination.role_ids, source.role_ids = customer, supplier
        template = self.env.ref("paydox_edms.paydox_case_template_order")
        case = self.env["paydox.case"].browse(template.action_start(["res.partner", source.id])["res_id"])
        Distinct = self.env["paydox.partner.distinct"]
        Distinct._note(source, destination | third, "Two firms")

        self._merge(destination, source)

        self.assertEqual((case.res_model, case.res_id), ("res.partner", destination.id))
        self.assertEqual(case.partner_id, destination)
        self.assertEqual(destination.role_ids, customer | supplier)
        notes = Distinct.search(["|", ("partner_id", "=", destination.id), ("other_id", "=", destination.id)])
        self.assertEqual(notes.partner_id | notes.other_id, destination | third)

    def test_histories_that_overlap_day_by_day_are_all_kept(self):
        destination = self._create_partner(since=-60)
        source = self._create_partner(since=-60, legal_name="LLC Lotos")
        for shift in (-40, -20, -1):
            self._register(destination, shift, legal_name=f"LLC Romashka {shift}")
            self._register(source, shift, legal_name=f"LLC Lotos {shift}")
        papers = self._create_document(source, date=self._day(-30))

        self._merge(destination, source)
        self.env.invalidate_all()

        self.assertHistory(
            destination,
            [(-60, -41, "LLC Romashka"), (-40, -21, "LLC Romashka -40"), (-20, -2, "LLC Romashka -20"), (-1, None, "LLC Romashka -1")],
        )  # fmt: skip
        names = {state.snapshot["legal_name"] for state in destination.requisites_ids}
        self.assertLessEqual({"LLC Lotos", "LLC Lotos -40", "LLC Lotos -20", "LLC Lotos -1"}, names)
        self.assertEqual(papers.counterparty_id, destination)
