"""Install on a database that has deals already: their stages are mapped and their history is begun."""

from odoo.tools import SQL

from .tools import funnel_tally

STATUS_OF_STAGE = {
    "crm.stage_lead1": "deal_status_new",
    "crm.stage_lead2": "deal_status_qualified",
    "crm.stage_lead3": "deal_status_offer",
    "crm.stage_lead4": "deal_status_won",
}


def post_init_hook(env):
    _map_stages(env)
    _begin_history(env)


def _map_stages(env):
    """Every stage of CRM becomes a stage of the default type; one that is not known stands for the status before it."""
    deal_type = env.ref("paydox_funnel.deal_type_sale")
    known = {}
    for stage_xmlid, status_xmlid in STATUS_OF_STAGE.items():
        if stage := env.ref(stage_xmlid, raise_if_not_found=False):
            known[stage.id] = env.ref(f"paydox_funnel.{status_xmlid}")
    won = env.ref("paydox_funnel.deal_status_won")
    status = env.ref("paydox_funnel.deal_status_new")
    stages = env["crm.stage"].search([("deal_type_id", "=", False)], order="sequence, id")
    for stage in stages:
        mapped = won if stage.is_won else known.get(stage.id, status)
        if not stage.is_won:
            status = mapped = mapped if mapped.outcome == "open" else status
        # By SQL: through the ORM each stage would write the history of its deals one batch after the other.
        env.cr.execute(
            SQL(
                "UPDATE crm_stage SET deal_type_id = %s, status_id = %s WHERE id = %s",
                deal_type.id,
                mapped.id,
                stage.id,
            )
        )
    env["crm.stage"].invalidate_model()
    env["paydox.stage.mapping"]._begin_missing()
    if stages:
        deal_type.active = True


def _begin_history(env):
    """One event for each existing deal, by SQL: a million deals are no reason to wait."""
    deal_type = env.ref("paydox_funnel.deal_type_sale")
    lost = env.ref("paydox_funnel.deal_status_lost")
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            UPDATE crm_lead lead
               SET deal_type_id = %(deal_type)s,
                   deal_status_id = CASE WHEN lead.won_status = 'lost' THEN %(lost)s ELSE stage.status_id END,
                   reached_status_id = stage.status_id
              FROM crm_lead l LEFT JOIN crm_stage stage ON stage.id = l.stage_id
             WHERE l.id = lead.id AND lead.status_event_id IS NULL
            """,
            deal_type=deal_type.id,
            lost=lost.id,
        )
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO paydox_deal_status_event
                        (lead_id, to_status_id, occurred_at, left_at, origin, stage_id, deal_type_id, user_id, owner_id,
                         department_id, amount, currency_id, company_id, create_uid, create_date, write_uid, write_date)
                 SELECT lead.id, state.status_id, state.occurred_at, state.left_at, 'import', lead.stage_id,
                        lead.deal_type_id, %(uid)s, lead.user_id, lead.department_id, lead.expected_revenue,
                        company.currency_id, company.id, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                        now() AT TIME ZONE 'UTC'
                   FROM crm_lead lead
                   JOIN res_company company ON company.id = COALESCE(lead.company_id, %(company)s)
             CROSS JOIN LATERAL (
                        -- how far a lost deal had come before it was lost
                        SELECT lead.reached_status_id AS status_id, lead.create_date AS occurred_at,
                               GREATEST(lead.create_date, lead.date_closed, lead.date_last_stage_update) AS left_at
                         WHERE lead.deal_status_id <> lead.reached_status_id
                         UNION ALL
                        SELECT lead.deal_status_id,
                               GREATEST(lead.create_date, lead.date_last_stage_update,
                                        CASE WHEN lead.won_status = 'lost' THEN lead.date_closed END),
                               NULL
                         WHERE lead.deal_status_id IS NOT NULL
                   ) state
                  WHERE lead.status_event_id IS NULL AND lead.create_date IS NOT NULL
            """,
            uid=env.uid,
            company=env.company.id,
        )
    )
    env.cr.execute(
        SQL(
            """
            UPDATE paydox_deal_status_event event SET from_status_id = former.to_status_id
              FROM paydox_deal_status_event former
             WHERE former.lead_id = event.lead_id AND former.left_at IS NOT NULL AND event.left_at IS NULL
            """
        )
    )
    env.cr.execute(
        SQL(
            """
            UPDATE crm_lead lead SET status_event_id = event.id
              FROM paydox_deal_status_event event
             WHERE event.lead_id = lead.id AND event.left_at IS NULL AND lead.status_event_id IS NULL
            """
        )
    )
    env.invalidate_all()


def uninstall_hook(env):
    """Cut what points to the reference, so that its rows can go; Odoo's own deals and stages stay as they are."""
    env.cr.execute(SQL(funnel_tally.get_removal()))
    env.cr.execute("UPDATE crm_stage SET deal_type_id = NULL, status_id = NULL")
    env.cr.execute(
        """
        UPDATE crm_lead
           SET deal_type_id = NULL, deal_status_id = NULL, reached_status_id = NULL, manual_status_id = NULL,
               lost_status_id = NULL, status_event_id = NULL
        """
    )
    env.cr.execute("UPDATE paydox_deal_type SET case_template_id = NULL")
    env.cr.execute("DELETE FROM paydox_rule_run")
    env.cr.execute("DELETE FROM paydox_rule")
    env.cr.execute("DELETE FROM paydox_stage_mapping")
    env.cr.execute("DELETE FROM paydox_deal_status_event")
    # Stages that have deals stay with them.
    env.cr.execute("DELETE FROM ir_model_data WHERE module = 'paydox_funnel' AND model = 'crm.stage'")
    env.invalidate_all()
