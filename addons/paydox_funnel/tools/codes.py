"""Codes for integrations, made of names, so that who sets up a type or a status need not think of one."""


def suggest_codes(records, fallback):
    """Give those of ``records`` that have a name and no code one of their own: ``service_contract``, ``service_contract_2``.

    :param records: of a model with the fields ``name`` and ``code``, the latter unique
    :param str fallback: for names without a Latin letter or digit, where the server does not transliterate
    """
    nameless = records.filtered(lambda record: record.name and not record.code)
    for record in records - nameless:
        record.code = record.code
    if not nameless:
        return
    # sudo: codes are unique over all companies
    known = records.sudo().with_context(active_test=False).search_fetch([], ["code"])
    taken = {*known.mapped("code"), *(records - nameless).mapped("code")}
    for record in nameless:
        slug = records.env["ir.http"]._slugify(record.name, max_length=40).replace("-", "_").strip("_") or fallback
        code, number = slug, 1
        while code in taken:
            number += 1
            code = f"{slug}_{number}"
        taken.add(code)
        record.code = code
