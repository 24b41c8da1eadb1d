from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

LIMIT = 50


class PaydoxCaseMigrate(models.TransientModel):
    """Shows what would happen to each step, then does exactly that, all or nothing."""

    _name = "paydox.case.migrate"
    _description = "Move Cases to the Current Revision"

    case_ids = fields.Many2many(comodel_name="paydox.case", string="Cases", required=True)
    line_ids = fields.One2many(
        comodel_name="paydox.case.migrate.line",
        inverse_name="wizard_id",
        string="What Happens to the Steps",
        readonly=True,
        compute="_compute_line_ids",
        store=True,
    )
    keys = fields.Json(compute="_compute_line_ids", store=True)
    problem = fields.Text(compute="_compute_line_ids", store=True)

    # === COMPUTE METHODS === #

    @api.depends("case_ids")
    def _compute_line_ids(self):
        for wizard in self:
            keys, commands, problems = {}, [Command.clear()], []
            for case in wizard.case_ids[:LIMIT]._origin:
                try:
                    plan = case.action_preview_migration()
                except UserError as error:
                    problems.append(str(error))
                    continue
                keys[str(case.id)] = plan["key"]
                commands += [
                    Command.create(
                        {
                            "case_id": case.id,
                            "name": row["name"],
                            "action": row["action"],
                            "reason": row["reason"],
                        }
                    )
                    for row in plan["steps"]
                ]
            wizard.keys = keys
            wizard.line_ids = commands
            wizard.problem = "\n".join(problems)

    # === ACTIONS === #

    def action_confirm(self):
        """Move all the cases as shown."""
        self.ensure_one()
        if len(self.case_ids) > LIMIT:
            raise UserError(self.env._("Move at most %(count)s cases at once.", count=LIMIT))
        keys = self.keys or {}
        if not keys:
            raise UserError(self.env._("There is nothing to move."))
        with self.env.cr.savepoint():
            for case in self.case_ids:
                if str(case.id) in keys:
                    case.action_migrate(keys[str(case.id)])
        return {"type": "ir.actions.act_window_close"}


class PaydoxCaseMigrateLine(models.TransientModel):
    _name = "paydox.case.migrate.line"
    _description = "What Happens to a Step"
    _order = "case_id, id"

    wizard_id = fields.Many2one(comodel_name="paydox.case.migrate", required=True, ondelete="cascade", index=True)
    case_id = fields.Many2one(comodel_name="paydox.case", ondelete="cascade", index=True)
    name = fields.Char(string="Step")
    action = fields.Selection(
        selection=[("keep", "Stays"), ("change", "Changes"), ("add", "Is added"), ("remove", "Goes")],
        string="What Happens",
    )
    reason = fields.Text(string="Why")
