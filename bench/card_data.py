"""The data of ``timeline.py``: one counterparty with a bit of everything among very many others."""

import time

from odoo import fields

from bench.common import copy_rows, vacuum
from bench.generate import without_indexes

TABLES = (
    "res_partner",
    "paydox_document",
    "paydox_document_transition",
    "mail_message",
    "paydox_partner_requisites",
)
# Of the counterparty that is looked at; the others have so many as there are rows for them.
OWN_DOCUMENTS, OWN_MESSAGES = 50, 200
LOGIN = "bench_card_0"
NAME = "Bench counterparty"


def fill(env, options):
    """Make the data for good.

    :return: who looks, and the counterparty that he looks at
    """
    start = time.perf_counter()
    made = generate(env, options)
    env.cr.commit()
    vacuum(env.cr, *TABLES)
    print(f"{options.documents:,} documents made in {time.perf_counter() - start:.0f} s.", flush=True)
    return made


def generate(env, options):
    """One row of each sort is made by the ORM; it is the pattern of all others.

    :return: who looks, and the counterparty that he looks at
    """
    env["ir.module.module"].search([("name", "=", "paydox_crm"), ("state", "=", "installed")]).ensure_one()
    users = env["res.users"].with_context(no_reset_password=True)
    groups = [(4, env.ref(name).id) for name in ("base.group_user", "base.group_partner_manager")]
    looking, author = users.create(
        [{"name": f"Person {index}", "login": f"bench_card_{index}", "group_ids": groups} for index in range(2)]
    )
    partner = env["res.partner"].create({"name": NAME, "is_company": True})
    pattern = _make_patterns(env, partner, author)
    _make_surroundings(env, partner, looking, author)
    env.flush_all()
    with without_indexes(env.cr, TABLES):
        _copy_patterns(env.cr, partner, pattern, options)
    env.invalidate_all()
    return looking, partner


def find(env):
    """What a former run made, or None."""
    looking = env["res.users"].search([("login", "=", LOGIN)])
    return looking and (looking, env["res.partner"].search([("name", "=", NAME)], order="id", limit=1))


def _make_patterns(env, partner, author):
    kinds = env["paydox.document.kind"].create(
        [
            {"name": "Bench", "code": "BENCHCARD", "confidentiality": "open"},
            {"name": "Bench paper", "code": "BENCHPAPER", "confidentiality": "open", "is_counterparty_paper": True},
        ]
    )
    # What is asked of the counterparties is looked up with the card, as in every company that has rules.
    env["paydox.dossier.rule"].create({"name": "Bench", "kind_ids": [(6, 0, kinds[1].ids)]})
    document = (
        env["paydox.document"]
        .with_user(author)
        .create({"name": "Bench", "kind_id": kinds[0].id, "partner_id": partner.id})
    )
    message = partner.with_user(author).message_post(
        body="Bench", message_type="comment", subtype_xmlid="mail.mt_comment"
    )
    document.action_register()
    return {
        "paper_kind": kinds[1].id,
        "document": document.id,
        "transition": document.transition_ids[:1].id,
        "message": message.id,
        "state": env["paydox.partner.requisites"].search([("partner_id", "=", partner.id)]).ensure_one().id,
    }


def _make_surroundings(env, partner, looking, author):
    """People, work, a case and talks of the counterparty that is looked at, so that no counter has nothing to do."""
    contacts = env["res.partner"].create([{"name": f"Contact {index}", "parent_id": partner.id} for index in range(3)])
    of_author = env(user=author.id)
    instruction = of_author["paydox.instruction"].create(
        {
            "name": "Send the offer",
            "executor_id": looking.id,
            "partner_id": partner.id,
            "deadline": fields.Datetime.add(fields.Datetime.now(), days=3),
        }
    )
    instruction.action_assign()
    of_author["paydox.interaction"].create(
        [{"name": f"Call {index}", "partner_id": contact.id} for index, contact in enumerate(contacts)]
    )
    partner.activity_schedule("mail.mail_activity_data_todo", summary="Visit them", user_id=looking.id)
    # sudo: how a case comes to run is not measured here
    env["paydox.case"].sudo().create(
        {
            "name": "Supply",
            "state": "running",
            "author_id": author.id,
            "owner_id": author.id,
            "participant_ids": [(6, 0, looking.ids)],
            "partner_id": partner.id,
        }
    )


def _copy_patterns(cr, partner, pattern, options):
    partners = options.partners - 1
    moment = "now() AT TIME ZONE 'UTC' - n * interval '1 minute'"
    # No UPDATE after the copy: PostgreSQL would not use the indexes made in the same transaction for a while.
    cr.execute("SELECT last_value + 1 FROM res_partner_id_seq")
    [next_partner] = cr.fetchone()
    first_partner = copy_rows(
        cr,
        "res_partner",
        partner.id,
        partners,
        name="'Bench ' || n",
        complete_name="'Bench ' || n",
        # or each would be a duplicate of all others
        match_keys="'n:bench_' || n",
        match_name="'bench ' || n",
        commercial_partner_id=f"{next_partner} + n",
    )
    assert first_partner == next_partner, "each is its own counterparty"
    states = max(1, options.states // options.partners)
    day = f"(CURRENT_DATE - 400 * ({states} - n % {states}))"
    copy_rows(
        cr,
        "paydox_partner_requisites",
        pattern["state"],
        states * partners,
        partner_id=f"{first_partner} + n / {states}",
        valid_from=day,
        valid_to=f"CASE WHEN n % {states} = {states - 1} THEN NULL ELSE {day} + 399 END",
    )

    def of(own):
        return f"CASE WHEN n < {own} THEN {partner.id} ELSE {first_partner} + n % {partners} END"

    first_document = copy_rows(
        cr,
        "paydox_document",
        pattern["document"],
        options.documents - 1,
        name="'Bench ' || n",
        number="NULL",
        kind_id=f"CASE WHEN n % 5 = 0 THEN {pattern['paper_kind']} ELSE pattern.kind_id END",
        partner_id=of(OWN_DOCUMENTS),
        counterparty_id=of(OWN_DOCUMENTS),
        create_date=moment,
    )
    copy_rows(
        cr,
        "paydox_document_transition",
        pattern["transition"],
        options.documents - 1,
        document_id=f"{first_document} + n",
        occurred_at=moment,
    )
    copy_rows(
        cr,
        "mail_message",
        pattern["message"],
        options.documents,
        res_id=of(OWN_MESSAGES),
        message_id="NULL",
        date=moment,
    )
