import hashlib
import json
from datetime import datetime, time, timedelta

from psycopg2.errors import UniqueViolation
from pytz import timezone

from odoo import SUPERUSER_ID, api, models
from odoo.tools import mute_logger, plaintext2html

ORDER_KEY_INDEX = "crm_lead_order_key_uniq"


class PaydoxOrderForm(models.Model):
    """Intake: a checked order becomes a deal with its counterparty and its responsible person."""

    _inherit = "paydox.order.form"

    def _place_order(self, order, order_key, website):
        """Make the deal of an order, once per key.

        :param dict order: clean values, see ``_check_order``
        :return: the deal as superuser; empty when another request made it at this instant
        """
        self.ensure_one()
        company = self.deal_type_id.company_id or website.company_id
        # superuser: a visitor may not make deals; all values are made by _prepare_lead_values from checked texts. The
        # context keeps Odoo's own "You have been assigned" away, _notify_order says the same with the whole order.
        leads_sudo = (
            self.env["crm.lead"]
            .with_user(SUPERUSER_ID)
            .with_company(company)
            .with_context(mail_create_nosubscribe=True, mail_auto_subscribe_no_notify=True)
        )
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                lead_sudo = leads_sudo.create(self._prepare_lead_values(order, order_key, website, leads_sudo))
        except UniqueViolation as error:
            if error.diag.constraint_name != ORDER_KEY_INDEX:
                raise
            return leads_sudo
        form_sudo = self.with_env(lead_sudo.env)
        form_sudo.deal_type_id._assign(lead_sudo)
        form_sudo._log_order(lead_sudo, order)
        form_sudo._notify_order(lead_sudo)
        self.env["paydox.event"]._emit(
            "form.sent",
            lead_sudo,
            key=order_key,
            payload={"form_id": self.id, "product": lead_sudo.order_product, "quantity": lead_sudo.order_quantity},
        )
        return lead_sudo

    def _prepare_lead_values(self, order, order_key, website, leads_sudo):
        """Values of the deal. The name of the product is kept as text, in the language of the company, not of the
        visitor: the form may change later, the order may not."""
        company = leads_sudo.env.company
        team = website.crm_default_team_id
        product_name = order["product"].with_context(lang=company.partner_id.lang or "en_US").name
        utm = leads_sudo.default_get(["campaign_id", "medium_id", "source_id"])
        return {
            "name": f"{product_name} × {order['quantity']}: {order['name']}",
            "type": "opportunity",
            "deal_type_id": self.deal_type_id.id,
            "company_id": company.id,
            "user_id": False,
            "team_id": team.id if team.company_id in (company, company.browse()) else False,
            "order_form_id": self.id,
            "order_product": product_name,
            "order_quantity": order["quantity"],
            "delivery_region": order["region"] or False,
            "delivery_city": order["city"] or False,
            "contact_name": order["name"],
            "email_from": order["email"] or False,
            "phone": order["phone"] or False,
            # plaintext2html escapes: whatever the visitor typed stays text
            "description": plaintext2html(order["comment"]) if order["comment"] else False,
            "lang_id": self.env["res.lang"]._get_data(code=self.env.lang).id,
            "campaign_id": utm.get("campaign_id", False),
            "medium_id": utm.get("medium_id") or self.env.ref("paydox_website.utm_medium_website_form").id,
            "source_id": utm.get("source_id") or self.env.ref("paydox_website.utm_source_website_form").id,
            "order_consent_version": self.consent_version if order["consent"] else 0,
            "order_key": order_key,
            "order_digest": self._get_order_digest(order),
        }

    @api.model
    def _get_order_digest(self, order):
        content = {**order, "product": order["product"].id}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _is_same_order(self, lead_sudo, order):
        return lead_sudo.order_form_id == self.sudo() and lead_sudo.order_digest == self._get_order_digest(order)

    # === NOTICES ===#

    def _log_order(self, lead, order):
        """Keep the order as it was sent on the deal, whatever is edited later."""
        # the note is one text for all readers, so it is in the language of the company
        form = self.with_context(lang=lead.company_id.partner_id.lang or self.env.lang)
        body = self.env["ir.qweb"]._render(
            "paydox_website.order_note",
            {
                "lead": lead,
                "form": form,
                "consent": order["consent"] and self.with_context(lang=lead.lang_id.code).consent_text,
            },
            lang=form.env.lang,
        )
        lead.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _notify_order(self, lead):
        """Tell the responsible person; when there is none, tell who can appoint one."""
        if lead.user_id:
            self._send_notice(lead, lead.user_id, "paydox_website.order_mail_responsible")
            # quick update: no second mail about the activity
            lead.with_context(mail_activity_quick_update=True).activity_schedule(
                "paydox_website.mail_activity_type_order",
                date_deadline=self._get_next_working_day(lead.user_id),
                user_id=lead.user_id.id,
            )
        else:
            self._send_notice(lead, self._get_dispatchers(lead), "paydox_website.order_mail_unassigned")

    def _send_notice(self, lead, users, template):
        for user in users:
            form = self.with_context(lang=user.lang)
            lead_in_lang = lead.with_context(lang=user.lang)
            lead_in_lang.message_notify(
                partner_ids=user.partner_id.ids,
                subject=form.env._("New order: %(name)s", name=lead.name),
                body=form.env["ir.qweb"]._render(template, {"lead": lead_in_lang, "form": form}, lang=user.lang),
                model_description=form.env["ir.model"]._get("crm.lead").display_name,
                email_layout_xmlid="mail.mail_notification_layout",
                force_send=False,
            )

    def _get_dispatchers(self, lead):
        """The team leader, else the sales managers of the company."""
        if lead.team_id.user_id.active:
            return lead.team_id.user_id
        managers = self.env.ref("sales_team.group_sale_manager").all_user_ids
        return managers.filtered(
            lambda user: (
                user.active and not user.share and lead.company_id in user.company_ids and user.id != SUPERUSER_ID
            )
        )

    def _get_next_working_day(self, user):
        """Next day on which the person works by his calendar, in his time zone; tomorrow when there is no calendar."""
        employee = user.with_company(user.company_id).employee_id
        calendar = employee.resource_calendar_id or user.company_id.resource_calendar_id
        tz = timezone(user.tz or calendar.tz or "UTC")
        tomorrow = datetime.now(tz).date() + timedelta(days=1)
        done = calendar and calendar.plan_days(
            1, tz.localize(datetime.combine(tomorrow, time.min)), compute_leaves=True
        )
        return done.date() if done else tomorrow
