from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestRulesRevision(PaydoxFunnelCase):
    """Rules belong to a published revision of their type: editing changes nothing of what is under way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.revisions = cls.env["paydox.deal.type.revision"].with_user(cls.boss)
        cls.revision = cls.revisions.create(
            {
                "deal_type_id": cls.goods.id,
                "rule_ids": [
                    Command.create(
                        {"name": "Go on", "event_name": "deal.created", "status_id": cls.status["contract"].id}
                    )
                ],
            }
        )

    def _get_runs(self, lead):
        return self.env["paydox.rule.run"].search([("lead_id", "=", lead.id)], order="id")

    def _create_and_dispatch(self, **values):
        lead = self._create_lead(**values)
        self._dispatch(f"deal.created:{lead.id}")
        return lead

    def test_draft_does_nothing_until_it_is_published(self):
        before = self._create_and_dispatch()
        self.revision.action_publish()
        after = self._create_and_dispatch()

        self.assertHistory(before, "new")
        self.assertHistory(after, "new", "contract")
        self.assertRecordValues(self._get_runs(after), [{"revision_id": self.revision.id}])

    def test_published_rules_do_not_change_but_are_switched_off(self):
        self.revision.action_publish()
        rule = self.revision.rule_ids

        for values in ({"name": "Other"}, {"domain": "[]"}, {"status_id": self.status["paid"].id}, {"sequence": 1}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "published"):
                rule.write(values)
        with self.assertRaises(UserError):
            rule.copy({"revision_id": self.revision.id})
        with self.assertRaises(UserError):
            rule.unlink()
        with self.assertRaises(UserError):
            self.revision.write({"state": "draft"})
        with self.assertRaises(AccessError):
            rule.with_user(self.seller).active = False
        rule.active = False

        self.assertHistory(self._create_and_dispatch(), "new")

    def test_next_revision_takes_the_place_of_the_former_one(self):
        self.revision.action_publish()
        following = self.revisions.browse(self.revision.action_new_revision()["res_id"])
        self.assertEqual(self.revisions.browse(self.revision.action_new_revision()["res_id"]), following)
        following.rule_ids.status_id = self.status["agreed"]
        self.assertHistory(self._create_and_dispatch(), "new", "contract")

        following.action_publish()

        self.assertRecordValues(
            self.revision | following, [{"state": "outdated", "revision": 1}, {"state": "published", "revision": 2}]
        )
        self.assertHistory(self._create_and_dispatch(), "new", "agreed")

    def test_what_happened_before_is_done_by_the_revision_of_its_moment(self):
        self.revision.action_publish()
        self._age(self.revision, hours=3)
        lead = self._create_lead()
        following = self.revisions.browse(self.revision.action_new_revision()["res_id"])
        following.rule_ids.status_id = self.status["agreed"]
        following.action_publish()
        event = self.env["paydox.event"].search([("key", "=", f"deal.created:{lead.id}")])
        event.flush_recordset()
        self.env.cr.execute(
            "UPDATE paydox_event SET create_date = create_date - interval '1 hour' WHERE id = %s", [event.id]
        )
        event.invalidate_recordset()

        event._dispatch()

        self.assertHistory(lead, "new", "contract")
        self.assertEqual(self._get_runs(lead).revision_id, self.revision)

    def _age(self, revision, **span):
        revision.sudo()._write_life_cycle({"published_at": fields.Datetime.now() - timedelta(**span)})

    def test_rule_that_names_no_revision_comes_into_force_at_once_or_joins_the_draft(self):
        rule = (
            self.env["paydox.rule"]
            .with_user(self.boss)
            .create({"name": "Alone", "event_name": "deal.created", "action": "post_note", "note": "x"})
        )
        joined = rule.copy({"deal_type_id": self.goods.id, "revision_id": False})

        self.assertEqual((rule.revision_id.state, rule.deal_type_id), ("published", self.env["paydox.deal.type"]))
        self.assertEqual((joined.revision_id, joined.deal_type_id), (self.revision, self.goods))

    def test_one_revision_is_in_force_and_one_is_prepared(self):
        for vals in ({"deal_type_id": self.goods.id}, {"deal_type_id": False}):
            with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
                self.revisions.create([vals, vals])

    def test_revision_that_was_in_force_is_not_deleted(self):
        self.revision.action_publish()

        with self.assertRaises(UserError):
            self.revision.unlink()

    def test_rule_with_a_log_does_not_move_to_another_revision(self):
        self.revision.action_publish()
        self._create_and_dispatch()
        draft = self.revisions.browse(self.revision.action_new_revision()["res_id"])

        with self.assertRaises(UserError):
            self.revision.rule_ids.revision_id = draft
        with self.assertRaises(UserError):
            draft.rule_ids.deal_type_id = self.service

    def test_salesperson_prepares_and_publishes_nothing(self):
        with self.assertRaises(AccessError):
            self.revision.with_user(self.seller).action_publish()
        with self.assertRaises(AccessError):
            self.revision.rule_ids.with_user(self.seller).write({"name": "Mine"})

    def test_rules_are_prepared_in_the_form(self):
        form = Form(self.env["paydox.rule"].with_user(self.boss).with_context(default_revision_id=self.revision.id))
        form.name, form.event_name, form.action = "Ask", "deal.stage", "post_note"
        form.trigger_stage_id, form.note = self._stage(self.goods, "Offer"), "Hello"
        rule = form.save()

        self.assertEqual((rule.deal_type_id, rule.revision_state), (self.goods, "draft"))
        self.assertIn("Offer", rule.trigger_summary)

    # === DRY RUN ===#

    def _preview(self, lead, user=None, **arguments):
        rows = self.env["paydox.rule"].with_user(user or self.boss).get_preview(lead.id, **arguments)
        return {row["name"]: (row["state"], row["message"]) for row in rows}

    def test_dry_run_says_what_each_rule_would_do_and_changes_nothing(self):
        self._create_draft_rule(self.revision, name="Big", domain="[('expected_revenue', '>', 10)]")
        self._create_draft_rule(self.revision, name="Back", status_id=self.status["new"].id, domain="[]")
        lead = self._create_lead(stage="Offer")
        self.env.flush_all()

        with self.env.cr.savepoint():
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            rows = self._preview(lead, revision=self.revision.id)

        self.assertEqual(rows["Go on"], ("would", None))
        self.assertEqual(rows["Big"][0], "would_skip")
        self.assertIn("does not move deals back", rows["Back"][1])

    def test_dry_run_foresees_what_would_stop_the_rule(self):
        strict = self.revisions.create({"deal_type_id": self.service.id})
        rule = self._create_draft_rule(strict, action="move_stage", stage_id=self._stage(self.service, "Contract").id)
        self._create_draft_rule(strict, name="No stage", status_id=self.status["agreed"].id)
        rule.with_user(self.boss).name = "Jump"
        lead = self._create_lead(self.service)

        rows = self._preview(lead, revision=strict.id)

        self.assertEqual(rows["Jump"][0], "would_fail")
        self.assertIn("Check", rows["Jump"][1])
        self.assertEqual(rows["No stage"][0], "would_fail")

    def test_dry_run_of_the_rules_in_force_leaves_out_drafts_and_other_types(self):
        self._create_rule(name="All")
        self._create_rule(name="Other", deal_type_id=self.service.id)

        self.assertEqual(set(self._preview(self._create_lead())), {"All"})

    def test_dry_run_is_for_those_who_read_the_deal(self):
        lead = self._create_lead(user=self.rival)

        with self.assertRaises(AccessError):
            self._preview(lead, user=self.seller)
        for arguments in ((None,), ("x",), (0,), (lead.id, 10**9)):
            with self.subTest(arguments), self.assertRaises(UserError):
                self.env["paydox.rule"].with_user(self.boss).get_preview(*arguments)

    def test_dry_run_in_its_window(self):
        self.revision.action_publish()
        lead = self._create_lead(name="<b>Deal</b>")

        window = Form(self.env["paydox.rule.preview"].with_user(self.boss).with_context(default_lead_id=lead.id))

        self.assertIn("Set the status to Contract", window.result)

    # === EVENTS IN LARGE NUMBERS ===#

    def test_rules_that_wait_for_something_else_cost_nothing(self):
        for code in ("new", "qualified", "offer", "paid"):
            self._create_rule(
                name=code,
                event_name="deal.status",
                trigger_status_id=self.status[code].id,
                action="post_note",
                note=code,
            )
        lead = self._create_lead(stage="Offer")
        event = self.env["paydox.event"].search([("name", "=", "deal.status"), ("res_id", "=", lead.id)])

        event._dispatch()

        self.assertEqual(self._get_runs(lead).rule_id.mapped("name"), ["offer"])
