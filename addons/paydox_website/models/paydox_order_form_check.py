from odoo import models
from odoo.tools.misc import consteq, hmac

from odoo.addons.paydox_website.tools import order as order_tools


class PaydoxOrderForm(models.Model):
    """Check: what a visitor sent, made clean or refused with a message for each field."""

    _inherit = "paydox.order.form"

    def _check_order(self, values):
        """Check what was typed.

        :param dict values: texts by field, as sent
        :return: ``(order, errors)``: clean values by field, and messages by field; one of them is empty
        """
        self.ensure_one()
        order, errors = {}, {}
        for name in ("product", "quantity", "name", "region", "city", "email", "phone", "comment", "consent"):
            try:
                order[name] = getattr(self, f"_parse_{name}")(values.get(name) or "", order)
            except order_tools.OrderError as error:
                errors[name] = self._get_error_message(error)
        if not (values.get("email") or "").strip() and not (values.get("phone") or "").strip():
            errors["email"] = self.env._("Enter an e-mail address or a phone number, so that we can answer you.")
        return ({}, errors) if errors else (order, {})

    def _get_error_message(self, error):
        messages = {
            "product": self.env._("Choose a product from the list."),
            "quantity": self.env._("Enter a whole number from 1 to %(maximum)s.", **{"maximum": 1, **error.params}),
            "name": self.env._("Enter your name."),
            "email": self.env._("This is not an e-mail address. Write it like name@example.com."),
            "phone": self.env._("This is not a phone number. Write it with its code, like +40 21 555 01 02."),
            "consent": self.env._("Please agree, otherwise we may not process your order."),
            "too_long": self.env._(
                "This text has %(length)s characters, at most %(limit)s fit. Please make it shorter.",
                **{"length": 0, "limit": 0, **error.params},
            ),
        }
        return messages[error.code]

    # === FIELDS ===#

    def _parse_product(self, value, _order):
        product = self.product_ids.filtered(lambda line: str(line.id) == value)
        if not product:
            raise order_tools.OrderError("product")
        return product

    def _parse_quantity(self, value, order):
        # with no product chosen yet, the widest limit still refuses what can never be right
        maximum = order["product"].max_quantity if "product" in order else max(self.product_ids.mapped("max_quantity"))
        return order_tools.parse_quantity(value, maximum)

    def _parse_name(self, value, _order):
        name = order_tools.check_length(order_tools.clean_line(value), order_tools.LIMITS["name"])
        if not name:
            raise order_tools.OrderError("name")
        return name

    def _parse_region(self, value, _order):
        return order_tools.check_length(order_tools.clean_line(value), order_tools.LIMITS["region"])

    def _parse_city(self, value, _order):
        return order_tools.check_length(order_tools.clean_line(value), order_tools.LIMITS["city"])

    def _parse_email(self, value, _order):
        return order_tools.parse_email(value)

    def _parse_phone(self, value, _order):
        return order_tools.parse_phone(value)

    def _parse_comment(self, value, _order):
        return order_tools.check_length(order_tools.clean_text(value), order_tools.LIMITS["comment"])

    def _parse_consent(self, value, _order):
        if self.consent_text and not value:
            raise order_tools.OrderError("consent")
        return bool(self.consent_text)

    # === KEY ===#

    def _sign_order_key(self, order_key):
        """Proof that a page of this form was rendered with this key."""
        # sudo: the secret is a system parameter
        return hmac(self.env(su=True), "paydox_website.order_key", (self.id, order_key))

    def _is_order_key_valid(self, order_key, signature):
        if not order_tools.parse_key(order_key) or not isinstance(signature, str):
            return False
        return consteq(self._sign_order_key(order_key).encode(), signature.encode("utf-8", "replace"))
