from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html


class PaydoxFunnelSend(models.TransientModel):
    """Window that sends the funnel on the screen, with the numbers that the sender sees."""

    _name = "paydox.funnel.send"
    _description = "Send the Funnel"

    query = fields.Json(help="What the funnel on the screen is about: the arguments of get_funnel.")
    partner_ids = fields.Many2many(comodel_name="res.partner", string="Recipients", required=True)
    subject = fields.Char(required=True, default=lambda self: self.env._("Sales funnel"))
    body = fields.Text(string="Message")
    with_pdf = fields.Boolean(string="PDF", default=True)
    with_xlsx = fields.Boolean(string="Excel", default=True)
    outsider_names = fields.Char(compute="_compute_outsider_names")
    sent_at = fields.Datetime(readonly=True, help="A window sends once, however often Send is pressed.")
    outsiders_confirmed = fields.Boolean(string="Send It Outside of the Company")

    # === COMPUTE METHODS ===#

    @api.depends("partner_ids")
    def _compute_outsider_names(self):
        for window in self:
            window.outsider_names = ", ".join(window._get_outsiders().mapped("display_name"))

    def _get_outsiders(self):
        # sudo: whether somebody is an employee is not readable for everybody
        return self.partner_ids.filtered(lambda partner: all(user.share for user in partner.sudo().user_ids))

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.env["paydox.funnel"]._check_storable(vals, "query")
        return super().create(vals_list)

    def write(self, vals):
        self.env["paydox.funnel"]._check_storable(vals, "query")
        return super().write(vals)

    # === ACTIONS ===#

    def action_send(self):
        """Make the files and send them."""
        self.ensure_one()
        if self.create_uid != self.env.user:
            raise AccessError(self.env._("Send the funnel that you see yourself: open it and press Send."))
        # Pressed twice, or once more by a client that got no answer: the row of the window is the one-time key.
        self.lock_for_update()
        if self.sent_at:
            return self._tell_sent()
        self.partner_ids.check_access("read")
        if silent := self.partner_ids.filtered(lambda partner: not partner.email and not partner.user_ids):
            raise UserError(
                self.env._("These recipients have no e-mail: %(names)s.", names=", ".join(silent.mapped("name")))
            )
        if (outsiders := self._get_outsiders()) and not self.outsiders_confirmed:
            raise UserError(
                self.env._(
                    "%(names)s do not work in the company. Tick that it is to go outside, or take them out.",
                    names=", ".join(outsiders.mapped("display_name")),
                )
            )
        funnel = self.env["paydox.funnel"]
        files = funnel._make_files(self.query, self.with_pdf, self.with_xlsx)
        funnel._deliver(self.partner_ids, self.subject, plaintext2html(self.body or ""), files)
        self.sent_at = fields.Datetime.now()
        return self._tell_sent()

    def _tell_sent(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The funnel is on its way to %(count)s people.", count=len(self.partner_ids)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_subscribe(self):
        """Open a weekly funnel with the filters of this one."""
        self.ensure_one()
        query = self.env["paydox.funnel"]._clean_query(self.query)
        # sudo: whether somebody is an employee is not readable for everybody
        users = self.partner_ids.sudo().user_ids.filtered(lambda user: not user.share)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("paydox_funnel.paydox_funnel_subscription_action"),
            "name": self.env._("Weekly Funnel"),
            "views": [(False, "form")],
            "context": {
                "default_name": self.subject,
                "default_domain": repr(query.get("domain") or []),
                "default_mode": query["mode"],
                "default_breakdown": query.get("breakdown"),
                "default_recipient_ids": [Command.set((users or self.env.user).ids)],
            },
        }
