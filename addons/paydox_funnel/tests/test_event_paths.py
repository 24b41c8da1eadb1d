import random
from contextlib import suppress

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PaydoxFunnelCase

STEPS = 50
SEEDS = (3, 1917)
CODES = ("new", "qualified", "offer", "contract", "agreed", "paid", "won", "lost")


class _StoppedError(UserError):
    """Something after the change goes wrong."""


@tagged("post_install", "-at_install")
class TestEventPaths(PaydoxFunnelCase):
    """Rule 16 step by step: whatever is done to deals, a changed status is one event more and an unchanged one is none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.east, cls.west = cls.env["crm.team"].create([{"name": "East"}, {"name": "West"}])
        cls.stray = cls.env["crm.stage"].create({"name": "Stray", "sequence": 5})
        cls._stage(cls.goods, "Offer").team_ids = cls.east
        cls.bare = cls._create_type("bare", stages=[("Begin", "new"), ("End", "contract")])

    def test_random_paths(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._live(random.Random(seed))
                savepoint.rollback()

    def _live(self, dice):
        leads = self.env["crm.lead"].with_context(active_test=False)
        for _step in range(STEPS):
            leads = leads.exists()
            if len(leads) < 6 or dice.random() < 0.15:
                leads |= self._be_born(dice)
                continue
            verb = dice.choice(self._get_verbs())
            self._do(dice, verb, leads, dice.choice(leads))
        for lead in leads.exists():
            self.assertHistory(lead, *self._get_history(lead))

    def _do(self, dice, verb, leads, lead):
        before = {lead.id: (lead.deal_status_id, len(lead.status_event_ids)) for lead in leads.sudo()}
        with suppress(UserError, IndexError), self.env.cr.savepoint():
            verb(self, dice, leads, lead)
        self.env.cr.flush()
        for lead in leads.sudo().exists():
            status, count = before[lead.id]
            more = len(lead.status_event_ids) - count
            self.assertEqual(more, int(lead.deal_status_id != status), (verb.__name__, lead.id))

    def _be_born(self, dice):
        deal_type = dice.choice([self.goods, self.service, self.project, self.bare])
        user = dice.choice([self.seller, self.rival, self.env["res.users"]])
        values = dice.choice(
            [{}, {}, {"type": "lead"}, {"active": False}, {"active": False, "probability": 0}, {"probability": 100}]
        )
        lead = self._create_lead(deal_type, user=user, team_id=dice.choice([self.east, self.west]).id, **values)
        self.env.cr.flush()
        self.assertEqual(len(lead.status_event_ids), 1)
        return lead

    def test_stage_that_was_taken_back_is_told_to_no_rule(self):
        kept, stopped = self._create_lead(), self._create_lead()
        offer = self._stage(self.goods, "Deal")
        with kept._status_change(origin="manual"):
            kept.stage_id = offer
            with suppress(UserError), self.env.cr.savepoint():
                stopped.stage_id = offer
                gone = self._create_lead(stage="Deal")
                raise _StoppedError("stopped")

        self.assertFalse(gone.exists())
        told = self.env["paydox.event"].search([("name", "=", "deal.stage"), ("res_id", "in", [*stopped.ids, gone.id])])
        self.assertEqual([event.payload["stage"] for event in told], [self._stage(self.goods, "Call").id])
        self.assertEqual(
            self.env["paydox.event"].search_count([("name", "=", "deal.stage"), ("res_id", "=", kept.id)]), 2
        )
        self.assertHistory(kept, "new", "won")
        self.assertHistory(stopped, "new")

    def test_clock_that_goes_back_breaks_no_history(self):
        """Two servers whose clocks differ: a later change is never before the one it follows."""
        with freeze_time("2026-01-10 10:00:00"):
            lead = self._create_lead()
        with freeze_time("2026-01-10 09:00:00"):
            lead.with_user(self.seller).set_deal_status("offer")
            lead.with_user(self.seller).set_deal_status("contract")

        self.assertHistory(lead, "new", "offer", "contract")
        moments = lead.status_event_ids.mapped("occurred_at")
        self.assertEqual(set(moments), {fields.Datetime.to_datetime("2026-01-10 10:00:00")})

    # === VERBS: each is one change at most ===#

    @classmethod
    def _get_verbs(cls):
        return [getattr(cls, name) for name in dir(cls) if name.startswith("_verb_")]

    def _verb_status(self, dice, leads, lead):
        lead.with_user(self.head).set_deal_status(dice.choice(CODES), "because")

    def _verb_status_of_many(self, dice, leads, lead):
        leads.with_user(self.head).set_deal_status(dice.choice(CODES))

    def _verb_any_stage(self, dice, leads, lead):
        stages = (self.goods | self.service | self.bare).stage_ids | self.stray
        lead.with_user(self.boss).write({"stage_id": dice.choice(stages).id})

    def _verb_list_edit(self, dice, leads, lead):
        stage = dice.choice(lead.deal_type_id.stage_ids)
        lead.with_user(self.head).web_save({"stage_id": stage.id, "probability": 30}, {"stage_id": {}})

    def _verb_mass_edit(self, dice, leads, lead):
        (leads & lead.search([("deal_type_id", "=", lead.deal_type_id.id)])).write(
            {"stage_id": dice.choice(lead.deal_type_id.stage_ids).id}
        )

    def _verb_form(self, dice, leads, lead):
        if lead.type == "opportunity":
            with Form(lead.with_user(self.boss).with_context(active_test=False)) as form:
                form.deal_type_id = dice.choice([self.goods, self.service, self.bare])

    def _verb_type(self, dice, leads, lead):
        lead.write({"deal_type_id": dice.choice([self.goods, self.service, self.project, self.bare]).id})

    def _verb_type_of_many(self, dice, leads, lead):
        leads.write({"deal_type_id": dice.choice([self.goods, self.service, self.project, self.bare]).id})

    def _verb_type_and_stage(self, dice, leads, lead):
        deal_type = dice.choice([self.goods, self.service, self.bare])
        lead.write({"deal_type_id": deal_type.id, "stage_id": dice.choice(deal_type.stage_ids).id})

    def _verb_team(self, dice, leads, lead):
        lead.write({"team_id": dice.choice([self.east, self.west]).id})

    def _verb_owner_of_many(self, dice, leads, lead):
        leads.write({"user_id": dice.choice([self.seller, self.rival]).id})

    def _verb_archive(self, dice, leads, lead):
        dice.choice([lead.action_archive, lead.action_unarchive, lead.toggle_active, leads.action_archive])()

    def _verb_active(self, dice, leads, lead):
        lead.write({"active": dice.random() < 0.5, "probability": dice.choice([0, 50, 100])})

    def _verb_lost(self, dice, leads, lead):
        lead.with_user(self.head).action_set_lost(lost_reason_id=self.env.ref("crm.lost_reason_1").id)

    def _verb_lost_window(self, dice, leads, lead):
        window = self.env["crm.lead.lost"].with_user(self.head).create({"lead_ids": [Command.set(leads.ids)]})
        window.action_lost_reason_apply()

    def _verb_restore(self, dice, leads, lead):
        dice.choice([lead, leads]).action_restore()

    def _verb_won(self, dice, leads, lead):
        dice.choice([lead.action_set_won, lead.action_set_won_rainbowman, leads.action_set_won])()

    def _verb_merge(self, dice, leads, lead):
        others = leads.browse(dice.sample(leads.ids, 3)) | lead
        others.with_user(self.head).merge_opportunity()

    def _verb_convert(self, dice, leads, lead):
        lead.write({"type": "lead"})
        lead.with_user(self.head).convert_opportunity(False, user_ids=self.rival.ids, team_id=self.west.id)

    def _verb_convert_with_merge(self, dice, leads, lead):
        others = leads.browse(dice.sample(leads.ids, 2)) | lead
        lead.write({"type": "lead"})
        window = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.head)
            .with_context(active_model="crm.lead", active_ids=lead.ids, active_id=lead.id)
            .create({"name": "merge", "duplicated_lead_ids": [Command.set(others.ids)]})
        )
        window.action_apply()

    def _verb_server_action(self, dice, leads, lead):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Move",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": f"records.write({{'stage_id': {dice.choice(lead.deal_type_id.stage_ids).id}}})",
            }
        )
        action.with_context(active_model="crm.lead", active_ids=lead.ids, active_id=lead.id).run()

    def _verb_copy(self, dice, leads, lead):
        twin = lead.copy()
        self.env.cr.flush()
        self.assertHistory(twin, *self._get_history(twin))
        self.assertEqual(len(twin.status_event_ids), 1)

    def _verb_delete(self, dice, leads, lead):
        event_ids = lead.status_event_ids.ids
        lead.with_user(self.boss).unlink()
        self.assertFalse(self.env["paydox.deal.status.event"].browse(event_ids).exists())

    def _verb_there_and_back(self, dice, leads, lead):
        """Two changes of which the second takes the first back, as one business action."""
        status = lead.deal_status_id
        with lead._status_change(origin="manual"):
            lead.set_deal_status("agreed")
            lead.set_deal_status(status)

    def _verb_stopped_in_the_middle(self, dice, leads, lead):
        """Inside of one business action a part is taken back."""
        with lead._status_change(origin="manual"):
            with suppress(UserError), self.env.cr.savepoint():
                lead.set_deal_status(dice.choice(CODES))
                raise _StoppedError("stopped")
            lead.write({"priority": "1"})

    def _verb_stopped_at_the_end(self, dice, leads, lead):
        leads.set_deal_status(dice.choice(CODES))
        raise _StoppedError("stopped")

    def _verb_remapped(self, dice, leads, lead):
        stage = dice.choice(self.bare.stage_ids)
        stage.with_user(self.boss).status_id = self.status[dice.choice(CODES[:6])]

    def _verb_employee(self, dice, leads, lead):
        self.env["hr.employee"].create({"name": "Seller", "user_id": lead.user_id.id or self.boss.id})
