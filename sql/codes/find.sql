-- Codes that fit, newest first. It is planned anew for the values of each call, so that what is not asked for falls away,
-- a join with it, and an index serves what is. $6: in a program, $7: which takes codes with a beneficiary that are
-- assigned to none; from $8 and $9 on.
SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
  LEFT JOIN host.referral_code_metadata AS m
    ON m.code_uuid OPERATOR(pg_catalog.=) c.uuid
 WHERE ($1 IS NULL OR pg_catalog.upper(c.code) OPERATOR(pg_catalog.~~) $1)
   AND ($2 IS NULL OR c.status OPERATOR(pg_catalog.=) $2)
   AND ($3 IS NULL OR c.created_by_uuid OPERATOR(pg_catalog.=) $3)
   AND ($4 IS NULL OR c.beneficiary_uuid OPERATOR(pg_catalog.=) $4)
   AND ($5 IS NULL OR m.metadata OPERATOR(pg_catalog.@>) $5)
   AND ($6 IS NULL
        OR p.program OPERATOR(pg_catalog.=) $6
        OR ($7 AND p.program IS NULL AND c.beneficiary_uuid IS NOT NULL))
   AND ($8 IS NULL OR ROW(c.date_created, c.uuid) OPERATOR(pg_catalog.<) ROW($8, $9))
 ORDER BY c.date_created DESC,
          c.uuid DESC
 LIMIT $10
