from odoo import api, fields, models
from odoo.tools.misc import format_date


class PaydoxDocument(models.Model):
    """The requisites of the counterparty as they were on the days of the document."""

    _inherit = "paydox.document"

    # A counterparty with documents is archived, not deleted: its history is needed to read them.
    partner_id = fields.Many2one(ondelete="restrict")
    requisites_compare = fields.Json(
        string="Requisites of the Counterparty", compute="_compute_requisites_compare", compute_sudo=False
    )
    requisites_changed = fields.Boolean(
        compute="_compute_requisites_compare",
        compute_sudo=False,
        help="The requisites on the execution date differ from those on the document date.",
    )
    merged_partner_ref = fields.Integer(
        copy=False,
        readonly=True,
        help="Number of the counterparty whose document it was before that counterparty was merged into another.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_id", "date", "date_execution", "merged_partner_ref")
    @api.depends_context("uid", "lang")
    def _compute_requisites_compare(self):
        states_by_counterparty = self._get_counterparty_states()
        for document in self:
            states = states_by_counterparty.get(document._get_counterparty_key(), [])
            comparison = document._compare_requisites(states) if document.partner_id else False
            document.requisites_compare = comparison
            document.requisites_changed = bool(comparison) and any(row["differs"] for row in comparison["rows"])

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_partner_requisites(self):
        """Open the history of the requisites of the counterparty."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id.action_open_requisites_history()

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _remember_merged_counterparty(self, counterparty):
        """Note on the documents of ``counterparty`` whose they were, before it is merged into another."""
        self.flush_model(["partner_id", "merged_partner_ref"])
        # SQL: a locked document takes no writes, and this one changes nothing that a person entered.
        self.env.cr.execute(
            """
            UPDATE paydox_document document
               SET merged_partner_ref = %(counterparty)s
              FROM res_partner partner
             WHERE partner.id = document.partner_id
               AND partner.commercial_partner_id = %(counterparty)s
               AND document.merged_partner_ref IS NULL
            """,
            {"counterparty": counterparty.id},
        )
        self.invalidate_model(["merged_partner_ref"])

    def _get_counterparty_key(self):
        """Return (counterparty id, id of the former counterparty whose document it was)."""
        # sudo: who reads the document sees its counterparty, also one of another company.
        return self.sudo().partner_id.commercial_partner_id.id, self.merged_partner_ref or 0

    def _get_counterparty_states(self):
        """Return {key: states}; of a merged counterparty those that were in force before the merge."""
        # sudo: a reader of the document sees the requisites in it; bank values are left out for those without the group.
        counterparties_sudo = self.sudo().partner_id.commercial_partner_id
        if not counterparties_sudo:
            return {}
        former = set(self.mapped("merged_partner_ref")) - {0}
        states_sudo = (
            self.env["paydox.partner.requisites"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", counterparties_sudo.ids),
                    "|",
                    ("superseded", "=", False),
                    ("merged_from", "in", list(former)),
                ]
            )
        )
        return states_sudo.grouped(lambda state: (state.partner_id.id, state.superseded and state.merged_from or 0))

    def _compare_requisites(self, states):
        """Return what the widget draws: the columns (days) and the rows (requisites) with the differences marked."""
        self.ensure_one()
        created = self.date or fields.Date.context_today(self)
        columns = [self._prepare_column(self.env._("On the document date"), created, states)]
        warning = False
        if self.date_execution:
            columns.append(self._prepare_column(self.env._("On the execution date"), self.date_execution, states))
            if self.date_execution < created:
                warning = self.env._("The execution date is earlier than the document date. Check both dates.")
        values = [column.pop("values") for column in columns]
        rows = []
        for cells in zip(*values, strict=True):
            texts = [text for __, __, text in cells]
            known = [text for text, column in zip(texts, columns, strict=True) if column["known"]]
            if any(texts):
                name, label, __ = cells[0]
                rows.append({"name": name, "label": label, "values": texts, "differs": len(set(known)) > 1})
        return {"columns": columns, "rows": rows, "warning": warning}

    def _prepare_column(self, title, day, states):
        state = next((s for s in states if s.valid_from <= day and (not s.valid_to or day <= s.valid_to)), None)
        column = {"title": title, "day": format_date(self.env, day), "known": bool(state)}
        if state:
            column["note"] = self.env._("in force since %(day)s", day=format_date(self.env, state.valid_from))
            column["values"] = state._get_shown_values()
            return column
        later = [s.valid_from for s in states if s.valid_from > day]
        column["note"] = (
            self.env._(
                "Not in the directory yet on that day; first known on %(day)s.", day=format_date(self.env, min(later))
            )
            if later
            else self.env._("No requisites are known on that day.")
        )
        empty = self.env["paydox.partner.requisites"].new({"snapshot": {}})
        column["values"] = [(name, label, "") for name, label, __ in empty._get_shown_values()]
        return column
