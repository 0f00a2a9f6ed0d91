-- $3 and $4 are the ids as text: approvals are JSON.
UPDATE host.referral_conversions AS v
   SET referrer_uuid = CASE WHEN v.referrer_uuid OPERATOR(pg_catalog.=) $1 THEN $2 ELSE v.referrer_uuid END,
       referee_uuid = CASE WHEN v.referee_uuid OPERATOR(pg_catalog.=) $1 THEN $2 ELSE v.referee_uuid END,
       decided_by = CASE WHEN v.decided_by OPERATOR(pg_catalog.=) $1 THEN $2 ELSE v.decided_by END,
       approvals = pg_catalog.replace(v.approvals::pg_catalog.text, $3, $4)::pg_catalog.jsonb
 WHERE v.uuid OPERATOR(pg_catalog.=) ANY ($5)
