-- Whom the people $1 have referred, $2 left out: those whose earliest redemption of a code that leads to somebody
-- else was of a code of theirs. OFFSET keeps the planner from joining whole tables, as it would before they are
-- analyzed: every step is by index. SELECT hides how many people there are: one plan serves for all batches, or
-- the planner would think anew of each.
SELECT u.used_by_uuid,
       c.beneficiary_uuid,
       c.code,
       u.date_used
  FROM host.phoenix_kit_referral_codes AS c
 CROSS JOIN LATERAL (
       SELECT r.uuid,
              r.used_by_uuid,
              r.date_used
         FROM host.phoenix_kit_referral_code_usage AS r
        WHERE r.code_uuid OPERATOR(pg_catalog.=) c.uuid
       OFFSET 0) AS u
 WHERE c.beneficiary_uuid OPERATOR(pg_catalog.=) ANY ((SELECT $1)::pg_catalog.uuid[])
   AND u.used_by_uuid OPERATOR(pg_catalog.<>) c.beneficiary_uuid
   AND u.used_by_uuid OPERATOR(pg_catalog.<>) $2
   AND NOT EXISTS (
       SELECT 1
         FROM host.phoenix_kit_referral_code_usage AS e
        WHERE e.used_by_uuid OPERATOR(pg_catalog.=) u.used_by_uuid
          AND ROW (e.date_used, e.uuid) OPERATOR(pg_catalog.<) ROW (u.date_used, u.uuid)
          AND (SELECT f.beneficiary_uuid
                 FROM host.phoenix_kit_referral_codes AS f
                WHERE f.uuid OPERATOR(pg_catalog.=) e.code_uuid) OPERATOR(pg_catalog.<>) e.used_by_uuid
       OFFSET 0)
