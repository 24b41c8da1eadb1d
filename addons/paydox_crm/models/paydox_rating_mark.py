from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.paydox_edms.tools.arguments import to_text

MARKS = [("1", "1 · very bad"), ("2", "2 · bad"), ("3", "3 · fair"), ("4", "4 · good"), ("5", "5 · very good")]
MAX_COMMENT = 2000


class PaydoxRatingMark(models.Model):
    """A mark from 1 to 5: of an employee who knows the counterparty, or of a client after his claim was closed.

    Marks are added, never changed; a new mark of an employee takes the place of the former one. An anonymous mark names no
    counterparty and no case: it counts for us, and cannot be traced back.
    """

    _name = "paydox.rating.mark"
    _description = "Mark"
    _order = "date desc, id desc"
    _rec_name = "mark"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", ondelete="cascade", index="btree_not_null"
    )
    kind = fields.Selection(
        selection=[("expert", "By an employee"), ("survey", "By a client")], default="expert", required=True, readonly=True
    )  # fmt: skip
    mark = fields.Integer(required=True, aggregator="avg", help="1: very bad, 5: very good.")
    choice = fields.Selection(selection=MARKS, string="Your Mark", compute="_compute_choice", inverse="_inverse_choice")
    comment = fields.Text()
    date = fields.Date(default=fields.Date.context_today, required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="By", readonly=True, ondelete="restrict")
    case_id = fields.Many2one(
        comodel_name="paydox.case", string="After", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _mark_check = models.Constraint("CHECK(mark BETWEEN 1 AND 5)", "A mark is a whole number from 1 to 5.")
    _tied_check = models.Constraint(
        "CHECK(partner_id IS NOT NULL OR (kind = 'survey' AND case_id IS NULL))", "Say which counterparty is marked."
    )
    _once_a_case = models.UniqueIndex("(case_id) WHERE case_id IS NOT NULL", "This was already answered.")

    # === COMPUTE METHODS === #

    @api.depends("mark")
    def _compute_choice(self):
        for mark in self:
            mark.choice = str(mark.mark) if 1 <= mark.mark <= 5 else False

    def _inverse_choice(self):
        """Taken over by ``create``; a mark does not change afterwards."""

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_mark(vals) for vals in vals_list]
        marks = super().create(vals_list)
        marks.partner_id._refresh_rating()
        return marks

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A mark is not changed afterwards. Give a new one; the latest counts."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Marks stay: ratings were worked out with them. Give a new one; the latest counts."))

    # === HELPERS === #

    @api.model
    def _prepare_mark(self, vals):
        vals = dict(vals)
        choice = vals.pop("choice", None)
        if choice and "mark" not in vals:
            vals["mark"] = int(choice) if choice in dict(MARKS) else 0
        vals["comment"] = to_text(vals.get("comment"), MAX_COMMENT)
        if self.env.su:
            return vals
        if vals.get("kind", "expert") != "expert" or vals.get("case_id"):
            raise AccessError(
                self.env._("Marks of clients come from their answers only. What you enter is your own mark.")
            )
        partner = self.env["res.partner"].browse(vals.get("partner_id") or [])
        partner.check_access("write")
        # Who marks is who does it, today, and the counterparty itself, not a contact of it.
        return vals | {
            "kind": "expert",
            "user_id": self.env.uid,
            "date": fields.Date.context_today(self),
            "partner_id": partner.commercial_partner_id.id,
        }
