from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_rating import PaydoxRatingCase


@tagged("post_install", "-at_install")
class TestRating(PaydoxRatingCase):
    def setUp(self):
        super().setUp()
        self.partner = self._create_partner()

    # --- the figures ---

    def test_words_of_the_shipped_bands_can_be_translated(self):
        formula = self.env.ref("paydox_crm.rating_formula")
        names = formula.band_ids.get_external_id().values()
        self.assertEqual(
            set(names),
            {f"paydox_crm.rating_band_{name}" for name in ("unreliable", "caution", "reliable")},
        )

    def test_documents_in_time_make_the_score(self):
        self._add_documents(self.partner, *[(-10, -20)] * 8, (-10, -5), (-10, None))
        self._rate(self.partner)

        self.assertEqual(self.partner.reliability_score, 80)
        self.assertEqual(self.partner.rating_state, "rated")
        row = self._history(self.partner)
        self.assertEqual((row.score, row.formula_id, row.date), (80, self.formula, self.today))
        self.assertEqual(row.band_id.name, "Reliable")
        figure = self._figure(self.partner, "execution")
        self.assertEqual((figure["good"], figure["total"], figure["share"], figure["weight"]), (8, 10, 80.0, 80))
        self.assertIsNone(self._figure(self.partner, "expert")["share"])

    def test_term_moved_by_an_agreement_counts_from_the_new_day(self):
        documents = self._add_documents(self.partner, (-10, -5), (-10, -20), (-10, -20))
        agreement = self._create_document(
            self.partner,
            date=self._day(-12),
            valid_to=self._day(-4),
            link_ids=[Command.create({"type": "amends", "target_id": documents[0].id})],
        )
        self._rate(self.partner)
        self.assertEqual(self.partner.reliability_score, 67)  # a draft moves nothing

        agreement.sudo()._write_locked({"state": "signed"})
        self._rate(self.partner)

        self.assertEqual(self.partner.reliability_score, 100)
        self.assertEqual(self._figure(self.partner, "execution")["total"], 3)  # the agreement is no document of its own

    def test_what_was_refused_is_open_or_has_no_term_does_not_count(self):
        self._add_documents(self.partner, *[(-10, -20)] * 3)
        self._add_documents(self.partner, (-10, -5), state="draft")
        self._add_documents(self.partner, (-10, -5), state="cancelled")
        self._add_documents(self.partner, (10, None))
        self._add_documents(self.partner, (-10, None), prolongation="auto")
        self._create_document(self.partner).sudo()._write_locked({"state": "done"})
        self._rate(self.partner)

        self.assertEqual(self._figure(self.partner, "execution")["total"], 3)
        self.assertEqual(self.partner.reliability_score, 100)

    def test_stages_and_payments_count_by_their_own_terms(self):
        [document] = self._add_documents(self.partner, (100, None))
        points = self.env["paydox.document.control.point"].create(
            [
                {"document_id": document.id, "name": name, "kind": kind, "date": self._day(shift)}
                for name, kind, shift in (
                    ("Stage 1", "work", -5),
                    ("Delivery", "delivery", -5),
                    ("Stage 2", "work", 5),
                    ("Advance", "payment", -5),
                )
            ]
        )
        points[0]._write_facts({"state": "done", "done_at": fields.Datetime.now() - timedelta(days=9)})
        self._change_formula({"execution": 50, "payments": 50}, min_facts=1)
        self._rate(self.partner)

        self.assertEqual(self._figure(self.partner, "execution")["total"], 2)
        self.assertEqual(self._figure(self.partner, "execution")["good"], 1)
        self.assertEqual(self._figure(self.partner, "payments")["good"], 0)
        self.assertEqual(self.partner.reliability_score, 25)

    def test_our_claims_lower_the_score_unless_rejected(self):
        self._change_formula({"claims": 100}, min_facts=1)
        self._add_documents(self.partner, *[(-10, -20)] * 3)
        result = self.env.ref("paydox_edms.paydox_case_result_rejected")
        cases = self.env["paydox.case"].create(
            [
                {"name": "Defect", "case_kind": "claim", "partner_id": self.partner.id, "claim_direction": direction}
                for direction in ("outgoing", "incoming")
            ]
        )
        cases.sudo().write({"state": "running"})
        self._rate(self.partner)
        self.assertEqual(self.partner.reliability_score, 75)
        action = self.partner.with_user(self.head).action_open_rating_facts("claims")
        self.assertEqual(action["res_model"], "paydox.case")

        cases.sudo().write({"state": "done", "result_id": result.id, "result_note": "Ours"})
        self._rate(self.partner)
        self.assertEqual(self.partner.reliability_score, 100)

    def test_papers_in_order(self):
        kinds = self.env["paydox.document.kind"].create(
            [{"name": name, "code": name, "is_counterparty_paper": True} for name in ("RCH", "RLI")]
        )
        self.env["paydox.dossier.rule"].create({"name": "Papers", "kind_ids": [Command.set(kinds.ids)]})
        self._create_document(self.partner, kind_id=kinds[0].id, valid_to=self._day(400))
        self._change_formula({"papers": 100}, min_facts=2)
        self._rate(self.partner)

        self.assertEqual(self.partner.reliability_score, 50)

    # --- too little, and how it is shown ---

    def test_too_little_data_is_no_number(self):
        self._add_documents(self.partner, *[(-10, -5)] * 2)
        self._rate(self.partner)

        self.assertEqual(self.partner.rating_state, "insufficient")
        self.assertIs(self.partner.reliability_score, False)
        self.assertIs(self.partner.read(["reliability_score"])[0]["reliability_score"], False)
        self.assertIs(self._history(self.partner).score, False)

    def test_of_whom_nothing_is_known_nothing_is_kept(self):
        self._rate(self.partner)

        self.assertFalse(self._history(self.partner))
        self.assertEqual(self.partner.rating_card["state"], "insufficient")

    def test_no_number_is_neither_zero_nor_below_forty(self):
        bad, good = self._create_partner(name="Bad"), self._create_partner(name="Good")
        self._add_documents(bad, *[(-10, -5)] * 3)
        self._add_documents(good, *[(-10, -20)] * 3)
        for partner in (bad, good, self.partner):
            self._rate(partner)
        among = [("id", "in", (bad | good | self.partner).ids)]
        partners = self.env["res.partner"].with_user(self.employee)

        self.assertEqual(bad.reliability_score, 0)
        self.assertEqual(partners.search([("reliability_score", "<", 40), *among]), bad)
        self.assertEqual(partners.search([("reliability_score", "=", 0), *among]), bad)
        self.assertEqual(partners.search([("reliability_score", "=", False), *among]), self.partner)
        self.assertEqual(partners.search(among, order="reliability_score desc nulls last")[0], good)
        [[average]] = partners._read_group(among, [], ["reliability_score:avg"])
        self.assertEqual(average, 50)

    def test_click_opens_the_late_documents_that_one_may_read(self):
        late, *__ = self._add_documents(self.partner, (-10, -5), (-10, -20), (-10, -20), confidentiality="open")
        [secret] = self._add_documents(self.partner, (-10, -5), confidentiality="confidential")
        self._rate(self.partner)

        action = self.partner.with_user(self.reader).action_open_rating_facts("execution")
        found = self.env[action["res_model"]].with_user(self.reader).search(action["domain"])

        self.assertEqual(found, late, action)
        self.assertNotIn(secret.id, action["domain"][0][2])
        for criterion in ("nothing", None, 5, ["execution"]):
            with self.assertRaises(UserError):
                self.partner.with_user(self.employee).action_open_rating_facts(criterion)

    def test_contact_shows_the_rating_of_its_organisation(self):
        self._add_documents(self.partner, *[(-10, -20)] * 3)
        self._rate(self.partner)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.partner.id})

        self.assertEqual(contact.with_user(self.employee).rating_card["score"], 100)

    # --- formula ---

    def test_weights_must_come_to_a_hundred_however_they_are_saved(self):
        draft = self.formula.browse(self.formula.action_new_revision()["res_id"]).with_user(self.head)
        first, second = draft.line_ids
        with self._refused(ValidationError, "not to 100"):
            first.write({"weight": first.weight - 1})
        with self._refused(ValidationError, "not to 100"):
            second.unlink()
        with self._refused(ValidationError, "not to 100"):
            draft.line_ids.create({"formula_id": draft.id, "criterion": "claims", "weight": 5})

        draft.write({"line_ids": [Command.update(first.id, {"weight": 30}), Command.update(second.id, {"weight": 70})]})
        self.assertEqual(draft.line_ids.mapped("weight"), [30, 70])

    def test_bands_have_no_gap_and_no_overlap(self):
        draft = self.formula.browse(self.formula.action_new_revision()["res_id"]).with_user(self.head)
        band = draft.band_ids[0]
        with self._refused(ValidationError, "leave out 39"):
            band.score_to = 38
        with self._refused(ValidationError, "40 is in two bands"):
            band.score_to = 40
        with self._refused(ValidationError, "leave out"):
            draft.band_ids[-1].unlink()

    def test_published_formula_never_changes(self):
        formula = self.formula.with_user(self.head)
        for change in (
            lambda: formula.write({"months": 3}),
            lambda: formula.line_ids[0].write({"weight": 80}),
            formula.line_ids.unlink,
            lambda: formula.band_ids.write({"name": "Else"}),
            formula.unlink,
        ):
            with self._refused(UserError, "published and cannot be changed"):
                change()
        with self.assertRaises(AccessError):
            self.formula.with_user(self.manager).write({"name": "Mine"})

    def test_another_weight_rates_everybody_anew_and_keeps_the_former(self):
        self._add_documents(self.partner, (-10, -5), (-10, -20), (-10, -20), (-10, -20))
        self.env["paydox.rating.mark"].with_user(self.manager).create({"partner_id": self.partner.id, "mark": 1})
        self.assertEqual(self.partner.reliability_score, 60)

        newer = self._change_formula({"execution": 60, "expert": 40})
        self._run_job()

        self.assertEqual(self.partner.reliability_score, 45)
        self.assertEqual(self._history(self.partner).formula_id, self.formula | newer)
        self.assertEqual(self._history(self.partner).mapped("score"), [60, 45])

    # --- marks and override ---

    def test_latest_mark_of_an_employee_counts(self):
        self._change_formula({"expert": 100}, min_facts=1)
        marks = self.env["paydox.rating.mark"].with_user(self.manager)
        first = marks.create({"partner_id": self.partner.id, "choice": "5", "comment": "<b>Good</b>"})
        self.assertEqual(self.partner.reliability_score, 100)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.partner.id})
        marks.create({"partner_id": contact.id, "mark": 2, "user_id": self.employee.id, "date": "2020-01-01"})

        self.assertEqual(self.partner.reliability_score, 25)
        mark = marks.search([("partner_id", "=", self.partner.id)], order="id")[-1]
        self.assertEqual((mark.user_id, mark.date), (self.manager, self.today))
        for change in (lambda: first.write({"mark": 1}), first.sudo().unlink):
            with self.assertRaises(UserError):
                change()
        with self.assertRaises(AccessError):
            marks.with_user(self.employee).create({"partner_id": self.partner.id, "mark": 5})
        with self.assertRaises(AccessError):
            marks.create({"partner_id": self.partner.id, "mark": 5, "kind": "survey"})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            marks.create({"partner_id": self.partner.id, "mark": 6})

    def test_override_holds_until_its_day_and_ends_by_itself(self):
        self._add_documents(self.partner, *[(-10, -20)] * 3)
        self._rate(self.partner)
        override = self._override(score=12, reason="Bankruptcy proceedings")
        self.assertEqual((self.partner.reliability_score, self.partner.rating_state), (12, "override"))
        self.assertEqual(self.partner.with_user(self.employee).rating_card["override"]["reason"], override.reason)

        self._run_job()
        self.assertEqual(self.partner.reliability_score, 12)
        self.env.cr.execute(
            "UPDATE paydox_rating_override SET date_from = date_from - 9, date_to = %s WHERE id = %s",
            (self._day(-3), override.id),
        )
        self.env.invalidate_all()
        self._run_job()

        self.assertEqual((self.partner.reliability_score, self.partner.rating_state), (100, "rated"))
        self.assertEqual(override.ended_on, self.today)
        self.assertFalse(override.ended_by_id)
        self.assertEqual(self._history(self.partner).mapped("score"), [100, 12, 100])

    def test_override_needs_a_reason_an_end_and_the_right(self):
        with self._refused(ValidationError, "Write why"):
            self._override(reason="   ")
        for bad in ({"date_to": False}, {"date_to": self._day(-1)}, {"score": 101}, {"score": -1}):
            with (
                self.subTest(bad=bad),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._override(**bad)
        with self.assertRaises(AccessError):
            self._override(user=self.manager)
        override = self._override()
        for change in (lambda: override.write({"score": 99}), lambda: override.write({"ended_on": self.today})):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            override.with_user(self.manager).action_end()

        override.action_end()
        self.assertEqual(override.ended_by_id, self.head)
        self.assertEqual(self.partner.rating_state, "insufficient")

    def test_new_override_takes_the_place_of_the_former(self):
        first = self._override(score=10)
        self._override(score=20)

        self.assertEqual(first.ended_by_id, self.head)
        self.assertEqual(self.partner.reliability_score, 20)

    def _override(self, user=None, **overrides):
        return (
            self.env["paydox.rating.override"]
            .with_user(user or self.head)
            .create(
                {
                    "partner_id": self.partner.id,
                    "score": 50,
                    "reason": "Known better",
                    "date_to": self._day(30),
                    **overrides,
                }
            )
        )

    # --- the job ---

    def test_nothing_is_written_when_nothing_changed(self):
        self._add_documents(self.partner, *[(-10, -20)] * 3)
        self._run_job()
        self._rate(self.partner)
        self._run_job()

        self.assertEqual(len(self._history(self.partner)), 1)

    def test_pass_goes_on_where_it_stopped(self):
        runs = self.env["paydox.rating.run"]
        self._add_documents(self.partner, *[(-10, -20)] * 3)
        self.env["paydox.rating.queue"].search([]).unlink()
        run = runs.create({"date": self.today, "formula_id": self.formula.id, "last_partner_id": self.partner.id})
        self._run_job()
        self.assertTrue(run.done_at)
        self.assertFalse(self._history(self.partner))  # it had been done before the stop

        run.write({"last_partner_id": self.partner.id - 1, "done_at": False})
        self._run_job()
        self.assertEqual(self.partner.reliability_score, 100)

    def test_executed_document_is_rated_with_the_next_run(self):
        self._run_job()
        documents = self._add_documents(self.partner, *[(-10, None)] * 3)
        documents.sudo()._write_locked({"date_execution": self._day(-20)})
        documents.with_user(self.head).sudo().action_execute()
        self._run_job()

        self.assertEqual(self.partner.reliability_score, 100)

    def test_batch_needs_as_many_queries_as_one(self):
        partners = self.env["res.partner"]
        for index in range(20):
            partner = self._create_partner(name=f"Batch {index}")
            self._add_documents(partner, *[(-10, -20)] * 3)
            partners |= partner
        self.env.flush_all()
        self.env.invalidate_all()
        formula = self.env["paydox.rating.formula"]._get_published()
        partners[:2].sudo()._rate(formula)
        with self.assertQueryCount(40):
            partners[2:].sudo()._rate(formula)
        self.assertEqual(set(partners.mapped("reliability_score")), {100})

    # --- rights ---

    def test_nobody_writes_the_rating(self):
        self._add_documents(self.partner, *[(-10, -20)] * 3)
        row = self._history(self._rate(self.partner))
        head = self.env["res.users"].browse(self.env.ref("base.user_admin").id)
        for user in (self.manager, self.head, head):
            partner = self.partner.with_user(user)
            for vals in (
                {"reliability_score": 99},
                {"rating_state": "override"},
                {"rating_score_ids": [Command.delete(row.id)]},
            ):
                with self.assertRaises(AccessError):
                    partner.write(vals)
                with self.assertRaises(AccessError):
                    partner.create({"name": "New", **vals})
            for change in (
                lambda: row.with_user(user).write({"score": 1}),  # noqa: B023
                lambda: row.with_user(user).unlink(),  # noqa: B023
                lambda: row.with_user(user).create({"partner_id": self.partner.id}),  # noqa: B023
            ):
                with self.assertRaises(AccessError):
                    change()
        for change in (lambda: row.sudo().write({"score": 1}), row.sudo().unlink):
            with self.assertRaises(AccessError):
                change()

    def test_counterparty_of_another_company_is_not_seen(self):
        company = self.env["res.company"].create({"name": "Other"})
        self._add_documents(self.partner, *[(-10, -20)] * 3)
        row = self._history(self._rate(self.partner))
        self.partner.sudo().company_id = company
        self.env.invalidate_all()

        self.assertFalse(row.with_user(self.employee).search([("id", "=", row.id)]))
        with self.assertRaises(AccessError):
            self.partner.with_user(self.employee).action_open_rating_facts("execution")
        with self.assertRaises(AccessError):
            self.partner.with_user(self.manager).action_refresh_rating()

    def test_merged_counterparty_keeps_its_ratings_apart(self):
        other = self._create_partner(name="Twin")
        self._add_documents(self.partner, *[(-10, -5)] * 3)
        self._add_documents(other, *[(-10, -20)] * 3)
        self._rate(self.partner)
        self._rate(other)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.partner | other).ids, other)
        self.env.invalidate_all()
        self._run_job()

        self.assertEqual(other.reliability_score, 50)
        own = self._history(other).filtered(lambda row: not row.merged_from)
        self.assertEqual(own.mapped("score"), [100, 50])
        self.assertEqual(len(self._history(other)), 3)
