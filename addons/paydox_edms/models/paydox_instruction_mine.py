from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .paydox_instruction import OPEN_STATES, WORKING_STATES


class PaydoxInstruction(models.Model):
    """Finding what waits for a person among a million instructions."""

    _inherit = "paydox.instruction"

    # === COMPUTE METHODS === #

    def _search_is_mine(self, operator, value):
        """Each way to have something to do is asked by its own index; one condition of all of them would read every row.

        The ids are read first: of a person who executed much, PostgreSQL thinks that much is open, and reads the table.
        """
        if operator != "in" or True not in value:
            return super()._search_is_mine(operator, value)
        return Domain("id", "in", [row[0] for row in self.env.execute_query(self._select_todo())])

    # === HELPERS === #

    @api.model
    def _select_todo(self):
        """The ids of what ``_get_todo_domain()`` describes."""
        me = self.env.user.document_principal_ids.ids
        # sudo: only ids come out of it, and the search they go into asks the access rules
        all_sudo, parts_sudo = self.sudo(), self.env["paydox.instruction.executor"].sudo()
        working = Domain("executor_id", "in", me) & Domain("state", "in", WORKING_STATES)
        control = Domain("controller_id", "in", me) & Domain("state", "=", "reported")
        part = Domain("user_id", "in", me) & Domain("state", "=", "assigned")
        part &= Domain("instruction_id.state", "in", OPEN_STATES)
        parts = parts_sudo._search(part, order="id")
        selects = (
            all_sudo._search(working, order="id").subselect(),
            all_sudo._search(control, order="id").subselect(),
            parts.subselect(SQL.identifier(parts.table, "instruction_id")),
        )
        return SQL(" UNION ").join(selects)
