"""Conditions that a business administrator writes as a domain."""

import ast

from odoo.fields import Domain

_NESTED = ("any", "not any", "any!", "not any!")


def parse_condition(text):
    """The text as a domain; only literals are accepted, no code. Empty: always.

    :raises Exception: of many kinds, when the text is no domain
    """
    return Domain(ast.literal_eval(text.strip())) if (text or "").strip() else Domain.TRUE


def get_fields(domain, model):
    """Every field that the conditions of ``domain`` on ``model`` go through, also those of the records behind."""
    for condition in Domain(domain).iter_conditions():
        records = model
        for name in condition.field_expr.split("."):
            field = records._fields.get(name) if records is not None else None
            if field is None:
                break
            yield field
            records = records.env[field.comodel_name] if field.comodel_name else None
        if condition.operator in _NESTED and records is not None:
            yield from get_fields(condition.value, records)


def get_closed_field(domain, model, closed_models=()):
    """A field of ``domain`` that is kept from the user, or None.

    Conditions are asked as superuser later: who writes them would learn by what happens what he may not read.

    :param closed_models: names of models of which the user may not read every record
    """
    # Odoo asks constraints as superuser; what counts is who writes the condition.
    model = model.sudo(False)
    if model.env.su:
        return None
    user = model.env.user
    for field in get_fields(domain, model):
        if field.comodel_name in closed_models or (field.groups and not user.has_groups(field.groups)):
            return field
    return None


def get_condition_problem(text, model, closed_models=()):
    """Why the condition cannot be used for records of ``model``, or False."""
    try:
        if field := get_closed_field(parse_condition(text), model, closed_models):
            return model.env._("you may not read the field %(field)s", field=f"{field.model_name}.{field.name}")
        # sudo: the check must not depend on which records the administrator may read
        model.sudo().search(parse_condition(text), limit=1)
    except Exception as error:  # noqa: BLE001  any failure of a domain typed by hand is one to explain
        return str(error)
    return False
