from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

# What else the event of a rule must be about: {field of the rule: the events it is asked of}.
TRIGGERS = {
    "trigger_status_id": ("deal.status",),
    "trigger_stage_id": ("deal.stage",),
    "source_id": ("deal.created",),
    "kind_id": ("document.",),
    "days": ("deal.deadline", "deal.idle"),
}


class PaydoxRule(models.Model):
    """When: which happenings wake a rule up, found without reading the rules that wait for something else."""

    _inherit = "paydox.rule"

    kind_id = fields.Many2one(
        comodel_name="paydox.document.kind",
        string="Document Kind",
        ondelete="cascade",
        index="btree_not_null",
        help="Only for events of documents. Empty: documents of every kind.",
    )
    trigger_status_id = fields.Many2one(
        comodel_name="paydox.deal.status",
        string="Entered Status",
        ondelete="restrict",
        index="btree_not_null",
        help="Only when the deal comes into this status. Empty: any status.",
    )
    trigger_stage_id = fields.Many2one(
        comodel_name="crm.stage",
        string="Entered Stage",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('deal_type_id', '=?', deal_type_id)]",
        help="Only when the deal comes into this stage. Empty: any stage.",
    )
    source_id = fields.Many2one(
        comodel_name="utm.source",
        ondelete="restrict",
        index="btree_not_null",
        help="Only deals that came from this source. Empty: from any.",
    )
    days = fields.Integer(
        help="How many days after: 0 is the first day after the expected closing; of a deal without activity at least 1."
    )
    trigger_summary = fields.Char(string="When Exactly", compute="_compute_trigger_summary")

    _days_check = models.Constraint("CHECK(days BETWEEN 0 AND 3650)", "The days must be between 0 and 3,650.")

    is_about_document = fields.Boolean(compute="_compute_is_about_document", export_string_translation=False)

    # === COMPUTE METHODS ===#

    @api.depends("event_name")
    def _compute_is_about_document(self):
        for rule in self:
            rule.is_about_document = (rule.event_name or "").startswith(TRIGGERS["kind_id"])

    @api.depends("event_name", *TRIGGERS)
    def _compute_trigger_summary(self):
        for rule in self:
            parts = [rule._get_event_label() or ""]
            for name in self._get_triggers():
                if rule[name]:
                    parts.append(
                        rule[name].display_name if isinstance(rule[name], models.BaseModel) else f"+{rule[name]}"
                    )
            rule.trigger_summary = ": ".join(parts)

    # === CONSTRAINT METHODS ===#

    @api.constrains("event_name", *TRIGGERS)
    def _check_triggers(self):
        for rule in self:
            for name, events in self._get_triggers().items():
                if rule[name] and not (rule.event_name or "").startswith(events):
                    raise ValidationError(
                        self.env._(
                            "Rule %(name)s fills in %(field)s, but its event %(event)s is not about that. Empty the field.",
                            name=rule.display_name,
                            field=self._fields[name]._description_string(self.env),
                            event=rule._get_event_label(),
                        )
                    )
            if rule.event_name == "deal.idle" and rule.days < 1:
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s: say after how many days without activity, at least 1.", name=rule.display_name
                    )
                )
            stage_type = rule.trigger_stage_id.deal_type_id
            if rule.deal_type_id and stage_type and stage_type != rule.deal_type_id:
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s waits for stage %(stage)s, which deals of type %(type)s never enter.",
                        name=rule.display_name,
                        stage=rule.trigger_stage_id.name,
                        type=rule.deal_type_id.name,
                    )
                )

    # === MATCHING ===#

    @api.model
    def _get_in_force_domain(self):
        return [("active", "=", True), ("parent_id", "=", False), ("revision_id.state", "=", "published")]

    @api.model
    def _get_triggers(self):
        """``{field: names or beginnings of names of the events it is asked of}``; addons with further events extend it."""
        return TRIGGERS

    def _get_trigger_key(self):
        """What the event must be about, to be compared with ``paydox.event._get_rule_facts``."""
        self.ensure_one()
        timed = self.event_name in TRIGGERS["days"]
        return frozenset(
            (name, self[name].id if isinstance(self[name], models.BaseModel) else self[name])
            for name in self._get_triggers()
            if self[name] or (name == "days" and timed)
        )

    @api.model
    @tools.ormcache()
    def _get_index(self):
        """``{(event name, deal type id or False): ((sequence, rule id, trigger), …)}`` of the rules in force."""
        index = {}
        for rule in self.sudo().search(self._get_in_force_domain()):
            entry = (rule.sequence, rule.id, rule._get_trigger_key())
            index.setdefault((rule.event_name, rule.deal_type_id.id), []).append(entry)
        return {key: tuple(entries) for key, entries in index.items()}

    @api.model
    @tools.ormcache()
    def _get_event_names_with_rules(self):
        """Names of the events that some rule waits for, of former revisions too: their events may still be on the way."""
        names = self.sudo().with_context(active_test=False)._read_group([("parent_id", "=", False)], ["event_name"])
        return frozenset(name for [name] in names)

    @api.model
    @tools.ormcache()
    def _get_published_moments(self):
        """``{deal type id or False: since when its revision is in force}``"""
        revisions = self.env["paydox.deal.type.revision"].sudo().search([("state", "=", "published")])
        return {revision.deal_type_id.id: revision.published_at for revision in revisions}

    @api.model
    def _match(self, event, lead):
        """The rules, as superuser, that were in force when the event happened and that it wakes up; in their order."""
        facts = event._get_rule_facts(lead)
        moments = self._get_published_moments()
        found = set()
        for deal_type in {lead.deal_type_id, lead.deal_type_id.browse()}:
            published_at = moments.get(deal_type.id)
            if published_at and published_at <= event.create_date:
                entries = self._get_index().get((event.name, deal_type.id), ())
            else:
                entries = self._get_former_entries(event, deal_type)
            found.update((sequence, rule_id) for sequence, rule_id, trigger in entries if trigger <= facts)
        return self.browse(rule_id for _sequence, rule_id in sorted(found))

    @api.model
    def _get_former_entries(self, event, deal_type):
        """As the index has them, of the revision that was in force when the event happened."""
        revision = self.env["paydox.deal.type.revision"].sudo()._get_in_force(deal_type, event.create_date)
        rules = revision.rule_ids.filtered(lambda rule: rule.active and rule.event_name == event.name)
        return [(rule.sequence, rule.id, rule._get_trigger_key()) for rule in rules]
