-- One row for each deal to make: what happens to it. Everything follows from its number, so each run makes the same data.
-- The numbers of events are spread around the average and add up to exactly {events}.
CREATE TEMPORARY TABLE bench_plan ON COMMIT DROP AS
WITH number AS (
    SELECT i,
           ({events} / {deals})::int AS base,
           CASE WHEN i <= {events} % {deals} THEN 1 ELSE 0 END AS extra,
           abs(hashint4(i)) AS h1,
           abs(hashint4(i * 7 + 1)) AS h2,
           abs(hashint4(i * 13 + 5)) AS h3,
           abs(hashint4((i + 1) / 2)) AS pair
      FROM generate_series(1, {deals}::int) i
),
spread AS (
    SELECT *,
           base + extra + CASE
               WHEN i % 2 = 1 AND i = {deals} THEN 0                       -- without a partner
               WHEN i % 2 = 1 THEN -(pair % base) ELSE pair % base END AS events
      FROM number
),
fate AS (
    SELECT *,
           CASE WHEN events < 2 THEN 'pending'
                WHEN h1 % 100 < 35 THEN 'lost'
                WHEN h1 % 100 < 55 THEN 'won' ELSE 'pending' END AS won_status,
           -- to the second, like what Odoo writes; spread over the last 540 days
           date_trunc('second', {now}::timestamp - (h2 % (540 * 86400)) * interval '1 second') AS created
      FROM spread
)
SELECT i,
       events,
       won_status,
       created,
       -- the share of its age after which nothing happened any more
       ({now}::timestamp - created) * (0.2 + (h3 % 80) / 100.0) AS active_time,
       {first_event} + sum(events) OVER (ORDER BY i) - events AS first_event,
       1 + h3 % {types} AS type,
       1 + h2 % {users} AS owner,
       1 + h1 % {partners} AS partner,
       1 + (h2 % {users}) % {departments} AS department,
       1 + (h2 % {users}) / {departments} % {teams} AS team,
       round((100 + (h3 % 1000000) / 10.0)::numeric, 2) AS amount
  FROM fate;
