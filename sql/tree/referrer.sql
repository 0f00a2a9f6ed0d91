-- Who referred a person: the beneficiary of the code of their earliest redemption of one that leads to somebody
-- else. In the order of the index on users, and by bounds that meet: with an equality, the user would be no part of the
-- order, and the planner might look for the earliest along an index of all dates. OFFSET keeps it from joining whole
-- tables, as it would before they are analyzed.
SELECT c.beneficiary_uuid,
       c.code,
       u.date_used
  FROM host.phoenix_kit_referral_code_usage AS u
 CROSS JOIN LATERAL (
       SELECT f.beneficiary_uuid,
              f.code
         FROM host.phoenix_kit_referral_codes AS f
        WHERE f.uuid OPERATOR(pg_catalog.=) u.code_uuid
       OFFSET 0) AS c
 WHERE u.used_by_uuid OPERATOR(pg_catalog.>=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.<=) $1
   AND c.beneficiary_uuid OPERATOR(pg_catalog.<>) u.used_by_uuid
 ORDER BY u.used_by_uuid,
          u.date_used,
          u.uuid
 LIMIT 1
