import logging

from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, models

from odoo.addons.paydox_edms.tools.arguments import to_text
from odoo.addons.paydox_edms.tools.locking import RETRIED_ERRORS

from ..exceptions import RuleActionFailed

_logger = logging.getLogger(__name__)

MAX_DEPTH = 5
# What moves a deal, and does not when a person keeps its status.
MOVING = ("set_status", "move_stage", "set_type")


class PaydoxRule(models.Model):
    """Running: what each rule does about an event, once, in a savepoint of its own, with a line that says so."""

    _inherit = "paydox.rule"

    # === RUNNING ===#

    @api.model
    def _run_event(self, event):
        """Run the rules that wait for ``event``, each in its own savepoint and once."""
        if event.name not in self._get_event_names_with_rules():
            return
        # Rules act as OdooBot: who set the event off may have no right on the deal, and a rule is what a manager configured.
        event = event.with_user(SUPERUSER_ID)
        lead = event._get_lead()
        if not lead and event.res_model != "crm.lead":
            return
        rules = self.with_user(SUPERUSER_ID)._match(event, lead)
        if not rules:
            return
        ran = self.env["paydox.rule.run"].sudo().search([("rule_id", "in", rules.ids), ("event_key", "=", event.key)])
        lang = self._get_log_lang(lead)
        # The log and the note on the deal are read by its responsible person.
        lead = lead.with_context(lang=lang)
        skipped = []
        for rule in (rules - ran.rule_id.with_user(SUPERUSER_ID)).with_context(lang=lang):
            if why_not := rule._get_reason_to_skip(event, lead):
                skipped.append(rule._prepare_run(event, lead) | {"state": "skipped", "message": why_not})
            else:
                rule._run(event, lead)
        self._log_skipped(skipped)

    @api.model
    def _get_log_lang(self, lead):
        return lead.user_id.lang or lead.company_id.partner_id.lang or self.env.company.partner_id.lang or "en_US"

    def _get_reason_to_skip(self, event, lead):
        """As ``_get_obstacle``; what cannot even be judged is left to the run, which keeps the error."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self._get_obstacle(event, lead)
        except RETRIED_ERRORS:
            raise
        except Exception:  # noqa: BLE001  the run meets it again and writes it down
            return None

    def _prepare_run(self, event, lead):
        return {
            "rule_id": self.id,
            "event_key": event.key,
            "event_id": event.id,
            "res_model": event.res_model,
            "res_id": event.res_id,
            "lead_id": lead.id,
        }

    @api.model
    def _log_skipped(self, vals_list):
        """One statement for all: the event is held by this worker, so nobody else writes these lines."""
        if vals_list:
            self.env["paydox.rule.run"].sudo().create(vals_list)

    def _run(self, event, lead):
        """One run: the row in the ledger comes first, so that a second worker stops at its unique key."""
        self.ensure_one()
        values = self._prepare_run(event, lead)
        runs = self.env["paydox.rule.run"]
        try:
            with self.env.cr.savepoint():
                run = runs.create({**values, "state": "done", "attempts": 1})
                run.write(dict(zip(("state", "message"), self._execute(event, lead), strict=True)))
        except UniqueViolation as error:
            if error.diag.constraint_name != "paydox_rule_run_once_uniq":
                runs.create(values | runs._prepare_failure(self._describe_error(error), 1))
        except RETRIED_ERRORS:
            # The transaction itself is void (serialization, lock): the dispatcher tries the event again.
            raise
        except Exception as error:  # noqa: BLE001  an error stays with its rule
            _logger.info("Rule %s failed on event %s", self.id, event.id, exc_info=True)
            runs.create(values | runs._prepare_failure(self._describe_error(error), 1))

    def _execute(self, event, lead):
        """Do all actions of the rule; one that has nothing to do stops no other, one that fails stops all.

        :return: ``(state, message)`` of the run
        """
        if why_not := self._get_rule_obstacle(event, lead):
            return "skipped", why_not
        done, told = self.browse(), []
        # What the rule does sets off events of its own: they carry the rules that led to them.
        with event._acting((*self._get_ancestors(event), self.id)):
            for action in self._get_actions():
                is_done, message = action._act(event, lead)
                told.append((is_done, message))
                done |= action if is_done else self.browse()
            message = self._tell_actions(told)
            if done.filtered(lambda action: action.action != "post_note"):
                lead._message_log(
                    body=Markup("<b>%s</b><br/>%s")
                    % (self.env._("Rule “%(name)s”", name=self.name), Markup("<br/>").join(message.splitlines()))
                )
                self.env.cr.flush()
        return "done" if done else "skipped", message

    def _act(self, event, lead):
        """One action, judged by what those before it have made of the deal.

        :return: ``(whether it was done, what was done or why not)``
        """
        try:
            if why_not := self._get_action_obstacle(lead):
                return False, why_not
            message = getattr(self, f"_do_{self.action}")(event, lead)
            # What is still to be computed, checked or told before a commit belongs to this action: its error, and the
            # rules that its events set off.
            self.env.cr.flush()
        except RETRIED_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the log says which action it was
            raise RuleActionFailed(self, error) from error
        return True, message

    @api.model
    def _tell_actions(self, told):
        """What became of each action, a line for each; of a single one just that.

        :param list told: ``[(whether it was done, what was done or why not)]``
        """
        if len(told) == 1:
            return told[0][1]
        return "\n".join(
            f"{number}. {message if is_done else self.env._('Skipped: %(why)s', why=message)}"
            for number, (is_done, message) in enumerate(told, start=1)
        )

    def _describe_error(self, error):
        action = self
        if isinstance(error, RuleActionFailed):
            action, error = error.action, error.error
        text = to_text(error, 500) or type(error).__name__
        if not self.child_ids:
            return self.env._("It could not be done: %(error)s", error=text)
        return self.env._(
            "“%(action)s” could not be done, so nothing of the rule was: %(error)s",
            action=action._get_phrase(),
            error=text,
        )

    # === CONDITIONS ===#

    def _get_obstacle(self, event, lead):
        """Why the rule does nothing about this event, as a sentence; empty when it goes ahead."""
        if why_not := self._get_rule_obstacle(event, lead):
            return why_not
        told = []
        for action in self._get_actions():
            if not (why_not := action._get_action_obstacle(lead)):
                return None
            told.append((False, why_not))
        return self._tell_actions(told)

    def _get_rule_obstacle(self, event, lead):
        """The part that holds for all actions of the rule."""
        if not lead:
            return self.env._("The deal no longer exists.")
        if not lead.active:
            return self.env._("The deal is archived or lost.")
        ancestors = self._get_ancestors(event)
        if self.id in ancestors or len(ancestors) >= MAX_DEPTH:
            names = self.browse(ancestors).exists().mapped("name")
            return self.env._(
                "Stopped: the event was set off by this rule or by a long row of rules (%(rules)s). Check them for a loop.",
                rules=" → ".join([*names, self.name]),
            )
        return self._get_deal_obstacle(lead)

    def _get_deal_obstacle(self, lead):
        """The part that depends on nothing but the deal, so that it can be asked without an event."""
        if self.deal_type_id and self.deal_type_id != lead.deal_type_id:
            # A rule before this one, or a person meanwhile, has given the deal another type.
            return self.env._("The rule is for deals of type %(type)s.", type=self.deal_type_id.name)
        if not lead.filtered_domain(self._get_domain()):
            return self.env._("The deal does not meet the condition of the rule.")
        return None

    def _get_action_obstacle(self, lead):
        """Why this one action has nothing to do with the deal as it is now."""
        if lead.is_status_locked and self.action in MOVING:
            return self.env._(
                "A person keeps the status of the deal: rules leave it (“Not Changed by Rules” on the deal)."
            )
        find_obstacle = getattr(self, f"_get_{self.action}_obstacle", None)
        return find_obstacle(lead) if find_obstacle else None

    @api.model
    def _get_ancestors(self, event):
        """Ids of the rules one after the other that led to the event."""
        ancestors = (event.payload or {}).get("rules")
        return tuple(ancestors) if isinstance(ancestors, list) else ()
