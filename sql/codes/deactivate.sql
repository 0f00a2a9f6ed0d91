UPDATE host.phoenix_kit_referral_codes AS c
   SET status = false
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
   AND c.status
RETURNING c.code
