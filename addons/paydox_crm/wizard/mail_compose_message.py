from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def action_send_mail(self):
        """After letters to many contacts, tell how many went out and who got none."""
        to_many = len(self) == 1 and self.model == "res.partner" and self.composition_mode == "mass_mail"
        if not to_many:
            return super().action_send_mail()
        # sudo: the rows that this letter makes are counted
        interactions = self.env["paydox.interaction"].sudo()
        last = interactions.search([], order="id desc", limit=1).id or 0
        result = super().action_send_mail()
        rows = interactions.search([("id", ">", last), ("user_id", "=", self.env.uid), ("is_logged", "=", True)])
        failed = rows.filtered(lambda row: row.state == "failed")
        if not failed:
            return result
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "%(sent)s of %(all)s letters go out. Not sent: %(names)s",
                    sent=len(rows) - len(failed),
                    all=len(rows),
                    names="; ".join(f"{row.partner_id.display_name}: {row.failure}" for row in failed[:20]),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
