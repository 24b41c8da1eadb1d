import ast
import logging

from markupsafe import Markup
from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

MAX_DEPTH = 5


class PaydoxRule(models.Model):
    """When something happens to a deal or its document, if the deal meets the conditions, then do this."""

    _name = "paydox.rule"
    _description = "Deal Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # when
    event_name = fields.Selection(selection="_selection_event_name", string="When", required=True)
    deal_type_id = fields.Many2one(
        comodel_name="paydox.deal.type", ondelete="cascade", index=True, help="Empty: deals of every type."
    )
    kind_id = fields.Many2one(
        comodel_name="paydox.document.kind",
        string="Document Kind",
        ondelete="cascade",
        index="btree_not_null",
        help="Only for events of documents. Empty: documents of every kind.",
    )
    # if
    domain = fields.Char(string="Condition", default="[]", required=True, help="Which deals the rule is for.")
    # then
    action = fields.Selection(
        selection=[
            ("set_status", "Set the status"),
            ("post_note", "Post a note"),
            ("schedule_activity", "Schedule an activity"),
        ],
        default="set_status",
        required=True,
    )
    status_id = fields.Many2one(comodel_name="paydox.deal.status", ondelete="restrict", index="btree_not_null")
    allow_backward = fields.Boolean(
        string="May Move Back", help="Otherwise the rule skips deals that are further already, won or lost."
    )
    note = fields.Text(translate=True)
    activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
    )
    activity_days = fields.Integer(string="Due in Days", default=1)
    # log
    run_ids = fields.One2many(comodel_name="paydox.rule.run", inverse_name="rule_id", readonly=True)
    run_count = fields.Integer(string="Runs", compute="_compute_run_count")

    _activity_days_check = models.Constraint("CHECK(activity_days >= 0)", "The activity is due today or later.")

    @api.model
    def _selection_event_name(self):
        return self.env["paydox.event"]._get_event_names()

    # === COMPUTE METHODS ===#

    @api.depends_context("uid")
    def _compute_run_count(self):
        counts = dict(self.env["paydox.rule.run"]._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"]))
        for rule in self:
            rule.run_count = counts.get(rule._origin, 0)

    # === CONSTRAINT METHODS ===#

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                # As the user: who configures a rule may ask only for what he may read.
                self.env["crm.lead"].sudo(False)._search(rule._get_domain())
            except (ValueError, TypeError, SyntaxError, KeyError, RecursionError, UserError) as error:
                raise ValidationError(
                    self.env._(
                        "The condition of rule %(name)s cannot be read: %(error)s. Choose the fields in the condition editor.",
                        name=rule.name,
                        error=str(error)[:200],
                    )
                ) from error

    @api.constrains("action", "status_id", "note", "activity_type_id")
    def _check_action(self):
        needed = self._get_needed_fields()
        for rule in self:
            field_name = needed[rule.action]
            if not rule[field_name]:
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s does not say what to do: fill in %(field)s.",
                        name=rule.name,
                        field=self._fields[field_name].get_description(self.env, ["string"])["string"],
                    )
                )

    @api.constrains("kind_id", "event_name")
    def _check_event(self):
        names = dict(self._selection_event_name())
        for rule in self:
            if rule.event_name not in names:
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s waits for an event that does not exist. Choose one of the list.", name=rule.name
                    )
                )
            if rule.kind_id and not rule.event_name.startswith("document."):
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s names a kind of document, but its event is not about a document. Remove the kind.",
                        name=rule.name,
                    )
                )

    @api.model
    def _get_needed_fields(self):
        """``{action: the field that says what it does}``; kinds of actions extend it."""
        return {"set_status": "status_id", "post_note": "note", "schedule_activity": "activity_type_id"}

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_run(self):
        # sudo: a run on a deal that the user may not see still forbids the deletion
        if ran := self.sudo().filtered("run_ids"):
            raise UserError(
                self.env._(
                    "Rules that have run cannot be deleted, since their log would be lost: %(names)s. Archive them instead.",
                    names=", ".join(ran.mapped("name")),
                )
            )

    # === RUNNING ===#

    @api.model
    @tools.ormcache()
    def _get_index(self):
        """``{(event name, deal type id or False): ((sequence, rule id), …)}`` of the active rules."""
        index = {}
        for rule in self.sudo().search([("active", "=", True)]):
            index.setdefault((rule.event_name, rule.deal_type_id.id), []).append((rule.sequence, rule.id))
        return {key: tuple(rules) for key, rules in index.items()}

    @api.model
    def _run_event(self, event):
        """Run the rules that wait for ``event``, each in its own savepoint and once."""
        index = self._get_index()
        if not any(name == event.name for name, _type in index):
            return
        # Rules act as OdooBot: who set the event off may have no right on the deal, and a rule is what a manager configured.
        event = event.with_user(SUPERUSER_ID)
        lead = event._get_lead()
        if not lead and event.res_model != "crm.lead":
            return
        matching = {*index.get((event.name, False), ()), *index.get((event.name, lead.deal_type_id.id), ())}
        rules = self.with_user(SUPERUSER_ID).browse(rule_id for _sequence, rule_id in sorted(matching))
        ran = self.env["paydox.rule.run"].sudo().search([("rule_id", "in", rules.ids), ("event_key", "=", event.key)])
        lang = lead.user_id.lang or lead.company_id.partner_id.lang or self.env.company.partner_id.lang
        # The log and the note on the deal are read by its responsible person.
        lead = lead.with_context(lang=lang or "en_US")
        for rule in (rules - ran.rule_id.with_user(SUPERUSER_ID)).with_context(lang=lang or "en_US"):
            rule._run(event, lead)

    def _run(self, event, lead):
        """One run: the row in the ledger comes first, so that a second worker stops at its unique key."""
        self.ensure_one()
        values = {
            "rule_id": self.id,
            "event_key": event.key,
            "event_id": event.id,
            "res_model": event.res_model,
            "res_id": event.res_id,
            "lead_id": lead.id,
        }
        runs = self.env["paydox.rule.run"]
        try:
            with self.env.cr.savepoint():
                run = runs.create({**values, "state": "done"})
                run.write(dict(zip(("state", "message"), self._execute(event, lead), strict=True)))
        except UniqueViolation as error:
            if error.diag.constraint_name != "paydox_rule_run_once_uniq":
                runs.create({**values, "state": "failed", "message": str(error)[:500]})
        except OperationalError:
            # The transaction itself is void (serialization, lock): the dispatcher tries the event again.
            raise
        except Exception as error:  # noqa: BLE001  an error stays with its rule
            _logger.info("Rule %s failed on event %s", self.id, event.id, exc_info=True)
            runs.create({**values, "state": "failed", "message": self._describe_error(error)})

    def _execute(self, event, lead):
        """:return: ``(state, message)`` of the run"""
        if why_not := self._get_obstacle(event, lead):
            return "skipped", why_not
        message = getattr(self, f"_do_{self.action}")(event, lead)
        if self.action != "post_note":
            lead.message_post(
                body=Markup("<b>%s</b><br/>%s") % (self.env._("Rule “%(name)s”", name=self.name), message)
            )
        return "done", message

    def _describe_error(self, error):
        return self.env._("It could not be done: %(error)s", error=str(error)[:500] or type(error).__name__)

    def _get_event_label(self):
        return dict(self._selection_event_name()).get(self.event_name, self.event_name)

    # === CONDITIONS ===#

    def _get_domain(self):
        domain = ast.literal_eval(self.domain or "[]")
        if not isinstance(domain, list):
            raise ValueError(self.env._("it is not a list of conditions"))
        return Domain(domain)

    def _get_obstacle(self, event, lead):
        """Why the rule does nothing about this event, as a sentence; empty when it goes ahead."""
        if not lead:
            return self.env._("The deal no longer exists.")
        if not lead.active:
            return self.env._("The deal is archived or lost.")
        ancestors = self._get_ancestors(event)
        if self.id in ancestors or len(ancestors) >= MAX_DEPTH:
            return self.env._(
                "Stopped: the event was set off by this rule or by a long row of rules. Check them for a loop."
            )
        if self.kind_id and self.env[event.res_model].browse(event.res_id).kind_id != self.kind_id:
            return self.env._("The document is of another kind than %(kind)s.", kind=self.kind_id.name)
        if not lead.filtered_domain(self._get_domain()):
            return self.env._("The deal does not meet the condition of the rule.")
        if self.action == "set_status":
            return self._get_status_obstacle(lead)
        return None

    def _get_status_obstacle(self, lead):
        current, target = lead.deal_status_id, self.status_id
        if current == target:
            return self.env._("The deal is in status %(status)s already.", status=target.name)
        backward = current and (current.outcome != "open" or target._key() < current._key())
        if backward and not self.allow_backward:
            return self.env._(
                "The deal is in status %(current)s; the rule does not move deals back to %(status)s.",
                current=current.name,
                status=target.name,
            )
        return None

    @api.model
    def _get_ancestors(self, event):
        """Ids of the rules one after the other that led to the event."""
        ancestors = (event.payload or {}).get("rules")
        return tuple(ancestors) if isinstance(ancestors, list) else ()

    # === ACTIONS OF RULES ===#

    def _do_set_status(self, event, lead):
        former = lead.deal_status_id.name
        ancestors = (*self._get_ancestors(event), self.id)
        with lead._status_change(origin="rule", reason=self.name, rules=ancestors):
            lead._apply_status(self.status_id)
        return self.env._(
            "Status changed from %(former)s to %(status)s, because: %(event)s.",
            former=former or "-",
            status=self.status_id.name,
            event=self._get_event_label(),
        )

    def _do_post_note(self, event, lead):
        lead.message_post(
            body=Markup("<b>%s</b><br/>%s")
            % (
                self.env._("Rule “%(name)s”, because: %(event)s", name=self.name, event=self._get_event_label()),
                tools.plaintext2html(self.note),
            )
        )
        return self.env._("Note posted, because: %(event)s.", event=self._get_event_label())

    def _do_schedule_activity(self, event, lead):
        user = lead.user_id or lead.team_id.user_id or self.env.user
        lead.activity_schedule(
            activity_type_id=self.activity_type_id.id,
            summary=self.name,
            note=self.note and tools.plaintext2html(self.note),
            date_deadline=fields.Date.add(fields.Date.context_today(lead), days=self.activity_days),
            user_id=user.id,
        )
        return self.env._(
            "Activity scheduled for %(user)s, because: %(event)s.", user=user.name, event=self._get_event_label()
        )
