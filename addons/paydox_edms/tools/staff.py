"""Our own people, found by the place that they have in the company, with the rights of the person who asks."""

from odoo.fields import Domain
from odoo.tools import SQL


def find_staff(env, link, domain):
    """Domain of the records to which employees are linked.

    :param str link: field of ``hr.employee.public``: ``user_id`` or ``work_contact_id``
    :param domain: which employees, on what every colleague may read of them
    """
    employees = env["hr.employee.public"]._search(Domain(domain) & Domain(link, "!=", False))
    return Domain("id", "in", employees.subselect(SQL.identifier(employees.table, link)))


def offer_staff(found, records, link, name="", domain=None, operator="ilike", limit=100):
    """What ``name_search`` found, and after it the people whose position or department is called like ``name``.

    A portal user does not learn who works where.
    """
    asked = (name or "").strip()
    if not asked or operator != "ilike" or (limit and len(found) >= limit) or not records.env.user._is_internal():
        return found
    called = Domain.OR(Domain(field, "ilike", asked) for field in ("job_id.name", "job_title", "department_id.name"))
    staff = Domain(domain or Domain.TRUE) & find_staff(records.env, link, called)
    staff &= Domain("id", "not in", [id_ for id_, __ in found])
    more = records.search_fetch(staff, ["display_name"], limit=limit and limit - len(found))
    return found + [(record.id, record.display_name) for record in more.sudo()]
