-- Who referred a person: the beneficiary of the code of their earliest redemption of one that leads to somebody
-- else. The inner OFFSET keeps the planner from looking along an index of all dates, the other from joining whole
-- tables, as it would before they are analyzed.
SELECT c.beneficiary_uuid,
       c.code,
       u.date_used
  FROM (SELECT r.uuid,
               r.code_uuid,
               r.used_by_uuid,
               r.date_used
          FROM host.phoenix_kit_referral_code_usage AS r
         WHERE r.used_by_uuid OPERATOR(pg_catalog.=) $1
         ORDER BY r.date_used,
                  r.uuid
        OFFSET 0) AS u
 CROSS JOIN LATERAL (
       SELECT f.beneficiary_uuid,
              f.code
         FROM host.phoenix_kit_referral_codes AS f
        WHERE f.uuid OPERATOR(pg_catalog.=) u.code_uuid
       OFFSET 0) AS c
 WHERE c.beneficiary_uuid OPERATOR(pg_catalog.<>) u.used_by_uuid
 ORDER BY u.date_used,
          u.uuid
 LIMIT 1
