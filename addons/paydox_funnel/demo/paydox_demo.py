import random
from collections import namedtuple
from datetime import timedelta

from odoo import api, fields, models

from ..hooks import post_init_hook
from . import demo_deals as plan
from . import demo_words as words

SEED = 2026
WORKING_HOURS = (9, 17)

Step = namedtuple("Step", "moment order deal verb")


class Deal:
    """One deal of the story, from its plan to its record."""

    def __init__(self, type_code, lang, client, owner, title, amount):
        self.type_code = type_code
        self.lang = lang
        self.client = client
        self.owner = owner
        self.title = title
        self.amount = amount
        self.lead = None
        self.contract = None


class PaydoxDemo(models.AbstractModel):
    """A year of deals of three types: planned by a seeded generator, then replayed in the order of time."""

    _inherit = "paydox.demo"

    @api.model
    def _adopt_existing_deals(self):
        """Demo data is loaded before the post-init hook; doing its work twice changes nothing."""
        post_init_hook(self.env)

    @api.model
    def _load_deals(self):
        quiet = self._quiet()
        with self._time_machine() as go_to:
            for step in quiet._plan_story(random.Random(SEED)):
                go_to(step.moment)
                getattr(quiet, f"_play_{step.verb}")(step.deal)
            self._dispatch_events()

    @api.model
    def _translate_rules(self):
        self._translate_names(words.RULES)
        self._translate_names(words.RULE_NOTES, "note")

    @api.model
    def _publish_rules(self):
        """Events of the story run by the rules that were in force then."""
        with self._time_machine():  # at the beginning of the story
            self.env.ref("paydox_funnel.deal_type_revision_all").action_publish()

    @api.model
    def _translate_configuration(self):
        self._translate_names(words.DEAL_TYPES | words.STAGES)

    @api.model
    def _translate_names(self, names, field_name="name"):
        for xmlid, (russian, romanian) in names.items():
            self._translate(f"paydox_funnel.{xmlid}", field_name, {"ru_RU": russian, "ro_RO": romanian})

    # === PLAN ===#

    @api.model
    def _plan_story(self, rng):
        """All steps of all deals, in the order of time."""
        now = self._get_story_end()
        steps = []
        for type_code, (count, prices, shares, days) in plan.PLAN.items():
            for _number in range(count):
                deal = self._plan_deal(rng, type_code, prices)
                steps += self._plan_steps(rng, deal, shares, days, now)
        return sorted(steps, key=lambda step: (step.moment, step.order))

    @api.model
    def _plan_deal(self, rng, type_code, prices):
        lang = rng.choices(("ru", "ro", "en"), (6, 4, 2))[0]
        product, quantity, price = rng.choice(prices[lang])
        quantity = max(1, round(quantity * rng.uniform(0.4, 1.6)))
        amount = round(quantity * price * plan.RATES[lang] * rng.uniform(0.9, 1.1), -1)
        return Deal(type_code, lang, rng.choice(plan.CLIENTS[lang]), rng.choice(plan.OWNERS[lang]), product, amount)

    @api.model
    def _plan_steps(self, rng, deal, shares, days, now):
        start = self._get_story_start() + timedelta(days=1)
        length = (now - start).days
        # Business grows: a third of the deals began in the last weeks.
        day = length - rng.uniform(1, 40) if rng.random() < 0.35 else rng.triangular(0, length, 0.7 * length)
        moment = self._at_work(rng, start + timedelta(days=day))
        steps = [Step(min(moment, now), 0, deal, "create")]
        for share, stay in zip(shares, days, strict=True):
            moment = self._at_work(rng, moment + timedelta(days=max(0.5, rng.gammavariate(2.2, stay / 2.2))))
            goes_on = rng.random() < share
            verb = "advance" if goes_on else "lose"
            if not goes_on and rng.random() < 0.22:
                break  # forgotten: it stays where it is
            if moment >= now:
                break
            steps.append(Step(moment, len(steps), deal, verb))
            if not goes_on:
                break
            next_day = self._at_work(rng, moment + timedelta(days=1))
            if next_day < now:
                steps.append(Step(next_day, len(steps), deal, "check"))
        return steps

    @api.model
    def _at_work(self, rng, moment):
        while moment.weekday() >= 5:
            moment += timedelta(days=1)
        return moment.replace(hour=rng.randint(*WORKING_HOURS), minute=rng.randrange(60), second=rng.randrange(60))

    # === PLAY ===#

    @api.model
    def _play_create(self, deal):
        partner = self.env.ref(f"paydox_crm.partner_{deal.client}")
        owner = self.env.ref(f"paydox_edms.user_{deal.owner}")
        # As long as the stages of its type take, and a little more for each of them.
        expected = round(1.4 * sum(plan.PLAN[deal.type_code][3]))
        deal.lead = (
            self.env["crm.lead"]
            .with_user(owner)
            .create(
                {
                    "name": deal.title,
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "user_id": owner.id,
                    "deal_type_id": self.env.ref(f"paydox_funnel.deal_type_{deal.type_code}").id,
                    "expected_revenue": deal.amount,
                    "date_deadline": fields.Date.context_today(self) + timedelta(days=expected),
                }
            )
        )

    @api.model
    def _play_advance(self, deal):
        lead = deal.lead
        stages = lead.deal_type_id.sudo()._get_stages()
        position = stages.ids.index(lead.stage_id.id)
        following = stages[position + 1]
        if following.status_id.code == "agreed":
            self._approve_contract(deal)
        if lead.stage_id != following:
            lead.write({"stage_id": following.id})
        if following.status_id.code == "contract":
            self._draft_contract(deal)
        elif following.status_id.outcome == "won":
            self._execute_contract(deal)

    @api.model
    def _play_lose(self, deal):
        reasons = self.env["crm.lost.reason"].search([], order="id", limit=10)
        reason = reasons[deal.lead.id % len(reasons)] if reasons else reasons
        if deal.contract:
            self._drop_contract(deal)
        deal.lead.action_set_lost(lost_reason_id=reason.id)

    @api.model
    def _dispatch_events(self):
        """Run the rules at once: in the story they do not wait for the job."""
        for event in self.env["paydox.event"].search([("state", "=", "pending")], order="id"):
            event._dispatch()
