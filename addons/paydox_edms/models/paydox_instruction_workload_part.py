import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.workload import find_column

from .paydox_instruction_reminders import RUNNING


class PaydoxInstruction(models.Model):
    """Parts of co-executors in the picture of the load: they take time as whole instructions do."""

    _inherit = "paydox.instruction"

    # === DOMAINS === #

    @api.model
    def _get_part_domain(self, domain):
        """Open parts in the instructions of a domain, on ``paydox.instruction.executor``.

        What the domain says of the executor is asked of who does the part.
        """

        def to_part(condition):
            return self._ask_of_part(condition) or Domain("instruction_id", "any!", condition)

        # The access rules of instructions are asked once, not for each condition.
        open_ones = Domain("instruction_id", "any", Domain("state", "in", RUNNING))
        return Domain("state", "=", "assigned") & open_ones & domain.map_conditions(to_part)

    @api.model
    def _get_load_domain(self, domain, user, span=None):
        """Instructions that a person carries out, or of which he does a part; within a span of terms.

        :param domain: which instructions
        :param span: maps the name of a field to a domain on it
        """

        def to_whole(condition):
            asked = self._ask_of_part(condition)
            return Domain("co_executor_ids", "any", asked) if asked else condition

        span = span or (lambda _name: Domain.TRUE)
        own = Domain("executor_id", "=", user.id) & span("deadline")
        part = Domain("user_id", "=", user.id) & Domain("state", "=", "assigned") & span("term")
        return (domain & own) | (domain.map_conditions(to_whole) & Domain("co_executor_ids", "any", part))

    @api.model
    def _ask_of_part(self, condition):
        """A condition on the executor as one on who does a part, or None for any other condition."""
        name = condition.field_expr
        if name.split(".")[0] != "executor_id":
            return None
        return Domain(name.replace("executor_id", "user_id", 1), condition.operator, condition.value)

    # === NUMBERS === #

    def _count_parts(self, domain, columns, zone):
        """As ``_count_workload``, of parts."""
        parts = self.env["paydox.instruction.executor"].with_context(tz=zone.zone)
        shown = self._get_part_domain(domain)
        span = self._get_span_domain(columns[0][0], columns[-1][1], zone, "term")
        cells = {}
        for user, moment, count in parts._read_group(shown & span, ["user_id", "term:day"], ["__count"]):
            key = user, find_column(columns, moment.date())
            cells[key] = cells.get(key, 0) + count
        late, undated = Domain("term", "<", fields.Datetime.now()), Domain("term", "=", False)
        return {
            "cells": cells,
            "late": dict(parts._read_group(shown & late, ["user_id"], ["__count"])),
            "undated": dict(parts._read_group(shown & undated, ["user_id"], ["__count"])),
        }

    def _get_part_cards(self, domain, columns, zone, people, limit):
        """``[(user, column, card)]`` of the parts; they open the instruction and are not dragged."""
        span = self._get_span_domain(columns[0][0], columns[-1][1], zone, "term")
        found = self.env["paydox.instruction.executor"].search_fetch(
            self._get_part_domain(domain) & span & Domain("user_id", "in", people.ids),
            ["instruction_id", "user_id", "term"],
            order="term, id",
            limit=limit,
        )
        now, cards = fields.Datetime.now(), []
        for line in found:
            card = self._prepare_card(line.instruction_id, line.term, now, zone) | {"is_part": True}
            cards.append((line.user_id, find_column(columns, fields.Date.to_date(card["day"])), card))
        return cards

    @api.model
    def _prepare_card(self, instruction, moment, now, zone):
        return {
            "id": instruction.id,
            "name": instruction.name,
            "kind": instruction.kind,
            "priority": instruction.priority,
            "deadline": fields.Datetime.to_string(moment),
            "day": str(pytz.utc.localize(moment).astimezone(zone).date()),
            "is_late": moment < now,
            "is_part": False,
        }
