UPDATE host.referral_conversions AS v
   SET status = $2,
       decided_at = $3,
       decision_reason = $4
 WHERE v.uuid OPERATOR(pg_catalog.=) $1
RETURNING v.*
