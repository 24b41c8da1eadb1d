-- The deals, in the state in which their histories leave them.
INSERT INTO crm_lead (
    id, name, type, active, company_id, user_id, team_id, partner_id, department_id, stage_id, deal_type_id,
    deal_status_id, reached_status_id, status_event_id, won_status, probability, automated_probability,
    expected_revenue, prorated_revenue, priority, color, create_uid, write_uid, create_date, write_date, date_open,
    date_last_stage_update, date_closed)
WITH deal AS (
    SELECT *,
           CASE won_status WHEN 'won' THEN 7 ELSE 6 - abs((events - 1 - (won_status = 'lost')::int) % 10 - 5) END AS position,
           CASE won_status WHEN 'won' THEN 7 ELSE least(6, events - (won_status = 'lost')::int) END AS reached,
           date_trunc('second', created + active_time * (events - 1) / events) AS last_change
      FROM bench_plan
)
SELECT {first_lead} + i - 1,
       'Deal ' || i,
       'opportunity',
       won_status <> 'lost',
       {company},
       {user_ids}[owner],
       {team_ids}[team],
       {partner_ids}[partner],
       {department_ids}[department],
       {stages}[(type - 1) * 7 + position],
       {type_ids}[type],
       CASE won_status WHEN 'lost' THEN {lost_status} ELSE {statuses}[position] END,
       {statuses}[reached],
       first_event + events - 1,
       won_status,
       CASE won_status WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 10 * position END,
       CASE won_status WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 10 * position END,
       amount,
       amount * CASE won_status WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 10 * position END / 100,
       '0', 0, 1, 1, created, last_change, created,
       last_change,
       CASE WHEN won_status <> 'pending' THEN last_change END
  FROM deal;
