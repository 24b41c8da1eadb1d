from odoo import api, fields, models


class PaydoxCaseMixin(models.AbstractModel):
    """Makes any model the subject of cases."""

    _name = "paydox.case.mixin"
    _description = "Subject of Cases"

    case_ids = fields.One2many(
        comodel_name="paydox.case",
        inverse_name="res_id",
        string="Cases",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
    )
    case_count = fields.Integer(string="Number of Cases", compute="_compute_case_count")
    case_open_count = fields.Integer(string="Running Cases", compute="_compute_case_count")

    # === COMPUTE METHODS === #

    @api.depends("case_ids")
    @api.depends_context("uid")
    def _compute_case_count(self):
        # As the user: the number must not tell of cases that he may not see.
        counts, running = {}, {}
        cases = self.env["paydox.case"]
        for res_id, state, count in cases._read_group(cases._get_about_domain(self), ["res_id", "state"], ["__count"]):
            counts[res_id] = counts.get(res_id, 0) + count
            running[res_id] = running.get(res_id, 0) + (count if state == "running" else 0)
        for record in self:
            record.case_count = counts.get(record.id, 0)
            record.case_open_count = running.get(record.id, 0)

    # === CRUD METHODS === #

    def unlink(self):
        """The cases stay and say that their subject is gone."""
        # sudo: cases that the user may not read are told as well
        cases_sudo = self.env["paydox.case"].sudo()
        cases_sudo = cases_sudo.search(cases_sudo._get_about_domain(self)) if self else cases_sudo
        result = super().unlink()
        if cases_sudo:
            text = self.env._("What the case was about was deleted.")
            cases_sudo._message_log_batch(bodies=dict.fromkeys(cases_sudo.ids, text))
        return result

    # === ACTIONS === #

    def action_start_case(self):
        """Open the window that asks which template and who leads the case."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Start a Case"),
            "res_model": "paydox.case.start",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_id": self.id,
                "default_partner_id": self._get_case_partner().id,
            },
        }

    def action_open_cases(self):
        """Open the cases of this record."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cases"),
            "res_model": "paydox.case",
            "views": [(False, "list"), (False, "form"), (False, "kanban")],
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
        }

    # === HOOKS === #

    def _get_case_partner(self):
        """The counterparty of a case about the record."""
        self.ensure_one()
        return self.env["res.partner"]


class PaydoxDocument(models.Model):
    _name = "paydox.document"
    _inherit = ["paydox.document", "paydox.case.mixin"]

    case_ids = fields.One2many(string="Cases About It")

    # === HOOKS === #

    def _get_case_partner(self):
        return self.partner_id
