from contextlib import contextmanager

from odoo import api, models

RULES = "paydox_funnel.acting_rules"


class PaydoxEvent(models.Model):
    """Events of deals, and the rules that events make run.

    A further addon lets its events run rules by three steps: it adds the name to ``_get_event_names``, calls ``_emit`` in the
    transaction of its business action, and, when the event is not about a deal or a document, says in ``_get_lead`` which deal
    it concerns. What else a rule may ask of the event are ``paydox.rule._get_triggers`` and ``_get_rule_facts``.
    """

    _inherit = "paydox.event"

    @api.model
    def _get_event_names(self):
        names = {
            "deal.created": self.env._("Deal created"),
            "deal.stage": self.env._("Deal entered a stage"),
            "deal.status": self.env._("Deal status changed"),
            "deal.type": self.env._("Deal type changed"),
            "deal.approved": self.env._("Deal approved"),
            "deal.refused": self.env._("Deal refused or returned"),
            "deal.mail": self.env._("E-mail received"),
            "deal.deadline": self.env._("Expected closing passed"),
            "deal.idle": self.env._("No activity for days"),
            "document.expired": self.env._("Document expired"),
        }
        return super()._get_event_names() + list(names.items())

    def _consume(self):
        result = super()._consume()
        self.env["paydox.rule"]._run_event(self)
        return result

    # === HOOKS OF THE RULES ===#

    def _get_lead(self):
        """The deal that the event is about, directly or through its document, case or instruction; empty when there is none.

        An instruction may be about a document or a case of the deal: a task of the case of a deal is one of the deal.
        """
        self.ensure_one()
        leads = self.env["crm.lead"]
        model, res_id = self.res_model, self.res_id
        if model == "paydox.instruction":
            instruction = self.env[model].browse(res_id).exists()
            model, res_id = instruction.res_model, instruction.res_id
        if model == "paydox.case":
            case = self.env[model].browse(res_id).exists()
            model, res_id = case.res_model, case.res_id
        if model == "paydox.document":
            return self.env[model].browse(res_id).exists().lead_id
        return leads.browse(res_id).exists() if model == "crm.lead" and res_id else leads

    def _get_rule_facts(self, lead):
        """What the event is about, as ``{(field of the rule, value)}``; addons with further triggers extend it."""
        self.ensure_one()
        payload = self.payload if isinstance(self.payload, dict) else {}
        if self.name == "deal.created":
            return {("source_id", lead.source_id.id)}
        if self.name == "deal.stage":
            return {("trigger_stage_id", payload.get("stage"))}
        if self.name == "deal.status":
            return {("trigger_status_id", payload.get("status"))}
        if self.name in ("deal.deadline", "deal.idle"):
            return {("days", payload.get("days"))}
        if self.res_model == "paydox.document":
            return {("kind_id", self.env["paydox.document"].browse(self.res_id).exists().kind_id.id)}
        return set()

    # === CHAINS OF RULES ===#

    @api.model
    def _get_acting_rules(self):
        """Ids of the rules, one after the other, whose doing everything is that happens now."""
        return self.env.cr.cache.get(RULES, ())

    @contextmanager
    def _acting(self, rule_ids):
        """Events inside are set off by ``rule_ids``: kept beside the cursor, where no caller reaches it."""
        former = self._get_acting_rules()
        self.env.cr.cache[RULES] = tuple(rule_ids)
        try:
            yield
        finally:
            self.env.cr.cache[RULES] = former

    @api.model
    def _emit(self, name, record, key, payload=None):
        return super()._emit(name, record, key, self._with_rules(payload))

    @api.model
    def _emit_batch(self, name, happenings):
        if self._get_acting_rules():
            happenings = [(record, key, self._with_rules(payload)) for record, key, payload in happenings]
        return super()._emit_batch(name, happenings)

    def _with_rules(self, payload):
        rules = self._get_acting_rules()
        return {**(payload or {}), "rules": list(rules)} if rules else payload
