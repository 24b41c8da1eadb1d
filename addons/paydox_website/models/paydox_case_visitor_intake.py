import hashlib
import json

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import consteq

from odoo.addons.paydox_edms.models.paydox_case_portal import MAX_SUBJECT
from odoo.addons.paydox_edms.models.paydox_case_question import MAX_TEXT
from odoo.addons.paydox_website.tools import order as order_tools


class PaydoxCase(models.Model):
    """Intake: what a visitor typed, made clean or refused with a message for each field, becomes a case."""

    _inherit = "paydox.case"

    # === CHECK === #

    @api.model
    def _check_visit(self, template_sudo, values):
        """Check what a visitor typed.

        :param dict values: texts by field, as sent
        :return: ``(visit, errors)``: clean values by field, messages by field; one of them is empty
        """
        visit, errors = {}, {}
        parsers = {
            "name": lambda text: self._parse_needed(text, order_tools.LIMITS["name"], "name"),
            "email": self._parse_visitor_email,
            "phone": order_tools.parse_phone,
            "subject": lambda text: self._parse_needed(text, MAX_SUBJECT, "subject"),
            "product": lambda text: order_tools.check_length(order_tools.clean_line(text), MAX_SUBJECT),
            "essence": self._parse_essence,
        }
        for name, parse in parsers.items():
            try:
                visit[name] = parse(values.get(name) or "")
            except order_tools.OrderError as error:
                errors[name] = self._get_visit_error(error)
        if template_sudo.website_consent and not values.get("consent"):
            errors["consent"] = self.env._("Please agree, otherwise we may not process your request.")
        visit["properties"], wrong = template_sudo._get_website_fields()._parse_answers(values)
        errors |= wrong
        return ({}, errors) if errors else (visit, {})

    @api.model
    def _parse_needed(self, text, limit, code):
        text = order_tools.check_length(order_tools.clean_line(text), limit)
        if not text:
            raise order_tools.OrderError(code)
        return text

    @api.model
    def _parse_visitor_email(self, text):
        email = order_tools.parse_email(text)
        if not email:
            raise order_tools.OrderError("email")
        return email

    @api.model
    def _parse_essence(self, text):
        text = order_tools.check_length(order_tools.clean_text(text), MAX_TEXT)
        if not text:
            raise order_tools.OrderError("essence")
        return text

    @api.model
    def _get_visit_error(self, error):
        messages = {
            "name": self.env._("Enter your name."),
            "email": self.env._("We answer by e-mail. Write your address like name@example.com."),
            "phone": self.env._("This is not a phone number. Write it with its code, like +40 21 555 01 02."),
            "subject": self.env._("Say in a few words what it is about."),
            "essence": self.env._("Tell what happened and what you ask for."),
            "too_long": self.env._(
                "This text has %(length)s characters, at most %(limit)s fit. Please make it shorter.",
                **{"length": 0, "limit": 0, **error.params},
            ),
        }
        return messages[error.code]

    # === KEY === #

    @api.model
    def _is_visit_key_valid(self, template_sudo, key, signature):
        if not order_tools.parse_key(key) or not isinstance(signature, str):
            return False
        return consteq(template_sudo._sign_visit_key(key).encode(), signature.encode("utf-8", "replace"))

    @api.model
    def _find_visit(self, template_sudo, key):
        """The case that this page made already, as superuser."""
        # sudo: a visitor has no right on cases; the key was signed for his page
        cases_sudo = self.sudo().with_context(active_test=False)
        return cases_sudo.search([("start_key", "=", f"outside:{template_sudo.id}:0:{key}")])

    @api.model
    def _get_visit_digest(self, visit, files):
        content = [visit, [(name, hashlib.sha256(data).hexdigest()) for name, data in files]]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    # === INTAKE === #

    @api.model
    def _register_visit(self, template_sudo, visit, files, key):
        """Start the case of what a visitor sent, once per key, and send him his link.

        :return: the case as superuser
        """
        values = {
            "subject": visit["subject"],
            "essence": visit["essence"],
            "product": visit["product"],
            "claimant": ", ".join(filter(None, (visit["name"], visit["email"], visit["phone"]))),
            "origin": "website",
            "properties": visit["properties"],
            "visit": visit,
            "digest": self._get_visit_digest(visit, files),
        }
        case_sudo = self._register_outside(template_sudo, values, files, key)
        if template_sudo.website_consent:
            lang = case_sudo.company_id.partner_id.lang or self.env.lang
            case_sudo._message_log(
                body=plaintext2html(
                    self.with_context(lang=lang).env._(
                        "The visitor agreed with this text: %(text)s", text=template_sudo.website_consent
                    )
                )
            )
        case_sudo._mail_visitor_number()
        return case_sudo

    @api.model
    def _prepare_outside_values(self, values):
        vals = super()._prepare_outside_values(values)
        if visit := values.get("visit"):
            vals |= {
                "visitor_name": visit["name"],
                "visitor_email": visit["email"],
                "visitor_phone": visit["phone"] or False,
                "visitor_lang": self.env.lang,
                "visitor_secret": self._make_visitor_secret(),
                "visitor_digest": values["digest"],
                "claimant_role": False,
            }
        return vals

    def _post_visit(self, text, files):
        """A further message of the visitor, who came by his link."""
        self.ensure_one()
        text = order_tools.clean_text(text)
        if not text and not files:
            raise UserError(self.env._("The message is empty. Write a text or add a file."))
        if len(text) > MAX_TEXT:
            raise UserError(self.env._("This text is too long: at most %(limit)s characters fit.", limit=MAX_TEXT))
        self._check_outside_files(files)
        # The visitor has no login: the system posts.
        self.with_user(SUPERUSER_ID)._post_registration(self.contact_id, text, files)
