from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.paydox_edms.tools.arguments import to_text

from ..tools.local_time import get_local_time

CALL_PROTOCOLS = [("tel", "tel: (phone or softphone)"), ("sip", "sip: (SIP client)"), ("callto", "callto: (Skype)")]
CALL_PARAMETER = "paydox_crm.call_protocol"
MAX_MESSAGE = 20_000


class ResPartner(models.Model):
    """Contact persons: how to reach them, where they live and what time it is there. What is done leaves a row."""

    _inherit = "res.partner"

    contact_tz = fields.Selection(
        selection=_tz_get,
        string="Local Time Zone",
        help="Where it is not that of the address: the contact works elsewhere, or the region has several zones.",
    )
    region_name = fields.Char(
        string="Region",
        compute="_compute_region",
        help="Region and country of the contact, or those of the organisation when the contact has none.",
    )
    local_time = fields.Char(compute="_compute_region", help="What time it is where the contact is.")
    is_outside_hours = fields.Boolean(
        string="Outside Working Hours",
        compute="_compute_region",
        help="It is before 9 or after 18 there, or a weekend.",
    )
    contact_channels = fields.Json(string="Reach", compute="_compute_contact_channels", groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends(
        "country_id",
        "state_id",
        "contact_tz",
        "tz",
        "commercial_partner_id.country_id",
        "commercial_partner_id.state_id",
    )
    @api.depends_context("lang")
    def _compute_region(self):
        now = fields.Datetime.now()
        for partner in self:
            # sudo: where the organisation stands is no secret to who reads its contact
            place = partner if partner.country_id or partner.state_id else partner.sudo().commercial_partner_id
            country = place.country_id or place.state_id.country_id
            local = get_local_time(now, partner.contact_tz, partner.tz, country.code, place.state_id.code)
            partner.region_name = ", ".join(name for name in (place.state_id.name, country.name) if name) or False
            partner.local_time = partner._format_local_time(local) if local else False
            partner.is_outside_hours = bool(local) and local.is_outside_hours

    @api.depends("email_normalized", "is_blacklisted", "phone_sanitized", "phone_sanitized_blacklisted", "active")
    @api.depends_context("lang", "uid")
    def _compute_contact_channels(self):
        obstacles = self._get_channel_obstacles()
        for partner in self:
            partner.contact_channels = obstacles[partner]

    def _format_local_time(self, local):
        """The local time in words; a span where the region has several zones."""
        clock, offset = local.earliest.strftime("%H:%M"), local.earliest.strftime("%z")
        if local.is_certain:
            return self.env._("%(clock)s (UTC%(offset)s)", clock=clock, offset=f"{offset[:3]}:{offset[3:]}")
        return self.env._(
            "%(earliest)s – %(latest)s, several time zones", earliest=clock, latest=local.latest.strftime("%H:%M")
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # Odoo gives everybody the zone of the one who enters him; what is written by hand or imported is meant.
        meant = [
            vals | {"contact_tz": vals["tz"]} if vals.get("tz") and "contact_tz" not in vals else vals
            for vals in vals_list
        ]
        return super().create(meant)

    def write(self, vals):
        return super().write(vals | {"contact_tz": vals["tz"]} if "tz" in vals and "contact_tz" not in vals else vals)

    # === ACTIONS === #

    def action_contact_email(self):
        """Write an e-mail; the letter stays in the history of the contact."""
        self._check_channel("email")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to %(name)s", name=self.display_name),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "res.partner",
                "default_res_ids": self.ids,
                "default_partner_ids": self.ids,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_comment",
            },
        }

    def action_contact_call(self):
        """Dial the contact; the call is logged and asks what came of it."""
        self._check_channel("call")
        call = self.env["paydox.interaction"]._log(self, "call", self.env._("Call to %(name)s", name=self.name))
        # sudo: how calls are made is set by the administrator and used by everybody
        protocol = self.env["ir.config_parameter"].sudo().get_param(CALL_PARAMETER)
        if protocol not in dict(CALL_PROTOCOLS):
            protocol = "tel"
        return {
            "type": "ir.actions.client",
            "tag": "paydox_crm.call",
            "params": {"url": f"{protocol}:{self.phone_sanitized}", "next": call.action_open_result()},
        }

    def action_contact_sms(self):
        """Write an SMS; it is sent by Odoo's gateway and stays in the history of the contact."""
        self._check_channel("sms")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("SMS to %(name)s", name=self.display_name),
            "res_model": "sms.composer",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_composition_mode": "comment",
                "default_res_model": "res.partner",
                "default_res_id": self.id,
            },
        }

    def action_contact_message(self, text=None):
        """Send a message inside the system to a contact who has a login; without a text, open the window to write one."""
        self._check_channel("message")
        text = to_text(text, MAX_MESSAGE)
        if not text:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Message to %(name)s", name=self.display_name),
                "res_model": "paydox.contact.message",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_partner_id": self.id},
            }
        self.message_post(body=text, message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=self.ids)
        return True

    # === HELPERS === #

    def _check_channel(self, channel):
        self.ensure_one()
        self.check_access("read")
        obstacle = self._get_channel_obstacles()[self].get(channel)
        if obstacle:
            raise UserError(
                self.env._("%(name)s cannot be reached so. %(obstacle)s", name=self.display_name, obstacle=obstacle)
            )

    def _get_channel_obstacles(self):
        """``{contact: {channel: why it cannot be used, or False}}``."""
        # sudo: whether a contact has a login is told, nothing else of the user
        users_sudo = self.env["res.users"].sudo().search([("partner_id", "in", self._origin.ids)])
        with_login = users_sudo.partner_id.ids
        texts = {
            "no_email": self.env._("No e-mail address is entered."),
            "bad_email": self.env._("The e-mail address is not valid. Correct it first."),
            "no_mail": self.env._("The contact does not wish to get e-mails (the address is on the exclusion list)."),
            "no_phone": self.env._("No phone is entered."),
            "bad_phone": self.env._("The phone cannot be dialled: check the number and the country."),
            "no_sms": self.env._("The contact does not wish to get SMS (the number is on the exclusion list)."),
            "no_login": self.env._("The contact has no login here. Write an e-mail instead."),
            "archived": self.env._("The contact is archived."),
        }
        obstacles = {}
        for partner in self:
            email = not partner.email and "no_email" or not partner.email_normalized and "bad_email"
            call = not partner.phone and "no_phone" or not partner.phone_sanitized and "bad_phone"
            codes = {
                "email": email or (partner.is_blacklisted and "no_mail"),
                "call": call,
                "sms": call or (partner.phone_sanitized_blacklisted and "no_sms"),
                "message": partner._origin.id not in with_login and "no_login",
            }
            obstacles[partner] = {
                channel: texts["archived"] if not partner.active else texts.get(code, False)
                for channel, code in codes.items()
            }
        return obstacles
