-- Codes that fit, newest first. It is planned anew for the values of each call, so that what is not asked for falls away,
-- a join with it, and an index serves what is. $6: assigned to a program; $7: in the one, $8, that takes codes with a
-- beneficiary which are assigned to none, as most may be: asked of each from the newest on. From $9 and $10 on.
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
   AND ($6 IS NULL OR p.program OPERATOR(pg_catalog.=) $6)
   AND (NOT $7
        OR coalesce(
               (SELECT d.program
                  FROM host.referral_code_programs AS d
                 WHERE d.code_uuid OPERATOR(pg_catalog.=) c.uuid),
               CASE WHEN c.beneficiary_uuid IS NOT NULL THEN $8 END) OPERATOR(pg_catalog.=) $8)
   AND ($9 IS NULL OR ROW(c.date_created, c.uuid) OPERATOR(pg_catalog.<) ROW($9, $10))
 ORDER BY c.date_created DESC,
          c.uuid DESC
 LIMIT $11
