-- $2 is the id as text: approvals are JSON.
SELECT v.uuid
  FROM host.referral_conversions AS v
 WHERE v.referrer_uuid OPERATOR(pg_catalog.=) $1
    OR v.referee_uuid OPERATOR(pg_catalog.=) $1
    OR v.decided_by OPERATOR(pg_catalog.=) $1
    OR pg_catalog.strpos(v.approvals::pg_catalog.text, $2) OPERATOR(pg_catalog.>) 0
 ORDER BY v.uuid
   FOR NO KEY UPDATE
