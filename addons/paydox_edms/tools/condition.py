"""Conditions that a business administrator writes as a domain."""

import ast

from odoo.fields import Domain


def parse_condition(text):
    """The text as a domain; only literals are accepted, no code. Empty: always.

    :raises Exception: of many kinds, when the text is no domain
    """
    return Domain(ast.literal_eval(text.strip())) if (text or "").strip() else Domain.TRUE


def get_condition_problem(text, model):
    """Why the condition cannot be used for records of ``model``, or False."""
    try:
        # sudo: the check must not depend on what the administrator may read
        model.sudo().search(parse_condition(text), limit=1)
    except Exception as error:  # noqa: BLE001  any failure of a domain typed by hand is one to explain
        return str(error)
    return False
