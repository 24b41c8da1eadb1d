from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase

ENGINE = "odoo.addons.paydox_funnel.models.paydox_rule_engine"


@tagged("post_install", "-at_install")
class TestRulesFurther(PaydoxFunnelCase):
    """When … then … and … and …: several actions of one rule stand or fall together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["paydox.event"].search([("state", "=", "pending")]).unlink()
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.revisions = cls.env["paydox.deal.type.revision"].with_user(cls.boss)
        cls.seller.lang = cls.boss.lang = "en_US"
        cls.ship = {"action": "schedule_activity", "activity_type_id": cls.todo.id, "activity_summary": "Ship"}

    def _create_rule_with(self, *further, **values):
        return self._create_rule(
            name="Paid",
            child_ids=[Command.create({"sequence": index} | more) for index, more in enumerate(further)],
            **values,
        )

    def _create_and_dispatch(self, *args, **values):
        lead = self._create_lead(*args, **values)
        self._dispatch(f"deal.created:{lead.id}")
        return lead

    def _get_runs(self, lead):
        return self.env["paydox.rule.run"].search([("lead_id", "=", lead.id)], order="id")

    def _note(self, text="Hello"):
        return {"action": "post_note", "note": text}

    # === ALL OF THEM ===#

    def test_one_rule_sets_the_status_and_gives_the_task(self):
        self._create_rule_with(self.ship, status_id=self.status["paid"].id)

        lead = self._create_and_dispatch()

        self.assertHistory(lead, "new", "paid")
        self.assertRecordValues(lead.status_event_id, [{"origin": "rule", "reason": "Paid"}])
        self.assertRecordValues(lead.activity_ids, [{"summary": "Ship", "user_id": self.seller.id}])
        self.assertRecordValues(self._get_runs(lead), [{"state": "done"}])
        first, second = self._get_runs(lead).message.splitlines()
        self.assertRegex(first, "^1. Status changed from New to Paid")
        self.assertRegex(second, "^2. Activity scheduled for")
        [said] = lead.message_ids.filtered(lambda message: "Rule “Paid”" in (message.body or "")).mapped("body")
        self.assertIn("Status changed from New to Paid", said)
        self.assertIn("Activity scheduled", said)

    def test_actions_are_done_in_their_order(self):
        self._create_rule_with(
            self._note("third") | {"sequence": 9}, self._note("second") | {"sequence": 1}, **self._note("first")
        )

        lead = self._create_and_dispatch()

        bodies = lead.message_ids.sorted("id").mapped("body")
        said = [word for body in bodies for word in ("first", "second", "third") if f">{word}<" in body]
        self.assertEqual(said, ["first", "second", "third"])

    def test_what_is_skipped_stops_no_other_and_is_told(self):
        self._create_rule_with(self.ship, status_id=self.status["new"].id)

        lead = self._create_and_dispatch(stage="Offer")

        self.assertHistory(lead, "offer")
        self.assertEqual(lead.activity_ids.mapped("summary"), ["Ship"])
        run = self._get_runs(lead)
        self.assertEqual(run.state, "done")
        self.assertRegex(run.message, "^1. Skipped: .*does not move deals back to New")

    def test_each_action_is_judged_by_what_those_before_it_made_of_the_deal(self):
        self._create_rule_with({"status_id": self.status["offer"].id}, self.ship)

        lead = self._create_and_dispatch()

        self.assertHistory(lead, "new", "contract")
        self.assertRegex(
            self._get_runs(lead).message.splitlines()[1], "^2. Skipped: .*does not move deals back to Offer"
        )

    def test_rule_of_which_nothing_is_to_be_done_is_skipped(self):
        self._create_rule_with({"status_id": self.status["new"].id}, status_id=self.status["offer"].id)

        lead = self._create_and_dispatch(stage="Offer")

        self.assertEqual(self._get_runs(lead).state, "skipped")
        self.assertEqual(len(self._get_runs(lead).message.splitlines()), 2)

    def test_status_kept_by_a_person_stays_and_the_task_is_given(self):
        self._create_rule_with(self.ship, status_id=self.status["paid"].id)

        lead = self._create_and_dispatch(is_status_locked=True)

        self.assertHistory(lead, "new")
        self.assertEqual(lead.activity_ids.mapped("summary"), ["Ship"])

    # === ALL OR NOTHING ===#

    def test_one_that_fails_leaves_nothing_of_the_rule_and_is_named(self):
        self._create_rule_with(self._note(), self.ship)
        broken = patch.object(
            self.env.registry["paydox.rule"], "_do_schedule_activity", side_effect=ZeroDivisionError("broken")
        )

        with broken, mute_logger(ENGINE):
            lead = self._create_and_dispatch()

        self.assertHistory(lead, "new")
        self.assertFalse(lead.message_ids.filtered(lambda message: "Hello" in (message.body or "")))
        run = self._get_runs(lead)
        self.assertEqual(run.state, "failed")
        self.assertRegex(run.message, "“Schedule an activity: .* “Ship”” could not be done.*broken")

        run.with_user(self.boss).action_retry()

        self.assertHistory(lead, "new", "contract")
        self.assertEqual((run.state, lead.activity_ids.mapped("summary")), ("done", ["Ship"]))
        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_strict_stages_hold_for_each_action(self):
        contract = self._stage(self.service, "Contract")
        self._create_rule_with({"action": "move_stage", "stage_id": contract.id}, **self.ship)

        with mute_logger(ENGINE):
            lead = self._create_and_dispatch(self.service)

        self.assertHistory(lead, "new")
        self.assertFalse(lead.activity_ids)
        self.assertRegex(self._get_runs(lead).message, "“Move to stage Contract” could not be done")

    def test_event_set_off_by_a_further_action_does_not_wake_its_rule_up_again(self):
        self._create_rule_with(
            {"status_id": self.status["contract"].id},
            {"status_id": self.status["new"].id, "allow_backward": True},
            event_name="deal.status",
            **self._note(),
        )
        lead = self._create_lead()

        for _round in range(6):
            domain = [("state", "=", "pending"), ("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
            for event in self.env["paydox.event"].search(domain, order="id"):
                event._dispatch()

        self.assertHistory(lead, "new", "contract", "new")
        self.assertEqual(self._get_runs(lead).mapped("state"), ["done", "skipped", "skipped"])
        self.assertIn("Paid → Paid", self._get_runs(lead)[-1].message)

    # === REVISIONS ===#

    def test_next_revision_has_each_action_once(self):
        rule = self._create_rule_with(self.ship, self._note(), deal_type_id=self.goods.id)
        published = rule.revision_id.with_user(self.boss)

        draft = self.revisions.browse(published.action_new_revision()["res_id"])

        self.assertEqual((published.rule_ids, draft.rule_count), (rule.with_user(self.boss), 1))
        self.assertRecordValues(
            draft.rule_ids.child_ids,
            [
                {"action": "schedule_activity", "activity_summary": "Ship", "revision_id": draft.id},
                {"action": "post_note", "activity_summary": False, "revision_id": draft.id},
            ],
        )
        draft.rule_ids.child_ids[0].activity_summary = "Send"
        self.assertEqual(rule.child_ids[0].activity_summary, "Ship")

    def test_actions_follow_their_rule_into_another_draft(self):
        rule = self.env["paydox.rule"].with_user(self.boss).create(self._prepare_rule(self._get_draft(self.goods)))
        other = self._get_draft(self.service)

        rule.revision_id = other

        self.assertEqual(rule.child_ids.revision_id, other)
        self.assertEqual(rule.child_ids.deal_type_id, self.service)

    def _get_draft(self, deal_type):
        return self.revisions.create({"deal_type_id": deal_type.id})

    def _prepare_rule(self, revision):
        return {
            "name": "Paid",
            "revision_id": revision.id,
            "event_name": "deal.created",
            "status_id": self.status["paid"].id,
            "child_ids": [Command.create(self.ship)],
        }

    def test_actions_wait_for_nothing_themselves(self):
        rule = self._create_rule_with(self.ship, self._note())
        index = self.env["paydox.rule"]._get_index()

        self.assertEqual([entry[1] for entries in index.values() for entry in entries], rule.ids)
        self.assertEqual(self.env["paydox.rule"]._get_event_names_with_rules() - {"deal.created"}, self._former_names())

    def _former_names(self):
        rules = self.env["paydox.rule"].with_context(active_test=False).search([("parent_id", "=", False)])
        return set(rules.mapped("event_name")) - {"deal.created"}

    # === HOSTILE ===#

    def test_manager_bends_no_action_past_its_rule(self):
        """By RPC, in a draft, where rules may be changed."""
        draft, other = self._get_draft(self.goods), self._get_draft(self.service)
        rules = self.env["paydox.rule"].with_user(self.boss)
        rule, stranger = rules.create([self._prepare_rule(draft), self._prepare_rule(other)])
        published = self._create_rule(name="In force").with_user(self.boss)
        action = rule.child_ids
        for values in (
            {"parent_id": stranger.id},
            {"parent_id": False},
            {"parent_id": action.id},
            {"parent_id": published.id},
            {"revision_id": other.id},
            {"revision_id": published.revision_id.id},
            {"event_name": "deal.created"},
            {"domain": "[('id', '>', 0)]"},
            {"active": False},
            {"kind_id": self.env["paydox.document.kind"].search([], limit=1).id},
            {"days": 3},
            {"child_ids": [Command.create(self._note())]},
        ):
            with self.subTest(values):
                self._assert_refused(action.write, values)
        for values in (
            {"parent_id": action.id},
            {"parent_id": published.id},
            {"parent_id": rule.id, "event_name": "deal.created"},
            {"parent_id": rule.id, "action": "start_document_route"},
            {"parent_id": rule.id, "action": "send_mail"},
            {"parent_id": 10**9},
            {"name": "Rule without an event"},
            {"name": False, "event_name": "deal.created"},
        ):
            with self.subTest(values):
                self._assert_refused(rules.create, self._note() | values)
        self._assert_refused(rule.write, {"child_ids": [Command.link(stranger.child_ids.id)]})
        self._assert_refused(rule.write, {"parent_id": stranger.id})
        elsewhere = rules.create(self._note() | {"parent_id": rule.id, "revision_id": other.id})
        self.assertEqual(elsewhere.revision_id, draft)

    def _assert_refused(self, verb, values):
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            verb(values)
            self.env.flush_all()
        # By RPC Odoo makes a readable message of the second.
        self.assertIsInstance(caught.exception, (UserError, CheckViolation))
        self.env.invalidate_all()

    def test_actions_of_a_rule_in_force_do_not_change(self):
        rule = self._create_rule_with(self.ship).with_user(self.boss)

        for verb, values in (
            (rule.child_ids.write, {"activity_summary": "Other"}),
            (rule.child_ids.write, {"sequence": 3}),
            (rule.child_ids.write, {"active": False}),
            (rule.write, {"child_ids": [Command.clear()]}),
            (rule.write, {"child_ids": [Command.create(self._note())]}),
        ):
            with self.subTest(values):
                self._assert_refused(verb, values)
        with self.assertRaises(UserError):
            rule.child_ids.unlink()
        with self.assertRaises(AccessError):
            rule.child_ids.with_user(self.seller).write({"activity_summary": "Mine"})
        self.assertEqual(rule.with_user(self.seller).child_ids.activity_summary, "Ship")

    def test_action_on_the_document_of_the_event_needs_such_an_event(self):
        rule = self._create_draft_rule(
            self._get_draft(self.goods),
            event_name="document.registered",
            child_ids=[Command.create({"action": "start_document_route"})],
        )

        with self.assertRaises(ValidationError):
            rule.with_user(self.boss).event_name = "deal.created"

    def test_rule_with_code_among_its_actions_is_the_administrators(self):
        code = self.env["ir.actions.server"].create(
            {"name": "Code", "model_id": self.env["ir.model"]._get_id("crm.lead"), "state": "code", "code": "1"}
        )
        run_code = {"action": "server_action", "server_action_id": code.id}
        rule = self._create_draft_rule(self._get_draft(self.goods), child_ids=[Command.create(self._note())])
        as_boss = rule.with_user(self.boss)

        with self.assertRaises(AccessError):
            as_boss.child_ids = [Command.create(run_code)]
        with self.assertRaises(AccessError):
            as_boss.child_ids.write(run_code)
        admin = self._create_user("admin", "base.group_system,sales_team.group_sale_manager")
        rule.with_user(admin).child_ids = [Command.create(run_code)]
        for refused in ({"domain": "[('id', '>', 0)]"}, {"child_ids": [Command.create(self._note())]}):
            with self.subTest(refused), self.assertRaises(AccessError):
                as_boss.write(refused)
        with self.assertRaises(AccessError):
            as_boss.child_ids[0].note = "Other"

    # === SHOWN ===#

    def test_rule_is_told_in_a_sentence(self):
        rule = self._create_rule_with(self.ship, self._note("Well done")).with_user(self.seller)

        self.assertEqual(
            rule.action_summary,
            "Set the status to Contract, schedule an activity: To-Do “Ship”, and post a note: “Well done”",
        )
        self.assertEqual(rule.child_ids[1].display_name, "Paid: Post a note")

    def test_actions_are_added_in_the_form(self):
        draft = self._get_draft(self.goods)
        form = Form(self.env["paydox.rule"].with_user(self.boss).with_context(default_revision_id=draft.id))
        form.name, form.event_name, form.action = "Paid", "deal.created", "set_status"
        form.status_id = self.status["paid"]
        with form.child_ids.new() as line:
            line.action, line.activity_type_id, line.activity_summary = "schedule_activity", self.todo, "Ship"
        rule = form.save()

        self.assertRecordValues(rule.child_ids, [{"activity_summary": "Ship", "revision_id": draft.id, "name": False}])

    def test_dry_run_tells_all_actions(self):
        jump = {"action": "move_stage", "stage_id": self._stage(self.service, "Contract").id}
        draft = self._get_draft(self.service)
        self._create_draft_rule(
            draft, name="Some", status_id=self.status["new"].id, child_ids=[Command.create(self.ship)]
        )
        self._create_draft_rule(draft, name="None", child_ids=[Command.create(jump | {"sequence": 2})], **self._note())
        self._create_draft_rule(
            draft,
            name="Later",
            status_id=self.status["qualified"].id,
            child_ids=[Command.create(jump)],
        )
        lead = self._create_lead(self.service)
        self.env.flush_all()

        with self.env.cr.savepoint():
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            rows = self.env["paydox.rule"].with_user(self.boss).get_preview(lead.id, revision=draft.id)

        rows = {row["name"]: row for row in rows}
        self.assertEqual(
            {name: row["state"] for name, row in rows.items()},
            {"Some": "would", "None": "would_fail", "Later": "would"},
        )
        self.assertEqual([action["state"] for action in rows["Some"]["actions"]], ["would_skip", "would"])
        self.assertEqual([action["state"] for action in rows["None"]["actions"]], ["would", "would_fail"])
        self.assertIn("Check", rows["None"]["message"])
        self.assertIn("before it", rows["Later"]["actions"][1]["message"])
        window = Form(
            self.env["paydox.rule.preview"]
            .with_user(self.boss)
            .with_context(default_lead_id=lead.id, default_revision_id=draft.id)
        )
        self.assertEqual(window.result.count("<li"), 6)

    def test_many_actions_are_read_at_once(self):
        counts = []
        for number in (1, 4):
            rule = self._create_rule_with(*[self._note()] * number, domain="[]", **self._note()).sudo()
            lead = self._create_lead()
            event = self.env["paydox.event"].search([("key", "=", f"deal.created:{lead.id}")])
            self.env.flush_all()
            for _warm in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                rule._get_obstacle(event, lead)
                told = [action._get_action_obstacle(lead) for action in rule._get_actions()]
                count = self.env.cr.sql_log_count - before
            self.assertEqual(len(told), number + 1)
            counts.append(count)
        self.assertEqual(*counts)
