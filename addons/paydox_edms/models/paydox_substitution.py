from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PaydoxSubstitution(models.Model):
    """Who decides for whom, from day to day."""

    _name = "paydox.substitution"
    _description = "Substitution"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Absent",
        default=lambda self: self.env.user,
        required=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
        index=True,
    )
    substitute_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        index=True,
        help="Decides instead of the absent person on these days. The sheet shows both names.",
    )
    date_from = fields.Date(string="From", default=fields.Date.context_today, required=True)
    date_to = fields.Date(string="To", required=True)
    note = fields.Char(string="Reason")

    _dates_in_order = models.Constraint("CHECK(date_to >= date_from)", "The substitution ends before it begins.")
    _two_people = models.Constraint("CHECK(user_id <> substitute_id)", "Nobody can substitute himself.")

    # === CONSTRAINT METHODS === #

    @api.constrains("user_id", "substitute_id", "date_from", "date_to")
    def _check_cycle(self):
        """On no day may a chain of substitutes lead back to the absent person."""
        for substitution in self:
            if substitution._leads_back():
                raise ValidationError(
                    self.env._(
                        "%(substitute)s is substituted by %(user)s on the same days, directly or through others. "
                        "Choose another person or other days.",
                        substitute=substitution.substitute_id.name,
                        user=substitution.user_id.name,
                    )
                )

    @api.constrains("user_id", "substitute_id")
    def _check_internal(self):
        for substitution in self:
            if substitution.user_id.share or substitution.substitute_id.share:
                raise ValidationError(self.env._("Only employees can substitute each other, not portal users."))

    def _leads_back(self):
        # sudo: a chain may go through people whose substitutions the user may not read
        substitutions_sudo = self.sudo()
        frontier = [(self.substitute_id.id, self.date_from, self.date_to)]
        seen = set()
        while frontier:
            person, start, end = frontier.pop()
            if person == self.user_id.id:
                return True
            if (person, start, end) in seen:
                continue
            seen.add((person, start, end))
            domain = [("user_id", "=", person), ("date_from", "<=", end), ("date_to", ">=", start)]
            frontier += [
                (other.substitute_id.id, max(start, other.date_from), min(end, other.date_to))
                for other in substitutions_sudo.search(domain)
            ]
        return False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        substitutions = super().create(vals_list)
        self._forget_access()
        return substitutions

    def write(self, vals):
        result = super().write(vals)
        # The rule holds after the change too: nobody hands his substitution over to another person.
        self.check_access("write")
        self._forget_access()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_access()
        return result

    def _forget_access(self):
        """What a substitute may read depends on rows that no computed field can name as its dependency."""
        self.env.registry.clear_cache()
        self.env["res.users"].invalidate_model(["document_principal_ids"])
        self.env["paydox.document"].invalidate_model(["is_involved", "can_decide"])
        self.env["paydox.approval.line"].invalidate_model(["can_decide"])
