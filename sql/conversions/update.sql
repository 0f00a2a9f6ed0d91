UPDATE host.referral_conversions AS v
   SET status = $2,
       reason = $3,
       granted_at = $4,
       decided_at = $5,
       decided_by = $6,
       decision_reason = $7,
       approvals = $8,
       referrer_reward = $9,
       referee_reward = $10
 WHERE v.uuid OPERATOR(pg_catalog.=) $1
RETURNING v.*
