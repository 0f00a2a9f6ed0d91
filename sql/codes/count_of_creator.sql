-- Counts no further than the limit, so that a creator of many codes costs no more than one at the limit.
SELECT pg_catalog.count(*)
  FROM (SELECT 1
          FROM host.phoenix_kit_referral_codes AS c
         WHERE c.created_by_uuid OPERATOR(pg_catalog.=) $1
         LIMIT $2) AS counted
