-- The history of each deal: from the first status up to the one before winning, then back and forth, until it ends.
INSERT INTO paydox_deal_status_event (
    id, lead_id, from_status_id, to_status_id, occurred_at, left_at, origin, stage_id, deal_type_id, user_id, owner_id,
    department_id, amount, currency_id, company_id, create_uid, write_uid, create_date, write_date, deal_created_at,
    deal_company_id, deal_user_id, deal_deal_type_id, deal_department_id, deal_team_id)
WITH step AS (
    SELECT plan.*,
           k,
           {first_lead} + i - 1 AS lead_id,
           CASE WHEN k = events AND won_status = 'lost' THEN NULL
                WHEN k = events AND won_status = 'won' THEN 7
                ELSE 6 - abs((k - 1) % 10 - 5) END AS position,
           6 - abs((k - 2) % 10 - 5) AS former,
           date_trunc('second', created + active_time * (k - 1) / events) AS occurred_at,
           CASE WHEN k < events THEN date_trunc('second', created + active_time * k / events) END AS left_at
      FROM bench_plan plan CROSS JOIN LATERAL generate_series(1, events) k
)
SELECT first_event + k - 1,
       lead_id,
       CASE WHEN k > 1 THEN {statuses}[former] END,
       COALESCE({statuses}[position], {lost_status}),
       occurred_at,
       left_at,
       'stage',
       {stages}[(type - 1) * 7 + COALESCE(position, former)],
       {type_ids}[type],
       {user_ids}[owner],
       {user_ids}[owner],
       {department_ids}[department],
       amount,
       {currency},
       {company},
       1, 1, occurred_at, occurred_at, created, {company}, {user_ids}[owner],
       {type_ids}[type], {department_ids}[department], {team_ids}[team]
  FROM step;
