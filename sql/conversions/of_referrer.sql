SELECT v.uuid,
       v.program,
       v.code_uuid,
       v.code,
       v.referrer_uuid,
       v.owner_type,
       v.referee_uuid,
       v.source_type,
       v.source_ref,
       v.amount,
       v.currency,
       v.status,
       v.reason,
       v.referrer_reward,
       v.referee_reward,
       v.reward_currency,
       v.converted_at,
       v.granted_at,
       v.decided_at,
       v.decided_by,
       v.decision_reason,
       v.approvals
  FROM host.referral_conversions AS v
 WHERE v.referrer_uuid OPERATOR(pg_catalog.=) $1
   AND ($2 IS NULL
        OR v.status OPERATOR(pg_catalog.=) $2)
   AND v.converted_at OPERATOR(pg_catalog.<) $3
 ORDER BY v.converted_at DESC,
          v.uuid DESC
 LIMIT $4
