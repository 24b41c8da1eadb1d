from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class PaydoxDossierException(models.Model):
    """A paper that a counterparty refuses to give, or need not give: who says so, why and until when."""

    _name = "paydox.dossier.exception"
    _description = "Dossier Exception"
    _order = "date desc, id desc"
    _rec_name = "kind_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", required=True, ondelete="cascade", index=True
    )
    kind_id = fields.Many2one(
        comodel_name="paydox.document.kind",
        string="Paper",
        required=True,
        ondelete="cascade",
        domain="[('is_counterparty_paper', '=', True)]",
        index=True,
    )
    type = fields.Selection(
        selection=[("refused", "Refused to give it"), ("not_required", "Need not give it")],
        default="refused",
        required=True,
        help="A refused paper is still missing; one that is not required is not asked for.",
    )
    reason = fields.Char(required=True)
    date = fields.Date(default=fields.Date.context_today, required=True)
    date_to = fields.Date(string="Until", help="The last day. Empty: without end.")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Noted by", default=lambda self: self.env.user, required=True, readonly=True
    )

    _days_check = models.Constraint("CHECK(date_to IS NULL OR date_to >= date)", "It ends before it begins.")

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Who notes it is who does it, and it is about the counterparty itself, not about a contact of it.
            vals["user_id"] = self.env.uid
            partner = self.env["res.partner"].browse(vals.get("partner_id") or [])
            vals["partner_id"] = partner.commercial_partner_id.id
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and {"user_id", "partner_id"} & vals.keys():
            raise AccessError(
                self.env._(
                    "Who noted an exception, and of which counterparty, does not change. Delete it and note another one."
                )
            )
        return super().write(vals)

    # === HELPERS ===#

    @api.model
    def _get_current_domain(self):
        today = fields.Date.context_today(self)
        return Domain("date", "<=", today) & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
