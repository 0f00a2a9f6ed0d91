-- What releases without a table of decisions have stored of them, in the conversions themselves.
INSERT INTO host.referral_decisions (
       uuid,
       conversion_uuid,
       at,
       action,
       by_uuid,
       step,
       reason)
SELECT pg_catalog.gen_random_uuid(),
       v.uuid,
       told.at,
       told.action,
       told.by_uuid,
       told.step,
       told.reason
  FROM host.referral_conversions AS v
 CROSS JOIN LATERAL (
       SELECT (d.said OPERATOR(pg_catalog.->>) 'decided_at')::pg_catalog.timestamptz AS at,
              CASE WHEN (d.said OPERATOR(pg_catalog.->>) 'approve')::pg_catalog.bool
                   THEN 'step_approved'
                   ELSE 'step_rejected'
              END AS action,
              (d.said OPERATOR(pg_catalog.->>) 'approver')::pg_catalog.uuid AS by_uuid,
              s.step OPERATOR(pg_catalog.->>) 'id' AS step,
              d.said OPERATOR(pg_catalog.->>) 'reason' AS reason
         FROM pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof(v.approvals)
                                              WHEN 'array' THEN v.approvals
                                              END) AS s (step)
        CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(s.step OPERATOR(pg_catalog.->) 'decisions') AS d (said)
        UNION ALL
       SELECT v.decided_at,
              v.status,
              v.decided_by,
              NULL,
              v.decision_reason
        WHERE v.decided_at IS NOT NULL
          AND v.status OPERATOR(pg_catalog.<>) 'converted'
       ) AS told
