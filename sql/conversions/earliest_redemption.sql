-- How a person was referred: by the earliest redemption of a code that has a referrer. A code with one that
-- is assigned to no program belongs to the default program ($2). The person's own code refers nobody, unless
-- a setting allows it ($3).
SELECT c.uuid,
       c.code,
       c.beneficiary_uuid,
       coalesce(p.program, $2),
       p.owner_type,
       u.date_used
  FROM host.phoenix_kit_referral_code_usage AS u
  JOIN host.phoenix_kit_referral_codes AS c
    ON c.uuid OPERATOR(pg_catalog.=) u.code_uuid
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
 WHERE u.used_by_uuid OPERATOR(pg_catalog.=) $1
   AND (c.beneficiary_uuid OPERATOR(pg_catalog.<>) $1
        OR ($3
            AND c.beneficiary_uuid IS NOT NULL))
 ORDER BY u.date_used,
          u.uuid
 LIMIT 1
