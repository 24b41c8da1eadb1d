from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase

ENGINE = "odoo.addons.paydox_funnel.models.paydox_rule_engine"


@tagged("post_install", "-at_install")
class TestRulesActions(PaydoxFunnelCase):
    """What rules wait for, and what they do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["paydox.event"].search([("state", "=", "pending")]).unlink()
        cls.kind = cls.env["paydox.document.kind"].create({"name": "Test contract", "code": "t1"})

    def _get_runs(self, lead):
        return self.env["paydox.rule.run"].search([("lead_id", "=", lead.id)], order="id")

    def _dispatch_all(self, lead):
        for _round in range(10):
            events = self.env["paydox.event"].search(
                [("state", "=", "pending"), ("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)], order="id"
            )
            if not events:
                break
            for event in events:
                event._dispatch()

    def _create_and_dispatch(self, *args, **values):
        lead = self._create_lead(*args, **values)
        self._dispatch_all(lead)
        return lead

    # === WHEN ===#

    def test_deal_created_by_a_source(self):
        website, fair = self.env["utm.source"].create([{"name": "Website"}, {"name": "Fair"}])
        self._create_rule(source_id=website.id)

        found, other = self._create_and_dispatch(source_id=website.id), self._create_and_dispatch(source_id=fair.id)

        self.assertHistory(found, "new", "contract")
        self.assertFalse(self._get_runs(other))

    def test_stage_entered(self):
        self._create_rule(
            event_name="deal.stage", trigger_stage_id=self._stage(self.goods, "Offer").id, action="post_note", note="x"
        )
        lead = self._create_and_dispatch()
        self.assertFalse(self._get_runs(lead))

        for name in ("Offer", "Offer", "Call", "Offer"):
            lead.stage_id = self._stage(self.goods, name)
        self._dispatch_all(lead)

        self.assertEqual(len(self._get_runs(lead)), 2)

    def test_status_entered(self):
        self._create_rule(event_name="deal.status", trigger_status_id=self.status["offer"].id)

        self.assertHistory(self._create_and_dispatch(), "new")
        self.assertHistory(self._create_and_dispatch(stage="Offer"), "offer", "contract")

    def test_email_received(self):
        self._create_rule(event_name="deal.mail")
        lead = self._create_and_dispatch()
        lead.message_post(body="A note", message_type="comment")
        self._dispatch_all(lead)
        self.assertHistory(lead, "new")

        lead.message_post(
            body="Hello", message_type="email", author_id=self.env["res.partner"].create({"name": "X"}).id
        )
        self._dispatch_all(lead)

        self.assertHistory(lead, "new", "contract")

    def test_document_of_every_step_of_its_life(self):
        lead = self._create_lead()
        document = self.env["paydox.document"].create({"name": "D", "kind_id": self.kind.id, "lead_id": lead.id})
        for name in ("registered", "submitted", "approved", "refused", "signed", "expired"):
            self._create_rule(name=name, event_name=f"document.{name}", action="post_note", note=name)
            self.env["paydox.event"]._emit(f"document.{name}", document, f"test:{name}")
            self._dispatch(f"test:{name}")

        self.assertEqual(len(self._get_runs(lead).filtered(lambda run: run.state == "done")), 6)

    def test_task_of_the_case_of_a_deal_is_a_task_of_the_deal(self):
        self._create_rule(event_name="instruction.done")
        lead, other = self._create_lead(), self._create_lead()
        case = self.env["paydox.case"].create({"name": "Delivery", "res_model": "crm.lead", "res_id": lead.id})
        document = self.env["paydox.document"].create({"name": "D", "kind_id": self.kind.id, "lead_id": other.id})
        instructions = self.env["paydox.instruction"].create(
            [
                {"name": "Ship", "executor_id": self.seller.id, "res_model": r._name, "res_id": r.id}
                for r in (case, document)
            ]
        )

        for instruction in instructions:
            key = f"test:done:{instruction.id}"
            self.env["paydox.event"]._emit("instruction.done", instruction, key)
            self._dispatch(key)

        self.assertHistory(lead, "new", "contract")
        self.assertHistory(other, "new", "contract")

    def test_event_that_another_addon_adds(self):
        events = self.env.registry["paydox.event"]
        names = [*self.env["paydox.event"]._get_event_names(), ("test.paid", "Paid")]
        with patch.object(events, "_get_event_names", lambda self: names):
            self._create_rule(event_name="test.paid")
            lead = self._create_lead()
            self.env["paydox.event"]._emit("test.paid", lead, "test:paid", {"amount": 1})
            self._dispatch("test:paid")

        self.assertHistory(lead, "new", "contract")

    def test_time_passes(self):
        self._create_rule(name="Late", event_name="deal.deadline", days=2, action="post_note", note="x")
        self._create_rule(name="Idle", event_name="deal.idle", days=30, action="post_note", note="x")
        self._create_rule(name="Expired", event_name="document.expired", action="post_note", note="x")
        today = fields.Date.today()
        late = self._create_lead(name="late", date_deadline=today - timedelta(days=3))
        soon = self._create_lead(name="soon", date_deadline=today - timedelta(days=2))
        idle = self._create_lead(name="idle")
        paused = self._create_lead(name="paused", paused_until=today)
        paper = self._create_lead(name="paper")
        self.env["paydox.document"].create(
            {
                "name": "D",
                "kind_id": self.kind.id,
                "lead_id": paper.id,
                "valid_from": today - timedelta(days=30),
                "valid_to": today - timedelta(days=1),
            }
        )
        self.env.flush_all()
        self._age(idle, 40)
        self._age(paused, 40)

        for _run in range(2):
            self._run_jobs()

        names = {lead.name: self._get_runs(lead).rule_id.mapped("name") for lead in (late, soon, idle, paused, paper)}
        self.assertEqual(names, {"late": ["Late"], "soon": [], "idle": ["Idle"], "paused": [], "paper": ["Expired"]})

    def test_deal_that_is_idle_again_is_told_of_again(self):
        self._create_rule(name="Idle", event_name="deal.idle", days=30, action="post_note", note="x")
        lead = self._create_lead()
        self.env.flush_all()
        self._age(lead, 80)
        self._run_jobs()
        message = lead.with_user(self.seller).message_post(body="Called")
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET date = date - interval '35 days' WHERE id = %s", [message.id])
        self.env.invalidate_all()

        for _run in range(2):
            self._run_jobs()

        self.assertEqual(len(self._get_runs(lead)), 2)

    def _run_jobs(self):
        rules = self.env["paydox.rule"]
        with patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60):
            rules._cron_find_happenings()
        for event in self.env["paydox.event"].search([("state", "=", "pending")], order="id"):
            event._dispatch()

    def _age(self, lead, days):
        self.env.cr.execute(
            """
            UPDATE crm_lead SET create_date = create_date - make_interval(days => %(days)s),
                   date_last_stage_update = date_last_stage_update - make_interval(days => %(days)s) WHERE id = %(id)s;
            UPDATE paydox_deal_status_event SET occurred_at = occurred_at - make_interval(days => %(days)s)
             WHERE lead_id = %(id)s;
            UPDATE mail_message SET date = date - make_interval(days => %(days)s)
             WHERE model = 'crm.lead' AND res_id = %(id)s
            """,
            {"days": days, "id": lead.id},
        )
        self.env.invalidate_all()

    def test_trigger_that_does_not_fit_its_event_is_refused(self):
        offer = self._stage(self.goods, "Offer")
        for values in (
            {"trigger_stage_id": offer.id},
            {"trigger_status_id": self.status["new"].id},
            {"event_name": "deal.status", "source_id": self.env["utm.source"].create({"name": "S"}).id},
            {"days": 3},
            {"event_name": "deal.idle", "days": 0},
            {"event_name": "deal.stage", "trigger_stage_id": offer.id, "deal_type_id": self.service.id},
            {"action": "move_stage"},
            {"action": "move_stage", "stage_id": offer.id, "deal_type_id": self.service.id},
            {"action": "start_document_route"},
            {"action": "send_mail"},
            {"action": "create_document"},
            {"action": "server_action"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._create_rule(**values)

    # === THEN ===#

    def test_stage_is_moved_forward_and_back_only_when_allowed(self):
        call, offer = self._stage(self.goods, "Call"), self._stage(self.goods, "Offer")
        self._create_rule(name="On", action="move_stage", stage_id=offer.id, deal_type_id=self.goods.id)
        lead = self._create_and_dispatch()
        self.assertHistory(lead, "new", "offer")
        self.assertRecordValues(lead.status_event_id, [{"origin": "rule", "reason": "On"}])

        back = {"event_name": "deal.stage", "trigger_stage_id": offer.id, "action": "move_stage", "stage_id": call.id}
        self._create_rule(name="Back", **back)
        stays = self._create_and_dispatch()
        self._create_rule(name="May", allow_backward=True, **back)
        goes = self._create_and_dispatch()

        self.assertHistory(stays, "new", "offer")
        self.assertIn("does not move deals back", self._get_runs(stays)[-1].message)
        self.assertHistory(goes, "new", "offer", "new")

    def test_stage_of_another_type_is_skipped(self):
        self._create_rule(action="move_stage", stage_id=self._stage(self.goods, "Offer").id)

        lead = self._create_and_dispatch(self.service)

        self.assertEqual(self._get_runs(lead).state, "skipped")

    def test_strict_stages_hold_for_rules_too(self):
        self._create_rule(action="move_stage", stage_id=self._stage(self.service, "Contract").id)

        with mute_logger(ENGINE):
            lead = self._create_and_dispatch(self.service)

        self.assertHistory(lead, "new")
        self.assertEqual(self._get_runs(lead).state, "failed")

    def test_person_is_appointed(self):
        nobody = self.env["res.users"]
        self._create_rule(name="Him", action="assign", assign_user_id=self.rival.id)
        self.assertEqual(self._create_and_dispatch(user=nobody).user_id, self.rival)
        owned = self._create_and_dispatch()
        self.assertEqual((owned.user_id, self._get_runs(owned).state), (self.seller, "skipped"))

    def test_person_is_appointed_as_the_type_says(self):
        self.goods.write({"assignment": "round_robin", "user_ids": [Command.set([self.seller.id, self.rival.id])]})
        self._create_rule(name="Type", action="assign")

        leads = [self._create_and_dispatch(user=self.env["res.users"]) for _index in range(2)]

        self.assertEqual({lead.user_id for lead in leads}, {self.seller, self.rival})
        self.assertEqual(self._get_runs(self._create_and_dispatch(self.project)).state, "skipped")

    def test_email_is_sent(self):
        template = self.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "Thanks {{ object.name }}",
                "body_html": "<p>Hello</p>",
                "email_to": "{{ object.email_from or '' }}",
                "auto_delete": False,
            }
        )
        self._create_rule(action="send_mail", mail_template_id=template.id)

        lead = self._create_and_dispatch(email_from="client@example.com")
        with mute_logger(ENGINE):
            mute = self._create_and_dispatch()

        mail = self.env["mail.mail"].search([("res_id", "=", lead.id), ("model", "=", "crm.lead")])
        self.assertRecordValues(mail, [{"email_to": "client@example.com", "subject": "Thanks Deal"}])
        self.assertRecordValues(self._get_runs(mute), [{"state": "failed"}])
        self.assertFalse(self.env["mail.mail"].search([("res_id", "=", mute.id), ("model", "=", "crm.lead")]))

    def test_document_is_made_once(self):
        self._create_rule(action="create_document", document_kind_id=self.kind.id, document_name="Contract")

        lead = self._create_and_dispatch()
        event = self.env["paydox.event"].search([("key", "=", f"deal.created:{lead.id}")])
        event._dispatch()

        self.assertRecordValues(
            lead.document_ids, [{"name": "Contract", "kind_id": self.kind.id, "responsible_id": self.seller.id}]
        )

    def test_deal_and_document_are_sent_on_their_routes(self):
        routes = self.env["paydox.route"].create(
            [
                {
                    "name": model,
                    "res_model": model,
                    "step_ids": [
                        Command.create(
                            {
                                "name": "Boss",
                                "kind": "approve",
                                "approver_kind": "users",
                                "user_ids": [Command.set(self.boss.ids)],
                            }
                        )
                    ],
                }
                for model in ("crm.lead", "paydox.document")
            ]
        )
        routes.action_publish()
        self.boss.group_ids |= self.env.ref("paydox_edms.paydox_edms_group_user")
        self.goods.route_id, self.kind.route_id = routes
        self._create_rule(name="Deal", action="start_route", event_name="deal.status")
        self._create_rule(name="Paper", action="start_document_route", event_name="document.registered")

        lead = self._create_and_dispatch()
        document = self.env["paydox.document"].create({"name": "D", "kind_id": self.kind.id, "lead_id": lead.id})
        document.add_version("d.txt", b"text")
        self.env["paydox.event"]._emit("document.registered", document, "test:registered")
        self._dispatch("test:registered")

        self.assertEqual(self._get_runs(lead).mapped("state"), ["done", "done"])
        self.assertEqual((lead.approval_state, document.approval_state), ("running", "running"))
        self.assertEqual(lead.approval_id.line_ids.user_id, self.boss)

    # === SERVER ACTIONS ===#

    def test_server_action_is_for_system_administrators_only(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Code",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": "record.write({'description': 'run'})",
            }
        )
        boss_rules = self.env["paydox.rule"].with_user(self.boss)
        values = {
            "name": "Code",
            "event_name": "deal.created",
            "action": "server_action",
            "server_action_id": action.id,
        }
        revision = self.env["paydox.deal.type.revision"].create({"deal_type_id": self.goods.id})
        plain = self._create_draft_rule(revision).with_user(self.boss)

        with self.assertRaises(AccessError):
            boss_rules.create({**values, "revision_id": revision.id})
        with self.assertRaises(AccessError):
            plain.write({"action": "server_action", "server_action_id": action.id})
        admin = self._create_user("admin", "base.group_system,sales_team.group_sale_manager")
        rule = self.env["paydox.rule"].with_user(admin).create({**values, "revision_id": revision.id})
        for change in (
            {"domain": "[('id', '!=', 0)]"},
            {"event_name": "deal.stage"},
            {"action": "post_note", "note": "x"},
        ):
            with self.subTest(change), self.assertRaises(AccessError):
                rule.with_user(self.boss).write(change)
        with self.assertRaises(AccessError):
            rule.with_user(self.boss).copy()

        revision.with_user(self.boss).action_publish()
        lead = self._create_and_dispatch()
        self.assertIn("run", lead.description)
        copied = revision.browse(revision.with_user(self.boss).action_new_revision()["res_id"])
        self.assertEqual(len(copied.rule_ids), 2)

    # === FAILURES ===#

    def test_failed_run_is_tried_again_ever_more_seldom(self):
        self._create_rule(action="post_note", note="x")
        lead = self._create_lead()
        broken = patch.object(
            self.env.registry["paydox.rule"], "_do_post_note", side_effect=ZeroDivisionError("broken")
        )
        progress = patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60)
        start = fields.Datetime.now()
        with broken, progress, mute_logger(ENGINE):
            self._dispatch(f"deal.created:{lead.id}")
            run = self._get_runs(lead)
            waits = []
            for _attempt in range(8):
                if not run.next_attempt_at:
                    break
                waits.append(round((run.next_attempt_at - start).total_seconds() / 60))
                start = run.next_attempt_at
                with freeze_time(start - timedelta(minutes=1)):
                    run._cron_retry()
                with freeze_time(start):
                    run._cron_retry()

        self.assertEqual((run.state, run.attempts), ("failed", 6))
        self.assertEqual(waits, [5, 25, 125, 625, 3125])
        run.with_user(self.boss).action_retry()
        self.assertEqual(run.state, "done")

    def test_job_repairs_what_failed_for_a_while(self):
        self._create_rule(action="move_stage", stage_id=self._stage(self.service, "Contract").id)
        with mute_logger(ENGINE):
            lead = self._create_and_dispatch(self.service)
        lead.stage_id = self._stage(self.service, "Check")

        progress = patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60)
        with progress, freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            self.env["paydox.rule.run"]._cron_retry()

        self.assertRecordValues(self._get_runs(lead), [{"state": "done", "attempts": 2, "next_attempt_at": False}])
        self.assertHistory(lead, "new", "qualified", "contract")

    def test_rule_that_fires_itself_is_stopped_with_a_message(self):
        self._create_rule(
            name="Self", event_name="document.registered", action="create_document", document_kind_id=self.kind.id
        )
        lead = self._create_lead()
        document = self.env["paydox.document"].create({"name": "D", "kind_id": self.kind.id, "lead_id": lead.id})
        made = self.env.registry["paydox.document"].create

        def create(documents, vals_list):
            records = made(documents, vals_list)
            for record in records:
                record._emit("document.registered")
            return records

        document._emit("document.registered")
        with patch.object(self.env.registry["paydox.document"], "create", create):
            for _round in range(5):
                for event in self.env["paydox.event"].search(
                    [("name", "=", "document.registered"), ("state", "=", "pending")]
                ):
                    event._dispatch()

        self.assertEqual(self._get_runs(lead).mapped("state"), ["done", "skipped"])
        self.assertIn("Self → Self", self._get_runs(lead)[1].message)
        self.assertEqual(len(lead.document_ids), 2)

    def test_log_is_on_the_deal_and_read_by_its_salesperson(self):
        self._create_rule()
        lead = self._create_and_dispatch().with_user(self.seller)

        self.assertEqual(lead.rule_run_count, 1)
        runs = self.env["paydox.rule.run"].with_user(self.seller).search(lead.action_open_rule_runs()["domain"])
        self.assertRecordValues(runs, [{"state": "done"}])
        with self.assertRaises(UserError):
            runs.action_retry()
