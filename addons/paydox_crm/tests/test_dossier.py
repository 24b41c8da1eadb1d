from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestDossier(PaydoxCrmCase):
    """Suppliers must have a charter and a licence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["paydox.dossier.rule"].with_context(active_test=False).search([]).active = False
        cls.supplier_tag = cls.env["res.partner.category"].create({"name": "Dossier supplier"})
        cls.charter, cls.licence = cls.env["paydox.document.kind"].create(
            [
                {"name": name, "code": code, "is_counterparty_paper": True, "reminder_days": "30, 7"}
                for name, code in (("Test charter", "TCH"), ("Test licence", "TLI"))
            ]
        )
        cls.rule = cls.env["paydox.dossier.rule"].create(
            {
                "name": "Suppliers",
                "kind_ids": [Command.set((cls.charter | cls.licence).ids)],
                "category_ids": [Command.set(cls.supplier_tag.ids)],
            }
        )

    def setUp(self):
        super().setUp()
        self.partner = self._create_partner(category_id=[Command.set(self.supplier_tag.ids)])

    def _add_paper(self, kind, start=-10, end=None, partner=None, **overrides):
        return self.env["paydox.document"].create(
            {
                "name": kind.name,
                "kind_id": kind.id,
                "partner_id": (partner or self.partner).id,
                "valid_from": self._day(start),
                "valid_to": end is not None and self._day(end),
                **overrides,
            }
        )

    def assertDossier(self, state, percent=None, partner=None):
        """The state that is shown is the one that is found."""
        partner = (partner or self.partner).with_user(self.employee)
        partner.invalidate_recordset()
        self.assertEqual(partner.dossier_state, state)
        if percent is not None:
            self.assertEqual(partner.dossier_percent, percent)
        for value in ("missing", "expired", "expiring", "complete", False):
            found = partner.search([("id", "=", partner.id), ("dossier_state", "=", value)])
            self.assertEqual(bool(found), value == state, f"searched for {value}")

    def test_dossier_is_complete_when_every_paper_is_there(self):
        self.assertDossier("missing", 0)
        self._add_paper(self.charter)
        self.assertDossier("missing", 50)
        self._add_paper(self.licence, end=100)
        self.assertDossier("complete", 100)

    def test_worst_paper_decides(self):
        self._add_paper(self.charter, end=-1)
        self._add_paper(self.licence, end=20)
        self.assertDossier("expired", 50)

        self._add_paper(self.charter, end=365)
        self.assertDossier("expiring", 100)

    def test_paper_is_valid_on_its_last_day(self):
        self._add_paper(self.charter)
        licence = self._add_paper(self.licence, end=0)
        self.assertDossier("expiring")

        licence.valid_to = self._day(-1)
        self.assertDossier("expired")

    def test_paper_of_the_future_does_not_count_yet(self):
        self._add_paper(self.charter)
        self._add_paper(self.licence, start=5, end=100)
        self.assertDossier("missing", 50)

    def test_cancelled_and_foreign_papers_do_not_count(self):
        self._add_paper(self.charter)
        self._add_paper(self.licence).action_cancel()
        self._add_paper(self.licence, partner=self._create_partner(vat=False, name="Other"))
        self.assertDossier("missing", 50)

    def test_paper_that_needs_approval_counts_when_it_has_it(self):
        route = self.env["paydox.route"].create(
            {
                "name": "Papers",
                "step_ids": [Command.create({"name": "Look", "user_ids": [Command.set(self.manager.ids)]})],
            }
        )
        route.action_publish()
        self.licence.route_id = route
        self._add_paper(self.charter)
        paper = self._add_paper(self.licence, end=100)
        self.assertDossier("missing")

        paper.action_submit()
        paper.with_user(self.manager).action_agree()

        self.assertDossier("complete")

    def test_contact_has_the_dossier_of_its_counterparty(self):
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.partner.id})
        self._add_paper(self.charter, partner=contact)
        self._add_paper(self.licence)

        self.assertDossier("complete", partner=contact)
        self.assertDossier("complete")

    def test_only_counterparties_of_the_rule_are_asked(self):
        self.assertDossier(False, 0, self._create_partner(vat=False, name="No supplier"))
        self.rule.country_ids = self.env.ref("base.ro")
        self.assertDossier(False)
        self.partner.country_id = self.env.ref("base.ro")
        self.assertDossier("missing")
        self.rule.partner_kind = "person"
        self.assertDossier(False)

    def test_our_own_company_is_not_asked(self):
        self.env.company.partner_id.category_id = self.supplier_tag

        self.assertDossier(False, 0, self.env.company.partner_id)

    def test_papers_are_asked_from_an_amount_of_contracts_on(self):
        self.rule.write({"amount_from": 1000})
        self.assertDossier(False)
        contract = self._create_document(self.partner, amount=1500)
        self.assertDossier(False)

        contract.sudo()._transition_to("review")
        contract.sudo()._transition_to("approved")
        self.assertDossier("missing")

    def test_refused_paper_stays_missing_and_says_why(self):
        self._add_paper(self.charter)
        self.env["paydox.dossier.exception"].with_user(self.manager).create(
            {"partner_id": self.partner.id, "kind_id": self.licence.id, "reason": "They keep it secret"}
        )

        self.assertDossier("missing", 50)
        notes = {item["name"]: item["note"] for item in self.partner.with_user(self.employee).dossier_checklist}
        self.assertEqual(notes["Test licence"], "They keep it secret")

    def test_paper_that_is_not_required_is_not_asked_until_the_exception_ends(self):
        self._add_paper(self.charter)
        exception = self.env["paydox.dossier.exception"].create(
            {
                "partner_id": self.partner.id,
                "kind_id": self.licence.id,
                "type": "not_required",
                "reason": "The director signs himself",
                "date": self._day(-5),
            }
        )
        self.assertDossier("complete", 100)

        exception.date_to = self._day(-1)
        self.assertDossier("missing", 50)

    def test_checklist_opens_only_papers_that_the_person_may_read(self):
        paper = self._add_paper(self.charter, confidentiality="secret")

        as_employee = self.partner.with_user(self.employee).dossier_checklist
        self.assertEqual([item["status"] for item in as_employee if item["name"] == "Test charter"], ["present"])
        self.assertFalse([item["paper_id"] for item in as_employee if item["paper_id"]])
        self.assertEqual(self.partner.with_user(self.employee).paper_count, 0)
        self.assertEqual(self.partner.sudo().dossier_checklist[0]["paper_id"], paper.id)

    def test_document_warns_of_missing_and_expired_papers(self):
        self._add_paper(self.charter, end=-1, confidentiality="secret")
        document = self._create_document(self.partner, author_id=self.employee.id).with_user(self.employee)

        self.assertIn("Test charter", document.papers_problem)
        self.assertIn("missing: Test licence", document.papers_problem)
        self._add_paper(self.charter)
        self._add_paper(self.licence)
        document.invalidate_recordset()
        self.assertFalse(document.papers_problem)

    def test_kind_may_refuse_the_route_without_papers(self):
        route = self.env["paydox.route"].create(
            {"name": "R", "step_ids": [Command.create({"name": "Look", "user_ids": [Command.set(self.manager.ids)]})]}
        )
        route.action_publish()
        document = self._create_document(self.partner)
        document.kind_id.write({"route_id": route.id, "papers_needed": "route"})
        with self.assertRaisesRegex(UserError, "papers of Romashka are not in order"):
            document.action_submit()

        self._add_paper(self.charter)
        self._add_paper(self.licence)
        document.action_submit()

        self.assertEqual(document.state, "review")

    def test_kind_may_refuse_the_signature_without_papers(self):
        signs = {"name": "Sign", "kind": "sign", "user_ids": [Command.set(self.manager.ids)]}
        route = self.env["paydox.route"].create({"name": "R", "step_ids": [Command.create(signs)]})
        route.action_publish()
        document = self._create_document(self.partner)
        document.add_version("contract.txt", b"Contract")
        document.kind_id.write({"route_id": route.id, "papers_needed": "sign"})
        document.action_submit()
        with self.assertRaisesRegex(UserError, "papers of Romashka are not in order"):
            document.with_user(self.manager).action_agree()
        self.assertEqual(document.state, "review")

        self._add_paper(self.charter)
        self._add_paper(self.licence)
        document.with_user(self.manager).action_agree()

        self.assertEqual(document.state, "signed")

    def test_renewed_paper_replaces_the_old_one_when_it_is_confirmed(self):
        self._add_paper(self.charter)
        old = self._add_paper(self.licence, end=5)

        successor = self.env["paydox.document"].browse(old.action_renew_paper()["res_id"])

        self.assertEqual(successor.valid_from, self._day(6))
        self.assertEqual(successor.link_ids.target_id, old)
        with self.assertRaises(UserError):
            self._create_document(self.partner).action_renew_paper()

    def test_paper_is_renewed_once_unless_the_successor_is_cancelled(self):
        old = self._add_paper(self.licence, end=5)
        successor = self.env["paydox.document"].browse(old.action_renew_paper()["res_id"])
        with self.assertRaisesRegex(UserError, "renewed already"):
            old.action_renew_paper()
        self.assertEqual(old.backlink_ids.document_id, successor)

        successor.action_cancel()
        self.assertNotEqual(old.action_renew_paper()["res_id"], successor.id)

    def test_rule_without_papers_or_with_a_broken_condition_is_refused(self):
        contract = self.env["paydox.document.kind"].create({"name": "No paper", "code": "NOP"})
        for values in (
            {"kind_ids": [Command.clear()]},
            {"kind_ids": [Command.set(contract.ids)]},
            {"condition": "[('x', '=', 1)]"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.rule.write(values)

    def test_rules_and_exceptions_are_written_by_those_who_answer_for_them(self):
        with self.assertRaises(AccessError):
            self.rule.with_user(self.manager).name = "x"
        with self.assertRaises(AccessError):
            self.env["paydox.dossier.exception"].with_user(self.employee).create(
                {"partner_id": self.partner.id, "kind_id": self.licence.id, "reason": "x"}
            )
        exception = (
            self.env["paydox.dossier.exception"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.partner.id,
                    "kind_id": self.licence.id,
                    "reason": "x",
                    "user_id": self.env.ref("base.user_admin").id,
                }
            )
        )
        self.assertEqual(exception.user_id, self.manager, "nobody notes in the name of another")
        for values in ({"user_id": self.env.ref("base.user_admin").id}, {"partner_id": self._create_partner().id}):
            with self.subTest(values), self.assertRaises(AccessError):
                exception.write(values)
        exception.reason = "y"

    def test_queries_do_not_grow_with_the_counterparties(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"P {n}", "is_company": True, "category_id": [Command.set(self.supplier_tag.ids)]}
                for n in range(30)
            ]
        )
        for partner in partners:
            self._add_paper(self.charter, partner=partner)
        self.env.flush_all()
        counts = []
        for batch in (partners[:3], partners):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.with_user(self.employee).mapped("dossier_state")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_missing_papers_are_in_the_report_of_those_who_may_make_it(self):
        other = self._create_partner(vat=False, name="Zinnia", category_id=[Command.set(self.supplier_tag.ids)])
        foreign = self._create_partner(vat=False, name="Foreign", category_id=[Command.set(self.supplier_tag.ids)])
        foreign.sudo().company_id = self.env["res.company"].create({"name": "Another firm"})
        self._add_paper(self.charter)
        self._add_paper(self.licence, end=-1)
        self._add_paper(self.charter, partner=other, start=5)
        self.env["paydox.dossier.exception"].create(
            {"partner_id": other.id, "kind_id": self.licence.id, "reason": "They keep it secret"}
        )
        report = (
            self.env["paydox.paper.report"]
            .with_user(self.manager)
            .create({"kind_ids": [Command.set((self.charter | self.licence).ids)]})
        )

        lines = self.env["paydox.paper.report.line"].with_user(self.manager).search(report.action_open()["domain"])

        rows = [(line.status, line.partner_id.name, line.kind_id, line.note) for line in lines]
        self.assertEqual(
            [row for row in rows if row[0] == "missing"],
            [
                ("missing", "Zinnia", self.charter, False),
                ("missing", "Zinnia", self.licence, "They keep it secret"),
            ],
            "what begins later is not there yet; of another company nothing is told",
        )
        self.assertEqual(lines[0].action_open_subject()["res_model"], "res.partner")
        with self.assertRaises(AccessError):
            lines[0].write({"note": "x"})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            lines.with_user(self.accountant).mapped("note")
        with self.assertRaises(AccessError):
            self.env["paydox.paper.report.line"].with_user(self.employee).search([])
        report.contents = "expired"
        self.assertFalse(report._get_rows(), "the papers are not his to read")
        sudo = self.env["paydox.paper.report"].create({"kind_ids": report.kind_ids.ids, "contents": "expired"})
        self.assertEqual([(row["kind_id"], row["days"]) for row in sudo._get_rows()], [(self.licence.id, 1)])

    def test_exempt_papers_are_not_missing_in_the_report(self):
        self.env["paydox.dossier.exception"].create(
            {
                "partner_id": self.partner.id,
                "kind_id": self.licence.id,
                "type": "not_required",
                "reason": "The director signs himself",
            }
        )
        report = self.env["paydox.paper.report"].create(
            {"contents": "missing", "partner_ids": [Command.set(self.partner.ids)]}
        )
        self.assertEqual([row["kind_id"] for row in report._get_rows()], self.charter.ids)


@tagged("post_install", "-at_install")
class TestPaperReport(PaydoxCrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["paydox.document.kind"].create(
            {"name": "Report licence", "code": "RLI", "is_counterparty_paper": True}
        )

    def _add(self, partner, start, end, **overrides):
        return self._create_document(
            partner, kind_id=self.kind.id, valid_from=self._day(start), valid_to=self._day(end), **overrides
        )

    def _expired(self, shift=0, user=None, **values):
        report = self.env["paydox.paper.report"].with_user(user or self.env.user)
        return report.create(
            {"date": self._day(shift), "kind_ids": [Command.set(self.kind.ids)], **values}
        ).document_ids

    def test_paper_that_was_replaced_in_time_is_not_in_it(self):
        partner = self._create_partner()
        first = self._add(partner, -300, -200)
        second = self._add(partner, -199, -100)

        self.assertEqual(self._expired(), second)
        self.assertEqual(self._expired(-150), self.env["paydox.document"])
        self.assertEqual(self._expired(-199), self.env["paydox.document"])
        third = self._add(partner, -50, 50)
        self.assertEqual(self._expired(-60), second, "as of a day of the past what was in force then counts")
        self.assertFalse(self._expired())
        self.assertTrue(first and third)

    def test_report_is_filtered_and_shows_each_person_what_he_may_read(self):
        one, other = self._create_partner(), self._create_partner(vat=False, name="Other")
        papers = self._add(one, -20, -10, responsible_id=self.employee.id) | self._add(other, -20, -5)

        self.assertEqual(self._expired(), papers)
        self.assertEqual(self._expired(partner_ids=[Command.set(other.ids)]), papers[1])
        self.assertEqual(self._expired(responsible_ids=[Command.set(self.employee.ids)]), papers[0])
        self.assertFalse(self._expired(user=self.manager))
        with self.assertRaises(AccessError):
            self._expired(user=self.employee)

    def test_report_is_printed_with_its_conditions(self):
        partner = self._create_partner(name="Printed & Co")
        self._add(partner, -20, -10)
        report = self.env["paydox.paper.report"].create({"kind_ids": [Command.set(self.kind.ids)]})

        html = (
            self.env["ir.actions.report"]._render_qweb_html("paydox_crm.report_expired_papers", report.ids)[0].decode()
        )

        self.assertIn("Printed &amp; Co", html)
        self.assertIn("Report licence", html)
