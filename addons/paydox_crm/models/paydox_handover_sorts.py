from odoo import api, models
from odoo.fields import Domain

from odoo.addons.paydox_edms.models.paydox_instruction import WORKING_STATES


class PaydoxHandover(models.Model):
    """The sorts of work. An addon adds one: its name in ``_get_sorts``, ``_find_<code>`` and, if it is more than a field
    to write, ``_move_<code>``."""

    _inherit = "paydox.handover"

    # === SORTS === #

    @api.model
    def _get_sorts(self):
        """Hook: ``[(code, label)]`` of the sorts of work, in the order in which they are handed over."""
        sorts = {
            "partner": self.env._("Counterparties"),
            "activity": self.env._("Activities about them"),
            "instruction": self.env._("Open instructions"),
            "approval": self.env._("Decisions that wait"),
        }
        return list(sorts.items())

    @api.model
    def _get_substituted_sorts(self):
        """Hook: sorts that are not moved for a period, because the substitute takes them as such."""
        return ("instruction", "approval")

    @api.model
    def _get_sort_fields(self):
        """Hook: ``{code: name of the field that says whose it is}`` of the sorts that are moved by writing it."""
        return {"partner": "user_id", "activity": "user_id"}

    @api.model
    def _get_activity_models(self):
        """Hook: models whose activities go along."""
        return ["res.partner"]

    # === FIND: as superuser, everything that is open === #

    @api.model
    def _find_partner(self, user, companies):
        return self.env["res.partner"].search(
            Domain("user_id", "=", user.id) & Domain("company_id", "in", [False, *companies.ids]), order="id"
        )

    @api.model
    def _find_activity(self, user, companies):
        # These stand for decisions, which go by themselves.
        decisions = [
            self.env["ir.model.data"]._xmlid_to_res_id(f"paydox_edms.{name}", raise_if_not_found=False)
            for name in ("mail_activity_type_decide", "mail_activity_type_late")
        ]
        domain = (
            Domain("user_id", "=", user.id)
            & Domain("activity_type_id", "not in", decisions)
            & Domain("res_model", "in", self._get_activity_models())
        )
        return self.env["mail.activity"].search(domain, order="id")

    @api.model
    def _find_instruction(self, user, companies):
        domain = (
            Domain("executor_id", "=", user.id)
            & Domain("state", "in", WORKING_STATES)
            & Domain("company_id", "in", [False, *companies.ids])
        )
        return self.env["paydox.instruction"].search(domain, order="id")

    @api.model
    def _find_approval(self, user, companies):
        lines = self.env["paydox.approval.line"]._find_open_decisions(user)
        return lines.filtered(lambda line: not line.company_id or line.company_id in companies)

    # === MOVE === #

    def _move_instruction(self, instructions, target):
        """:return: ``{record: why it stays}``"""
        for instruction in instructions:
            instruction._reassign(target, self.reason or None)
            text = self.env._("It was given to %(user)s.", user=target.name)
            instruction._note("reassigned", instruction.author_id, text)
        return {}

    def _move_approval(self, lines, target):
        kept = {}
        for line in lines:
            # A decision is chained under the name of who handed it over.
            if reason := line.with_user(self.author_id).sudo()._hand_over_to(target.with_user(self.author_id).sudo()):
                kept[line] = reason
        return kept

    def _move_by_field(self, records, name, target):
        """Write the field; what is of a company where the target does not work stays."""
        companies = target.company_ids
        kept = {}
        if "company_id" in records._fields:
            for record in records:
                if record.company_id and record.company_id not in companies:
                    kept[record] = self.env._(
                        "%(user)s does not work in %(company)s.", user=target.name, company=record.company_id.name
                    )
        moved = records.filtered(lambda record: record not in kept)
        # One notice tells of all, see _notify_people.
        moved.with_context(mail_auto_subscribe_no_notify=True, mail_activity_quick_update=True).write({name: target.id})
        self._log_on(moved, target)
        return kept

    def _log_on(self, records, target):
        if records and isinstance(records, self.env.registry["mail.thread"]):
            text = self.env._("Handed over from %(former)s to %(user)s.", former=self.user_id.name, user=target.name)
            if self.reason:
                text = f"{text} {self.reason}"
            records._message_log_batch(bodies=dict.fromkeys(records.ids, text), author_id=self.author_id.partner_id.id)
