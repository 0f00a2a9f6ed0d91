-- The person's own codes bring nobody any more.
UPDATE host.phoenix_kit_referral_codes AS c
   SET status = c.status AND coalesce(c.beneficiary_uuid OPERATOR(pg_catalog.<>) $1, true),
       created_by_uuid = CASE WHEN c.created_by_uuid OPERATOR(pg_catalog.=) $1 THEN $2 ELSE c.created_by_uuid END,
       beneficiary_uuid = CASE WHEN c.beneficiary_uuid OPERATOR(pg_catalog.=) $1 THEN $2 ELSE c.beneficiary_uuid END
 WHERE c.uuid OPERATOR(pg_catalog.=) ANY ($3)
   AND (c.created_by_uuid OPERATOR(pg_catalog.=) $1
        OR c.beneficiary_uuid OPERATOR(pg_catalog.=) $1)
