"""The life of documents that are older than its history: filled in from what is known of them."""

FILL = """
WITH known AS (
    SELECT id AS document_id, NULL AS from_state, 'registered' AS to_state, registered_at AS at,
           COALESCE(registered_by_id, write_uid) AS user_id, 0 AS round
      FROM paydox_document
     WHERE registered_at IS NOT NULL
 UNION ALL
    SELECT res_id, 'draft', 'review', create_date, requested_by_id, round
      FROM paydox_approval
     WHERE res_model = 'paydox.document'
 UNION ALL
    SELECT a.res_id, 'review',
           CASE WHEN a.state != 'approved' THEN 'draft'
                WHEN EXISTS (SELECT FROM paydox_approval_step s
                              WHERE s.approval_id = a.id AND s.kind = 'sign' AND s.state = 'agreed') THEN 'signed'
                ELSE 'approved' END,
           a.closed_at,
           COALESCE((SELECT d.user_id FROM paydox_approval_decision d
                      WHERE d.approval_id = a.id ORDER BY d.sequence DESC LIMIT 1), a.requested_by_id),
           a.round
      FROM paydox_approval a
     WHERE a.res_model = 'paydox.document' AND a.closed_at IS NOT NULL
 UNION ALL
    SELECT id, NULL, state, write_date, write_uid, 0
      FROM paydox_document
     WHERE state IN ('done', 'cancelled')
)
INSERT INTO paydox_document_transition
            (document_id, company_id, from_state, to_state, occurred_at, user_id, round,
             create_uid, create_date, write_uid, write_date)
     SELECT k.document_id, d.company_id, k.from_state, k.to_state, k.at, k.user_id, k.round, 1, now() AT TIME ZONE 'UTC',
            1, now() AT TIME ZONE 'UTC'
       FROM known k
       JOIN paydox_document d ON d.id = k.document_id
      WHERE k.user_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM paydox_document_transition t WHERE t.document_id = k.document_id)
   ORDER BY k.document_id, k.at
"""

# Who was asked and decided nothing needs a document no longer when nothing runs on it.
DROP_IDLE = """
DELETE FROM paydox_document_participant_rel r
      USING paydox_document d
      WHERE d.id = r.document_id
        AND d.state != 'review'
        AND NOT EXISTS (
            SELECT FROM paydox_approval_line l
             WHERE l.document_id = r.document_id
               AND (l.user_id = r.user_id OR l.decided_by_id = r.user_id)
               AND l.state NOT IN ('waiting', 'pending', 'skipped', 'delegated'))
"""


def migrate(cr, version):
    cr.execute(FILL)
    cr.execute(DROP_IDLE)
